"""Tie sales lines to stock, let them go again, and take the goods out; every change under the order's lock and then
the balances' (in key order).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from gendan.inventory import steps as inventory
from gendan.inventory.steps import Held
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.sales.errors import NotEnoughStock
from gendan.sales.rules.allocation import Share, Supply, Want, allocate
from gendan.sales.rules.lines import outstanding
from gendan.sales.steps.order import LockedLine, LockedOrder

ZERO = Decimal(0)
_ADD = """
WITH t AS (SELECT * FROM unnest(%(lines)s::bigint[], %(balances)s::bigint[], %(quantities)s::numeric[])
  AS t(line_id, balance_id, quantity)),
 pegs AS (INSERT INTO sales_peg AS p (company_id, line_id, balance_id, quantity, user_id)
  SELECT %(company)s::bigint, line_id, balance_id, quantity, %(user)s::bigint FROM t
  ON CONFLICT (line_id, balance_id) WHERE balance_id IS NOT NULL
  DO UPDATE SET quantity = p.quantity + excluded.quantity)
UPDATE sales_salesline l SET reserved = l.reserved + s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM t GROUP BY 1) s WHERE l.id = s.line_id
"""
_HELD = """
SELECT id, line_id, balance_id, quantity - hard FROM sales_peg
WHERE line_id = ANY(%s::bigint[]) AND balance_id IS NOT NULL AND quantity > hard
"""
_DROP = """
WITH t AS (SELECT * FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, quantity)),
 gone AS (DELETE FROM sales_peg p USING t WHERE p.id = t.id AND p.quantity = t.quantity
  RETURNING p.line_id, t.quantity),
 less AS (UPDATE sales_peg p SET quantity = p.quantity - t.quantity FROM t WHERE p.id = t.id AND p.quantity > t.quantity
  RETURNING p.line_id, t.quantity)
UPDATE sales_salesline l SET reserved = l.reserved - s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM (SELECT * FROM gone UNION ALL SELECT * FROM less) u GROUP BY 1) s
WHERE l.id = s.line_id
"""


@dataclass(slots=True)
class PegRow:
    """A peg on stock; ``quantity`` is its soft part, what stands on a delivery is not to be given away."""

    id: int
    line_id: int
    balance_id: int
    quantity: Decimal


def uncovered(line: LockedLine) -> Decimal:
    """What of a line has neither left nor is tied to a supply; stock units."""
    return outstanding(line) * line.factor - line.reserved - line.pegged - line.requested


@step
def reserve(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine]) -> list[Share]:
    """Tie what is uncovered of the lines to free stock of the order's warehouse, as far as there is any; what was
    tied. Two statements to look, two to write, however many lines.
    """
    wants = [Want(line.id, line.product_id, uncovered(line)) for line in lines if uncovered(line) > 0]
    if not wants:
        return []
    held = inventory.lock_available(actor, order.warehouse_id, [want.product_id for want in wants])
    return _tie(actor, wants, held, lines)


def _tie(actor: Actor, wants: Sequence[Want], held: Sequence[Held], lines: Sequence[LockedLine]) -> list[Share]:
    shares = allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held])
    if not shares:
        return []
    db.later(
        _ADD,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "lines": db.array(share.line_id for share in shares),
            "balances": db.array(share.supply_id for share in shares),
            "quantities": db.array(share.quantity for share in shares),
        },
    )
    inventory.reserve(_sums((share.supply_id, share.quantity) for share in shares))
    known = {line.id: line for line in lines}
    for share in shares:
        known[share.line_id].reserved += share.quantity
    return shares


@step
def release(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine]) -> Decimal:
    """Let go what the lines hold of stock, but for what stands on deliveries; how much in all, in stock units."""
    pegs = _pegs(lines)
    if not pegs:
        return ZERO
    inventory.lock_available(
        actor, order.warehouse_id, [line.product_id for line in lines], [peg.balance_id for peg in pegs]
    )
    _drop([(peg, peg.quantity) for peg in pegs])
    known = {line.id: line for line in lines}
    for peg in pegs:
        known[peg.line_id].reserved -= peg.quantity
    return sum((peg.quantity for peg in pegs), ZERO)


@dataclass(frozen=True, slots=True)
class Taken:
    """A quantity (stock units) of a line out of a balance."""

    line: LockedLine
    held: Held
    quantity: Decimal


@step
def take(
    actor: Actor,
    order: LockedOrder,
    wanted: Sequence[tuple[LockedLine, Decimal]],
    *,
    partly: bool,
    whole_lines: bool = False,
) -> tuple[list[tuple[LockedLine, Decimal]], list[Taken]]:
    """Take goods for the lines (quantities in their units) out of what they hold, then out of free stock; nothing
    stays reserved for what was taken. With ``partly`` as much as there is, in whole steps of the unit (a line in full or
    not at all with ``whole_lines``); else all of it.

    What leaves of each line, and from where. Errors: NotEnoughStock.
    """
    pegs = _pegs([line for line, _quantity in wanted])
    products = [line.product_id for line, _quantity in wanted]
    held = inventory.lock_available(actor, order.warehouse_id, products, [peg.balance_id for peg in pegs])
    served, missing = _plan(wanted, pegs, held)
    if missing:
        if not partly:
            line, quantity = next((line, quantity) for line, quantity in wanted if line.id in missing)
            need = quantity * line.factor
            raise NotEnoughStock(product=line.product, available=need - missing[line.id], quantity=need)
        wanted = [
            (line, ZERO if whole_lines and line.id in missing else _there(line, quantity, missing.get(line.id, ZERO)))
            for line, quantity in wanted
        ]
        wanted = [(line, quantity) for line, quantity in wanted if quantity > 0]
        served, _rest = _plan(wanted, pegs, held)
    _drop([(peg, quantity) for _line, _held, quantity, peg in served if peg])
    for line, _held, quantity, peg in served:
        line.reserved -= quantity if peg else ZERO
    return list(wanted), [Taken(line, place, quantity) for line, place, quantity, _peg in served]


def _there(line: LockedLine, quantity: Decimal, missing: Decimal) -> Decimal:
    """What is there of a quantity in the line's unit, rounded down to what the unit can count."""
    step_ = Decimal(1).scaleb(-line.decimals)
    found = ((quantity * line.factor - missing) / line.factor).quantize(step_, ROUND_DOWN)
    return quantity if not missing else found


