"""What became of orders that were sent to suppliers: sent, seen, confirmed, countered, refused, silent, from facts."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now

from gendan.kernel import db, fields, scope, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.sealed import unseal
from gendan.purchasing.errors import LinkShowsWhatIsHidden
from gendan.purchasing.queries.orders import VIEW, VIEW_PRICE
from gendan.purchasing.queries.sent import FACTS, SILENCE_HOURS, STATE, STATES, TONES
from gendan.purchasing.queries.supplier_address import OpenLink

Row = dict[str, Any]
SEND = "purchasing.send_order"
_OF_ORDER = f"""
SELECT {STATE} AS state, s.first_at, s.last_at, s.seen_at, s.answered_at, coalesce(s.answered_by, '') AS answered_by,
 coalesce(s.times, 0) AS times, coalesce(s.hours, {SILENCE_HOURS}) AS hours
FROM purchasing_purchaseorder o {FACTS} WHERE o.id = %s::bigint AND o.company_id = %s::bigint
"""
_LINKS = """
SELECT k.id, k.recipient, k.email, k.language, k.expires_at, k.revoked_at, k.seen_at, k.sealed, x.sent_at, x.times,
 x.seen_at AS order_seen_at, coalesce(u.name, '') AS sent_by,
 (SELECT d.state FROM notices_delivery d WHERE d.company_id = k.company_id AND d.subject_kind = 'po'
   AND d.subject_number = %(number)s::text AND d.kind = 'out.new_order' AND d.address = k.email
   ORDER BY d.id DESC LIMIT 1) AS mail
FROM purchasing_sending x JOIN purchasing_supplierlink k ON k.id = x.link_id
LEFT JOIN accounts_user u ON u.id = x.sent_by_id
WHERE x.company_id = %(company)s::bigint AND x.order_id = %(order)s::bigint ORDER BY x.id DESC LIMIT 20
"""
_SHOWN = """
SELECT k.id, k.recipient, k.email, k.expires_at, k.revoked_at, k.seen_at, k.sealed, p.code AS partner,
 p.name AS partner_name, coalesce((SELECT o.number FROM purchasing_sending x
  JOIN purchasing_purchaseorder o ON o.id = x.order_id{within} WHERE x.link_id = k.id ORDER BY x.sent_at DESC LIMIT 1),
  '') AS number
FROM purchasing_supplierlink k JOIN catalog_partner p ON p.id = k.partner_id
WHERE k.company_id = %s::bigint AND k.id = %s::bigint
"""
# Fields of an order on the supplier's page.
ON_PAGE = ("unit_price", "required_on", "promised_on", "note", "supplier_reference", "payment_terms")


def must_see_it(actor: Actor) -> None:
    """Refuse the address of a page to who is kept from what it shows: it opens without anybody's rights."""
    actor.must(VIEW_PRICE)
    if hidden := [field for field in fields.rights(actor, "po", None, fields.HIDDEN) if field.name in ON_PAGE]:
        raise LinkShowsWhatIsHidden(field=str(hidden[0].label))


def sees_it(actor: Actor) -> bool:
    """Whether somebody may have the address of a supplier's page."""
    return actor.may(SEND) and actor.may(VIEW_PRICE) and not fields.hides(actor, "po", *ON_PAGE)


def sending_of(actor: Actor, order_id: int) -> Row:
    """What became of an order at its supplier, with times; one statement."""
    actor.must(VIEW)
    found = db.dicts(_OF_ORDER, [order_id, actor.company_id])
    row: Row = found[0] if found else {"state": "unsent", "times": 0}
    row["label"], row["tone"] = str(STATES[row["state"]]), TONES.get(row["state"], "quiet")
    return row


def links_of(actor: Actor, order_id: int, number: str) -> list[Row]:
    """The links by which an order was sent, newest first; addresses only for who may have them."""
    now = timezone.now()
    found = db.dicts(_LINKS, {"company": actor.company_id, "order": order_id, "number": number})
    may = sees_it(actor)
    for row in found:
        row["state"] = tokens.state_of(row["expires_at"], row["revoked_at"], now)
        token = unseal(row.pop("sealed")).get("token", "") if may and row["state"] == "open" else ""
        row["url"] = OpenLink(row["id"], token).order(number) if token else ""
    return found


def link_shown(actor: Actor, link_id: int) -> Row:
    """One open link with its address, for who may send orders. Errors: NotFound, Forbidden, LinkShowsWhatIsHidden."""
    actor.must(SEND)
    must_see_it(actor)
    sql = _SHOWN.replace("{within}", scope.also(actor, "po", "o"))
    found = db.dicts(sql, [actor.company_id, link_id])
    row = found[0] if found else {}
    token = unseal(row.pop("sealed")).get("token", "") if row.get("number") else ""
    if not token or tokens.state_of(row["expires_at"], row["revoked_at"], timezone.now()) != "open":
        raise NotFound(what=_now("供应商链接"))
    link = OpenLink(row["id"], token)
    return {**row, "url": link.order(row["number"]), "home": link.address}
