"""What waits for whom: open documents by what has to happen next, each with an honest, capped count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gendan.flow.queries.inbox import NO_FLOW
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.purchasing.models.receipt import SHOWN_STATE
from gendan.purchasing.permissions import VIEW

CAP = 99
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The first documents of one kind of work and how many there are (``CAP`` at most, then ``capped``)."""

    kind: str
    count: int
    capped: bool
    rows: list[Row]


_ORDER = """
SELECT o.number, o.state, s.name AS partner, o.gross AS amount, o.currency, NULL::date AS on, 0 AS days_late,
 coalesce(o.submitted_at, o.created_at) AS since, coalesce(b.name, '') AS person
FROM ({found} ORDER BY o.id DESC LIMIT %(limit)s) AS f JOIN purchasing_purchaseorder o ON o.id = f.id
JOIN catalog_partner s ON s.id = o.supplier_id LEFT JOIN accounts_user b ON b.id = o.buyer_id ORDER BY o.id DESC
"""
_REQUISITION = """
SELECT o.number, o.state, o.reason AS partner, NULL::numeric AS amount, '' AS currency, o.required_on AS on,
 greatest(%(today)s::date - o.required_on, 0) AS days_late, coalesce(o.submitted_at, o.created_at) AS since,
 coalesce(b.name, '') AS person
FROM ({found} ORDER BY o.id DESC LIMIT %(limit)s) AS f JOIN purchasing_requisition o ON o.id = f.id
LEFT JOIN accounts_user b ON b.id = o.requester_id ORDER BY o.id DESC
"""
_SHIPMENT = """
SELECT o.number, o.state, s.name AS partner, NULL::numeric AS amount, '' AS currency, o.expected_on AS on,
 greatest(%(today)s::date - o.expected_on, 0) AS days_late, o.created_at AS since, o.carrier AS person
FROM ({found} ORDER BY o.expected_on NULLS LAST, o.id LIMIT %(limit)s) AS f
JOIN purchasing_shipment o ON o.id = f.id JOIN catalog_partner s ON s.id = o.supplier_id
ORDER BY o.expected_on NULLS LAST, o.id
"""
_RECEIPT = """
SELECT o.number, o.state, s.name AS partner, NULL::numeric AS amount, '' AS currency, o.received_on AS on,
 0 AS days_late, o.created_at AS since, o.delivery_note AS person
FROM ({found} ORDER BY o.id DESC LIMIT %(limit)s) AS f JOIN purchasing_goodsreceipt o ON o.id = f.id
JOIN catalog_partner s ON s.id = o.supplier_id ORDER BY o.id DESC
"""
_TABLES = {
    "gr": ("purchasing_goodsreceipt", _RECEIPT),
    "po": ("purchasing_purchaseorder", _ORDER),
    "requisition": ("purchasing_requisition", _REQUISITION),
    "asn": ("purchasing_shipment", _SHIPMENT),
}
_LIMIT_KNOWN = " AND (%(amount_limit)s::numeric IS NULL OR o.gross * o.rate <= %(amount_limit)s::numeric)"
_LIMIT_EXCEEDED = " AND o.gross * o.rate > %(amount_limit)s::numeric"
_PENDING = "o.is_open AND o.state = 'pending_approval'"
_NO_FLOW = f" AND {NO_FLOW.format(kind='po', id='o.id')}"
_OPEN_SHIPMENT = "o.is_open AND o.state IN ('announced', 'in_transit')"
# What is asked → the kind of document and its condition; orders in an open state are found by a partial index.
WORK = {
    "orders_to_approve": ("po", _PENDING + _NO_FLOW + _LIMIT_KNOWN),
    "orders_above_limit": ("po", _PENDING + _NO_FLOW + _LIMIT_EXCEEDED),
    "orders_pending": ("po", _PENDING),
    "orders_to_confirm": ("po", "o.is_open AND o.state = 'approved'"),
    "own_order_drafts": ("po", "o.is_open AND o.state = 'draft' AND o.created_by_id = %(user)s"),
    "requisitions_to_approve": (
        "requisition",
        f"o.state = 'pending_approval' AND {NO_FLOW.format(kind='requisition', id='o.id')}",
    ),
    "own_requisitions_pending": ("requisition", "o.state = 'pending_approval' AND o.requester_id = %(user)s"),
    "requisitions_to_order": ("requisition", "o.state IN ('approved', 'partly_ordered')"),
    "own_requisition_drafts": ("requisition", "o.state = 'draft' AND o.created_by_id = %(user)s"),
    "receipts_to_inspect": ("gr", "o.state = 'to_inspect'"),
    "shipments_to_receive": ("asn", "o.is_open AND o.state = 'arrived'"),
    "shipments_today": ("asn", _OPEN_SHIPMENT + " AND o.expected_on = %(today)s::date"),
    "shipments_late": ("asn", _OPEN_SHIPMENT + " AND o.expected_on < %(today)s::date"),
}


def waiting(actor: Actor, work: str, limit: int = 6) -> Agenda:
    """The first documents of one kind of work (a key of ``WORK``), and how many there are; two statements."""
    actor.must(VIEW)
    kind, condition = WORK[work]
    table, shown = _TABLES[kind]
    params = {
        "company": actor.company_id,
        "user": actor.user_id,
        "today": actor.today(),
        "amount_limit": actor.amount_limit,
        "limit": limit,
        "cap": CAP + 1,
    }
    within = scope.also(actor, kind, "o")
    found = f"SELECT o.id FROM {table} o WHERE o.company_id = %(company)s AND {condition}{within}"
    rows = db.dicts(shown.format(found=found), params)
    count = len(rows)
    if count >= limit:
        capped = db.row(f"SELECT count(*) FROM ({found} LIMIT %(cap)s) AS few", params)
        count = int(capped[0]) if capped else count
    return Agenda(kind, min(count, CAP), count > CAP, rows)


def documents_by_number(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Orders, requisitions, shipments, receipts and returns to suppliers with exactly these numbers; one statement."""
    actor.must(VIEW)
    po, asn, requisition, gr = (scope.also(actor, kind, "o") for kind in ("po", "asn", "requisition", "gr"))
    rtv = scope.also(actor, "rtv", "o")
    return db.dicts(
        "SELECT 'po' AS kind, o.number, o.state, s.name AS partner FROM purchasing_purchaseorder o"
        " JOIN catalog_partner s ON s.id = o.supplier_id"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){po}"
        " UNION ALL SELECT 'asn', o.number, o.state, s.name FROM purchasing_shipment o"
        " JOIN catalog_partner s ON s.id = o.supplier_id"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){asn}"
        " UNION ALL SELECT 'requisition', o.number, o.state, o.reason FROM purchasing_requisition o"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){requisition}"
        f" UNION ALL SELECT 'gr', o.number, {SHOWN_STATE.format('o')}, o.delivery_note FROM purchasing_goodsreceipt o"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){gr}"
        " UNION ALL SELECT 'rtv', o.number, o.state, s.name FROM purchasing_purchasereturn o"
        " JOIN catalog_partner s ON s.id = o.supplier_id"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){rtv}",
        {"company": actor.company_id, "numbers": list(numbers)},
    )
