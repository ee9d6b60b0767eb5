"""Links of suppliers: found or made, longer while they are used; orders written down as sent by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from gendan.kernel import db, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.sealed import seal, unseal
from gendan.kernel.unit import step
from gendan.notices.outward import Recipient, Told
from gendan.purchasing.queries.supplier_address import OpenLink

DAYS, MOST_DAYS = 90, 730
_FIND = """
SELECT id, sealed FROM purchasing_supplierlink
WHERE company_id = %(company)s::bigint AND partner_id = %(partner)s::bigint
 AND lower(email) = lower(%(email)s::text) AND (%(email)s::text <> '' OR recipient = %(recipient)s::text)
 AND revoked_at IS NULL AND expires_at > now() ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE
"""
_RENEW = """
UPDATE purchasing_supplierlink SET expires_at = greatest(expires_at, %(ends)s::timestamptz),
 language = %(language)s::text, recipient = %(recipient)s::text WHERE id = %(id)s::bigint
"""
_MAKE = """
INSERT INTO purchasing_supplierlink (company_id, partner_id, token_hash, sealed, recipient, email, language, expires_at,
 created_by_id) VALUES (%(company)s::bigint, %(partner)s::bigint, %(hash)s::text, %(sealed)s::text,
 %(recipient)s::text, %(email)s::text, %(language)s::text, %(ends)s::timestamptz, %(user)s::bigint) RETURNING id
"""
_SENT = """
INSERT INTO purchasing_sending (company_id, order_id, link_id, sent_by_id)
SELECT %(company)s::bigint, t.id, %(link)s::bigint, %(user)s::bigint FROM unnest(%(orders)s::bigint[]) AS t(id)
ON CONFLICT (order_id, link_id) DO UPDATE SET sent_at = now(), sent_by_id = excluded.sent_by_id,
 times = purchasing_sending.times + 1
"""
_OPENED = """
INSERT INTO purchasing_sending (company_id, link_id, sent_by_id, order_id, first_at, sent_at)
SELECT %s::bigint, %s::bigint, %s::bigint, t.id, now(), now() FROM unnest(%s::bigint[]) AS t(id)
ON CONFLICT (order_id, link_id) DO NOTHING
"""


@step
def link_to(actor: Actor, partner_id: int, recipient: str, email: str, language: str, days: int = DAYS) -> OpenLink:
    """The link of one recipient at a supplier: there is one at a time; it is open for ``days`` from now at least."""
    given = {
        "company": actor.company_id,
        "partner": partner_id,
        "recipient": recipient,
        "email": email,
        "language": language,
        "ends": tokens.end_of(timezone.now(), days),
        "user": actor.user_id,
    }
    db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"supplier-link:{partner_id}:{email.lower()}"])
    found = db.row(_FIND, given)
    token = unseal(found[1]).get("token", "") if found else ""
    if found and token:
        db.later(_RENEW, {**given, "id": found[0]})
        return OpenLink(int(found[0]), token)
    token = tokens.new_token()
    made = db.row(_MAKE, {**given, "hash": tokens.hash_of(token), "sealed": seal({"token": token})})
    assert made is not None
    return OpenLink(int(made[0]), token)


@step
def sent(actor: Actor, link: OpenLink, order_ids: Sequence[int]) -> None:
    """Write down that orders were sent by a link, now."""
    params = {"company": actor.company_id, "orders": db.array(order_ids), "link": link.id, "user": actor.user_id}
    db.execute(_SENT, params)


@step
def opened(actor: Actor, link: OpenLink, order_ids: Iterable[int]) -> None:
    """Let a link open orders beside those that were sent by it, as of the beginning of this transaction."""
    db.later(_OPENED, [actor.company_id, link.id, actor.user_id, db.array(order_ids)])


def links_for(company_id: int, language: str, people: Sequence[Recipient], *, sends: bool) -> list[str]:
    """The address of each one's order on the recipient's link, as messages told by rule name it; ``sends``: with that
    the order is sent, which its timeline says. Some statements for each recipient, whatever the number of orders.
    """
    system = Actor(company_id, None, "", frozenset(), via="job")
    mine: dict[tuple[int, str, str], list[Told]] = {}
    for one in people:
        mine.setdefault((one.told.partner_id, one.person, one.email), []).append(one.told)
    ids = _ids_of(company_id, [one.told.number for one in people])
    made: dict[tuple[int, str, str], OpenLink] = {}
    for (partner_id, person, email), told in mine.items():
        made[partner_id, person, email] = link = link_to(system, partner_id, person, email, language)
        orders = {one.number: ids[one.number] for one in told}
        (sent if sends else opened)(system, link, sorted(orders.values()))
        if sends:
            said = " ".join(filter(None, [person, email]))
            facts = {"reason": said}
            entries = [Entry("purchasing.order_sent", Subject("po", id_, no), (), facts) for no, id_ in orders.items()]
            record_all(system, entries)
    return [made[one.told.partner_id, one.person, one.email].order(one.told.number) for one in people]


def _ids_of(company_id: int, numbers: Sequence[str]) -> dict[str, int]:
    found = db.rows(
        "SELECT number, id FROM purchasing_purchaseorder WHERE company_id = %s::bigint AND number = ANY(%s::text[])",
        [company_id, sorted(set(numbers))],
    )
    return dict(found)
