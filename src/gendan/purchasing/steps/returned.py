"""Lock and write returns to suppliers, in set-based statements: orders first, then receipts, then the return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.inventory.steps import Leg
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.purchasing.errors_returned import ReceiptHasReturns, RejectsSettled
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.queries.asked_back import ASKED
from gendan.purchasing.rules.returned import BackIn
from gendan.purchasing.steps.correction import LockedReceipt


@dataclass(frozen=True, slots=True)
class Source:
    """A line of a locked receipt: what of it may still go back, rejected and accepted."""

    id: int
    receipt: str
    line_no: int
    state: str
    reverses_id: int | None
    supplier_id: int
    supplier: str
    warehouse_id: int
    warehouse: str
    order_line_id: int
    order: str
    currency: str
    minor_units: int
    product: str
    decimals: int
    rejects: Decimal
    accepted: Decimal
    location_id: int
    location_kind: str
    rejected_place: int
    default_place: int


_SOURCES = f"""
SELECT rl.id, r.number, rl.line_no, r.state, r.reverses_id, r.supplier_id, s.code, r.warehouse_id, w.code, l.id,
 o.number, o.currency, o.minor_units, p.code, u.decimals,
 rl.rejected - rl.scrapped - rl.rejected_returned - {ASKED.format(line="rl.id", rejected="true")},
 rl.accepted - rl.accepted_returned - {ASKED.format(line="rl.id", rejected="false")}, rl.location_id, place.kind,
 coalesce((SELECT min(x.id) FROM catalog_location x WHERE x.warehouse_id = w.id AND x.kind = 'rejected'
   AND x.is_active), w.default_location_id), w.default_location_id
FROM purchasing_goodsreceipt r JOIN purchasing_receiptline rl ON rl.receipt_id = r.id
JOIN purchasing_orderline l ON l.id = rl.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_partner s ON s.id = r.supplier_id JOIN catalog_warehouse w ON w.id = r.warehouse_id
JOIN catalog_location place ON place.id = rl.location_id
WHERE r.company_id = %(company)s::bigint AND r.number = ANY(%(receipts)s::text[])
 AND (r.number, rl.line_no) IN (SELECT * FROM unnest(%(receipts)s::text[], %(lines)s::int[]))
"""
# Orders first, then the receipts' lines; they are locked by one statement and read by the next, so that what was asked
# meanwhile is seen.
_HOLD_ORDERS = """
SELECT o.id FROM purchasing_purchaseorder o WHERE o.id IN (SELECT l.order_id FROM purchasing_goodsreceipt r
 JOIN purchasing_receiptline rl ON rl.receipt_id = r.id JOIN purchasing_orderline l ON l.id = rl.order_line_id
 WHERE r.company_id = %(company)s::bigint AND r.number = ANY(%(receipts)s::text[]))
ORDER BY o.id FOR NO KEY UPDATE
"""
_HOLD = """
SELECT rl.id FROM purchasing_goodsreceipt r JOIN purchasing_receiptline rl ON rl.receipt_id = r.id
WHERE r.company_id = %(company)s::bigint AND r.number = ANY(%(receipts)s::text[])
 AND (r.number, rl.line_no) IN (SELECT * FROM unnest(%(receipts)s::text[], %(lines)s::int[]))
ORDER BY r.id, rl.id FOR NO KEY UPDATE OF r, rl
"""
_BINS = """
SELECT w.code, b.code, b.id FROM catalog_location b JOIN catalog_warehouse w ON w.id = b.warehouse_id
WHERE b.company_id = %(company)s::bigint AND b.kind = 'bin' AND b.is_active AND b.code = ANY(%(bins)s::text[])
"""


@step
def lock_sources(
    actor: Actor, lines: Sequence[BackIn]
) -> tuple[dict[tuple[str, int], Source], dict[tuple[str, str], int]]:
    """The receipt lines asked for, held after their orders, by (receipt, line); bins by (warehouse, code)."""
    params = {
        "company": actor.company_id,
        "receipts": [line.receipt for line in lines],
        "lines": db.array(line.line for line in lines),
        "bins": sorted({line.bin for line in lines} - {""}),
    }
    _orders, _held, found, bins = db.batch(
        [(_HOLD_ORDERS, params), (_HOLD, params), (_SOURCES, params), (_BINS, params)]
    )
    sources = [Source(*row) for row in found]
    return {(each.receipt, each.line_no): each for each in sources}, {(row[0], row[1]): row[2] for row in bins}


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a return before it has a number."""

    source: Source
    asked: BackIn
    location_id: int


