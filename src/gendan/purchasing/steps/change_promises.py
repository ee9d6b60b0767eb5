"""What becomes of a supplier's promises when an order changes by a change order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.rules.change import fit
from gendan.purchasing.rules.lines import ZERO
from gendan.purchasing.rules.promises import Part, last_date
from gendan.purchasing.steps import promises
from gendan.purchasing.steps.order import LockedLine

_LAST_ANSWERS = """
SELECT p.order_line_id, p.kind, p.quantity, p.promised_on FROM purchasing_promise p
WHERE p.order_line_id = ANY(%s::bigint[]) AND p.kind IN ('promise', 'refused') AND p.revision =
 (SELECT max(q.revision) FROM purchasing_promise q WHERE q.order_line_id = p.order_line_id
  AND q.kind IN ('promise', 'refused'))
ORDER BY p.order_line_id, p.id
"""


@step
def confirm_anew(
    actor: Actor,
    touched: Sequence[LockedLine],
    before: Mapping[int, LockedLine],
    redated: Set[int],
    *,
    agreed: bool,
    ours: bool,
    note: str,
) -> None:
    """Let the promises follow: agreed, lines that were answered are promised as they are now, with new lines beside
    them, and what the supplier asked for is promised by that; not agreed, only what exceeds the line comes off, and
    what is more waits for the supplier's word. A day that we asked for (``ours``) becomes the measure of lateness.
    """
    answers: dict[int, list[tuple[str, Part]]] = defaultdict(list)
    for line_id, kind, quantity, day in db.rows(_LAST_ANSWERS, [[line.id for line in touched]]):
        answers[line_id].append((kind, Part(quantity, day)))
    answered = any(line.promise_parts for line in before.values())
    entries = []
    for line in touched:
        ordered = line.quantity - line.cancelled
        if not ordered:
            continue
        promised = [part for kind, part in answers[line.id] if kind == "promise"]
        if agreed and (not ours or (answered and (promised or line.id not in before))):
            same = promised and line.id not in redated
            parts = fit(promised, ordered) if same else [Part(ordered, line.required_on)]
            source = "agreed" if ours and promised and not same else "supplier"
            entries += _promise(line, parts, [], source, note, moves=not same)
        elif line.confirmed + line.refused > ordered:
            parts = fit(promised, min(line.confirmed, ordered)) if line.confirmed else []
            refused = min(line.refused, ordered - sum((part.quantity for part in parts), ZERO))
            entries += _promise(line, parts, [refused] if refused else [], "buyer", note, moves=False)
    promises.append(actor, entries)


def _promise(
    line: LockedLine, parts: Sequence[Part], refused: Sequence[Decimal], source: str, note: str, *, moves: bool
) -> list[promises.Entry]:
    """A revision of a line's promise; its counters and days follow."""
    line.promise_revision += 1
    line.confirmed = sum((part.quantity for part in parts), ZERO)
    line.refused = sum(refused, ZERO)
    if parts and (moves or not line.expected_on):
        line.expected_on = last_date(parts)
    if parts and (source == "agreed" or (line.promised_on is None and line.promise_parts == 0)):
        line.promised_on, line.promise_parts = last_date(parts), len(parts)
    rows = [("promise", part.quantity, part.promised_on) for part in parts]
    rows += [("refused", quantity, None) for quantity in refused]
    return [
        promises.Entry(line.id, line.promise_revision, kind, source, quantity, day, note)
        for kind, quantity, day in rows
    ]
