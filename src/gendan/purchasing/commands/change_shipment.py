"""What happens to a shipment after it was announced: news, dispatch, arrival, cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.commands.create_shipment import check_dates, check_measures
from gendan.purchasing.errors import (
    EmptyDocument,
    OverShipped,
    ReasonRequired,
    ShipmentHasReceipts,
    ShipmentLineReceived,
    UnknownLine,
)
from gendan.purchasing.rules.shipments import (
    SHIPMENT_FIELDS,
    Announced,
    ShipmentDraft,
    ShipmentDraftLine,
    ShipmentLineIn,
    shipment_state,
    shippable,
    shippable_at_most,
)
from gendan.purchasing.steps import progress, tracking
from gendan.purchasing.steps import shipment as steps
from gendan.purchasing.steps.days import check_days
from gendan.purchasing.steps.merging import merged, taken_over
from gendan.purchasing.steps.order import LockedLine
from gendan.purchasing.steps.shipment import COUNTED, LockedShipment, LockedShipmentLine, lock_shipment

UPDATE, DISPATCH = _("修改发货单"), _("确认发出")
ARRIVE, CANCEL = _("登记到货"), _("取消发货单")
OPEN = frozenset({"announced", "in_transit", "arrived"})
ZERO = Decimal(0)


@command("purchasing.update_shipment", UPDATE)
def update_shipment(
    *,
    actor: Actor,
    number: str,
    changes: dict[str, Any] | None = None,
    lines: Sequence[ShipmentLineIn] | None = None,
    source: str = "",
    version: int | None = None,
    base: ShipmentDraft | None = None,
) -> Done:
    """Change what is known of a shipment on the way. Only the fields named in ``changes`` change.

    With ``base`` (what the form was opened with) and an older ``version``, what only others changed is taken over;
    DraftChanged lists what both changed. Without it an older version is Stale.

    Fields: carrier, tracking_number, mode, packages, weight, supplier_reference, shipped_on, note, expected_on. A new
    ``expected_on`` is written to the promise ledger of its lines. ``lines`` corrects quantities, down to what was
    received (zero takes a line out).
    Errors: NotFound, Stale, DraftChanged, WrongState, UnknownLine, OverShipped, ShipmentLineReceived, Invalid.
    """
    new = dict(changes or {})
    if unknown := set(new) - set(SHIPMENT_FIELDS):
        raise Invalid({name: name for name in sorted(unknown)})
    found = lock_shipment(actor, number)
    found.must_be(OPEN, UPDATE)
    now = _draft(found)
    if version not in (None, found.version):
        new, lines = _merged(found, version, base, new, lines or (), now)
    _check_changes(actor, found, new)
    before = {name: getattr(found, name) for name in new if getattr(found, name) != new[name]}
    moved = _correct(found, lines) if lines else []
    kept = [line for line in found.lines if line.quantity > 0]
    if not kept:
        raise EmptyDocument()
    if "expected_on" in before:
        word = source or ("carrier" if new.get("carrier", found.carrier) else "supplier")
        steps.expect(actor, steps.open_totals(found), new["expected_on"], word, found.number)
    if lines:
        steps.save_quantities(found.lines)
    if moved or "expected_on" in before:
        progress.save(actor, found.orders, found.order_lines, steps.lines_behind(found))
    state = found.state if found.state == "announced" else shipment_state(kept, found.arrived_on)
    steps.save_shipment(found, state, **new)
    tracking.follow_changed(actor, found, new)
    changed = {name: [str(old or ""), str(new[name] or "")] for name, old in before.items()}
    numbers = [{"line": line, "before": old, "after": after} for line, old, after in moved[:50]]
    record("purchasing.shipment_updated", found.subject, actor, found.refs, changes=changed, lines=numbers)
    told = {"merged": taken_over(found.version, version, base, now)}
    return Done("asn", found.id, found.number, state, found.version + 1, told)


def _draft(found: LockedShipment) -> ShipmentDraft:
    lines = tuple(ShipmentDraftLine(line.quantity, line.line_no) for line in found.lines)
    return ShipmentDraft(**{name: getattr(found, name) for name in SHIPMENT_FIELDS}, lines=lines)


def _merged(
    found: LockedShipment,
    version: int | None,
    base: ShipmentDraft | None,
    new: dict[str, Any],
    lines: Sequence[ShipmentLineIn],
    now: ShipmentDraft,
) -> tuple[dict[str, Any], list[ShipmentLineIn]]:
    """What is to change of a shipment that others have changed since the form was opened."""
    seen, corrected = base or now, {entry.line: entry.quantity for entry in lines}
    mine = replace(
        seen,
        **new,
        lines=tuple(replace(line, quantity=corrected.get(line.id or 0, line.quantity)) for line in seen.lines),
    )
    wanted = merged(found.subject, found.version, version, base, mine, now)
    before = {line.id: line.quantity for line in now.lines}
    return (
        {name: getattr(wanted, name) for name in SHIPMENT_FIELDS if getattr(wanted, name) != getattr(now, name)},
        [
            ShipmentLineIn(line.id, line.quantity)
            for line in wanted.lines
            if line.id and before[line.id] != line.quantity
        ],
    )


@command("purchasing.dispatch_shipment", DISPATCH, permission="purchasing.update_shipment")
def dispatch_shipment(*, actor: Actor, number: str, shipped_on: date | None = None, version: int | None = None) -> Done:
    """Say that an announced shipment has left the supplier: its lines count as shipped.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    day = shipped_on or actor.today()
    found = lock_shipment(actor, number, version)
    found.must_be(frozenset({"announced"}), DISPATCH)
    check_dates(actor, day, None)
    steps.dispatch(actor, found, day)
    return Done("asn", found.id, found.number, "in_transit", found.version + 1)


