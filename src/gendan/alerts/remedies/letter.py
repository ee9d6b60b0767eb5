"""The message to a supplier who is urged, in the supplier's language; sent by the worker, outside any transaction."""

from __future__ import annotations

from html import escape
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gendan.alerts.remedies.urging import address_of, lines_of_urge
from gendan.catalog.queries import figure
from gendan.kernel import db
from gendan.kernel.sealed import unseal
from gendan.notices import mail
from gendan.purchasing.queries.supplier_address import OpenLink

SHOWN = 30
_URGE = """
SELECT g.link_id, k.sealed, g.email, g.recipient, g.language, g.note, g.answer_by, g.sent_at, c.name AS company,
 c.timezone, p.name AS partner, coalesce(u.name, '') AS sender, coalesce(u.email, '') AS sender_email
FROM alerts_urge g JOIN accounts_company c ON c.id = g.company_id JOIN catalog_partner p ON p.id = g.partner_id
JOIN purchasing_supplierlink k ON k.id = g.link_id LEFT JOIN accounts_user u ON u.id = g.created_by_id
WHERE g.company_id = %s::bigint AND g.id = %s::bigint
"""
_SENT = "UPDATE alerts_urge SET sent_at = now(), problem = '' WHERE id = %s::bigint"
_FAILED = "UPDATE alerts_urge SET problem = %s::text WHERE id = %s::bigint"


class NotSent(Exception):
    """The server did not take the message; it is tried again."""


def send(company_id: int, urge_id: int) -> None:
    """Send the message of an urge, once; what goes wrong is kept, for the case to show. NotSent: to be tried again."""
    found = db.dicts(_URGE, [company_id, urge_id])
    if not found or found[0]["sent_at"] is not None or not found[0]["email"]:
        return
    urge = found[0]
    token = unseal(urge["sealed"]).get("token", "")
    if not token:
        db.execute(_FAILED, ["unsealed", urge_id])
        return
    lines = lines_of_urge(company_id, urge_id)
    with translation.override(urge["language"]), timezone.override(urge["timezone"]):
        message = written(urge, lines, address_of(OpenLink(urge["link_id"], token), lines))
    try:
        mail.deliver(company_id, message)
    except (SMTPException, OSError, ValueError) as error:
        db.execute(_FAILED, [f"{type(error).__name__} {error}"[:200], urge_id])
        raise NotSent from error
    db.execute(_SENT, [urge_id])


def written(urge: dict[str, Any], lines: list[dict[str, Any]], address: str) -> EmailMultiAlternatives:
    """The message: what is asked about, by when, and where to answer."""
    waiting = [line for line in lines if line["open"] > 0]
    names = {"company": urge["company"], "n": len(waiting)}
    title = _("%(company)s：请答复 %(n)s 项的交期") % names
    hello = _("%(name)s：您好！") % {"name": urge["recipient"] or urge["partner"]}
    until = f"{timezone.localtime(urge['answer_by']):%Y-%m-%d %H:%M}"
    ask = _("以下货品还没有收到，请在 %(until)s 前答复什么时候到。打开链接就能答复，不用登录：") % {"until": until}
    listed = [_line(line) for line in waiting[:SHOWN]]
    if len(waiting) > SHOWN:
        listed.append(_("另有 %(n)s 项，见链接。") % {"n": len(waiting) - SHOWN})
    foot = [part for part in (urge["sender"], urge["company"]) if part]
    parts = [hello, "", ask, address, "", *listed, *(["", urge["note"]] if urge["note"] else []), "", *foot]
    reply = [urge["sender_email"]] if urge["sender_email"] else None
    message = EmailMultiAlternatives(" ".join(title.split()), "\n".join(parts), to=[urge["email"]], reply_to=reply)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.attach_alternative(_html(hello, ask, address, listed, urge["note"], foot), "text/html")
    return message


def _line(line: dict[str, Any]) -> str:
    due = line["due_on"].isoformat() if line["due_on"] else "—"
    told = {"order": line["order"], "line": line["line"], "product": line["product_name"], "due": due}
    return _("%(order)s 第 %(line)s 行 %(product)s，还差 %(open)s，应于 %(due)s") % (
        told | {"open": figure(line["open"], line["unit_name"])}
    )


def _html(hello: str, ask: str, address: str, listed: list[str], note: str, foot: list[str]) -> str:
    """A plain letter: no pictures, nothing from elsewhere."""
    style = "display:inline-block;padding:10px 20px;background:#1f6feb;color:#fff;text-decoration:none"
    rows = "".join(f"<li>{escape(line)}</li>" for line in listed)
    said = f"<p>{escape(note)}</p>" if note else ""
    return (
        '<div style="font-family:sans-serif;font-size:14px;line-height:1.6;color:#1d2433">'
        f"<p>{escape(hello)}</p><p>{escape(ask)}</p>"
        f'<p><a style="{style}" href="{escape(address)}">{escape(_("答复交期"))}</a></p>'
        f"<ul>{rows}</ul>{said}<p>{'<br>'.join(escape(part) for part in foot)}</p></div>"
    )
