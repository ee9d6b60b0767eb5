"""The people of a company and what they may do there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.commands import departments
from gendan.accounts.errors import (
    BelongsElsewhere,
    BeyondOwnDiscount,
    BeyondOwnLimit,
    BeyondOwnRights,
    EmailInUse,
    NotYourself,
    UserExists,
)
from gendan.accounts.models import Department, Language, Membership, Role, User
from gendan.accounts.scoped import must_be_unlimited
from gendan.accounts.secret import Secret
from gendan.kernel import db, events, wall
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command, label_of

Problems = dict[str, str | Promise]
WEAK_PASSWORDS: Problems = {
    "password_too_short": _("密码至少 8 位。"),
    "password_too_common": _("这个密码太常见，请换一个。"),
    "password_too_similar": _("密码与用户名、姓名或邮箱太相近，请换一个。"),
}

_IS_BELOW = """
WITH RECURSIVE above(company_id, user_id, superior_id) AS (
 SELECT company_id, user_id, superior_id FROM accounts_membership WHERE company_id = %s AND user_id = %s
 UNION SELECT m.company_id, m.user_id, m.superior_id FROM above a
 JOIN accounts_membership m ON m.company_id = a.company_id AND m.user_id = a.superior_id)
SELECT 1 FROM above WHERE user_id = %s
"""


@command("accounts.create_user", _("新建用户"))
def create_user(
    *,
    actor: Actor,
    username: str,
    name: str,
    password: Secret,
    roles: Sequence[str] = (),
    email: str = "",
    phone: str = "",
    superior: str | None = None,
    department: str = "",
    language: str = Language.ZH_HANS.value,
) -> Done:
    """A person who signs in, with roles in the actor's company."""
    username, name, email, phone = username.strip(), name.strip(), email.strip(), phone.strip()
    problems = profile_problems(name, email, phone)
    if not rules.USERNAME.fullmatch(username):
        problems["username"] = _("用户名为字母、数字或 . @ + - _，不含空格。")
    if language not in Language.values:
        problems["language"] = _("不支持的语言。")
    problems |= password_problems(password, User(username=username, name=name, email=email))
    if problems:
        raise Invalid(problems)
    steps.lock_people(actor.company_id)
    if User.objects.filter(username__iexact=username).exists():
        raise UserExists(username=username)
    _check_email_free(email)
    granted = roles_named(actor, roles)
    must_cover(actor, granted)
    user = User.objects.create_user(
        username,
        email,
        password.reveal(),
        name=name,
        phone=phone,
        language=language,
        last_company_id=actor.company_id,
    )
    membership = Membership.objects.create(
        company_id=actor.company_id,
        user=user,
        superior=_superior(actor, superior, username),
        department=_department(actor, department),
    )
    membership.roles.set(granted)
    events.record(
        "accounts.user_created", steps.subject_of(user), actor, name=name, roles=[role.code for role in granted]
    )
    return Done("user", user.pk, user.username)


@command("accounts.update_user", _("修改用户"))
def update_user(
    *,
    actor: Actor,
    username: str,
    version: int | None = None,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    superior: str | None = None,
    department: str | None = None,
) -> Done:
    """Change what is known of a colleague; what is None stays, an empty superior or department is removed."""
    member = lock_member(actor, username, version)
    user = member.user
    wanted = {
        key: value.strip()
        for key, value in (("name", name), ("email", email), ("phone", phone))
        if value is not None and value.strip() != getattr(user, key)
    }
    if wanted:
        must_be_ours(actor, member)
        check_profile(user, **{"name": user.name, "email": user.email, "phone": user.phone} | wanted)
    changes = {key: [getattr(user, key), value] for key, value in wanted.items()}
    for key, value in wanted.items():
        setattr(user, key, value)
    if wanted:
        user.save(update_fields=list(wanted))
    place: dict[str, User | Department | None] = {}
    if superior is not None or department is not None:
        must_be_unlimited(actor)
    if superior is not None:
        place["superior"] = _superior(actor, superior, user.username, member)
    if department is not None:
        place["department"] = _department(actor, department)
    for key, found in place.items():
        if found != (before := getattr(member, key)):
            changes[key] = [str(before or ""), str(found or "")]
            setattr(member, key, found)
    if changes:
        _touch(member, *place)
        events.record("accounts.user_updated", steps.subject_of(user), actor, changes=changes)
    return Done("user", user.pk, user.username, version=member.version)


