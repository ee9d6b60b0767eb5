"""Tie sales lines to stock and to what is on the way, let them go again, and take the goods out; every change under the
order's lock, then the balances' (in key order), then the purchase lines'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from gendan.inventory import steps as inventory
from gendan.inventory.steps import Held
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.sales.errors import NotEnoughStock
from gendan.sales.rules.allocation import Supply, Want, allocate
from gendan.sales.rules.lines import outstanding
from gendan.sales.steps import ties
from gendan.sales.steps.order import LockedLine, LockedOrder
from gendan.sales.steps.ties import INCOMING, REQUESTED, STOCK, Tie

ZERO = Decimal(0)


def uncovered(line: LockedLine) -> Decimal:
    """What of a line has neither left nor is tied to a supply; stock units."""
    return outstanding(line) * line.factor - line.reserved - line.pegged - line.requested


def _wants(lines: Sequence[LockedLine]) -> list[Want]:
    return [Want(line.id, line.product_id, uncovered(line)) for line in lines if uncovered(line) > 0]


def stock_decimals(product_id: int) -> int:
    """To how many places a product's stock unit is counted."""
    found = db.row(
        "SELECT u.decimals FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id WHERE p.id = %s::bigint",
        [product_id],
    )
    return int(found[0]) if found else 0


@step
def reserve(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], *, instead: bool = False) -> list[Tie]:
    """Tie what is uncovered of the lines to free stock of the order's warehouse, as far as there is any; what was
    tied. ``instead``: stock takes the place of what was only requested, too. One statement to look, two to write,
    however many lines.
    """
    requested = {line.id: line.requested for line in lines if instead and line.requested > 0}
    wants = [
        Want(line.id, line.product_id, uncovered(line) + requested.get(line.id, ZERO))
        for line in lines
        if uncovered(line) + requested.get(line.id, ZERO) > 0
    ]
    if not wants:
        return []
    held = inventory.lock_available(actor, order.warehouse_id, [want.product_id for want in wants])
    shares = allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held])
    made = [Tie(share.line_id, STOCK, share.supply_id, share.quantity) for share in shares]
    if requested and made:
        _give_up_requests(lines, made)
    ties.add(actor, made)
    _raise(lines, made)
    return made


def _give_up_requests(lines: Sequence[LockedLine], made: Sequence[Tie]) -> None:
    """Let go of what was requested as much as the new ties exceed what was uncovered, newest request first."""
    surplus = {line.id: -uncovered(line) for line in lines if line.requested > 0}
    for tie in made:
        if tie.line_id in surplus:
            surplus[tie.line_id] += tie.quantity
    given_up = []
    for held in reversed(ties.of_lines([line_id for line_id, much in surplus.items() if much > 0])):
        less = min(held.quantity, surplus[held.line_id]) if held.kind == REQUESTED else ZERO
        if less > 0:
            surplus[held.line_id] -= less
            given_up.append((held, less))
    ties.drop(given_up)
    _lower(lines, given_up)


@step
def reserve_incoming(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine]) -> list[tuple[Tie, ties.Coming]]:
    """Tie what stock did not cover to open purchase lines into the order's warehouse, soonest first; what was tied to
    which. Two statements to look, two to write.
    """
    wants = _wants(lines)
    if not wants:
        return []
    coming = {c.id: c for c in ties.lock_incoming(actor, order.warehouse_id, [want.product_id for want in wants])}
    shares = allocate(wants, [Supply(c.id, c.product_id, c.free) for c in coming.values()])
    made = [Tie(share.line_id, INCOMING, share.supply_id, share.quantity) for share in shares]
    ties.add(actor, made)
    _raise(lines, made)
    return [(tie, coming[tie.supply_id]) for tie in made]


@step
def hold_stock(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], balances: Sequence[int]) -> None:
    """Lock the balances behind ties that are going to move."""
    inventory.lock_available(actor, order.warehouse_id, [line.product_id for line in lines], balances)


@step
def hold_to_take_again(
    actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], warehouse_id: int, product_ids: Iterable[int]
) -> None:
    """Lock at once, in their order, what lines let go (in the order's warehouse) and what may be taken again (in the
    one that it shall have): balances, then purchase lines.
    """
    held = ties.of_lines([line.id for line in lines if line.reserved or line.pegged])
    products = sorted(set(product_ids))
    stock = [tie.supply_id for tie in held if tie.kind == STOCK]
    inventory.lock_available(actor, warehouse_id, products, stock, beside=order.warehouse_id)
    if coming := [tie.supply_id for tie in held if tie.kind == INCOMING]:
        ties.lock_incoming(actor, warehouse_id, products, coming)


