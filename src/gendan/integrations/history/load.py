"""Bring a history into the product: masters, then order by order through the same commands that pages and API call.

Everything carries the key that the history knows it by, so that a second run, or a run after one that was killed, does
only what is missing. What a rule refuses is reported with its line and does not stop the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.integrations.history.group import HistoryOrder, HistoryReceipt, HistoryShipment, Sorter
from gendan.integrations.history.mapping import HistoryMapping
from gendan.integrations.history.masters import Masters, save_masters
from gendan.integrations.history.parse import read
from gendan.integrations.history.records import HistoryLine, Reason
from gendan.integrations.history.report import KINDS, REASONS, ReportFile, Summary
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.purchasing import commands
from gendan.purchasing.commands.create_shipment import create_shipment
from gendan.purchasing.queries.external import KnownOrder, orders_by_key, receipts_by_key, shipments_by_key
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.shipments import ShipIn

Progress = Callable[[int, int], None]
BATCH = 200
NOTE = 300
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


class UnlimitedApprovalNeeded(AppError):
    status = 403
    message = gettext_lazy("导入历史订单需要没有金额上限的审批权限，请由管理员执行。")


class LineNotInOrder(AppError):
    message = gettext_lazy("订单 %(number)s 此前已导入，其中没有这一行；已批准的订单不能由导入增加行。")


def load_history(
    *, actor: Actor, path: Path, mapping: HistoryMapping, report: Path | None = None, progress: Progress | None = None
) -> Summary:
    """Import a file; ``progress`` is told (lines done, lines in all). The summary counts, ``report`` (CSV) explains.

    Errors: Forbidden, UnlimitedApprovalNeeded; HistoryFileError when the file as a whole cannot be read.
    """
    for permission in NEEDED:
        actor.must(permission)
    if actor.amount_limit is not None:
        raise UnlimitedApprovalNeeded()
    actor = replace(actor, via="import", idempotency_key=None)
    started = time.monotonic()
    masters = Masters()
    with Sorter() as sorter, ReportFile(report) as file, _commits_in_background():
        sorter.add(masters.watch(read(path, mapping)))
        summary = Summary(sorter.tally)
        for rejected in sorter.rejected():
            file.rejected(rejected)
            summary.reasons[rejected.reason] += 1
            reason = REASONS[rejected.reason]
            summary.example(f"#{rejected.row} {rejected.column}: {reason} {rejected.value}")
        made = save_masters(actor=actor, mapping=mapping, masters=masters).data
        for kind, count in made["made"].items():
            setattr(summary, kind, count)
        loader = _Loader(actor, mapping, made["suppliers"], made["products"], summary, file)
        done = 0
        orders = sorter.orders()
        while batch := list(islice(orders, BATCH)):
            for order in loader.batch(batch):
                done += len(order.lines)
                if progress:
                    progress(done, sorter.tally.taken)
    summary.seconds = time.monotonic() - started
    return summary


@contextmanager
def _commits_in_background() -> Iterator[None]:
    """Let commits not wait for the disk: what a crash loses, running the import again does again."""
    db.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        db.execute("RESET synchronous_commit")


class _Loader:
    """Writes orders batch by batch; what exists is looked up once per batch."""

    def __init__(
        self,
        actor: Actor,
        mapping: HistoryMapping,
        suppliers: dict[str, str],
        products: dict[str, str],
        summary: Summary,
        report: ReportFile,
    ) -> None:
        self.actor, self.mapping, self.summary, self.report = actor, mapping, summary, report
        self.suppliers, self.products = suppliers, products
        self.known_orders: dict[str, KnownOrder] = {}
        self.known_shipments: dict[str, str] = {}
        self.known_receipts: dict[str, str] = {}

    def batch(self, orders: Sequence[HistoryOrder]) -> Iterator[HistoryOrder]:
        """Do each order; yields it when it is done."""
        shipments = [shipment for order in orders for shipment in order.shipments]
        self.known_orders = orders_by_key(self.actor, [self._key(order.key) for order in orders])
        self.known_shipments = shipments_by_key(self.actor, [self._key(shipment.key) for shipment in shipments])
        receipts = [self._key(receipt.key) for shipment in shipments for receipt in shipment.receipts]
        self.known_receipts = receipts_by_key(self.actor, receipts)
        for order in orders:
            self._order(order)
            yield order

    def _order(self, order: HistoryOrder) -> None:
        known = self.known_orders.get(self._key(order.key))
        try:
            if known is None:
                known = self._create(order)
            else:
                self.summary.present += 1
            if not known.answered:
                self._confirm(order, known)
        except AppError as refusal:
            self._refuse(order.lines, refusal)
            return
        self._remark(order)
        for line in order.lines:
            if self._key(line.line_id) not in known.lines:
                self._refuse([line], LineNotInOrder(number=known.number))
        for shipment in order.shipments:
            try:
                self._ship(order, known, shipment)
            except AppError as refusal:
                self._refuse([order.lines[position] for position in shipment.lines], refusal)

    def _create(self, order: HistoryOrder) -> KnownOrder:
        lines = [
            LineIn(
                product=self.products[line.item.code],
                quantity=line.quantity,
                unit_price=line.unit_price,
                unit=line.item.unit,
                required_on=line.required_on,
                note=note_of(line),
                external_key=self._key(line.line_id),
            )
            for line in order.lines
        ]
        done = commands.create_order(
            actor=self.actor,
            supplier=self.suppliers[order.supplier.code],
            warehouse=order.warehouse.code,
            currency=order.currency,
            lines=lines,
            ordered_on=order.ordered_on,
            supplier_reference=order.key,
            external_key=self._key(order.key),
            note=_order_note(order),
            submit=True,
        )
        self.summary.orders += 1
        self.summary.lines += len(lines)
        return KnownOrder(done.number, False, {str(line.external_key): n for n, line in enumerate(lines, start=1)})

    def _confirm(self, order: HistoryOrder, known: KnownOrder) -> None:
        """Record the dates that the supplier had agreed to; lines without one are not confirmed."""
        parts = [
            ConfirmIn(known.lines[self._key(line.line_id)], line.quantity, line.promised_on)
            for line in order.lines
            if line.promised_on and self._key(line.line_id) in known.lines
        ]
        if parts:
            commands.confirm_order(actor=self.actor, number=known.number, lines=parts, source="import")

    def _ship(self, order: HistoryOrder, known: KnownOrder, shipment: HistoryShipment) -> None:
        """Write a shipment and what arrived of it.

        The file does not say when it left: it is dated on the day of its first arrival, by which it must have.
        """
        number = self.known_shipments.get(self._key(shipment.key))
        if number is None:
            parts = self._parts(order, known, shipment.lines)
            if not parts:
                return
            done = create_shipment(
                actor=self.actor,
                lines=[ShipIn(line_no, quantity, known.number) for line_no, quantity in parts],
                mode=shipment.carrier_mode[:40],
                weight=shipment.weight,
                supplier_reference=shipment.key,
                shipped_on=shipment.receipts[0].delivered_on if shipment.receipts else None,
                note=_shipment_note(shipment, order.currency),
                external_key=self._key(shipment.key),
            )
            number = done.number
            self.summary.shipments += 1
        for receipt in shipment.receipts:
            self._receive(order, known, number, receipt)

    def _parts(self, order: HistoryOrder, known: KnownOrder, positions: Sequence[int]) -> list[tuple[int, Decimal]]:
        """Line number and quantity of lines; those that the order in the product does not have are left out."""
        lines = [order.lines[position] for position in positions]
        found = [(known.lines.get(self._key(line.line_id)), line.quantity) for line in lines]
        return [(line_no, quantity) for line_no, quantity in found if line_no]

    def _receive(self, order: HistoryOrder, known: KnownOrder, number: str, receipt: HistoryReceipt) -> None:
        if self._key(receipt.key) in self.known_receipts:
            return
        parts = self._parts(order, known, receipt.lines)
        if not parts:
            return
        commands.receive_goods(
            actor=self.actor,
            shipment=number,
            lines=[ReceiveIn(line_no, quantity, known.number) for line_no, quantity in parts],
            delivery_note=receipt.key,
            received_on=receipt.delivered_on,
            external_key=self._key(receipt.key),
        )
        self.summary.receipts += 1

    def _refuse(self, lines: Sequence[HistoryLine], refusal: AppError) -> None:
        for line in lines:
            self.summary.refused += 1
            self.summary.reasons[Reason.REFUSED] += 1
            self.summary.example(f"#{line.row} {line.order_key}: {refusal}")
            self.report.refused(line, str(refusal))

    def _remark(self, order: HistoryOrder) -> None:
        for line, remark in order.remarks:
            self.summary.remarks[remark.kind] += 1
            self.report.remark(line, remark)

    def _key(self, key: str) -> str:
        return f"{self.mapping.name}:{key}"


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
    return _("运费 %(amount)s %(currency)s") % {"amount": shipment.freight, "currency": currency}


def _short(text: str) -> str:
    return text if len(text) <= NOTE else text[: NOTE - 1] + "…"
