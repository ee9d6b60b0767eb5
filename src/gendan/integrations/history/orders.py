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
from gendan.integrations.history.known import Context, Known
from gendan.integrations.history.records import HistoryLine, Kind, Remark
from gendan.integrations.history.report import KINDS
from gendan.kernel.errors import AppError
from gendan.kernel.unit import batch
from gendan.purchasing.commands import confirm_order, create_order, create_shipment, receive_goods
from gendan.purchasing.queries.external import KnownDelivery, KnownOrder
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


class LineNotInShipment(AppError):
    message = gettext_lazy("发货单 %(number)s 此前已导入，其中没有这一行；请在订单 %(order)s 上补登发货和入库。")


@dataclass(slots=True)
class Written:
    """What was written, what was there before, what a rule refused, and what was odd about it."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[HistoryLine, str]] = field(default_factory=list)
    remarks: list[tuple[HistoryLine, Remark]] = field(default_factory=list)


def write_orders(context: Context, orders: Sequence[HistoryOrder]) -> Written:
    """Write what is missing of some orders. What is kept as text is in the actor's language."""
    with translation.override(context.actor.language):
        return _write_orders(context, orders)


def _write_orders(context: Context, orders: Sequence[HistoryOrder]) -> Written:
    written = Written()
    known = Known.of(context, orders)
    missing = [order for order in orders if not known.is_complete(order)]
    written.counts["present"] = sum(context.key(order.key) in known.orders for order in orders)
    if not missing:
        return written
    try:
        done = _together(context, known, missing)
        written.counts.update(done.counts)
        written.remarks.extend(done.remarks)
    except REFUSALS:
        single = _Writer(context, known, written)
        for order in missing:
            single.write(order)
    return written


def _together(context: Context, known: Known, orders: Sequence[HistoryOrder]) -> _Writer:
    """Write orders in one transaction, all of them or a refusal; who wrote them."""
    writer = _Writer(context, known, None)
    with batch(context.actor):
        for order in orders:
            writer.write(order)
    return writer


class _Writer:
    """Writes order by order. ``written`` takes refusals; without it a refusal ends everything."""

    def __init__(self, context: Context, known: Known, written: Written | None) -> None:
        self.context, self.known, self.written = context, known, written
        self.counts: Counter[str] = written.counts if written else Counter()
        self.remarks: list[tuple[HistoryLine, Remark]] = written.remarks if written else []

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
            supplier=self.context.partners[order.partner.code],
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
        lines = self._lines(order, known, shipment.lines)
        if not lines:
            return
        found = self.known.shipment(order, shipment)
        if found is None:
            key, name = self._name(order, shipment)
            number = create_shipment(
                actor=self.context.actor,
                lines=[ShipIn(line_no, line.quantity, known.number) for line_no, line in lines],
                mode=shipment.carrier_mode[:40],
                weight=shipment.weight,
                supplier_reference=name,
                shipped_on=shipment.receipts[0].delivered_on if shipment.receipts else None,
                note=_shipment_note(shipment, order.currency),
                external_key=self.context.key(key),
            ).number
            self.counts.update(shipments=1)
            pairs = {self.known.pair(order, line) for _, line in lines}
            found = KnownDelivery(number, frozenset(pairs))
            if name != shipment.key:
                odd = Remark(Kind.SHIPMENT_KNOWN, "shipment_key", name)
                self.remarks.extend((line, odd) for _, line in lines)
        left = [line for _, line in lines if self.known.pair(order, line) not in found.lines]
        if left:
            self._refuse(left, LineNotInShipment(number=found.number, order=known.number))
        for receipt in shipment.receipts:
            self._receive(order, known, shipment, found, receipt)

    def _name(self, order: HistoryOrder, shipment: HistoryShipment) -> tuple[str, str]:
        """The external key of a new shipment, and what it is called: by its number alone for its first order only."""
        own = f"{shipment.base}@{order.key}"
        if shipment.key != shipment.base:
            return own, shipment.key
        return (own, own) if self.context.key(shipment.base) in self.known.shipments else (shipment.base,) * 2

    def _receive(
        self,
        order: HistoryOrder,
        known: KnownOrder,
        shipment: HistoryShipment,
        found: KnownDelivery,
        receipt: HistoryReceipt,
    ) -> None:
        here = self.known.received(order, shipment, receipt)
        lines = [
            (line_no, line)
            for line_no, line in self._lines(order, known, receipt.lines)
            if self.known.pair(order, line) in found.lines - here
        ]
        if not lines:
            return
        key, name = self._name(order, shipment)
        if receipt is not shipment.receipts[0] or self.context.key(key) in self.known.receipts:
            key = f"{key}/{receipt.delivered_on}"
        receive_goods(
            actor=self.context.actor,
            shipment=found.number,
            lines=[ReceiveIn(line_no, line.quantity, known.number) for line_no, line in lines],
            delivery_note=receipt.key if name == shipment.key else f"{name}{receipt.key.removeprefix(shipment.key)}",
            received_on=receipt.delivered_on,
            external_key=self.context.key(key),
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
    return short("；".join(parts))


def _order_note(order: HistoryOrder) -> str:
    terms = sorted({line.incoterm for line in order.lines if line.incoterm})
    return short(_("贸易术语 %(terms)s") % {"terms": ", ".join(terms)}) if terms else ""


def _shipment_note(shipment: HistoryShipment, currency: str) -> str:
    if shipment.freight is None:
        return ""
    return _("运费 %(amount)s %(currency)s") % {"amount": f"{shipment.freight:f}", "currency": currency}


def short(text: str) -> str:
    """A text as long as a note may be."""
    return text if len(text) <= NOTE else text[: NOTE - 1] + "…"
