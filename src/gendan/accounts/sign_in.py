"""What the audit keeps of signing in: who came and went, who failed, whose password and second factor changed.

Nothing secret gets into an event: no password, no code, and of a name that nobody has only its beginning, since people
type their password into the wrong field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts import steps
from gendan.accounts.models import User
from gendan.accounts.queries.invitations import home_of
from gendan.kernel import db, events
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.origin import address_of

FAILED = "accounts.sign_in_failed"
FAILURES = 30  # of a company in a minute that are kept; a flood says no more than its first waves
SHOWN = 2  # letters that are kept of a name that nobody has

LABELS: dict[str, str | Promise] = {
    "accounts.signed_in": _("登录了系统"),
    "accounts.signed_out": _("退出了系统"),
    FAILED: _("登录失败"),
    "accounts.password_changed": _("修改了自己的密码"),
    "accounts.second_factor_added": _("开启了两步验证"),
    "accounts.second_factor_removed": _("关闭了两步验证"),
    "accounts.second_factor_reset": _("重置了两步验证"),
    "accounts.duties_set": _("修改了职责分离规则"),
    "accounts.looking_began": _("开始以此角色查看"),
    "accounts.looking_ended": _("结束以此角色查看"),
    "accounts.recovery_codes_made": _("生成了恢复码"),
    "accounts.recovery_code_used": _("用恢复码登录"),
}

REASONS: dict[str, str | Promise] = {"password": _("密码不对"), "name": _("没有这个用户"), "code": _("验证码不对")}


def remark(data: Mapping[str, Any]) -> str:
    """Why somebody was not let in."""
    return str(REASONS.get(str(data.get("why")), ""))


def signed_in(request: HttpRequest, user: User) -> None:
    """Somebody has passed the door, with the second factor where there is one."""
    _record("accounts.signed_in", request, user)


def signed_out(request: HttpRequest, user: User) -> None:
    """Somebody leaves."""
    _record("accounts.signed_out", request, user)


def failed(request: HttpRequest, name: str) -> None:
    """A wrong password for somebody, or for nobody."""
    name = name.strip()
    user = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first() if name else None
    if user is not None:
        _failed(request, home_of(user), steps.subject_of(user), "password")
    else:
        masked = f"{name[:SHOWN]}…({len(name)})"
        _failed(request, None, Subject("user", 0, masked), "name")


def _failed(request: HttpRequest, company_id: int | None, subject: Subject, why: str) -> None:
    """What concerns no company's people goes to the company that was set up first: it runs the installation."""
    if company_id is None:
        first = db.row("SELECT min(id) FROM accounts_company")
        company_id = first[0] if first else None
    if company_id is None or _too_many(company_id):
        return
    actor = Actor(company_id, None, "", frozenset(), address=address_of(request))
    with transaction.atomic():
        events.record(FAILED, subject, actor, why=why)


def _too_many(company_id: int) -> bool:
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM kernel_event WHERE company_id = %s::bigint AND type = %s::text"
        " AND at > now() - interval '1 minute' LIMIT %s) AS few",
        [company_id, FAILED, FAILURES],
    )
    return found is not None and found[0] >= FAILURES


def _record(type_: str, request: HttpRequest, user: User, **data: Any) -> None:
    company_id = request.session.get("company_id") if hasattr(request, "session") else None
    company_id = company_id or home_of(user)
    if company_id is None:  # works nowhere: nobody's log
        return
    actor = Actor(company_id, user.pk, user.name, frozenset(), address=address_of(request))
    with transaction.atomic():
        events.record(type_, steps.subject_of(user), actor, **data)


@receiver(password_changed, dispatch_uid="gendan.accounts.sign_in")
def _password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record("accounts.password_changed", request, user)


@receiver(mfa.authenticator_added, dispatch_uid="gendan.accounts.sign_in")
def _added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    _record("accounts.recovery_codes_made" if is_codes else "accounts.second_factor_added", request, user)


@receiver(mfa.authenticator_reset, dispatch_uid="gendan.accounts.sign_in")
def _made_anew(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record("accounts.recovery_codes_made", request, user)


@receiver(mfa.authenticator_removed, dispatch_uid="gendan.accounts.sign_in")
def _removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:  # the recovery codes go with it
        _record("accounts.second_factor_removed", request, user)


@receiver(mfa.authenticator_used, dispatch_uid="gendan.accounts.sign_in")
def _used(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record("accounts.recovery_code_used", request, user)


@receiver(mfa.authentication_failed, dispatch_uid="gendan.accounts.sign_in")
def _wrong_code(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _failed(request, home_of(user), steps.subject_of(user), "code")
