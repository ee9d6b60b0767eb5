"""Who is hit when purchase lines come later, bring less or do not come at all, asked before it is written.

Contexts above that wait for purchase lines register here (IMPACTS), as they do in ``steps/pegs.py``; purchasing only
says what would become of its lines. Nothing further is read while nothing waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.errors import UnknownLine
from gendan.purchasing.rules.lines import ZERO, peggable
from gendan.purchasing.rules.promises import ConfirmIn, Part, last_date


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of a purchase line: when it comes (if ``moved``; None is nobody knows), and the most that may
    wait for it in stock units (None: as much as now). ``postponed``: what does not fit is not lost, it comes another
    day.
    """

    line_id: int
    moved: bool = False
    expected_on: date | None = None
    room: Decimal | None = None
    postponed: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to help: text, and where it is done. With ``post`` it is a command with these ``fields``; a ``letter`` is
    the text of a mail (``url`` writes it).
    """

    kind: str
    text: str
    url: str = ""
    post: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of a customer's order that becomes late or short; quantities in the product's stock unit, ``amount`` in
    company currency (None: not to be seen). ``kind`` is late, short or postponed.
    """

    kind: str
    order: str
    line: int
    customer: str
    customer_name: str
    product: str
    product_name: str
    unit: str
    quantity: Decimal
    source: str
    due_on: date | None
    before: date | None
    after: date | None
    late_days: int | None
    more_days: int | None
    amount: Decimal | None
    url: str = ""
    offers: Sequence[Offer] = ()


@dataclass(frozen=True, slots=True)
class Impact:
    """Everybody hit; ``waiting`` is how many lines wait for the goods at all."""

    hits: Sequence[Hit] = ()
    waiting: int = 0
    currency: str = ""
    amount: Decimal | None = None

    @property
    def customers(self) -> int:
        return len({hit.customer for hit in self.hits})


# (actor, changes of lines that something waits for) -> who is hit.
IMPACTS: list[Callable[[Actor, Sequence[Change]], Impact]] = []


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of an order as it would be: another day (if ``moved``), a quantity that the supplier brings in all (None:
    as ordered).
    """

    line: int
    expected_on: date | None = None
    moved: bool = False
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    line_no: int
    quantity: Decimal
    confirmed: Decimal
    refused: Decimal
    shipped: Decimal
    received: Decimal
    accepted: Decimal
    rejected: Decimal
    cancelled: Decimal
    over_tolerance: Decimal
    under_tolerance: Decimal
    factor: Decimal
    pegged: Decimal
    replaced: Decimal
    expected_on: date | None
    required_on: date | None


_COLUMNS = (
    "l.id, l.line_no, l.quantity, l.confirmed, l.refused, l.shipped, l.received, l.accepted, l.rejected, l.cancelled,"
    " l.over_tolerance, l.under_tolerance, l.factor, l.pegged, l.replaced,"
    " l.expected_on, l.required_on"
)
_OF_ORDER = f"""
SELECT {_COLUMNS} FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
WHERE o.company_id = %s::bigint AND o.number = %s::text ORDER BY l.line_no
"""
_OF_SHIPMENT = f"""
SELECT {_COLUMNS}, sl.line_no, sl.quantity, sl.received, s.expected_on, s.id FROM purchasing_shipment s
JOIN purchasing_shipmentline sl ON sl.shipment_id = s.id JOIN purchasing_orderline l ON l.id = sl.order_line_id
WHERE s.company_id = %s::bigint AND s.number = %s::text ORDER BY sl.line_no
"""
# What is expected of a line when a shipment is cancelled: its other shipments under way, else what was promised last.
FALLBACK = """
SELECT t.id, coalesce(
 (SELECT max(s.expected_on) FROM purchasing_shipmentline sl JOIN purchasing_shipment s ON s.id = sl.shipment_id
  WHERE sl.order_line_id = t.id AND s.is_open AND s.id <> %s::bigint AND sl.received < sl.quantity),
 (SELECT max(p.promised_on) FROM purchasing_promise p WHERE p.order_line_id = t.id AND p.kind = 'promise'
  AND p.revision =
  (SELECT max(q.revision) FROM purchasing_promise q WHERE q.order_line_id = t.id AND q.kind = 'promise')))
