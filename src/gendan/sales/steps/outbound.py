"""Locking deliveries with everything behind them, in the order of locks: orders, deliveries, balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.sales.models import Delivery
from gendan.sales.steps.hard import Part
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_many

ZERO = Decimal(0)
OPEN = frozenset({"to_pick", "picking", "packed"})


@dataclass(slots=True)
class LockedDelivery:
    """The header of a delivery that this transaction holds."""

    id: int
    number: str
    state: str
    version: int
    shipped_on: date | None
    warehouse_id: int
    wave_id: int | None
    carrier: str
    tracking_number: str
    expected_on: date | None
    ship_to_phone: str
    customer: str
    wave: str
    customer_place: int

    @property
    def subject(self) -> Subject:
        return Subject("dn", self.id, self.number)

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(Delivery, self.state), action=str(action))


@dataclass(slots=True)
class OutLine:
    """A line of a locked delivery, in the unit of the order's line."""

    id: int
    line_no: int
    order_line_id: int
    quantity: Decimal
    signed: Decimal
    refused: Decimal
    short: Decimal
    product: str
    decimals: int
    factor: Decimal


@dataclass(slots=True)
class OutPick:
    """A pick of a locked delivery, in stock units."""

    id: int
    line_id: int
    balance_id: int
    product_id: int
    location_id: int
    lot_id: int | None
    quantity: Decimal
    picked: Decimal
    bin: str
    product: str
    product_name: str
    decimals: int
    lot: str

    @property
    def open(self) -> Decimal:
        return self.quantity - self.picked


@dataclass(slots=True)
class Outbound:
    """A locked delivery with its lines and picks, and the orders behind it (when they were locked, too)."""

    delivery: LockedDelivery
    lines: list[OutLine]
    picks: list[OutPick]
    orders: list[tuple[LockedOrder, list[LockedLine]]]

    @property
    def order_lines(self) -> dict[int, LockedLine]:
        """The lines of its orders by id."""
        return {line.id: line for _order, lines in self.orders for line in lines}

    @property
    def refs(self) -> tuple[str, ...]:
        """Everything concerned, for the event log."""
        refs = [ref for order, _lines in self.orders for ref in (order.subject.ref, *order.refs)]
        wave = (f"wave:{self.delivery.wave}",) if self.delivery.wave else ()
        products = sorted({line.product for line in self.lines})[:50]
        return (*dict.fromkeys(refs), f"partner:{self.delivery.customer}", *wave, *(f"product:{p}" for p in products))

    def part(self, pick: OutPick, quantity: Decimal) -> Part:
        """A quantity of a pick as the order's line holds it."""
        owner = next(line.order_line_id for line in self.lines if line.id == pick.line_id)
        return Part(owner, pick.balance_id, quantity)

    def line(self, line_no: int) -> OutLine | None:
        return next((line for line in self.lines if line.line_no == line_no), None)


_ORDERS = """
SELECT DISTINCT d.number, o.number FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_salesline l ON l.id = dl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
WHERE d.company_id = %s::bigint AND d.number = ANY(%s::text[])
"""
_LOCK = """
SELECT d.id, d.number, d.state, d.version, d.shipped_on, d.warehouse_id, d.wave_id, d.carrier, d.tracking_number,
 d.expected_on, d.ship_to_phone, p.code, coalesce(v.number, ''),
 (SELECT id FROM catalog_location WHERE company_id = d.company_id AND kind = 'customer' ORDER BY id LIMIT 1)
FROM sales_delivery d JOIN catalog_partner p ON p.id = d.customer_id LEFT JOIN sales_wave v ON v.id = d.wave_id
WHERE d.company_id = %s::bigint AND d.number = ANY(%s::text[]) ORDER BY d.id FOR NO KEY UPDATE OF d
"""
_LINES = """
SELECT dl.delivery_id, dl.id, dl.line_no, dl.order_line_id, dl.quantity, dl.signed, dl.refused, dl.short, p.code,
 u.decimals, l.factor
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_salesline l ON l.id = dl.order_line_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE d.company_id = %s::bigint AND d.number = ANY(%s::text[]) ORDER BY d.id, dl.line_no
"""
# Balances are locked in key order, as the ledger does.
_PICKS = """
SELECT dl.delivery_id, k.id, k.delivery_line_id, k.balance_id, b.product_id, b.location_id, b.lot_id, k.quantity,
 k.picked, place.code, p.code, p.name, u.decimals, coalesce(lot.code, '')
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_pick k ON k.delivery_line_id = dl.id JOIN inventory_balance b ON b.id = k.balance_id
JOIN catalog_location place ON place.id = b.location_id JOIN catalog_product p ON p.id = b.product_id
JOIN catalog_unit u ON u.id = p.unit_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE d.company_id = %s::bigint AND d.number = ANY(%s::text[])
ORDER BY b.product_id, b.location_id, b.lot_id, k.id {}
"""


@step
def lock_outbound(actor: Actor, number: str, version: int | None = None, *, balances: bool = False) -> Outbound:
    """A delivery with its orders, locked; with ``balances`` those that it is picked from, too. Three exchanges.

    Errors: NotFound, Stale.
    """
    found = lock_outbounds(actor, [number], balances=balances)[0]
    check_version(number, found.delivery.version, version)
    return found


@step
def lock_outbounds(actor: Actor, numbers: Sequence[str], *, balances: bool = False) -> list[Outbound]:
    """Several deliveries with their orders, locked by id. Errors: NotFound."""
    known = db.rows(_ORDERS, [actor.company_id, list(numbers)])
    serves = {delivery: [order for other, order in known if other == delivery] for delivery, _order in known}
    for number in numbers:
        if number not in serves:
            raise NotFound(what=number)
    orders = {order.number: (order, lines) for order, lines in lock_many(actor, [order for _number, order in known])}
    found = _locked(actor, numbers, balances)
    for outbound in found:
        outbound.orders = [orders[number] for number in sorted(serves[outbound.delivery.number])]
    return found


@step
def lock_alone(actor: Actor, numbers: Sequence[str], version: int | None = None) -> list[Outbound]:
    """Deliveries without their orders, for what changes nothing of these. Errors: NotFound, Stale (of a single one)."""
    found = _locked(actor, numbers, False)
    known = {outbound.delivery.number for outbound in found}
    for number in numbers:
        if number not in known:
            raise NotFound(what=number)
    if len(found) == 1:
        check_version(found[0].delivery.number, found[0].delivery.version, version)
    return found


def _locked(actor: Actor, numbers: Sequence[str], balances: bool) -> list[Outbound]:
    params = [actor.company_id, sorted(set(numbers))]
    picks_sql = _PICKS.format("FOR NO KEY UPDATE OF b" if balances else "")
    headers, lines, picks = db.batch([(_LOCK, params), (_LINES, params), (picks_sql, params)])
    return [
        Outbound(
            LockedDelivery(*header),
            [OutLine(*row[1:]) for row in lines if row[0] == header[0]],
            [OutPick(*row[1:]) for row in picks if row[0] == header[0]],
            [],
        )
        for header in headers
    ]