@command("accounts.set_member_roles", _("分配角色"))
def set_member_roles(*, actor: Actor, username: str, roles: Sequence[str], version: int | None = None) -> Done:
    """Give a colleague exactly these roles. Only roles that the actor's own rights cover can be given or taken."""
    member = lock_member(actor, username, version)
    before = {role.pk: role for role in member.roles.all()}
    after = {role.pk: role for role in roles_named(actor, roles)}
    changed = [role for key, role in (before | after).items() if (key in before) != (key in after)]
    if changed:
        must_cover(actor, changed)
        member.roles.set(list(after))
        steps.keep_an_administrator(actor.company_id)
        _touch(member)
        events.record(
            "accounts.member_roles_set",
            steps.subject_of(member.user),
            actor,
            changes={"roles": [sorted(r.code for r in before.values()), sorted(r.code for r in after.values())]},
        )
    return Done("user", member.user_id, member.user.username, version=member.version)


@command("accounts.deactivate_member", _("停用用户"))
def deactivate_member(*, actor: Actor, username: str, version: int | None = None) -> Done:
    """Shut a colleague out of the company: pages, API keys and jobs stop at once. Their work stays."""
    member = lock_member(actor, username, version)
    if member.user_id == actor.user_id:
        raise NotYourself()
    if member.is_active:
        must_cover(actor, list(member.roles.all()))
        member.is_active = False
        _touch(member, "is_active")
        steps.keep_an_administrator(actor.company_id)
        events.record("accounts.member_deactivated", steps.subject_of(member.user), actor)
    return Done("user", member.user_id, member.user.username, version=member.version)


@command("accounts.reactivate_member", _("重新启用用户"))
def reactivate_member(*, actor: Actor, username: str, version: int | None = None) -> Done:
    """Let a colleague in again, with the roles held before."""
    member = lock_member(actor, username, version)
    if not member.is_active:
        must_cover(actor, list(member.roles.all()))
        member.is_active = True
        _touch(member, "is_active")
        events.record("accounts.member_reactivated", steps.subject_of(member.user), actor)
    return Done("user", member.user_id, member.user.username, version=member.version)


@command("accounts.reset_password", _("重设他人密码"))
def reset_password(*, actor: Actor, username: str, password: Secret) -> Done:
    """Give a colleague a new password, which ends their sessions."""
    member = lock_member(actor, username)
    must_be_ours(actor, member)
    if problems := password_problems(password, member.user):
        raise Invalid(problems)
    member.user.set_password(password.reveal())
    member.user.save(update_fields=["password"])
    events.record("accounts.password_reset", steps.subject_of(member.user), actor)
    return Done("user", member.user_id, member.user.username, version=member.version)


def lock_member(actor: Actor, username: str, version: int | None = None) -> Membership:
    """A member of the actor's company, locked."""
    steps.lock_people(actor.company_id)
    found = (
        Membership.objects.select_related("user", "superior", "department")
        .filter(company_id=actor.company_id, user__username__iexact=username)
        .first()
    )
    if found is None:
        raise NotFound(what=username)
    check_version(found.user.username, found.version, version)
    return found


