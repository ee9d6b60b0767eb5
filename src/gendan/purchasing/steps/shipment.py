"""Locking and writing shipments (ASN): header, lines, and the expected dates that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject, record
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.purchasing.models import Shipment
from gendan.purchasing.rules.shipments import Announced
from gendan.purchasing.steps import progress, promises
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lines_of, lock_orders

COUNTED = frozenset({"in_transit", "arrived", "received"})
ZERO = Decimal(0)


@dataclass(slots=True)
class LockedShipmentLine:
    """A line of a locked shipment."""

    id: int
    line_no: int
    order_line_id: int
    quantity: Decimal
    received: Decimal


@dataclass(frozen=True, slots=True)
class LockedShipment:
    """A shipment with its lines, and the orders that it touches with all their lines, held by this transaction."""

    id: int
    number: str
    state: str
    version: int
    carrier: str
    tracking_number: str
    mode: str
    packages: int | None
    weight: Decimal | None
    supplier_reference: str
    shipped_on: date | None
    expected_on: date | None
    arrived_on: date | None
    note: str
    lines: list[LockedShipmentLine]
    orders: list[LockedOrder]
    order_lines: list[LockedLine]

    @property
    def subject(self) -> Subject:
        return Subject("asn", self.id, self.number)

    @property
    def refs(self) -> tuple[str, ...]:
        """Every order and product concerned, for the event log."""
        mine = {line.order_line_id for line in self.lines}
        products = sorted({line.product for line in self.order_lines if line.id in mine})
        return (*(order.subject.ref for order in self.orders), *(f"product:{code}" for code in products[:50]))

    def order_line(self, line_id: int) -> LockedLine:
        """The order line behind a shipment line."""
        return next(line for line in self.order_lines if line.id == line_id)

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(Shipment, self.state), action=str(action))


_ORDERS = """
SELECT DISTINCT o.number FROM purchasing_shipment s JOIN purchasing_shipmentline sl ON sl.shipment_id = s.id
JOIN purchasing_orderline l ON l.id = sl.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE s.company_id = %s AND s.number = %s
"""
_LOCK = """
SELECT s.id, s.number, s.state, s.version, s.carrier, s.tracking_number, s.mode, s.packages, s.weight,
 s.supplier_reference, s.shipped_on, s.expected_on, s.arrived_on, s.note,
 sl.id, sl.line_no, sl.order_line_id, sl.quantity, sl.received