def _plan(
    wanted: Sequence[tuple[LockedLine, Decimal]], pegs: Sequence[PegRow], held: Sequence[Held]
) -> tuple[list[tuple[LockedLine, Held, Decimal, PegRow | None]], dict[int, Decimal]]:
    """Own pegs first, then free stock; and what is missing by line, in stock units."""
    places = {h.id: h for h in held}
    known = {line.id: line for line, _quantity in wanted}
    left = {line.id: quantity * line.factor for line, quantity in wanted}
    served: list[tuple[LockedLine, Held, Decimal, PegRow | None]] = []
    for peg in sorted(pegs, key=lambda p: p.id):
        quantity = min(peg.quantity, left.get(peg.line_id, ZERO))
        if quantity > 0:
            left[peg.line_id] -= quantity
            served.append((known[peg.line_id], places[peg.balance_id], quantity, peg))
    wants = [Want(id_, known[id_].product_id, quantity) for id_, quantity in left.items() if quantity > 0]
    for share in allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held]):
        left[share.line_id] -= share.quantity
        served.append((known[share.line_id], places[share.supply_id], share.quantity, None))
    return served, {id_: quantity for id_, quantity in left.items() if quantity > 0}


def _pegs(lines: Sequence[LockedLine]) -> list[PegRow]:
    ids = [line.id for line in lines if line.reserved > 0]
    return [PegRow(*row) for row in db.rows(_HELD, [ids])] if ids else []


def _drop(pegs: Sequence[tuple[PegRow, Decimal]]) -> None:
    if not pegs:
        return
    db.later(_DROP, [db.array(peg.id for peg, _ in pegs), db.array(quantity for _, quantity in pegs)])
    inventory.reserve({id_: -q for id_, q in _sums((peg.balance_id, q) for peg, q in pegs).items()})


def _sums(pairs: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for id_, quantity in pairs:
        found[id_] += quantity
    return dict(found)
