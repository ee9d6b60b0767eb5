"""A supplier's answer to the lines of a locked order: written to the ledger of promises, whoever brought it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _now

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import OverConfirmed, UnknownLine
from gendan.purchasing.rules.promises import ConfirmIn, Part, last_date
from gendan.purchasing.steps import progress, promises
from gendan.purchasing.steps.days import check_days
from gendan.purchasing.steps.order import LockedLine, LockedOrder

ZERO = Decimal(0)


@step
def take(
    actor: Actor, order: LockedOrder, all_lines: Sequence[LockedLine], lines: Sequence[ConfirmIn], source: str
) -> Mapping[int, str]:
    """Append a revision to the promise ledger of each answered line; the new states by order id.

    Errors: UnknownLine, OverConfirmed, Invalid.
    """
    check_days(actor, {f"lines.{n}.promised_on": entry.promised_on for n, entry in enumerate(lines)})
    answers = _by_line(order, all_lines, lines)
    entries = [e for line, parts in answers for e in _answer(order, line, parts, source)]
    changed = [line for line, _parts in answers]
    promises.append(actor, entries)
    promises.refresh_due(changed)
    states = progress.save(actor, [order], all_lines, changed)
    record(
        "purchasing.order_confirmed",
        order.subject,
        actor,
        refs=(f"partner:{order.supplier_code}",),
        source=source,
        lines=_told(changed, entries),
    )
    return states


def _told(changed: Sequence[LockedLine], entries: Sequence[promises.Entry]) -> list[dict[str, object]]:
    """The answer as the event tells it: every part with its quantity and date."""
    numbers = {line.id: line.line_no for line in changed}
    return [
        {
            "line": numbers[entry.order_line_id],
            "confirmed": ZERO if entry.kind == "refused" else entry.quantity,
            "refused": entry.quantity if entry.kind == "refused" else ZERO,
            "on": str(entry.promised_on or ""),
        }
        for entry in entries[:50]
    ]


def _by_line(
    order: LockedOrder, all_lines: Sequence[LockedLine], asked: Sequence[ConfirmIn]
) -> list[tuple[LockedLine, list[ConfirmIn]]]:
    known = {line.line_no: line for line in all_lines}
    grouped: dict[int, list[ConfirmIn]] = defaultdict(list)
    for n, entry in enumerate(asked):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=order.number, line=entry.line)
        if entry.quantity is not None and (problem := quantity_problem(entry.quantity, line.decimals)):
            raise Invalid({f"lines.{n}.quantity": problem})
        if entry.promised_on and entry.promised_on < order.ordered_on:
            raise Invalid({f"lines.{n}.promised_on": _now("承诺交期早于下单日期。")})
        grouped[entry.line].append(entry)
    return [(known[line_no], parts) for line_no, parts in sorted(grouped.items())]


def _answer(order: LockedOrder, line: LockedLine, parts: list[ConfirmIn], source: str) -> list[promises.Entry]:
    """The ledger rows of one line's answer; changes the line's counters and dates."""
    ordered = line.quantity - line.cancelled
    kept = [part for part in parts if not part.refused]
    accepted = [Part(_quantity(part, ordered), part.promised_on or line.required_on) for part in kept]
    confirmed = sum((part.quantity for part in accepted), ZERO)
    refused = sum((_quantity(part, ordered - confirmed) for part in parts if part.refused), ZERO)
    if confirmed + refused > ordered:
        raise OverConfirmed(number=order.number, line=line.line_no, open=ordered, quantity=confirmed + refused)
    line.promise_revision += 1
    line.confirmed, line.refused = confirmed, refused
    if accepted:
        line.expected_on = last_date(accepted)
        if line.promised_on is None and line.promise_parts == 0:
            line.promised_on, line.promise_parts = line.expected_on, len(accepted)
    elif confirmed == ZERO:
        line.expected_on = None
    entries = [
        promises.Entry(line.id, line.promise_revision, "promise", source, part.quantity, part.promised_on, entry.note)
        for part, entry in zip(accepted, kept, strict=True)
    ]
    if refused:
        note = next(part.note for part in parts if part.refused)
        entries.append(promises.Entry(line.id, line.promise_revision, "refused", source, refused, None, note))
    return entries


def _quantity(part: ConfirmIn, default: Decimal) -> Decimal:
    return default if part.quantity is None else part.quantity