_INSERT = """
WITH r AS (
 INSERT INTO purchasing_purchasereturn (company_id, number, state, version, created_by_id, supplier_id, warehouse_id,
  currency, minor_units, settlement, contact, note, replace_on)
 SELECT %(company)s::bigint, 'RTV-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
  %(supplier)s::bigint, %(warehouse)s::bigint, %(currency)s::text, %(minor_units)s::smallint, %(settlement)s::text,
  %(contact)s::text, %(note)s::text, %(replace_on)s::date
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
lines AS (
 INSERT INTO purchasing_purchasereturnline (company_id, purchase_return_id, line_no, order_line_id, receipt_line_id,
  rejected, location_id, reason, note, quantity)
 SELECT %(company)s::bigint, r.id, t.* FROM r, unnest(%(line_nos)s::int[], %(order_lines)s::bigint[],
  %(receipt_lines)s::bigint[], %(rejected)s::boolean[], %(locations)s::bigint[], %(reasons)s::text[],
  %(notes)s::text[], %(quantities)s::numeric[]) AS t)
SELECT id, number FROM r
"""


@step
def insert(
    actor: Actor, lines: Sequence[NewLine], settlement: str, contact: str, note: str, replace_on: date | None = None
) -> Subject:
    """Write a return and its lines in one statement."""
    first = lines[0].source
    found = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "RTV"),
            "supplier": first.supplier_id,
            "warehouse": first.warehouse_id,
            "currency": first.currency,
            "minor_units": first.minor_units,
            "settlement": settlement,
            "contact": contact,
            "note": note,
            "replace_on": replace_on,
            "line_nos": db.array(range(1, len(lines) + 1)),
            "order_lines": db.array(line.source.order_line_id for line in lines),
            "receipt_lines": db.array(line.source.id for line in lines),
            "rejected": [line.asked.rejected for line in lines],
            "locations": db.array(line.location_id for line in lines),
            "reasons": [line.asked.reason for line in lines],
            "notes": [line.asked.note for line in lines],
            "quantities": db.array(line.asked.quantity for line in lines),
        },
    )
    assert found is not None
    return Subject("rtv", found[0], found[1])


@dataclass(frozen=True, slots=True)
class LockedReturn:
    """The header of a return that this transaction holds, after its orders and receipts."""

    id: int
    number: str
    state: str
    version: int
    supplier_id: int
    supplier: str
    warehouse_id: int
    warehouse: str
    currency: str
    minor_units: int
    settlement: str
    replace_on: date | None
    orders: tuple[str, ...]
    receipts: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        return Subject("rtv", self.id, self.number)

    @property
    def refs(self) -> tuple[str, ...]:
        return (
            f"partner:{self.supplier}",
            *(f"po:{number}" for number in self.orders),
            *(f"gr:{number}" for number in self.receipts),
        )

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(PurchaseReturn, self.state), action=str(action))


@dataclass(slots=True)
class LockedLine:
    """A line of a locked return, with what of it the order's line says."""

    id: int
    line_no: int
    order_line_id: int
    order: str
    receipt_line_id: int
    rejected: bool
    location_id: int
    lot_id: int | None
    product_id: int
    product: str
    factor: Decimal
    decimals: int
    quantity: Decimal
    replaced: Decimal
    ordered: Decimal
    gross: Decimal


