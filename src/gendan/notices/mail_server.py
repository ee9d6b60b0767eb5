"""A company's own mail server: reading what is set, changing it. The password is shown to nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts.secret import Secret
from gendan.kernel import db, outgoing
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.sealed import seal
from gendan.kernel.unit import Done, command
from gendan.kernel.values import BadValue, to_flag, to_number, to_text
from gendan.notices.models import MailServer
from gendan.notices.permissions import SAVE, VIEW

FIELDS = ("host", "port", "security", "username", "sender", "sender_name", "is_active")
# Who changes where the password goes says it again: else it could be sent to a server of one's own.
PLACE = ("host", "port", "security", "username")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_LOCK_COMPANY = "SELECT 1 FROM accounts_company WHERE id = %s::bigint FOR NO KEY UPDATE"


def mail_server(actor: Actor) -> dict[str, Any]:
    """How the company sends its mails; ``version`` is None while the installation's server does."""
    actor.must(VIEW)
    row = MailServer.objects.filter(company_id=actor.company_id).first()
    shown = row or MailServer(company_id=actor.company_id, port=587, security="starttls", is_active=False)
    found = {name: getattr(shown, name) for name in FIELDS}
    return {**found, "password_set": bool(row and row.sealed), "version": row.version if row else None}


@command("notices.save_mail_server", _("设置公司的邮件服务器"), permission=SAVE)
def save_mail_server(
    *, actor: Actor, values: Mapping[str, Any], password: Secret | None = None, version: int | None = None
) -> Done:
    """Say by which server the company sends its mails; what is left out stays, the password, too, unless it would go
    elsewhere. Not active: by the installation's.

    Errors: Stale, Invalid.
    """
    db.row(_LOCK_COMPANY, [actor.company_id])
    found = MailServer.objects.filter(company_id=actor.company_id).first()
    if found is not None:
        check_version(_now("邮件服务器"), found.version, version)
    row = found or MailServer(company_id=actor.company_id, port=587, security="starttls", version=0)
    before = {name: getattr(row, name) for name in FIELDS}
    given = password.reveal() if password else ""
    _read(row, values)
    _set_password(row, given, moved=any(before[name] != getattr(row, name) for name in PLACE))
    row.version += 1
    row.save()
    changes = {n: [before[n], getattr(row, n)] for n in FIELDS if found and before[n] != getattr(row, n)}
    subject = Subject("company", actor.company_id, "mail")
    record("notices.mail_server_saved", subject, actor, changes=changes, password=bool(given), host=row.host)
    return Done("mail_server", actor.company_id, "", "", row.version)


def _read(row: MailServer, values: Mapping[str, Any]) -> None:
    """Set what is given; Invalid names every field that is wrong."""
    problems: dict[str, str | Promise] = {name: _("没有这个字段") for name in values if name not in FIELDS}
    for name, most in (("host", 253), ("username", 200), ("sender", 254), ("sender_name", 80)):
        try:
            setattr(row, name, to_text(values.get(name, getattr(row, name)), most))
        except BadValue as bad:
            problems[name] = bad.text
    try:
        row.port = int(to_number(values.get("port", row.port), 0))
        row.is_active = to_flag(values.get("is_active", row.is_active))
    except BadValue as bad:
        problems["port"] = bad.text
    row.security = str(values.get("security", row.security))
    if row.security not in MailServer.Security.values:
        problems["security"] = _("请选择加密方式")
    if not _HOST.fullmatch(row.host):
        problems["host"] = _("请填写服务器的名称，如 smtp.example.com")
    elif not outgoing.is_allowed(row.host, row.port):
        problems["host"] = _("目标地址在内部网络，不允许发送")
    if not 1 <= row.port <= 65535:
        problems["port"] = _("端口在 1 到 65535 之间")
    try:
        validate_email(row.sender)
    except ValidationError:
        problems["sender"] = _("请填写发件的邮箱地址")
    if any(mark in row.sender_name for mark in "\r\n"):
        problems["sender_name"] = _("名称只能有一行")
    if row.security == MailServer.Security.NONE and row.username:
        problems["username"] = _("不加密时不能登录：密码会被别人看到。请选择加密，或不填用户名。")
    if problems:
        raise Invalid(problems)


def _set_password(row: MailServer, given: str, *, moved: bool) -> None:
    if not row.username:
        row.sealed = ""
    elif given:
        row.sealed = seal({"password": given})
    elif moved or not row.sealed:
        raise Invalid({"password": _("请填写密码；服务器、端口、加密或用户名改了，也要重新填写。")})
