"""Reverse a goods receipt: a new one with negative rows takes everything back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import AlreadyReversed
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.inspection import completion_date
from gendan.purchasing.rules.lines import is_complete
from gendan.purchasing.steps import correction, pegs, progress, promises, returned
from gendan.purchasing.steps.correction import LockedReceipt, LockedReceiptLine
from gendan.purchasing.steps.receipt import Booked, ReceiptHeader, insert_receipt
from gendan.quality import steps as quality

LABEL = _("冲销入库单")


@command("purchasing.reverse_receipt", LABEL)
def reverse_receipt(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Take a receipt back with a new one: counters, shipments, stock; its delivery note can be booked again.

    Dates and states of the orders follow. Answers the reversal; ``data`` names what it reverses.
    Errors: NotFound, Stale, AlreadyReversed, WrongState (an order is closed), ReceiptHasReturns, RejectsSettled,
    StockShort (the goods are gone).
    """
    receipt, shipments = correction.lock_receipt(actor, number, version)
    if receipt.state == "reversed" or receipt.reverses_id:
        raise AlreadyReversed(number=receipt.number)
    receipt.must_be(frozenset({"posted", "to_inspect"}), LABEL)
    for order in receipt.orders:
        order.must_be(LIVE_STATES, LABEL)
    returned.check_nothing_followed(receipt)
    today = actor.today()
    others = correction.other_receipts(receipt)
    _count_back(receipt)
    changed = receipt.lines_behind
    for behind in changed:
        behind.completed_on = completion_date(behind, others.get(behind.id, [])) if is_complete(behind) else None
    header = ReceiptHeader(
        receipt.supplier_id,
        receipt.warehouse_id,
        "posted",
        today,
        receipt.delivery_note,
        receipt.shipment_id,
        reverses_id=receipt.id,
        reason=reason.strip()[:300],
    )
    subject, _ids = insert_receipt(actor, header, [_mirror(receipt, line) for line in receipt.lines], sign=-1)
    correction.mark_reversed(receipt, reason.strip()[:300])
    promises.refresh_due(changed)
    states = progress.save(actor, receipt.orders, receipt.order_lines, changed)
    returned.unreplace(receipt)
    quality.cancel(actor, receipt.subject)
    correction.give_back(receipt, shipments)
    inventory.move_claimed(actor, correction.moves_back(receipt), subject)
    pegs.taken_back(actor, changed)
    record(
        "purchasing.receipt_reversed",
        receipt.subject,
        actor,
        (subject.ref, *receipt.refs),
        reversal=subject.number,
        reason=reason.strip()[:300],
        delivery_note=receipt.delivery_note,
    )
    data = {"reverses": receipt.number, "orders": {o.number: states[o.id] for o in receipt.orders}}
    return Done("gr", subject.id, subject.number, "posted", 1, data)


def _count_back(receipt: LockedReceipt) -> None:
    """Take the receipt off the order lines; what came instead of what went back was never received."""
    for line in receipt.lines:
        behind = receipt.order_line(line.order_line_id)
        if line.return_line_id is None:
            behind.received -= line.quantity
        else:
            behind.replaced -= line.quantity
        behind.accepted -= line.accepted
        behind.rejected -= line.rejected


def _mirror(receipt: LockedReceipt, line: LockedReceiptLine) -> Booked:
    behind = receipt.order_line(line.order_line_id)
    return Booked(
        behind,
        line.quantity,
        line.accepted,
        line.location_id,
        line.lot_id,
        None,
        line.rejected,
        line.shipment_line_id,
        return_line_id=line.return_line_id,
    )
