"""Bring in orders of another system that are history there: ordered, delivered and signed for long ago.

They are not reviewed and nothing is reserved for them: both happened elsewhere. What they leave behind is what the
verbs leave behind, so that every figure and check takes them for what they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries import virtual_location
from gendan.inventory import steps as inventory
from gendan.inventory.steps import Held, Leg, PastLeg
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import EmptyDocument, ExternalKeyReused, UnknownLine
from gendan.purchasing.rules.lines import LineIn as Asked
from gendan.purchasing.steps.days import days_of
from gendan.purchasing.steps.lookup import item_rows, line_problems
from gendan.purchasing.steps.order import moment_of
from gendan.sales.errors import NotEnoughStock, OverDelivered, ReferenceReused
from gendan.sales.rules.allocation import Share, Supply, Want, allocate
from gendan.sales.rules.past import PastOrder
from gendan.sales.steps import past as steps
from gendan.sales.steps.past import KnownLine, Leaving, PastItem, Place

ZERO = Decimal(0)


@command("sales.import_orders", _("导入历史销售订单"))
def import_orders(*, actor: Actor, orders: Sequence[PastOrder]) -> Done:
    """Write past orders with their deliveries out of stock, all of them or none; a fixed number of statements.

    An order with a ``number`` exists already and only gets its deliveries. ``data`` counts what was written.
    Errors: EmptyDocument, Invalid (by field), ExternalKeyReused, ReferenceReused, UnknownLine, OverDelivered,
    NotEnoughStock.
    """
    if not orders or any(not order.lines for order in orders):
        raise EmptyDocument()
    new = [order for order in orders if not order.number]
    made = _write_orders(actor, new) if new else {}
    known = steps.lock_lines(actor, [order.key for order in orders])
    leaving = _leaving(actor, orders, known)
    sent = _deliver(actor, leaving) if leaving else {}
    touched = {line.order.id: line.order for entry in leaving for line, _quantity in entry.lines}
    if touched:
        steps.follow_states(touched)
    _record(actor, orders, made, leaving, sent)
    first = next(iter(made.values()), None) or next(iter(known.values())).order
    counts = {"orders": len(made), "lines": sum(len(order.lines) for order in new), "deliveries": len(sent)}
    return Done("so", first.id, first.number, data=counts)


def _write_orders(actor: Actor, orders: Sequence[PastOrder]) -> dict[str, Subject]:
    places = steps.places_of(actor, orders)
    _check_places(orders, places)
    flat = [(order, place, line) for order, place in zip(orders, places, strict=True) for line in order.lines]
    asked = [Asked(x.product, x.quantity, x.unit_price, x.unit, x.requested_on) for _o, _p, x in flat]
    found = item_rows(actor, asked)
    days = days_of(actor)
    problems: dict[str, str] = {}
    for n, (wanted, row) in enumerate(zip(asked, found, strict=True)):
        problems.update(line_problems(n, wanted, row, days))
    if problems:
        raise Invalid(problems)
    items: list[list[PastItem]] = [[] for _order in orders]
    place_of = {id(order): n for n, order in enumerate(orders)}
    for (order, place, line), row in zip(flat, found, strict=True):
        sums = amounts(line.quantity, line.unit_price, ZERO, row[5], True, place.minor_units)
        items[place_of[id(order)]].append(PastItem(line, row[1], row[2], row[3], row[5], sums))
    try:
        return steps.insert_orders(actor, list(zip(orders, places, strict=True)), items)
    except IntegrityError as error:
        if "sales_order_external_key_once" in str(error):
            raise ExternalKeyReused(key=orders[0].key, number=_now("另一张订单")) from error
        if "sales_order_reference_once" in str(error):
            raise ReferenceReused(reference=orders[0].reference, number=_now("另一张订单")) from error
        raise


def _check_places(orders: Sequence[PastOrder], places: Sequence[Place]) -> None:
    problems: dict[str, str] = {}
    for order, place in zip(orders, places, strict=True):
        if place.customer_id is None:
            problems["customer"] = _now("客户 %(code)s 不存在或已停用。") % {"code": order.customer}
        if place.warehouse_id is None:
            problems["warehouse"] = _now("仓库 %(code)s 不存在或已停用。") % {"code": order.warehouse}
        if place.currency is None:
            problems["currency"] = _now("币种 %(code)s 不存在或已停用。") % {"code": order.currency}
    if problems:
        raise Invalid(problems)


def _leaving(actor: Actor, orders: Sequence[PastOrder], known: Mapping[tuple[str, str], KnownLine]) -> list[Leaving]:
    """The deliveries with their lines, oldest first; refused where a line is not there or takes more than is open."""
    left = {line.id: line.open for line in known.values()}
    found = []
    today, problems = actor.today(), days_of(actor)
    for order in orders:
        for delivery in order.deliveries:
            late = delivery.delivered_on > today or delivery.delivered_on < order.ordered_on
            if late or problems.problem(delivery.delivered_on):
                raise Invalid({"delivered_on": _now("签收日期应在下单日期与今天之间。")})
            lines = []
            for key, quantity in delivery.quantities:
                line = known.get((order.key, key))
                if line is None or not line.live:
                    raise UnknownLine(number=order.number or order.key, line=key)
                if quantity <= 0 or quantity > left[line.id]:
                    raise OverDelivered(
                        number=line.order.number, line=key, product=line.product, open=left[line.id], quantity=quantity
                    )
                left[line.id] -= quantity
                lines.append((line, quantity))
            found.append(Leaving(delivery, tuple(lines)))
    return sorted(found, key=lambda entry: entry.delivery.delivered_on)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A quantity (stock units) of a line of a delivery out of a balance."""

    leaving: Leaving
    line: KnownLine
    held: Held
    quantity: Decimal


