"""Whole sales orders of a history: out of an opening balance, delivered and signed for on their days.

A batch of orders is one command; where a rule refuses it, it is done again order by order, so that only what was
refused is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import islice

from django.utils import translation
from django.utils.translation import gettext as _

from gendan.integrations.history.group import HistoryOrder, HistoryReceipt, HistoryShipment
from gendan.integrations.history.known import Context
from gendan.integrations.history.orders import REFUSALS, LineNotInOrder, Written, note_of, short
from gendan.inventory.commands import create_adjustment
from gendan.inventory.queries.free import free_stock
from gendan.inventory.rules import MAX_LINES, AdjustmentLineIn
from gendan.kernel.errors import Invalid
from gendan.sales.commands import import_orders
from gendan.sales.queries.external import KnownOrder, deliveries_by_key, orders_by_key
from gendan.sales.rules.past import PastDelivery, PastLine, PastOrder

ZERO = Decimal(0)
BATCH = 200
NEEDED = (
    "integrations.import_history",
    "sales.view",
    "sales.import_orders",
    "inventory.view",
    "inventory.create_adjustment",
    "inventory.post_adjustment",
)


def open_stock(context: Context, orders: Iterable[HistoryOrder]) -> int:
    """Put in what the deliveries that are still to be written need and is not there; how many lines that took.

    The goods came before the history begins, so they are booked on the day before its first delivery.
    """
    need: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    first: dict[str, date] = {}
    rest = iter(orders)
    while batch := list(islice(rest, BATCH)):
        known = Known.of(context, batch)
        for order in batch:
            place = order.warehouse.code
            for receipt, positions in known.missing(order):
                first[place] = min(first.get(place, receipt.delivered_on), receipt.delivered_on)
                for line in (order.lines[p] for p in positions):
                    need[place, context.products[line.item.code]] += line.quantity
    if not need:
        return 0
    free = free_stock(context.actor, {place for place, _product in need}, {product for _place, product in need})
    lacking = {key: quantity - free.get(key, ZERO) for key, quantity in need.items() if quantity > free.get(key, ZERO)}
    with translation.override(context.actor.language):
        for place, day in sorted(first.items()):
            lines = [AdjustmentLineIn(product, q) for (at, product), q in sorted(lacking.items()) if at == place]
            at = datetime.combine(day - timedelta(days=1), time(12), context.actor.zone)
            for start in range(0, len(lines), MAX_LINES):
                _put_in(context, place, lines[start : start + MAX_LINES], at)
    return len(lacking)


def _put_in(context: Context, warehouse: str, lines: list[AdjustmentLineIn], at: datetime) -> None:
    """Book an opening balance. What cannot be counted in its unit is rounded down, what cannot be put in is left out:
    the orders that need it are then refused by their own commands, and the rest is not held up.
    """
    for _attempt in range(3):
        if not lines:
            return
        try:
            create_adjustment(
                actor=context.actor,
                warehouse=warehouse,
                kind="opening",
                lines=lines,
                reason=_("导入历史订单前的库存"),
                post=True,
                at=at,
            )
            return
        except Invalid as refusal:
            named = {int(field.split(".")[1]) for field in refusal.fields if field.startswith("lines.")}
            if not named:
                raise
            whole = [replace(line, change=line.change.to_integral_value(ROUND_DOWN)) for line in lines]
            lines = [
                line if n not in named else rounded
                for n, (line, rounded) in enumerate(zip(lines, whole, strict=True))
                if n not in named or (rounded.change and rounded.change != line.change)
            ]


@dataclass(frozen=True, slots=True)
class Known:
    """What of some orders exists already, by external key."""

    context: Context
    orders: dict[str, KnownOrder]
    deliveries: dict[str, frozenset[tuple[str | None, str | None]]]

    @classmethod
    def of(cls, context: Context, orders: Sequence[HistoryOrder]) -> Known:
        """Two statements for any number of orders."""
        names = {n for o in orders for s in o.shipments for r in s.receipts for n in _names(o, r)}
        return cls(
            context,
            orders_by_key(context.actor, [context.key(order.key) for order in orders]),
            deliveries_by_key(context.actor, [context.key(name) for name in names]),
        )

    def missing(self, order: HistoryOrder) -> Iterator[tuple[HistoryReceipt, list[int]]]:
        """What arrived of an order and is not written yet, with the positions of its lines."""
        for shipment in order.shipments:
            for receipt in shipment.receipts:
                found = [self.deliveries.get(self.context.key(name), frozenset()) for name in _names(order, receipt)]
                here = frozenset[tuple[str | None, str | None]]().union(*found)
                left = [p for p in receipt.lines if self._pair(order, p) not in here]
                if left:
                    yield receipt, left

    def name(self, order: HistoryOrder, receipt: HistoryReceipt) -> str:
        """The key of a new delivery: the first of its names that nothing has yet."""
        names = [self.context.key(name) for name in _names(order, receipt)]
        return next((name for name in names if name not in self.deliveries), names[-1])

    def _pair(self, order: HistoryOrder, position: int) -> tuple[str, str]:
        return self.context.key(order.key), self.context.key(order.lines[position].line_id)


def _names(order: HistoryOrder, receipt: HistoryReceipt) -> list[str]:
    own = f"{receipt.key}@{order.key}"
    return [receipt.key, own, f"{own}/{receipt.delivered_on}"]


def write_sales(context: Context, orders: Sequence[HistoryOrder]) -> Written:
    """Write what is missing of some orders. What is kept as text is in the actor's language."""
    written = Written()
    with translation.override(context.actor.language):
        known = Known.of(context, orders)
        written.counts["present"] = sum(context.key(order.key) in known.orders for order in orders)
        missing = [(order, past) for order in orders if (past := _past(known, order, written)) is not None]
        try:
            _write(context, [past for _order, past in missing], written)
        except REFUSALS:
            for order, past in missing:
                try:
                    _write(context, [past], written)
                except REFUSALS as refusal:
                    written.refused.extend((line, str(refusal)) for line in order.lines)
    return written