FROM purchasing_shipment s JOIN purchasing_shipmentline sl ON sl.shipment_id = s.id
WHERE s.company_id = %s AND s.number = %s ORDER BY sl.line_no FOR NO KEY UPDATE OF s, sl
"""
_ANNOUNCED = """
SELECT sl.order_line_id, sum(sl.quantity), sum(sl.received)
FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
WHERE sl.order_line_id = ANY(%s::bigint[]) AND s.state <> 'cancelled' GROUP BY 1
"""
_INSERT = """
WITH s AS (
 INSERT INTO purchasing_shipment (company_id, number, state, version, created_by_id, supplier_id, warehouse_id, carrier,
  tracking_number, mode, packages, weight, supplier_reference, shipped_on, expected_on, external_key, note)
 SELECT %(company)s::bigint, 'ASN-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(supplier)s::bigint, %(warehouse)s::bigint, %(carrier)s::text, %(tracking_number)s::text,
  %(mode)s::text, %(packages)s::int, %(weight)s::numeric, %(supplier_reference)s::text, %(shipped_on)s::date,
  %(expected_on)s::date, %(external_key)s::text, %(note)s::text
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
lines AS (
 INSERT INTO purchasing_shipmentline (shipment_id, line_no, order_line_id, quantity, lot_code)
 SELECT s.id, t.n, t.line, t.quantity, t.lot
 FROM s, unnest(%(lines)s::bigint[], %(quantities)s::numeric[], %(lots)s::text[])
  WITH ORDINALITY AS t(line, quantity, lot, n))
SELECT id, number FROM s
"""
_SAVE = """
UPDATE purchasing_shipment SET state = %(state)s::text, version = version + 1, updated_at = now(),
 carrier = %(carrier)s::text, tracking_number = %(tracking_number)s::text, mode = %(mode)s::text,
 packages = %(packages)s::int,
 weight = %(weight)s::numeric, supplier_reference = %(supplier_reference)s::text, shipped_on = %(shipped_on)s::date,
 expected_on = %(expected_on)s::date, arrived_on = %(arrived_on)s::date, note = %(note)s::text
WHERE id = %(id)s::bigint
"""
FIELDS = (
    "carrier",
    "tracking_number",
    "mode",
    "packages",
    "weight",
    "supplier_reference",
    "shipped_on",
    "expected_on",
    "arrived_on",
    "note",
)
_LINES = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[]) AS t(id, quantity)),
 unpacked AS (DELETE FROM purchasing_parcelcontent pc USING t WHERE pc.line_id = t.id
  AND t.quantity < (SELECT sum(x.quantity) FROM purchasing_parcelcontent x WHERE x.line_id = t.id)),
 gone AS (DELETE FROM purchasing_shipmentline sl USING t WHERE sl.id = t.id AND t.quantity = 0)
UPDATE purchasing_shipmentline sl SET quantity = t.quantity FROM t WHERE sl.id = t.id AND t.quantity > 0
"""
# What is expected of a line when a shipment is cancelled: its other shipments under way, else what was promised last.
_FALLBACK = """
SELECT t.id, coalesce(
 (SELECT max(s.expected_on) FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
  WHERE sl.order_line_id = t.id AND s.is_open AND s.id <> %s::bigint AND sl.received < sl.quantity),
 (SELECT max(p.promised_on) FROM purchasing_promise p WHERE p.order_line_id = t.id AND p.kind = 'promise'
  AND p.revision =
  (SELECT max(q.revision) FROM purchasing_promise q WHERE q.order_line_id = t.id AND q.kind = 'promise')))
FROM unnest(%s::bigint[]) AS t(id)
"""


@step
def lock_shipment(actor: Actor, number: str, version: int | None = None) -> LockedShipment:
    """A shipment with everything that it touches: orders are locked first, by id, then the shipment."""
    numbers = [row[0] for row in db.rows(_ORDERS, [actor.company_id, number])]
    if not numbers:
        raise NotFound(what=number)
    orders = lock_orders(actor, numbers)
    order_lines = lines_of([order.id for order in orders])
    found = db.rows(_LOCK, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    check_version(number, found[0][3], version)
    lines = [LockedShipmentLine(*row[14:]) for row in found]
    return LockedShipment(*[*found[0][:14], lines, orders, order_lines])


@step
def announced_by_line(line_ids: Sequence[int]) -> dict[int, Announced]:
    """What uncancelled shipments announce of order lines."""
    return {line_id: Announced(quantity, got) for line_id, quantity, got in db.rows(_ANNOUNCED, [list(line_ids)])}


@step
def insert_shipment(
    actor: Actor, header: Mapping[str, Any], lines: Sequence[tuple[LockedLine, Decimal, str]]
) -> Subject:
    """Write a shipment and its lines in one statement."""
    found = db.row(
        _INSERT,
        {
            **header,
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "ASN"),
            "lines": [line.id for line, _quantity, _lot in lines],
            "quantities": [quantity for _line, quantity, _lot in lines],
            "lots": [lot for _line, _quantity, lot in lines],
        },
    )
    assert found is not None
    return Subject("asn", found[0], found[1])


@step
def save_shipment(shipment: LockedShipment, state: str, **changes: Any) -> None:
    """Write a shipment's state and header with the next version."""
    values = {name: changes.get(name, getattr(shipment, name)) for name in FIELDS}
    db.execute(_SAVE, {**values, "id": shipment.id, "state": state})


@step
def dispatch(actor: Actor, found: LockedShipment, day: date) -> LockedShipment:
    """An announced shipment has left the supplier: its lines count as shipped."""
    count_shipped(found, 1)
    progress.save(actor, found.orders, found.order_lines, lines_behind(found))
    save_shipment(found, "in_transit", shipped_on=day)
    record("purchasing.shipment_dispatched", found.subject, actor, found.refs, shipped_on=str(day))
    return replace(found, state="in_transit", shipped_on=day, version=found.version + 1)


@step
def arrive(actor: Actor, found: LockedShipment, day: date) -> None:
    """A shipment stands at the warehouse, not yet booked in; one only announced counts as shipped now."""
    if found.state == "announced":
        count_shipped(found, 1)
        progress.save(actor, found.orders, found.order_lines, lines_behind(found))
    save_shipment(found, "arrived", shipped_on=found.shipped_on or day, arrived_on=day)
    record("purchasing.shipment_arrived", found.subject, actor, found.refs, arrived_on=str(day))


def count_shipped(found: LockedShipment, sign: int) -> None:
    """Count what a shipment brings as shipped on its order lines, or take it back; the caller saves them."""
    for line in found.lines:
        found.order_line(line.order_line_id).shipped += sign * line.quantity


def lines_behind(found: LockedShipment) -> list[LockedLine]:
    """The order lines that a shipment brings."""
    ids = {line.order_line_id for line in found.lines}
    return [line for line in found.order_lines if line.id in ids]


def open_totals(found: LockedShipment) -> list[tuple[LockedLine, Decimal]]:
    """Each order line with what of it the shipment still brings; lines that came in whole have nothing to expect."""
    total: dict[int, Decimal] = {}
    for line in found.lines:
        total[line.order_line_id] = total.get(line.order_line_id, ZERO) + max(line.quantity - line.received, ZERO)
    return [(line, total[line.id]) for line in lines_behind(found) if total[line.id] > 0]


@step
def save_quantities(lines: Sequence[LockedShipmentLine]) -> None:
    """Write the corrected quantities of a shipment's lines; a line with zero is taken out."""
    db.execute(_LINES, {"ids": [line.id for line in lines], "quantities": [line.quantity for line in lines]})


@step
def expect(
    actor: Actor, lines: Sequence[tuple[LockedLine, Decimal]], expected_on: date | None, source: str, note: str
) -> None:
    """Write a new expectation of order lines to the ledger, one revision each; the caller saves the lines."""
    expect_several(actor, {expected_on: lines}, source, note)


@step
def expect_several(
    actor: Actor, by_date: Mapping[date | None, Sequence[tuple[LockedLine, Decimal]]], source: str, note: str
) -> None:
    """The same for lines with different dates, in one statement."""
    entries = []
    for expected_on, lines in by_date.items():
        for line, quantity in lines:
            line.promise_revision += 1
            line.expected_on = expected_on
            entries.append(
                promises.Entry(line.id, line.promise_revision, "expected", source, quantity, expected_on, note)
            )
    promises.append(actor, entries)


@step
def fallback_dates(shipment: LockedShipment) -> dict[int, date | None]:
    """When the lines of a shipment are expected without it."""
    return dict(db.rows(_FALLBACK, [shipment.id, [line.order_line_id for line in shipment.lines]]))
