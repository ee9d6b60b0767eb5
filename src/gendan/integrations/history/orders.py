"""Whole orders of a history, written through the verbs of the purchase chain.

The usual case is fast: a batch of orders in one transaction, its events in one statement. Where a rule refuses
something, the batch is taken back and done again command by command, so that only what was refused is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.integrations.history.group import HistoryOrder, HistoryReceipt, HistoryShipment
from gendan.integrations.history.records import HistoryLine
from gendan.integrations.history.report import KINDS
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.kernel.unit import batch
from gendan.purchasing.commands import confirm_order, create_order, create_shipment, receive_goods
from gendan.purchasing.queries.external import KnownOrder, orders_by_key, receipts_by_key, shipments_by_key
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.shipments import ShipIn

NOTE = 300
REFUSALS = (
    AppError,
    IntegrityError,
    DataError,
)  # of the rules; of the database, should a rule have let something through
NEEDED = (
    "integrations.import_history",
    "purchasing.view",
    "purchasing.create_order",
    "purchasing.submit_order",
    "purchasing.approve_order",
    "purchasing.confirm_order",
    "purchasing.create_shipment",
    "purchasing.receive_goods",
)


class LineNotInOrder(AppError):
    message = gettext_lazy("订单 %(number)s 此前已导入，其中没有这一行；已批准的订单不能由导入增加行。")


@dataclass(frozen=True, slots=True)
class Context:
    """For whom the orders are written, and what the history's codes are called here."""

    actor: Actor
    source: str
    suppliers: dict[str, str]
    products: dict[str, str]

    def key(self, key: str) -> str:
        """The external key of something that the history calls ``key``."""
        return f"{self.source}:{key}"


@dataclass(slots=True)
class Written:
    """What was written, what was there before, and what a rule refused."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[HistoryLine, str]] = field(default_factory=list)


@dataclass(slots=True)
class Known:
    """What of some orders exists already, by external key."""

    orders: dict[str, KnownOrder]
    shipments: dict[str, str]
    receipts: dict[str, str]

    @classmethod
    def of(cls, context: Context, orders: Sequence[HistoryOrder]) -> Known:
        """Three statements for any number of orders."""
        shipments = [shipment for order in orders for shipment in order.shipments]
        return cls(
            orders_by_key(context.actor, [context.key(order.key) for order in orders]),
            shipments_by_key(context.actor, [context.key(shipment.key) for shipment in shipments]),
            receipts_by_key(context.actor, [context.key(r.key) for shipment in shipments for r in shipment.receipts]),
        )

    def is_complete(self, context: Context, order: HistoryOrder) -> bool:
        """Whether nothing of an order is left to write."""
        known = self.orders.get(context.key(order.key))
        return (
            known is not None
            and (known.answered or not any(line.promised_on for line in order.lines))
            and all(context.key(line.line_id) in known.lines for line in order.lines)
            and all(context.key(shipment.key) in self.shipments for shipment in order.shipments)
            and all(context.key(r.key) in self.receipts for shipment in order.shipments for r in shipment.receipts)
        )


def write_orders(context: Context, orders: Sequence[HistoryOrder]) -> Written:
    """Write what is missing of some orders. What is kept as text is in the actor's language."""
    with translation.override(context.actor.language):
        return _write_orders(context, orders)


def _write_orders(context: Context, orders: Sequence[HistoryOrder]) -> Written:
    written = Written()
    known = Known.of(context, orders)
    missing = [order for order in orders if not known.is_complete(context, order)]
    written.counts["present"] = sum(context.key(order.key) in known.orders for order in orders)
    if not missing:
        return written
    try:
        written.counts.update(_together(context, known, missing))
    except REFUSALS:
        single = _Writer(context, known, written)
        for order in missing:
            single.write(order)
    return written


def _together(context: Context, known: Known, orders: Sequence[HistoryOrder]) -> Counter[str]:
    """Write orders in one transaction, all of them or a refusal; what was written."""
    writer = _Writer(context, known, None)
    with batch(context.actor):
        for order in orders:
            writer.write(order)
    return writer.counts