def _write(context: Context, orders: Sequence[PastOrder], written: Written) -> None:
    if orders:
        counts = import_orders(actor=context.actor, orders=orders).data
        written.counts.update({name: counts[name] for name in ("orders", "lines", "deliveries")})


def _past(known: Known, order: HistoryOrder, written: Written) -> PastOrder | None:
    """What is to be written of an order; None if nothing is."""
    context, found = known.context, known.orders.get(known.context.key(order.key))
    there = order
    if found is not None:
        added = [line for line in order.lines if context.key(line.line_id) not in found.lines]
        written.refused.extend((line, str(LineNotInOrder(number=found.number))) for line in added)
        there = replace(order, lines=tuple(line for line in order.lines if line not in added))
    deliveries = []
    shipments = {receipt.key: shipment for shipment in order.shipments for receipt in shipment.receipts}
    for receipt, positions in known.missing(order):
        lines = [order.lines[p] for p in positions if order.lines[p] in there.lines]
        if lines:
            deliveries.append(
                PastDelivery(
                    key=known.name(order, receipt),
                    delivered_on=receipt.delivered_on,
                    quantities=tuple((context.key(line.line_id), line.quantity) for line in lines),
                    recorded_on=receipt.recorded_on,
                    note=_note(shipments[receipt.key], order.currency),
                )
            )
    if found is not None and not deliveries:
        return None
    return PastOrder(
        key=context.key(order.key),
        customer=context.partners[order.partner.code],
        warehouse=order.warehouse.code,
        currency=order.currency,
        ordered_on=order.ordered_on,
        lines=tuple(
            PastLine(
                key=context.key(line.line_id),
                product=context.products[line.item.code],
                quantity=line.quantity,
                unit_price=line.unit_price,
                unit=line.item.unit,
                requested_on=line.required_on,
                promised_on=line.promised_on,
                note=note_of(line),
            )
            for line in there.lines
        ),
        deliveries=tuple(deliveries),
        reference=order.key,
        settled=context.settled,
        number=found.number if found else "",
    )


def _note(shipment: HistoryShipment, currency: str) -> str:
    parts = [shipment.base]
    if shipment.carrier_mode:
        parts.append(_("运输方式 %(mode)s") % {"mode": shipment.carrier_mode})
    if shipment.weight is not None:
        parts.append(_("重量 %(weight)s kg") % {"weight": f"{shipment.weight:f}"})
    if shipment.freight is not None:
        parts.append(_("运费 %(amount)s %(currency)s") % {"amount": f"{shipment.freight:f}", "currency": currency})
    return short("；".join(parts))
