"""What everybody may do with their own account."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from gendan.accounts import steps
from gendan.accounts.commands.people import check_profile
from gendan.accounts.models import Language, Membership, User
from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command


@command("accounts.switch_company", _("切换公司"), permission="", across=True)
def switch_company(*, actor: Actor, code: str) -> Done:
    """Work in another of one's companies from now on."""
    found = (
        Membership.objects.select_related("company")
        .filter(user_id=actor.user_id or 0, company__code=code, is_active=True)
        .first()
    )
    if found is None:
        raise NotFound(what=code)
    User.objects.filter(pk=found.user_id).update(last_company=found.company_id)
    events.record(
        "accounts.company_switched", steps.subject_of(found.company), replace(actor, company_id=found.company_id)
    )
    return Done("company", found.company_id, found.company.code)


@command("accounts.set_language", _("选择语言"), permission="")
def set_language(*, actor: Actor, language: str) -> Done:
    """Read the product in another language."""
    if language not in Language.values:
        raise Invalid({"language": _("不支持的语言。")})
    user = _me(actor)
    if user.language != language:
        events.record(
            "accounts.language_set", steps.subject_of(user), actor, changes={"language": [user.language, language]}
        )
        user.language = language
        user.save(update_fields=["language"])
    return Done("user", user.pk, user.username)


@command("accounts.update_profile", _("修改个人资料"), permission="")
def update_profile(*, actor: Actor, name: str, email: str, phone: str = "") -> Done:
    """Change one's own name, e-mail address and phone number."""
    user = _me(actor)
    wanted = {"name": name.strip(), "email": email.strip(), "phone": phone.strip()}
    check_profile(user, **wanted)
    changes = {key: [getattr(user, key), value] for key, value in wanted.items() if getattr(user, key) != value}
    if changes:
        for key in changes:
            setattr(user, key, wanted[key])
        user.save(update_fields=list(changes))
        events.record("accounts.user_updated", steps.subject_of(user), actor, changes=changes)
    return Done("user", user.pk, user.username)


def _me(actor: Actor) -> User:
    user = User.objects.select_for_update().filter(pk=actor.user_id or 0).first()
    if user is None:
        raise NotFound(what=actor.name)
    return user
