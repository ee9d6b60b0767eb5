"""The second step of signing in that roles ask for, duties kept apart, looking at the product as a role does."""

from __future__ import annotations

from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from gendan.accounts import steps
from gendan.accounts.commands.people import lock_member, must_be_ours, must_cover
from gendan.accounts.models import Company, Role
from gendan.kernel import duties, events
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command


@command("accounts.require_second_factor", _("要求角色两步验证"))
def require_second_factor(*, actor: Actor, code: str, required: bool, version: int | None = None) -> Done:
    """Ask the members of a role for a second step when signing in, or not any more; who has none sets it up first."""
    role = _role(actor, code)
    check_version(role.name, role.version, version)
    must_cover(actor, [role])
    if role.second_factor != required:
        changes = {"second_factor": [role.second_factor, required]}
        role.second_factor = required
        role.version += 1
        role.save(update_fields=["second_factor", "version"])
        events.record("accounts.role_updated", steps.subject_of(role), actor, changes=changes)
    return Done("role", role.pk, role.code, version=role.version)


@command("accounts.reset_second_factor", _("重置他人两步验证"))
def reset_second_factor(*, actor: Actor, username: str) -> Done:
    """Take away a colleague's second step and recovery codes, for who has lost the phone; they set it up anew."""
    member = lock_member(actor, username)
    must_be_ours(actor, member)
    removed, _by_table = Authenticator.objects.filter(user_id=member.user_id).delete()
    if removed:
        events.record("accounts.second_factor_reset", steps.subject_of(member.user), actor)
    return Done("user", member.user_id, member.user.username)


@command("accounts.set_duties", _("设置职责分离"))
def set_duties(*, actor: Actor, rules: Mapping[str, str]) -> Done:
    """Choose for rules about what one person should not do twice: off, warn or stop; rules that are not named stay."""
    if wrong := sorted(code for code, mode in rules.items() if code not in duties.RULES or mode not in duties.MODES):
        raise Invalid(dict.fromkeys(wrong, _("没有这条规则，或没有这种处理方式。")))
    company = Company.objects.select_for_update().get(pk=actor.company_id)
    before = {code: company.duties.get(code, duties.OFF) for code in duties.RULES}
    after = before | dict(rules)
    changes = {code: [before[code], mode] for code, mode in after.items() if mode != before[code]}
    if changes:
        company.duties = {code: mode for code, mode in after.items() if mode != duties.OFF}
        company.version += 1
        company.save(update_fields=["duties", "version"])
        events.record("accounts.duties_set", steps.subject_of(company), actor, changes=changes)
    return Done("company", company.pk, company.code, version=company.version)


@command("accounts.look_as_role", _("以其他角色的身份查看"))
def look_as_role(*, actor: Actor, code: str) -> Done:
    """See what the holders of a role see; nothing can be written meanwhile. The session keeps it, not the database."""
    role = _role(actor, code)
    must_cover(actor, [role])
    events.record("accounts.looking_began", steps.subject_of(role), actor)
    return Done("role", role.pk, role.code)


@command("accounts.stop_looking", _("结束以其他角色的身份查看"), permission="")
def stop_looking(*, actor: Actor, code: str) -> Done:
    """Be oneself again."""
    role = _role(actor, code)
    events.record("accounts.looking_ended", steps.subject_of(role), actor)
    return Done("role", role.pk, role.code)


def _role(actor: Actor, code: str) -> Role:
    steps.lock_people(actor.company_id)
    role = Role.objects.filter(company_id=actor.company_id, code=code).first()
    if role is None:
        raise NotFound(what=code)
    return role