@command("purchasing.arrive_shipment", ARRIVE, permission="purchasing.update_shipment")
def arrive_shipment(*, actor: Actor, number: str, arrived_on: date | None = None, version: int | None = None) -> Done:
    """Say that a shipment stands at the warehouse, not yet booked in; one only announced counts as shipped now.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    day = arrived_on or actor.today()
    found = lock_shipment(actor, number, version)
    found.must_be(frozenset({"announced", "in_transit"}), ARRIVE)
    if day > actor.today():
        raise Invalid({"arrived_on": _now("到货日期不能晚于今天。")})
    check_days(actor, {"arrived_on": day})
    if found.shipped_on and day < found.shipped_on:
        raise Invalid({"arrived_on": _now("到货日期不能早于发货日期。")})
    steps.arrive(actor, found, day)
    return Done("asn", found.id, found.number, "arrived", found.version + 1)


@command("purchasing.cancel_shipment", CANCEL)
def cancel_shipment(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """Call a shipment off: the counters go back, the lines are expected as they were without it.

    Not once something was received. Errors: NotFound, Stale, WrongState, ShipmentHasReceipts, ReasonRequired.
    """
    if not reason.strip():
        raise ReasonRequired()
    found = lock_shipment(actor, number, version)
    found.must_be(OPEN, CANCEL)
    if any(line.received > 0 for line in found.lines):
        raise ShipmentHasReceipts(number=found.number)
    if found.state in COUNTED:
        steps.count_shipped(found, -1)
    dates = steps.fallback_dates(found) if found.expected_on else {}
    if dates:
        note = _now("%(number)s 已取消") % {"number": found.number}
        by_date: dict[date | None, list[tuple[LockedLine, Decimal]]] = {}
        for line, quantity in steps.open_totals(found):
            by_date.setdefault(dates[line.id], []).append((line, quantity))
        steps.expect_several(actor, by_date, "buyer", note)
    progress.save(actor, found.orders, found.order_lines, steps.lines_behind(found))
    steps.save_shipment(found, "cancelled")
    tracking.forget(found)
    record("purchasing.shipment_cancelled", found.subject, actor, found.refs, reason=reason.strip()[:300])
    return Done("asn", found.id, found.number, "cancelled", found.version + 1)


def _check_changes(actor: Actor, found: LockedShipment, new: dict[str, Any]) -> None:
    shipped = new.get("shipped_on", found.shipped_on)
    if "shipped_on" in new and (shipped is None) != (found.shipped_on is None):
        raise Invalid({"shipped_on": _now("发出请用「确认发出」，不能在这里改。")})
    check_dates(actor, shipped, new.get("expected_on") if "expected_on" in new else None)
    check_measures(new.get("packages"), new.get("weight"))


def _correct(found: LockedShipment, lines: Sequence[ShipmentLineIn]) -> list[tuple[int, Decimal, Decimal]]:
    """Apply corrected quantities to lines and shipped counters in memory; what changed: line, before, after."""
    known = {line.line_no: line for line in found.lines}
    moved = []
    announced = steps.announced_by_line([line.order_line_id for line in found.lines])
    for n, entry in enumerate(lines):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=found.number, line=entry.line)
        if entry.quantity == line.quantity:
            continue
        behind = found.order_line(line.order_line_id)
        problem = quantity_problem(entry.quantity, behind.decimals) if entry.quantity else ""
        if problem:
            raise Invalid({f"lines.{n}.quantity": problem})
        if entry.quantity < line.received:
            raise ShipmentLineReceived(number=found.number, line=line.line_no, received=line.received)
        _check_room(found, behind, announced.get(behind.id, Announced()), line, entry.quantity)
        if found.state in COUNTED:
            behind.shipped += entry.quantity - line.quantity
        moved.append((line.line_no, line.quantity, entry.quantity))
        announced[behind.id] = Announced(
            announced[behind.id].quantity + entry.quantity - line.quantity, announced[behind.id].received
        )
        line.quantity = entry.quantity
    return moved


def _check_room(
    found: LockedShipment, behind: LockedLine, announced: Announced, line: LockedShipmentLine, quantity: Decimal
) -> None:
    grown = quantity - line.quantity
    if grown > 0 and grown > shippable_at_most(behind, announced):
        number = next(order.number for order in found.orders if order.id == behind.order_id)
        raise OverShipped(
            number=number, line=behind.line_no, open=shippable(behind, announced) + line.quantity, quantity=quantity
        )
