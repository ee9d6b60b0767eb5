"""The letter by which a supplier is asked, in the supplier's language; sent by the worker, outside any transaction."""

from __future__ import annotations

from html import escape
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.kernel import db
from gendan.kernel.sealed import unseal
from gendan.notices.mail import deliver
from gendan.sourcing.queries.links import asked, public_address

SHOWN = 30
_INVITATION = """
SELECT i.token_sealed, i.email, i.recipient, i.language, i.sent_at, q.id AS inquiry, q.number, q.title, q.note,
 q.closes_at, c.name AS company, c.timezone, p.name AS partner, coalesce(u.name, '') AS sender,
 coalesce(u.email, '') AS sender_email
FROM sourcing_invitation i JOIN sourcing_inquiry q ON q.id = i.inquiry_id
JOIN accounts_company c ON c.id = i.company_id JOIN catalog_partner p ON p.id = i.partner_id
LEFT JOIN accounts_user u ON u.id = q.buyer_id WHERE i.company_id = %s::bigint AND i.id = %s::bigint
"""
_SENT = "UPDATE sourcing_invitation SET sent_at = now(), problem = '' WHERE id = %s::bigint"
_FAILED = "UPDATE sourcing_invitation SET problem = %s::text WHERE id = %s::bigint"


class NotSent(Exception):
    """The server did not take the message; it is tried again."""


def send(company_id: int, invitation_id: int) -> None:
    """Send the letter of an invitation, once; what goes wrong is kept, for the page. NotSent: to be tried again."""
    found = db.dicts(_INVITATION, [company_id, invitation_id])
    if not found or found[0]["sent_at"] is not None or not found[0]["email"]:
        return
    invited = found[0]
    token = unseal(invited["token_sealed"]).get("token", "")
    if not token:
        db.execute(_FAILED, ["unsealed", invitation_id])
        return
    with translation.override(invited["language"]), timezone.override(invited["timezone"]):
        message = written(invited, asked(invited["inquiry"]), public_address(token))
    try:
        deliver(company_id, message)
    except (SMTPException, OSError, ValueError) as error:
        db.execute(_FAILED, [f"{type(error).__name__} {error}"[:200], invitation_id])
        raise NotSent from error
    db.execute(_SENT, [invitation_id])


def written(invited: dict[str, Any], lines: list[dict[str, Any]], address: str) -> EmailMultiAlternatives:
    """The letter: what is asked, until when, and where to answer."""
    names = {"company": invited["company"], "number": invited["number"], "n": len(lines)}
    title = _("%(company)s 询价 %(number)s：请报价 %(n)s 项") % names
    hello = _("%(name)s：您好！") % {"name": invited["recipient"] or invited["partner"]}
    if invited["closes_at"]:
        until = f"{timezone.localtime(invited['closes_at']):%Y-%m-%d %H:%M}"
        ask = _("请在 %(until)s 前给以下货品报价。打开链接就能填写，不用登录：") % {"until": until}
    else:
        ask = _("请给以下货品报价。打开链接就能填写，不用登录：")
    listed = [_line(line) for line in lines[:SHOWN]]
    if len(lines) > SHOWN:
        listed.append(_("另有 %(n)s 项，见链接。") % {"n": len(lines) - SHOWN})
    foot = [part for part in (invited["sender"], invited["company"]) if part]
    note = "\n".join(part for part in (invited["title"], invited["note"]) if part)
    parts = [hello, "", ask, address, "", *listed, *(["", note] if note else []), "", *foot]
    reply = [invited["sender_email"]] if invited["sender_email"] else None
    message = EmailMultiAlternatives(" ".join(title.split()), "\n".join(parts), to=[invited["email"]], reply_to=reply)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.attach_alternative(_html(hello, ask, address, listed, note, foot), "text/html")
    return message


def _line(line: dict[str, Any]) -> str:
    due = f"，{line['required_on'].isoformat()}" if line["required_on"] else ""
    what = " ".join(filter(None, [line["product"], line["product_name"], line["specification"]]))
    return f"{line['line']}. {what} × {figure(line['quantity'], line['unit_name'])}{due}"


def _html(hello: str, ask: str, address: str, listed: list[str], note: str, foot: list[str]) -> str:
    """A plain letter: no pictures, nothing from elsewhere."""
    style = "display:inline-block;padding:10px 20px;background:#1f6feb;color:#fff;text-decoration:none"
    rows = "".join(f"<li>{escape(line)}</li>" for line in listed)
    said = f"<p>{'<br>'.join(escape(part) for part in note.splitlines())}</p>" if note else ""
    return (
        '<div style="font-family:sans-serif;font-size:14px;line-height:1.6;color:#1d2433">'
        f"<p>{escape(hello)}</p><p>{escape(ask)}</p>"
        f'<p><a style="{style}" href="{escape(address)}">{escape(_("填写报价"))}</a></p>'
        f'<ul style="list-style:none;padding-left:0">{rows}</ul>{said}'
        f"<p>{'<br>'.join(escape(part) for part in foot)}</p></div>"
    )