def _deliver(actor: Actor, leaving: Sequence[Leaving]) -> dict[str, Subject]:
    taken = list(_take(actor, leaving))
    try:
        sent, own = steps.insert_deliveries(actor, leaving)
    except IntegrityError as error:
        if "delivery_external_key_once" in str(error):
            raise ExternalKeyReused(key=leaving[0].delivery.key, number=_now("另一张发货单")) from error
        raise
    outside, today = virtual_location(actor.company_id, "customer"), actor.today()
    picks, legs = [], []
    for t in taken:
        key, day = t.leaving.delivery.key, t.leaving.delivery.delivered_on
        at = moment_of(day, today, actor.zone) or timezone.now()
        line_id = own[key, t.line.id]
        picks.append((line_id, t.held.id, t.quantity, at))
        leg = Leg(t.line.product_id, t.held.location_id, outside, t.quantity, t.held.lot_id, line_id)
        legs.append(PastLeg(leg, sent[key], at))
    steps.insert_picks(actor, picks)
    inventory.move_past(actor, legs)
    return sent


def _take(actor: Actor, leaving: Sequence[Leaving]) -> Iterable[_Taken]:
    """Out of free stock of the lines' warehouses, first expired first, the oldest delivery first."""
    wanted: dict[int, list[tuple[Leaving, KnownLine, Decimal]]] = defaultdict(list)
    for entry in leaving:
        for line, quantity in entry.lines:
            wanted[line.warehouse_id].append((entry, line, quantity * line.factor))
    for warehouse_id, rows in sorted(wanted.items()):
        held = {h.id: h for h in inventory.lock_available(actor, warehouse_id, [x[1].product_id for x in rows])}
        wants = [Want(n, line.product_id, quantity) for n, (_entry, line, quantity) in enumerate(rows)]
        shares = allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held.values()])
        _check_enough(wants, shares, [row[1].product for row in rows])
        for share in shares:
            entry, line, _quantity = rows[share.line_id]
            yield _Taken(entry, line, held[share.supply_id], share.quantity)


def _check_enough(wants: Sequence[Want], shares: Sequence[Share], products: Sequence[str]) -> None:
    served: dict[int, Decimal] = defaultdict(Decimal)
    for share in shares:
        served[share.line_id] += share.quantity
    for want in wants:
        if served[want.line_id] < want.quantity:
            raise NotEnoughStock(product=products[want.line_id], available=served[want.line_id], quantity=want.quantity)


def _record(
    actor: Actor,
    orders: Sequence[PastOrder],
    made: Mapping[str, Subject],
    leaving: Sequence[Leaving],
    sent: Mapping[str, Subject],
) -> None:
    by_key = {order.key: order for order in orders}
    entries = [
        Entry(
            "sales.order_imported",
            subject,
            (f"partner:{by_key[key].customer}",),
            {"reference": by_key[key].reference, "lines": len(by_key[key].lines)},
        )
        for key, subject in made.items()
    ]
    for entry in leaving:
        order, day = entry.lines[0][0].order, entry.delivery.delivered_on
        products = sorted({line.product for line, _quantity in entry.lines})[:50]
        refs = (order.ref, *(f"product:{code}" for code in products))
        data: dict[str, str | date] = {"order": order.number, "signed_on": day}
        entries.append(Entry("sales.delivery_imported", sent[entry.delivery.key], refs, data))
    record_all(actor, entries)