FROM unnest(%s::bigint[]) AS t(id)
"""


def impact_of(actor: Actor, changes: Sequence[Change]) -> Impact:
    """Who is hit by changes of lines that something waits for."""
    found = [provide(actor, changes) for provide in IMPACTS] if changes else []
    return found[0] if found else Impact()


def impact_of_order(actor: Actor, number: str, lines: Sequence[LineChange] = (), *, ended: bool = False) -> Impact:
    """Who is hit when lines of an order change, or (``ended``) when nothing more of it comes. NotFound, UnknownLine."""
    known = _lines(actor, number)
    if ended:
        return impact_of(actor, [Change(line.id, room=ZERO) for line in known.values() if line.pegged > 0])
    changes = []
    for asked in lines:
        if asked.line not in known:
            raise UnknownLine(number=number, line=asked.line)
        line = known[asked.line]
        room = None if asked.quantity is None else _room(line, min(asked.quantity, line.quantity - line.cancelled))
        if line.pegged > 0 and (asked.moved or room is not None):
            changes.append(Change(line.id, asked.moved, asked.expected_on, room))
    return impact_of(actor, changes)


def impact_of_answer(actor: Actor, number: str, parts: Sequence[ConfirmIn]) -> Impact:
    """Who is hit by a supplier's answer to an order, before it is recorded. Errors: NotFound, UnknownLine."""
    known = _lines(actor, number)
    changes = []
    for line_no in dict.fromkeys(part.line for part in parts):
        line = known.get(line_no)
        if line is None:
            raise UnknownLine(number=number, line=line_no)
        if line.pegged > 0:
            changes.append(_answered(line, [part for part in parts if part.line == line_no]))
    return impact_of(actor, changes)


def _answered(line: _Line, parts: Sequence[ConfirmIn]) -> Change:
    """As ``commands/confirm.py`` would write it."""
    ordered = line.quantity - line.cancelled
    kept = [part for part in parts if not part.refused]
    accepted = [Part(ordered if p.quantity is None else p.quantity, p.promised_on or line.required_on) for p in kept]
    confirmed = sum((part.quantity for part in accepted), ZERO)
    refused = sum((ordered - confirmed if p.quantity is None else p.quantity for p in parts if p.refused), ZERO)
    day = last_date(accepted) if accepted else None if confirmed == ZERO else line.expected_on
    then = replace(line, confirmed=confirmed, refused=refused)
    return Change(line.id, True, day, peggable(then) * line.factor)


def impact_of_lines(actor: Actor, lines: Sequence[tuple[str, int]], expected_on: date | None) -> Impact:
    """Who is hit when lines of several orders (numbers, line numbers) are announced for a day. One statement more."""
    found = db.rows(
        "SELECT l.id FROM unnest(%s::text[], %s::int[]) AS t(number, line)"
        " JOIN purchasing_purchaseorder o ON o.company_id = %s::bigint AND o.number = t.number"
        " JOIN purchasing_orderline l ON l.order_id = o.id AND l.line_no = t.line AND l.pegged > 0",
        [[number for number, _line in lines], [line for _number, line in lines], actor.company_id],
    )
    return impact_of(actor, [Change(row[0], True, expected_on) for row in found])


def impact_of_shipment(
    actor: Actor,
    number: str,
    *,
    expected_on: date | None = None,
    moved: bool = False,
    quantities: Mapping[int, Decimal] | None = None,
    cancelled: bool = False,
) -> Impact:
    """Who is hit when a shipment comes another day, brings other quantities (by its line numbers) or does not come.

    What a shipment brings less is not lost, it is to come another day. Errors: NotFound.
    """
    found = db.rows(_OF_SHIPMENT, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    lines = {row[0]: _Line(*row[:17]) for row in found}
    if not any(line.pegged > 0 for line in lines.values()):
        return Impact()
    less: dict[int, Decimal] = {}
    for row in found:
        wanted = ZERO if cancelled else (quantities or {}).get(row[17], row[18])
        less[row[0]] = less.get(row[0], ZERO) + max(row[18] - max(wanted, row[19]), ZERO)
    if cancelled:
        fallback = db.rows(FALLBACK, [found[0][21], list(lines)]) if found[0][20] else []
        days: dict[int, date | None] = dict(fallback)
        changes = [Change(id_, True, days[id_]) for id_, line in lines.items() if line.pegged > 0 and id_ in days]
        return impact_of(actor, changes)
    moves = moved and expected_on != found[0][20]
    changes = []
    for line in lines.values():
        room = _room(line, line.quantity - line.cancelled) - less[line.id] * line.factor if less[line.id] else None
        if line.pegged > 0 and (moves or room is not None):
            changes.append(Change(line.id, moves, expected_on, room, postponed=True))
    return impact_of(actor, changes)


def _lines(actor: Actor, number: str) -> dict[int, _Line]:
    found = [_Line(*row) for row in db.rows(_OF_ORDER, [actor.company_id, number])]
    if not found:
        raise NotFound(what=number)
    return {line.line_no: line for line in found}


def _room(line: _Line, quantity: Decimal) -> Decimal:
    """The most that may wait for a line of which the supplier brings so much, in stock units."""
    refused = max(line.quantity - line.cancelled - quantity, ZERO)
    if refused == ZERO:
        return peggable(line) * line.factor
    return max(quantity - line.accepted - line.rejected, ZERO) * line.factor
