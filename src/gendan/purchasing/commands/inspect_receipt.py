"""Record what an inspection found: good goods go into a bin, bad ones to the rejected place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.inventory.steps import Leg
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import NothingToInspect, OverInspected, UnknownLine
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.steps import correction, pegs, progress
from gendan.purchasing.steps.correction import LockedReceipt, LockedReceiptLine
from gendan.purchasing.steps.order import LockedLine
from gendan.purchasing.steps.receipt import Places, find_places
from gendan.quality import steps as quality

LABEL = _("登记检验结果")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """One entry with its line and the bin that good goods go to."""

    line: LockedReceiptLine
    entry: InspectIn
    bin_id: int


@command("purchasing.inspect_receipt", LABEL)
def inspect_receipt(
    *, actor: Actor, number: str, lines: Sequence[InspectIn] | None = None, version: int | None = None
) -> Done:
    """Accept and reject quantities of a receipt that waits for inspection; ``lines`` None accepts all that waits.

    A line may be inspected in parts, into several bins; the receipt is posted when nothing waits any more.
    Where a plan asked for an inspection, a lot is accepted only after what had to be looked at was, and not when its
    sample was bad, unless it was sorted.
    Errors: NotFound, Stale, WrongState, UnknownLine, OverInspected, NothingToInspect, UnknownPlace, StockShort,
    ResultsMissing, LotFailed, Invalid.
    """
    receipt, _shipments = correction.lock_receipt(actor, number, version)
    return inspect_locked(actor, receipt, lines)


@step
def inspect_locked(
    actor: Actor,
    receipt: LockedReceipt,
    lines: Sequence[InspectIn] | None,
    *,
    conceded: bool = False,
    event: str = "purchasing.receipt_inspected",
    reason: str = "",
) -> Done:
    """Take the verdicts on a locked receipt; ``conceded``: what is accepted is so although not as it should be."""
    receipt.must_be(frozenset({"to_inspect"}), LABEL)
    if lines is None:
        lines = [InspectIn(line.line_no, line.waiting) for line in receipt.lines if line.waiting > 0]
    if not lines:
        raise NothingToInspect(number=receipt.number)
    places = find_places(actor, receipt.warehouse_id, [entry.bin for entry in lines])
    verdicts = _verdicts(receipt, lines, places)
    inspection = quality.decide(actor, receipt.subject, [_decided(verdict, conceded) for verdict in verdicts])
    legs = [leg for verdict in verdicts for leg in _legs(receipt, verdict, places)]
    for verdict in verdicts:
        behind = receipt.order_line(verdict.line.order_line_id)
        for counted in (verdict.line, behind):
            counted.accepted += verdict.entry.accepted
            counted.rejected += verdict.entry.rejected
        if verdict.entry.accepted:
            verdict.line.location_id = verdict.bin_id
    state = "to_inspect" if any(line.waiting > 0 for line in receipt.lines) else "posted"
    correction.save_verdict(receipt, [verdict.line for verdict in verdicts], state)
    live = [order for order in receipt.orders if order.state in LIVE_STATES]
    progress.save(actor, live, receipt.order_lines, receipt.lines_behind)
    inventory.move(actor, legs, receipt.subject)
    pegs.land(actor, [_landed(receipt, verdict) for verdict in verdicts])
    record(
        event,
        receipt.subject,
        actor,
        (*receipt.refs, *([inspection.ref] if inspection else [])),
        **({"reason": reason} if reason else {}),
        lines=[_told(receipt, verdict) for verdict in verdicts[:50]],
    )
    return Done("gr", receipt.id, receipt.number, state, receipt.version + 1)


def _told(receipt: LockedReceipt, verdict: _Verdict) -> dict[str, object]:
    entry = verdict.entry
    product = receipt.order_line(verdict.line.order_line_id).product
    return {"product": product, "accepted": entry.accepted, "rejected": entry.rejected, "note": entry.note}


def _decided(verdict: _Verdict, conceded: bool) -> quality.Decided:
    """What the inspection is told of a verdict."""
    entry = verdict.entry
    part = entry.accepted if conceded else ZERO
    return quality.Decided(verdict.line.id, entry.accepted, entry.rejected, part, entry.sorted, entry.note)


def _verdicts(receipt: LockedReceipt, lines: Sequence[InspectIn], places: Places) -> list[_Verdict]:
    known = {line.line_no: line for line in receipt.lines}
    asked: dict[int, Decimal] = {}
    verdicts = []
    for n, entry in enumerate(lines):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=receipt.number, line=entry.line)
        decimals = receipt.order_line(line.order_line_id).decimals
        for name, quantity in (("accepted", entry.accepted), ("rejected", entry.rejected)):
            problem = quantity_problem(quantity, decimals) if quantity else ""
            if problem:
                raise Invalid({f"lines.{n}.{name}": problem})
        total = entry.accepted + entry.rejected
        if total == 0:
            continue
        asked[entry.line] = asked.get(entry.line, ZERO) + total
        if asked[entry.line] > line.waiting:
            raise OverInspected(number=receipt.number, line=entry.line, open=line.waiting, quantity=asked[entry.line])
        verdicts.append(_Verdict(line, entry, places.bin(entry.bin)))
    if not verdicts:
        raise NothingToInspect(number=receipt.number)
    return verdicts


def _landed(receipt: LockedReceipt, verdict: _Verdict) -> tuple[LockedLine, pegs.Landed]:
    line, behind = verdict.line, receipt.order_line(verdict.line.order_line_id)
    quantity = verdict.entry.accepted * behind.factor
    return behind, pegs.Landed(behind.id, behind.product_id, verdict.bin_id, line.lot_id, quantity)


def _legs(receipt: LockedReceipt, verdict: _Verdict, places: Places) -> list[Leg]:
    line, behind = verdict.line, receipt.order_line(verdict.line.order_line_id)
    return [
        Leg(behind.product_id, places.inspection_id, place, quantity * behind.factor, line.lot_id, line.id)
        for place, quantity in ((verdict.bin_id, verdict.entry.accepted), (places.rejected_id, verdict.entry.rejected))
        if quantity and place != places.inspection_id
    ]
