"""Give a line other goods than those it waits for: free stock, or what another purchase order brings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import UnknownLine
from gendan.sales.commands.reserve import DECIDED, OPEN
from gendan.sales.errors import NothingToCover
from gendan.sales.queries.supply import lines_of_purchase
from gendan.sales.rules.allocation import Supply, Want, allocate
from gendan.sales.steps import pegs, promises, ties
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_with_lines
from gendan.sales.steps.review import review_order
from gendan.sales.steps.ties import INCOMING, STOCK, Tie

COVER = _("改用其他货源")
ZERO = Decimal(0)


@command("sales.cover_line", COVER, permission="sales.move_reservation")
def cover_line(
    *, actor: Actor, number: str, line: int, purchase: str = "", instead: str = "", quantity: Decimal | None = None
) -> Done:
    """Tie a line to free stock, or to what the order ``purchase`` brings and nobody waits for, by hand: first what it
    lacks, then in exchange for what it holds on the way (of the purchase order ``instead`` first).

    ``quantity`` in stock units, None as much as there is and fits. The review is asked as when stock is reserved.
    Errors: NotFound, WrongState, UnknownLine, NothingToCover, ReviewStopped, Invalid.
    """
    order, lines = lock_with_lines(actor, number)
    order.must_be(OPEN, COVER)
    found = next((each for each in lines if each.line_no == line), None)
    if found is None:
        raise UnknownLine(number=number, line=line)
    if quantity is not None and (problem := quantity_problem(quantity, pegs.stock_decimals(found.product_id))):
        raise Invalid({"quantity": problem})
    review_order(actor, order, keep=False, without=DECIDED)
    waits = [tie for tie in ties.of_lines([found.id]) if tie.kind == INCOMING]
    kind, supplies = _free(actor, order, found, purchase, [tie.supply_id for tie in waits])
    mine = {supply.id for supply in supplies} if kind == INCOMING else set()
    held = [tie for tie in waits if tie.supply_id not in mine]
    lacks = pegs.uncovered(found)
    room = lacks + sum((tie.quantity for tie in held), ZERO)
    most = min(room, sum((supply.available for supply in supplies), ZERO))
    taken = most if quantity is None else quantity
    if taken <= 0 or taken > most:
        raise NothingToCover(number=number, line=line, open=max(most, ZERO))
    made = [
        Tie(found.id, kind, share.supply_id, share.quantity, by_hand=True)
        for share in allocate([Want(found.id, found.product_id, taken)], supplies)
    ]
    ties.drop(_given_up(actor, held, instead, max(taken - lacks, ZERO)))
    ties.add(actor, made)
    refs = (f"product:{found.product}", *([f"po:{purchase}"] if purchase else []))
    record(
        "sales.supply_exchanged",
        order.subject,
        actor,
        (*order.refs, *refs),
        line=line,
        product=found.product,
        quantity=taken,
        supply=purchase,
    )
    reason = _now("改用 %(supply)s") % {"supply": purchase or _now("现货")}
    promises.follow_supply(actor, [found.id], reason)
    return Done("so", order.id, number, order.state, order.version, {"covered": f"{taken.normalize():f}"})


def _free(
    actor: Actor, order: LockedOrder, line: LockedLine, purchase: str, held: Sequence[int]
) -> tuple[str, list[Supply]]:
    """What may be taken, locked together with the purchase lines that may be given up."""
    if purchase:
        coming = ties.lock_incoming(actor, order.warehouse_id, [line.product_id], held)
        return INCOMING, [Supply(c.id, c.product_id, c.free) for c in coming if c.order == purchase]
    places = inventory.lock_available(actor, order.warehouse_id, [line.product_id])
    ties.lock_held(held)
    return STOCK, [Supply(place.id, place.product_id, place.available) for place in places]


def _given_up(
    actor: Actor, held: Sequence[ties.Held], instead: str, quantity: Decimal
) -> list[tuple[ties.Held, Decimal]]:
    """What goes back of what was held on the way, of the named purchase order first."""
    if not quantity:
        return []
    named = lines_of_purchase(actor, instead) if instead else set()
    found = []
    for tie in sorted(held, key=lambda t: (t.supply_id not in named, -t.id)):
        part = min(tie.quantity, quantity)
        if part > 0:
            found.append((tie, part))
            quantity -= part
    return found