_OF = """
 purchasing_purchasereturn r JOIN purchasing_purchasereturnline rl ON rl.purchase_return_id = r.id
 WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text
"""
_LOCK_ORDERS = f"""
SELECT o.number FROM purchasing_purchaseorder o WHERE o.id IN (SELECT l.order_id FROM purchasing_orderline l
 WHERE l.id IN (SELECT rl.order_line_id FROM {_OF})) ORDER BY o.id FOR NO KEY UPDATE
"""
_LOCK_RECEIPTS = f"""
SELECT g.number FROM purchasing_goodsreceipt g JOIN purchasing_receiptline gl ON gl.receipt_id = g.id
WHERE gl.id IN (SELECT rl.receipt_line_id FROM {_OF}) ORDER BY g.id, gl.id FOR NO KEY UPDATE OF g, gl
"""
_LOCK = """
SELECT r.id, r.number, r.state, r.version, r.supplier_id, s.code, r.warehouse_id, w.code, r.currency, r.minor_units,
 r.settlement, r.replace_on
FROM purchasing_purchasereturn r JOIN catalog_partner s ON s.id = r.supplier_id
JOIN catalog_warehouse w ON w.id = r.warehouse_id
WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text FOR NO KEY UPDATE OF r
"""
_LINES = """
SELECT rl.id, rl.line_no, l.id, o.number, rl.receipt_line_id, rl.rejected, rl.location_id, gl.lot_id, l.product_id,
 p.code, l.factor, u.decimals, rl.quantity, rl.replaced, l.quantity, l.gross
FROM purchasing_purchasereturn r JOIN purchasing_purchasereturnline rl ON rl.purchase_return_id = r.id
JOIN purchasing_receiptline gl ON gl.id = rl.receipt_line_id JOIN purchasing_orderline l ON l.id = rl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text ORDER BY rl.line_no
"""


@step
def lock(actor: Actor, number: str, version: int | None = None) -> tuple[LockedReturn, list[LockedLine]]:
    """The return and its lines, its orders and receipts locked before it; one exchange. Errors: NotFound, Stale."""
    params = {"company": actor.company_id, "number": number}
    orders, receipts, headers, lines = db.batch(
        [(_LOCK_ORDERS, params), (_LOCK_RECEIPTS, params), (_LOCK, params), (_LINES, params)]
    )
    if not headers:
        raise NotFound(what=number)
    check_version(number, headers[0][3], version)
    behind = tuple(row[0] for row in orders), tuple(dict.fromkeys(row[0] for row in receipts))
    header: tuple[Any, ...] = (*headers[0], *behind)
    return LockedReturn(*header), [LockedLine(*row) for row in lines]


@step
def set_state(actor: Actor, found: LockedReturn, state: str, note: str = "", *, approved: bool = False) -> None:
    """Write the state that a decision leads to."""
    db.later(
        "UPDATE purchasing_purchasereturn SET state = %(state)s::text, version = version + 1, updated_at = now(),"
        " decision_note = CASE WHEN %(note)s::text = '' THEN decision_note ELSE %(note)s::text END,"
        " approved_by_id = CASE WHEN %(approved)s::boolean THEN %(user)s::bigint ELSE approved_by_id END"
        " WHERE id = %(id)s::bigint",
        {"id": found.id, "state": state, "note": note, "approved": approved, "user": actor.user_id},
    )


_SEND = """
WITH sums AS (
 SELECT t.receipt_line, t.order_line, t.rejected, sum(t.quantity) AS quantity
 FROM unnest(%(receipt_lines)s::bigint[], %(order_lines)s::bigint[], %(rejected)s::boolean[], %(quantities)s::numeric[])
  AS t(receipt_line, order_line, rejected, quantity) GROUP BY 1, 2, 3),
lines AS (UPDATE purchasing_receiptline gl SET
  rejected_returned = gl.rejected_returned + s.bad, accepted_returned = gl.accepted_returned + s.good
 FROM (SELECT receipt_line, coalesce(sum(quantity) FILTER (WHERE rejected), 0) AS bad,
   coalesce(sum(quantity) FILTER (WHERE NOT rejected), 0) AS good FROM sums GROUP BY 1) s WHERE gl.id = s.receipt_line
 RETURNING gl.receipt_id),
receipts AS (UPDATE purchasing_goodsreceipt SET updated_at = clock_timestamp()
 WHERE id IN (SELECT receipt_id FROM lines)),
orders AS (UPDATE purchasing_orderline l SET returned = l.returned + s.quantity
 FROM (SELECT order_line, sum(quantity) AS quantity FROM sums GROUP BY 1) s WHERE l.id = s.order_line)
UPDATE purchasing_purchasereturn SET state = %(state)s::text, version = version + 1, updated_at = now(),
 posted_on = %(day)s::date, carrier = %(carrier)s::text, tracking_number = %(tracking)s::text,
 decision_note = CASE WHEN %(note)s::text = '' THEN decision_note ELSE %(note)s::text END
WHERE id = %(id)s::bigint
"""