@step
def release(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], *, hard: bool = False) -> Decimal:
    """Let go what the lines hold: stock that no delivery has taken (``hard``: that, too), what is on the way, what was
    requested; how much in all, in stock units.
    """
    held = ties.of_lines([line.id for line in lines if line.reserved or line.pegged or line.requested])
    parts = [(tie, tie.quantity if hard else tie.soft) for tie in held]
    parts = [(tie, quantity) for tie, quantity in parts if quantity > 0]
    if not parts:
        return ZERO
    stock = [tie.supply_id for tie, _quantity in parts if tie.kind == STOCK]
    if stock:
        inventory.lock_available(actor, order.warehouse_id, [line.product_id for line in lines], stock)
    ties.drop(parts)
    _lower(lines, parts)
    return sum((quantity for _tie, quantity in parts), ZERO)


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
    stays tied for what was taken. With ``partly`` as much as there is, in whole steps of the unit (a line in full or
    not at all with ``whole_lines``); else all of it.

    What leaves of each line, and from where. Errors: NotEnoughStock.
    """
    held_ties = ties.of_lines([line.id for line, _q in wanted if line.reserved or line.pegged or line.requested])
    own = [tie for tie in held_ties if tie.kind == STOCK]
    products = [line.product_id for line, _quantity in wanted]
    held = inventory.lock_available(actor, order.warehouse_id, products, [tie.supply_id for tie in own])
    served, missing = _plan(wanted, own, held)
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
        served, _rest = _plan(wanted, own, held)
    used = [(tie, quantity) for _line, _held, quantity, tie in served if tie]
    used += _too_much(wanted, held_ties, used)
    ties.drop(used)
    _lower([line for line, _quantity in wanted], used)
    return list(wanted), [Taken(line, place, quantity) for line, place, quantity, _tie in served]


def _too_much(
    leaving: Sequence[tuple[LockedLine, Decimal]],
    held: Sequence[ties.Held],
    used: Sequence[tuple[ties.Held, Decimal]],
) -> list[tuple[ties.Held, Decimal]]:
    """What lines hold beyond what they will still need when these quantities have left: what was only requested is let
    go first, then what is on the way, then stock.
    """
    gone = {tie.id: quantity for tie, quantity in used}
    found = []
    for line, quantity in leaving:
        still = line.reserved + line.pegged + line.requested
        still -= sum((gone[tie.id] for tie in held if tie.line_id == line.id and tie.id in gone), ZERO)
        surplus = still - (outstanding(line) - quantity) * line.factor
        mine = [tie for tie in held if tie.line_id == line.id]
        for tie in sorted(mine, key=lambda t: (_LAST.index(t.kind), -t.id)):
            less = min(surplus, tie.soft - gone.get(tie.id, ZERO))
            if less > 0:
                found.append((tie, less))
                surplus -= less
    return found


_LAST = (REQUESTED, INCOMING, STOCK)


def _there(line: LockedLine, quantity: Decimal, missing: Decimal) -> Decimal:
    """What is there of a quantity in the line's unit, rounded down to what the unit can count."""
    step_ = Decimal(1).scaleb(-line.decimals)
    found = ((quantity * line.factor - missing) / line.factor).quantize(step_, ROUND_DOWN)
    return quantity if not missing else found


def _plan(
    wanted: Sequence[tuple[LockedLine, Decimal]], own: Sequence[ties.Held], held: Sequence[Held]
) -> tuple[list[tuple[LockedLine, Held, Decimal, ties.Held | None]], dict[int, Decimal]]:
    """Own stock that no delivery has taken, then free stock; and what is missing by line, in stock units."""
    places = {h.id: h for h in held}
    known = {line.id: line for line, _quantity in wanted}
    left = {line.id: quantity * line.factor for line, quantity in wanted}
    served: list[tuple[LockedLine, Held, Decimal, ties.Held | None]] = []
    for tie in own:
        quantity = min(tie.soft, left.get(tie.line_id, ZERO))
        if quantity > 0:
            left[tie.line_id] -= quantity
            served.append((known[tie.line_id], places[tie.supply_id], quantity, tie))
    wants = [Want(id_, known[id_].product_id, quantity) for id_, quantity in left.items() if quantity > 0]
    for share in allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held]):
        left[share.line_id] -= share.quantity
        served.append((known[share.line_id], places[share.supply_id], share.quantity, None))
    return served, {id_: quantity for id_, quantity in left.items() if quantity > 0}


def _raise(lines: Iterable[LockedLine], made: Iterable[Tie]) -> None:
    """Let the counters in memory follow what was tied."""
    known = {line.id: line for line in lines}
    for tie in made:
        counter = ties.COUNTERS[tie.kind]
        setattr(known[tie.line_id], counter, getattr(known[tie.line_id], counter) + tie.quantity)


def _lower(lines: Iterable[LockedLine], dropped: Iterable[tuple[ties.Held, Decimal]]) -> None:
    known = {line.id: line for line in lines}
    for tie, quantity in dropped:
        counter = ties.COUNTERS[tie.kind]
        setattr(known[tie.line_id], counter, getattr(known[tie.line_id], counter) - quantity)
