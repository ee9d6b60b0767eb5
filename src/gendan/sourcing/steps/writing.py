"""Writing inquiries and who is asked, in set-based statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from gendan.kernel import db, tables, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.sealed import seal
from gendan.kernel.unit import step
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import LINK_DAYS
from gendan.sourcing.steps.lookup import Found, FoundLine, FoundSupplier

_INSERT = """
INSERT INTO sourcing_inquiry (company_id, number, state, version, created_by_id, buyer_id, warehouse_id, title,
 closes_at, sealed, note)
SELECT %(company)s::bigint, 'RFQ-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
 %(user)s::bigint, %(warehouse)s::bigint, %(title)s::text, %(closes_at)s::timestamptz, %(sealed)s::boolean,
 %(note)s::text
FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number
"""
_UPDATE = """
UPDATE sourcing_inquiry SET warehouse_id = %(warehouse)s::bigint, title = %(title)s::text,
 closes_at = %(closes_at)s::timestamptz, sealed = %(sealed)s::boolean, note = %(note)s::text, version = version + 1,
 updated_at = now()
WHERE id = %(inquiry)s::bigint
"""
_NO_SOURCES = """
DELETE FROM sourcing_inquirysource s USING sourcing_inquiryline l WHERE l.id = s.line_id AND l.inquiry_id = %s::bigint
"""
_LINE = {
    "company_id": "bigint",
    "inquiry_id": "bigint",
    "line_no": "int",
    "product_id": "bigint",
    "unit_id": "bigint",
    "factor": "numeric",
    "warehouse_id": "bigint",
    "quantity": "numeric",
    "required_on": "date",
    "target_price": "numeric",
    "note": "text",
}
_SOURCE = {"company_id": "bigint", "line_id": "bigint", "requisition_line_id": "bigint", "quantity": "numeric"}
_INVITED = {
    "company_id": "bigint",
    "inquiry_id": "bigint",
    "partner_id": "bigint",
    "email": "text",
    "recipient": "text",
    "language": "text",
}
# What was last paid, without tax, in company currency and the line's unit.
_LAST = """
UPDATE sourcing_inquiryline l SET last_price = x.price
FROM sourcing_inquiryline t JOIN LATERAL (
 SELECT (o.net / o.quantity / o.factor * t.factor * h.rate)::numeric(18, 6) AS price FROM purchasing_orderline o
 JOIN purchasing_purchaseorder h ON h.id = o.order_id
 WHERE o.product_id = t.product_id AND (o.live OR o.completed_on IS NOT NULL) AND o.net > 0
 ORDER BY o.id DESC LIMIT 1) x ON true
WHERE t.id = l.id AND l.inquiry_id = %s::bigint
"""
_INVITE = """
UPDATE sourcing_invitation i SET token_hash = t.hash, token_sealed = t.sealed, invited_at = now(),
 expires_at = %(end)s::timestamptz
FROM unnest(%(ids)s::bigint[], %(hashes)s::text[], %(sealed)s::text[]) AS t(id, hash, sealed) WHERE i.id = t.id
"""
_UNASKED = """
SELECT i.id, i.email, p.code FROM sourcing_invitation i JOIN catalog_partner p ON p.id = i.partner_id
WHERE i.inquiry_id = %s::bigint AND i.token_hash IS NULL ORDER BY i.id
"""


@step
def insert_inquiry(actor: Actor, draft: InquiryDraft, found: Found) -> Subject:
    """Write an inquiry with its lines, sources and suppliers."""
    params = {**_head(draft, found), "company": actor.company_id, "user": actor.user_id}
    made = db.row(_INSERT, {**params, "sequence": sequence_name(actor.company_id, "RFQ")})
    assert made is not None
    subject = Subject("inquiry", made[0], made[1])
    _parts(actor, subject.id, found)
    return subject


@step
def replace_inquiry(actor: Actor, inquiry: int, draft: InquiryDraft, found: Found) -> None:
    """Make a draft, that nobody has seen, what it shall be."""
    db.later(_NO_SOURCES, [inquiry])
    db.later("DELETE FROM sourcing_inquiryline WHERE inquiry_id = %s::bigint", [inquiry])
    db.later("DELETE FROM sourcing_invitation WHERE inquiry_id = %s::bigint", [inquiry])
    db.later(_UPDATE, {**_head(draft, found), "inquiry": inquiry})
    _parts(actor, inquiry, found)


def _head(draft: InquiryDraft, found: Found) -> dict[str, object]:
    return {
        "warehouse": found.warehouse_id,
        "title": draft.title.strip(),
        "closes_at": draft.closes_at,
        "sealed": draft.sealed,
        "note": draft.note.strip(),
    }


def _parts(actor: Actor, inquiry: int, found: Found) -> None:
    rows = [_line(actor, inquiry, n, line) for n, line in enumerate(found.lines, 1)]
    ids: dict[int, int] = dict(tables.insert("sourcing_inquiryline", _LINE, rows, returning="line_no, id"))
    sources = [
        {"company_id": actor.company_id, "line_id": ids[n], "requisition_line_id": wanted, "quantity": quantity}
        for n, line in enumerate(found.lines, 1)
        for wanted, quantity in line.sources
    ]
    tables.insert("sourcing_inquirysource", _SOURCE, sources)
    insert_invitations(actor, inquiry, found.suppliers)


def _line(actor: Actor, inquiry: int, n: int, found: FoundLine) -> dict[str, object]:
    line = found.line
    return {
        "company_id": actor.company_id,
        "inquiry_id": inquiry,
        "line_no": n,
        "product_id": found.product_id,
        "unit_id": found.unit_id,
        "factor": found.factor,
        "warehouse_id": found.warehouse_id,
        "quantity": line.quantity,
        "required_on": line.required_on,
        "target_price": line.target_price,
        "note": line.note.strip(),
    }


@step
def insert_invitations(actor: Actor, inquiry: int, suppliers: Sequence[FoundSupplier]) -> None:
    """Write who is asked."""
    head = {"company_id": actor.company_id, "inquiry_id": inquiry}
    rows = [
        {**head, "partner_id": s.partner_id, "email": s.email, "recipient": s.recipient, "language": s.language}
        for s in suppliers
    ]
    tables.insert("sourcing_invitation", _INVITED, rows)


@step
def keep_last_prices(inquiry: int) -> None:
    """Write down what was last paid for each line, to be compared with."""
    db.later(_LAST, [inquiry])


@step
def open_links(inquiry: int, closes_at: datetime | None) -> list[tuple[int, str, str]]:
    """Give those who were not asked yet their links; (invitation, address, supplier) of each."""
    found = [(row[0], row[1], row[2]) for row in db.rows(_UNASKED, [inquiry])]
    secrets = [tokens.new_token() for _each in found]
    end = max(timezone.now(), closes_at or timezone.now()) + timedelta(days=LINK_DAYS)
    db.later(
        _INVITE,
        {
            "ids": [row[0] for row in found],
            "hashes": [tokens.hash_of(token) for token in secrets],
            "sealed": [seal({"token": token}) for token in secrets],
            "end": end,
        },
    )
    return found