@step
def send(
    found: LockedReturn,
    lines: Sequence[LockedLine],
    state: str,
    day: date | None,
    *,
    carrier: str = "",
    tracking: str = "",
    note: str = "",
    sign: int = 1,
) -> None:
    """Count what leaves (``sign`` −1: what comes back from a reversal) and set the state, with the next statement."""
    db.later(
        _SEND,
        {
            "id": found.id,
            "state": state,
            "day": day,
            "carrier": carrier,
            "tracking": tracking,
            "note": note,
            "receipt_lines": db.array(line.receipt_line_id for line in lines),
            "order_lines": db.array(line.order_line_id for line in lines),
            "rejected": [line.rejected for line in lines],
            "quantities": db.array(sign * line.quantity for line in lines),
        },
    )


@step
def moves_back(found: LockedReturn) -> list[Leg]:
    """A leg back for every stock move of the return."""
    rows = db.rows(
        "SELECT m.product_id, m.to_location_id, m.from_location_id, m.quantity, m.lot_id, m.source_line, m.id"
        " FROM inventory_stockmove m WHERE m.source_kind = 'rtv' AND m.source_id = %s::bigint"
        " AND m.reverses_id IS NULL ORDER BY m.id",
        [found.id],
    )
    return [Leg(*row) for row in rows]


_REPLACE = """
WITH lines AS (
 UPDATE purchasing_purchasereturnline rl SET replaced = rl.replaced + t.quantity
 FROM (SELECT id, sum(quantity) AS quantity FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[])
  AS x(id, quantity) GROUP BY 1) t WHERE rl.id = t.id
 RETURNING rl.id, rl.purchase_return_id, rl.order_line_id, t.quantity),
orders AS (
 UPDATE purchasing_orderline l SET replaced = l.replaced + s.quantity
 FROM (SELECT order_line_id, sum(quantity) AS quantity FROM lines GROUP BY 1) s WHERE l.id = s.order_line_id)
UPDATE purchasing_purchasereturn r SET version = r.version + 1, updated_at = now(),
 state = CASE WHEN NOT EXISTS (SELECT 1 FROM purchasing_purchasereturnline x LEFT JOIN lines ON lines.id = x.id
  WHERE x.purchase_return_id = r.id AND x.replaced + coalesce(lines.quantity, 0) < x.quantity)
  THEN 'replaced' ELSE 'posted' END
WHERE r.id IN (SELECT purchase_return_id FROM lines)
"""


@step
def replace(quantities: Mapping[int, Decimal]) -> None:
    """Count what came instead (by return line's id; below zero takes it back), on the order's lines, too."""
    if quantities:
        db.later(_REPLACE, {"lines": db.array(quantities), "quantities": db.array(quantities.values())})


@step
def unreplace(receipt: LockedReceipt) -> None:
    """A reversed receipt brought nothing instead of what went back."""
    taken: dict[int, Decimal] = {}
    for line in receipt.lines:
        if line.return_line_id is not None:
            taken[line.return_line_id] = taken.get(line.return_line_id, Decimal(0)) - line.quantity
    replace(taken)


_FOLLOWED = """
SELECT y.number, false FROM purchasing_purchasereturnline x JOIN purchasing_purchasereturn y
 ON y.id = x.purchase_return_id AND y.state NOT IN ('cancelled', 'reversed')
WHERE x.receipt_line_id = ANY(%(lines)s::bigint[])
UNION ALL
SELECT '', true FROM purchasing_rejectaction a WHERE a.receipt_line_id = ANY(%(lines)s::bigint[]) AND a.kind <> 'rework'
LIMIT 1
"""


@step
def check_nothing_followed(receipt: LockedReceipt) -> None:
    """Refuse to take a receipt back whose goods went back, or became something else. Errors: ReceiptHasReturns,
    RejectsSettled.
    """
    found = db.row(_FOLLOWED, {"lines": db.array(line.id for line in receipt.lines)})
    if found and found[1]:
        raise RejectsSettled(number=receipt.number)
    if found:
        raise ReceiptHasReturns(number=receipt.number, rtv=found[0])