class _Writer:
    """Writes order by order. ``written`` takes refusals; without it a refusal ends everything."""

    def __init__(self, context: Context, known: Known, written: Written | None) -> None:
        self.context, self.known, self.written = context, known, written
        self.counts: Counter[str] = written.counts if written else Counter()

    def write(self, order: HistoryOrder) -> None:
        """Write what is missing of an order."""
        known = self.known.orders.get(self.context.key(order.key))
        try:
            if known is None:
                known = self._create(order)
            if not known.answered:
                self._confirm(order, known)
        except REFUSALS as refusal:
            self._refuse(order.lines, refusal)
            return
        added = [line for line in order.lines if self.context.key(line.line_id) not in known.lines]
        if added:
            self._refuse(added, LineNotInOrder(number=known.number))
        for shipment in order.shipments:
            try:
                self._ship(order, known, shipment)
            except REFUSALS as refusal:
                self._refuse([order.lines[position] for position in shipment.lines], refusal)

    def _create(self, order: HistoryOrder) -> KnownOrder:
        lines = [
            LineIn(
                product=self.context.products[line.item.code],
                quantity=line.quantity,
                unit_price=line.unit_price,
                unit=line.item.unit,
                required_on=line.required_on,
                note=note_of(line),
                external_key=self.context.key(line.line_id),
            )
            for line in order.lines
        ]
        done = create_order(
            actor=self.context.actor,
            supplier=self.context.suppliers[order.supplier.code],
            warehouse=order.warehouse.code,
            currency=order.currency,
            lines=lines,
            ordered_on=order.ordered_on,
            supplier_reference=order.key,
            external_key=self.context.key(order.key),
            note=_order_note(order),
            submit=True,
        )
        self.counts.update(orders=1, lines=len(lines))
        return KnownOrder(done.number, False, {str(line.external_key): n for n, line in enumerate(lines, start=1)})

    def _confirm(self, order: HistoryOrder, known: KnownOrder) -> None:
        """Record the dates that the supplier had agreed to; lines without one are not confirmed."""
        parts = [
            ConfirmIn(line_no, line.quantity, line.promised_on)
            for line_no, line in self._lines(order, known, range(len(order.lines)))
            if line.promised_on
        ]
        if parts:
            confirm_order(actor=self.context.actor, number=known.number, lines=parts, source="import")

    def _ship(self, order: HistoryOrder, known: KnownOrder, shipment: HistoryShipment) -> None:
        """Write a shipment and what arrived of it.

        The file does not say when it left: it is dated on the day of its first arrival, by which it must have.
        """
        number = self.known.shipments.get(self.context.key(shipment.key))
        if number is None:
            lines = self._lines(order, known, shipment.lines)
            if not lines:
                return
            number = create_shipment(
                actor=self.context.actor,
                lines=[ShipIn(line_no, line.quantity, known.number) for line_no, line in lines],
                mode=shipment.carrier_mode[:40],
                weight=shipment.weight,
                supplier_reference=shipment.key,
                shipped_on=shipment.receipts[0].delivered_on if shipment.receipts else None,
                note=_shipment_note(shipment, order.currency),
                external_key=self.context.key(shipment.key),
            ).number
            self.counts.update(shipments=1)
        for receipt in shipment.receipts:
            self._receive(order, known, number, receipt)

    def _receive(self, order: HistoryOrder, known: KnownOrder, number: str, receipt: HistoryReceipt) -> None:
        lines = self._lines(order, known, receipt.lines)
        if not lines or self.context.key(receipt.key) in self.known.receipts:
            return
        receive_goods(
            actor=self.context.actor,
            shipment=number,
            lines=[ReceiveIn(line_no, line.quantity, known.number) for line_no, line in lines],
            delivery_note=receipt.key,
            received_on=receipt.delivered_on,
            external_key=self.context.key(receipt.key),
        )
        self.counts.update(receipts=1)

    def _lines(self, order: HistoryOrder, known: KnownOrder, positions: Sequence[int]) -> list[tuple[int, HistoryLine]]:
        """Lines with their numbers in the order as it is here; those that it does not have are left out."""
        lines = [order.lines[position] for position in positions]
        found = [(known.lines.get(self.context.key(line.line_id)), line) for line in lines]
        return [(line_no, line) for line_no, line in found if line_no]

    def _refuse(self, lines: Sequence[HistoryLine], refusal: Exception) -> None:
        if self.written is None:
            raise refusal
        self.written.refused.extend((line, str(refusal)) for line in lines)


def note_of(line: HistoryLine) -> str:
    """What an order line keeps of the history as text: the mapping's notes, and what was odd about the row."""
    parts = [f"{label}: {text}" for label, text in line.notes]
    parts += [f"{KINDS[remark.kind]} {remark.detail}".strip() for remark in line.remarks]
    return _short("；".join(parts))


def _order_note(order: HistoryOrder) -> str:
    terms = sorted({line.incoterm for line in order.lines if line.incoterm})
    return _short(_("贸易术语 %(terms)s") % {"terms": ", ".join(terms)}) if terms else ""


def _shipment_note(shipment: HistoryShipment, currency: str) -> str:
    if shipment.freight is None:
        return ""
    return _("运费 %(amount)s %(currency)s") % {"amount": f"{shipment.freight:f}", "currency": currency}


def _short(text: str) -> str:
    return text if len(text) <= NOTE else text[: NOTE - 1] + "…"
