"""Where is it: one order line from the request to the bin, with every date and quantity on the way, and who waits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.queries.waiting import Waiter, waiters
from gendan.purchasing.rules.lines import line_state, refused_open
from gendan.purchasing.rules.promises import late_days

VIEW = "purchasing.view"
Row = dict[str, Any]
ZERO = Decimal(0)

_LINE = """
SELECT l.id, o.number AS order_number, o.state, o.ordered_on, o.approved_at, l.line_no AS line, s.code AS supplier,
 s.name AS supplier_name, pr.code AS product, pr.name AS product_name, pr.specification, pr.inspect,
 w.code AS warehouse, w.name AS warehouse_name, u.code AS unit, u.name AS unit_name, l.factor, su.name AS stock_unit,
 l.quantity, l.confirmed, l.refused, l.shipped, l.received, l.accepted, l.rejected, l.returned, l.replaced, l.cancelled,
 l.under_tolerance, l.required_on, l.promised_on, l.expected_on, l.due_on, l.completed_on, l.live, l.note,
 coalesce(b.name, '') AS buyer
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id AND l.line_no = %s::int
JOIN catalog_partner s ON s.id = l.supplier_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_unit su ON su.id = pr.unit_id LEFT JOIN accounts_user b ON b.id = o.buyer_id
WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_REQUISITIONS = """
SELECT r.number, r.state, rl.line_no AS line, a.quantity, a.released, u.name AS unit_name, rl.quantity AS asked,
 coalesce(rl.required_on, r.required_on) AS required_on, r.reason, coalesce(q.name, '') AS requester, r.submitted_at
FROM purchasing_requisitionallocation a JOIN purchasing_requisitionline rl ON rl.id = a.requisition_line_id
JOIN purchasing_requisition r ON r.id = rl.requisition_id JOIN catalog_unit u ON u.id = rl.unit_id
LEFT JOIN accounts_user q ON q.id = r.requester_id
WHERE a.order_line_id = %s::bigint ORDER BY r.id, rl.line_no
"""
_PROMISES = """
SELECT p.revision, p.kind, p.source, p.quantity, p.promised_on, p.note, coalesce(u.name, '') AS user, p.at
FROM purchasing_promise p LEFT JOIN accounts_user u ON u.id = p.user_id
WHERE p.order_line_id = %s::bigint ORDER BY p.revision, p.id
"""
_SHIPMENTS = """
SELECT s.number, s.state, s.carrier, s.tracking_number, s.shipped_on, s.expected_on, s.arrived_on,
 sl.line_no AS line, sl.quantity, sl.received, sl.lot_code AS lot
FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
WHERE sl.order_line_id = %s::bigint ORDER BY s.id, sl.line_no
"""
_RECEIPTS = """
SELECT rl.id, r.number, r.state, r.delivery_note, r.received_on, r.created_at, coalesce(u.name, '') AS user,
 rl.quantity,
 rl.accepted, rl.rejected, back.number AS reverses, coalesce(lot.code, '') AS lot, place.code AS bin,
 place.kind AS bin_kind, coalesce(s.number, '') AS shipment, r.reverse_reason AS reason,
 (SELECT by_.number FROM purchasing_goodsreceipt by_ WHERE by_.reverses_id = r.id LIMIT 1) AS reversed_by
FROM purchasing_receiptline rl JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id
JOIN catalog_location place ON place.id = rl.location_id LEFT JOIN inventory_lot lot ON lot.id = rl.lot_id
LEFT JOIN purchasing_goodsreceipt back ON back.id = r.reverses_id LEFT JOIN accounts_user u ON u.id = r.created_by_id
LEFT JOIN purchasing_shipmentline sl ON sl.id = rl.shipment_line_id
LEFT JOIN purchasing_shipment s ON s.id = sl.shipment_id
WHERE rl.order_line_id = %s::bigint ORDER BY r.id, rl.line_no
"""
_RETURNS = """
SELECT r.number, x.line_no AS line, r.state, r.settlement, x.quantity, x.replaced, r.posted_on, r.promised_on,
 r.replace_on, r.state = 'posted' AND r.settlement = 'replace' AND x.quantity > x.replaced AS replacing
FROM purchasing_purchasereturnline x JOIN purchasing_purchasereturn r ON r.id = x.purchase_return_id
WHERE x.order_line_id = %s::bigint AND r.state NOT IN ('cancelled', 'reversed') ORDER BY r.id, x.line_no
"""
# Where the goods of these receipt lines went: what came into each place, and what of that product and lot is there now.
_PLACES = """
WITH mine AS (
 SELECT rl.id, rl.receipt_id, r.reverses_id FROM purchasing_receiptline rl
 JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id WHERE rl.order_line_id = %(line)s::bigint),
moves AS (
 SELECT m.* FROM inventory_stockmove m JOIN mine ON m.source_kind = 'gr' AND m.source_id = mine.receipt_id
  AND m.source_line = mine.id WHERE mine.reverses_id IS NULL AND NOT EXISTS (
   SELECT 1 FROM mine other WHERE other.reverses_id = mine.receipt_id)),
flows AS (
 SELECT product_id, lot_id, to_location_id AS place, quantity FROM moves UNION ALL
 SELECT product_id, lot_id, from_location_id, -quantity FROM moves),
net AS (SELECT product_id, lot_id, place, sum(quantity) AS quantity FROM flows GROUP BY 1, 2, 3)
SELECT p.code AS bin, p.kind, coalesce(lot.code, '') AS lot, lot.expires_on, n.quantity AS brought,
 coalesce(b.on_hand, 0) AS on_hand, least(n.quantity, coalesce(b.on_hand, 0)) AS still_here
FROM net n JOIN catalog_location p ON p.id = n.place AND p.kind IN ('bin', 'inspection', 'rejected')
LEFT JOIN inventory_lot lot ON lot.id = n.lot_id
LEFT JOIN inventory_balance b ON b.product_id = n.product_id AND b.location_id = n.place
 AND b.lot_id IS NOT DISTINCT FROM n.lot_id
WHERE n.quantity > 0 ORDER BY p.kind, p.code, lot.code
"""


