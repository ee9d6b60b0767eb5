"""The letter with which somebody of a supplier begins: a link to choose a password by, in their language."""

from __future__ import annotations

from html import escape
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gendan.kernel import db, tokens
from gendan.kernel.sealed import unseal
from gendan.notices.mail import deliver
from gendan.purchasing.queries.supplier_address import public_address

_PERSON = """
SELECT x.email, x.name, x.language, x.token_hash, x.token_ends, x.mailed_at, c.name AS company, c.timezone,
 p.name AS partner
FROM portal_supplierperson x JOIN accounts_company c ON c.id = x.company_id
JOIN catalog_partner p ON p.id = x.partner_id
WHERE x.company_id = %s::bigint AND x.id = %s::bigint AND x.is_active AND x.token_ends > now()
"""
_SENT = "UPDATE portal_supplierperson SET mailed_at = now(), problem = '' WHERE id = %s::bigint"
_FAILED = "UPDATE portal_supplierperson SET problem = %s::text WHERE id = %s::bigint"


class NotSent(Exception):
    """The server did not take the message; it is tried again."""


def send(company_id: int, person_id: int, sealed: str, kind: str) -> None:
    """Send the letter, unless its link was replaced or used meanwhile. NotSent: to be tried again."""
    token = unseal(sealed).get("token", "")
    found = db.dicts(_PERSON, [company_id, person_id])
    if not found or not token or found[0]["token_hash"] != tokens.hash_of(token) or found[0]["mailed_at"]:
        return
    person = found[0]
    with translation.override(person["language"]), timezone.override(person["timezone"]):
        message = written(person, public_address(reverse("portal:supplier_join", args=[token])), kind)
    try:
        deliver(company_id, message)
    except (SMTPException, OSError, ValueError) as error:
        db.execute(_FAILED, [f"{type(error).__name__} {error}"[:200], person_id])
        raise NotSent from error
    db.execute(_SENT, [person_id])


def written(person: dict[str, Any], address: str, kind: str) -> EmailMultiAlternatives:
    """The letter: who invites, to what, until when."""
    names = {"company": person["company"], "partner": person["partner"]}
    if kind == "invited":
        title = _("%(company)s 邀请您登录供应商页面") % names
        ask = _("%(company)s 请您代表 %(partner)s 在网上答复订单、登记发货、查看对账。请打开链接设置密码：") % names
        button = _("设置密码")
    else:
        title = _("%(company)s 供应商页面：重设密码") % names
        ask = _("打开链接为 %(partner)s 的供应商账号设置新密码。不是您本人要求的，可以不理会：") % names
        button = _("设置新密码")
    hello = _("%(name)s：您好！") % {"name": person["name"]}
    until = _("链接只能用一次，有效至 %(until)s。") % {
        "until": f"{timezone.localtime(person['token_ends']):%Y-%m-%d %H:%M}"
    }
    parts = [hello, "", ask, address, "", until, "", person["company"]]
    message = EmailMultiAlternatives(" ".join(title.split()), "\n".join(parts), to=[person["email"]])
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    style = "display:inline-block;padding:10px 20px;background:#1f6feb;color:#fff;text-decoration:none"
    message.attach_alternative(
        '<div style="font-family:sans-serif;font-size:14px;line-height:1.6;color:#1d2433">'
        f"<p>{escape(hello)}</p><p>{escape(ask)}</p>"
        f'<p><a style="{style}" href="{escape(address)}">{escape(button)}</a></p>'
        f"<p>{escape(until)}</p><p>{escape(person['company'])}</p></div>",
        "text/html",
    )
    return message