def must_cover(actor: Actor, roles: Sequence[Role]) -> None:
    """Refuse to move roles that allow more than the actor may."""
    must_be_unlimited(actor)
    if missing := rules.beyond(actor.permissions, (code for role in roles for code in role.permissions)):
        shown = [_now("全部权限") if code == rules.EVERYTHING else label_of(code) for code in missing]
        raise BeyondOwnRights(missing="、".join(shown[:5]), permissions=missing)
    if any(rules.limit_is_beyond(actor.amount_limit, role.amount_limit) for role in roles):
        raise BeyondOwnLimit(limit=actor.amount_limit)
    granted = max((role.discount_limit for role in roles if role.discount_limit is not None), default=None)
    if granted and rules.EVERYTHING not in actor.permissions:
        own = _own_discount(actor)
        if granted > own:
            raise BeyondOwnDiscount(limit=own)


def _own_discount(actor: Actor) -> Decimal:
    """The largest discount that the actor's roles name."""
    mine = Membership.objects.filter(company_id=actor.company_id, user_id=actor.user_id or 0, is_active=True)
    return mine.aggregate(most=Max("roles__discount_limit"))["most"] or Decimal(0)


def check_profile(user: User, name: str, email: str, phone: str) -> None:
    """Refuse a name, e-mail address or phone number that a user cannot have."""
    if problems := profile_problems(name, email, phone):
        raise Invalid(problems)
    if email.lower() != user.email.lower():
        _check_email_free(email, user)


def must_be_ours(actor: Actor, member: Membership) -> None:
    """A person of several companies, or with more rights, belongs to themselves: else a password would be a way up."""
    if member.user_id == actor.user_id:
        return
    with wall.within(None):
        is_elsewhere = Membership.objects.filter(user=member.user_id).exclude(company_id=actor.company_id).exists()
    if is_elsewhere:
        raise BelongsElsewhere(username=member.user.username)
    must_cover(actor, list(member.roles.all()))


def roles_named(actor: Actor, codes: Sequence[str]) -> list[Role]:
    found = list(Role.objects.filter(company_id=actor.company_id, code__in=list(codes)).order_by("code"))
    if unknown := sorted(set(codes) - {role.code for role in found}):
        raise Invalid({"roles": _("没有这些角色：%(codes)s") % {"codes": "、".join(unknown)}})
    return found


def _department(actor: Actor, code: str) -> Department | None:
    if not code:
        return None
    found = departments.named(actor, code)
    if found is None:
        raise Invalid({"department": _("没有部门 %(code)s。") % {"code": code}})
    return found


def _superior(actor: Actor, username: str | None, own: str, member: Membership | None = None) -> User | None:
    if not username:
        return None
    found = User.objects.filter(
        username__iexact=username, memberships__company_id=actor.company_id, memberships__is_active=True
    ).first()
    if found is None or found.username.lower() == own.lower():
        raise Invalid({"superior": _("上级须是本公司的另一位在用成员。")})
    if member is not None and db.row(_IS_BELOW, [actor.company_id, found.pk, member.user_id]):
        raise Invalid({"superior": _("%(name)s 是此人的下属，不能作他的上级。") % {"name": found.name}})
    return found


def _touch(member: Membership, *fields: str) -> None:
    member.version += 1
    member.save(update_fields=[*fields, "version"])


def profile_problems(name: str, email: str, phone: str) -> Problems:
    problems: Problems = {}
    if not 1 <= len(name) <= 80:
        problems["name"] = _("请填写姓名（最多 80 字）。")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            problems["email"] = _("邮箱格式不正确。")
    if len(phone) > 32:
        problems["phone"] = _("手机号最多 32 位。")
    return problems


def password_problems(password: Secret, user: User) -> Problems:
    try:
        validate_password(password.reveal(), user)
    except ValidationError as error:
        codes = {found.code for found in error.error_list}
        return {"password": next((text for code, text in WEAK_PASSWORDS.items() if code in codes), _("密码太弱。"))}
    return {}


def _check_email_free(email: str, user: User | None = None) -> None:
    if email and User.objects.filter(email__iexact=email).exclude(pk=user.pk if user else 0).exists():
        raise EmailInUse(email=email)