@dataclass(frozen=True, slots=True)
class Word:
    """One revision of the promise ledger: who said what when, possibly split over several dates."""

    revision: int
    kind: str
    source: str
    at: datetime
    user: str
    note: str
    parts: list[tuple[Decimal, date | None]]
    shift: int | None = None

    @property
    def date(self) -> date | None:
        """The last date of the word."""
        return max((day for _quantity, day in self.parts if day), default=None)

    @property
    def quantity(self) -> Decimal:
        return sum((quantity for quantity, _day in self.parts), ZERO)


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that happened to an order line."""

    line: Row
    requisitions: list[Row]
    promises: list[Word]
    shipments: list[Row]
    receipts: list[Row]
    places: list[Row]
    returns: list[Row]
    waiting: list[Waiter]
    today: date
    counters: Row = field(default_factory=dict)
    dates: Row = field(default_factory=dict)


def trace(actor: Actor, number: str, line_no: int) -> Trace:
    """The whole way of one order line; seven statements, one more when customers wait for it, one when goods of it went
    back.
    """
    actor.must(VIEW)
    found = db.dicts(_LINE, [min(line_no, 2**31 - 1), actor.company_id, number])
    if not found:
        raise NotFound(what=f"{number} / {line_no}")
    (line,) = fields.mask_of(actor, "po", found)
    line["shown"] = line_state(SimpleNamespace(**line), line["state"], live=line["live"])
    today = actor.today()
    returns = db.dicts(_RETURNS, [line["id"]]) if line["returned"] else []
    promises = _words(fields.mask_of(actor, "po", db.dicts(_PROMISES, [line["id"]])))
    return Trace(
        line,
        fields.mask_of(actor, "requisition", db.dicts(_REQUISITIONS, [line["id"]])),
        promises,
        db.dicts(_SHIPMENTS, [line["id"]]),
        db.dicts(_RECEIPTS, [line["id"]]),
        db.dicts(_PLACES, {"line": line["id"]}),
        returns,
        waiters(actor, "purchase", [line["id"]]),
        today,
        _counters(line, returns),
        _dates(line, today, agreed=any(word.source == "agreed" for word in promises)),
    )


def _words(entries: list[Row]) -> list[Word]:
    """The ledger's rows by revision, each with how many days it moved the date of the word it takes the place of."""
    words: list[Word] = []
    for entry in entries:
        part = (entry["quantity"], entry["promised_on"])
        if words and words[-1].revision == entry["revision"] and words[-1].kind == entry["kind"]:
            words[-1].parts.append(part)
            continue
        words.append(
            Word(
                entry["revision"],
                entry["kind"],
                entry["source"],
                entry["at"],
                entry["user"],
                entry["note"],
                [part],
            )
        )
    return [replace(word, shift=_shift(word, words[:n])) for n, word in enumerate(words)]


def _shift(word: Word, earlier: list[Word]) -> int | None:
    """Against the last word about the same shipment, else about the same quantity; None when there was none."""
    if word.date is None:
        return None
    for before in reversed(earlier):
        same = [day for quantity, day in before.parts if quantity == word.quantity and day]
        day = before.date if (word.note and word.note == before.note) or before.quantity == word.quantity else None
        if day := day or next(iter(same), None):
            return (word.date - day).days
    return None


def _counters(line: Row, returns: list[Row]) -> Row:
    wanted, behind = line["quantity"] - line["cancelled"], SimpleNamespace(**line)
    return {
        "ordered": line["quantity"],
        "confirmed": line["confirmed"],
        "refused": refused_open(behind),
        "shipped": line["shipped"],
        "received": line["received"],
        "accepted": line["accepted"],
        "rejected": line["rejected"],
        "returned": line["returned"],
        "replaced": line["replaced"],
        "to_replace": sum((row["quantity"] - row["replaced"] for row in returns if row["replacing"]), ZERO),
        "cancelled": line["cancelled"],
        "outstanding": max(wanted - line["received"], ZERO),
    }


def _dates(line: Row, today: date, *, agreed: bool) -> Row:
    """Required, promised (first, or as agreed when we asked for another day), expected (latest), actual; ``late``
    against the measure, ``basis`` names it.
    """
    measure = line["promised_on"] or line["required_on"]
    basis = "agreed" if agreed else "promised"
    if not line["promised_on"]:
        basis = "required" if line["required_on"] else ""
    done = line["completed_on"] is not None
    due = measure if done else line["due_on"]
    actual = line["completed_on"]
    late = late_days(due, actual or today) if done or line["live"] else 0
    foreseen = late_days(due, line["expected_on"]) if not done and line["expected_on"] and line["live"] else 0
    return {
        "required_on": line["required_on"],
        "promised_on": line["promised_on"],
        "expected_on": line["expected_on"],
        "actual_on": actual,
        "due_on": due,
        "basis": basis,
        "days_late": late,
        "days_expected_late": foreseen,
        "done": done,
    }
