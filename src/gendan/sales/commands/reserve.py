"""Set stock aside for an order, and let it go again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import UnknownLine
from gendan.sales.steps import pegs, promises, shortage
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_with_lines
from gendan.sales.steps.review import review_order

RESERVE, RELEASE = _("锁定库存"), _("释放库存锁定")
OPEN = frozenset({"to_ship", "partly_shipped"})
DECIDED = frozenset({"discount"})  # is of who gave it, not of who reserves


@command("sales.reserve_order", RESERVE)
def reserve_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Tie what is uncovered of a reviewed order to free stock, then to what is on the way; ``data.short`` lists what
    found neither.

    The review is asked again, but for what was decided with the prices: what it would stop now takes no more stock.
    Errors: NotFound, Stale, WrongState, ReviewStopped.
    """
    order, lines = lock_with_lines(actor, number, version)
    order.must_be(OPEN, RESERVE)
    if any(pegs.uncovered(line) > 0 for line in lines):
        review_order(actor, order, keep=False, without=DECIDED)
    short = reserve_lines(actor, order, lines, asked=True)
    return Done("so", order.id, number, order.state, order.version, {"short": short})


def reserve_lines(
    actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], *, asked: bool = False
) -> list[dict[str, Any]]:
    """Reserve as the company wants it (``asked``: in any case), record it, promise what that allows; the lines that are
    still uncovered (quantities in stock units).
    """
    if asked or order.takes_stock:
        products = {line.id: line.product for line in lines}
        shares = pegs.reserve(actor, order, lines, instead=asked)
        if shares:
            taken = [{"product": products[tie.line_id], "quantity": tie.quantity} for tie in shares[:50]]
            record("sales.stock_reserved", order.subject, actor, order.refs, lines=taken)
        coming = pegs.reserve_incoming(actor, order, lines) if order.takes_incoming else []
        if coming:
            told = [
                {"product": products[tie.line_id], "quantity": tie.quantity, "order": supply.order}
                for tie, supply in coming[:50]
            ]
            refs = [f"po:{number}" for number in sorted({supply.order for _tie, supply in coming})[:50]]
            record("sales.incoming_reserved", order.subject, actor, (*order.refs, *refs), lines=told)
    if order.requests_shortage and any(pegs.uncovered(line) > 0 for line in lines):
        shortage.request_for(actor, [order.id])
    promises.propose(actor, lines)
    return [
        {"line": line.line_no, "product": line.product, "quantity": f"{pegs.uncovered(line).normalize():f}"}
        for line in lines
        if pegs.uncovered(line) > 0
    ]


@command("sales.release_order", RELEASE)
def release_order(*, actor: Actor, number: str, lines: Sequence[int] | None = None, version: int | None = None) -> Done:
    """Give back what an order (or the given line numbers of it) holds of stock and of what is on the way, but for what
    stands on deliveries. Errors: NotFound, Stale, WrongState, UnknownLine.
    """
    order, every = lock_with_lines(actor, number, version)
    order.must_be(OPEN, RELEASE)
    known = {line.line_no: line for line in every}
    if unknown := [line_no for line_no in lines or [] if line_no not in known]:
        raise UnknownLine(number=number, line=unknown[0])
    chosen = every if lines is None else [known[line_no] for line_no in dict.fromkeys(lines)]
    released = pegs.release(actor, order, chosen)
    if released:
        record("sales.stock_released", order.subject, actor, order.refs, quantity=released)
        promises.follow_supply(actor, [line.id for line in chosen], _now("锁定已释放"))
    return Done("so", order.id, number, order.state, order.version, {"released": f"{released.normalize():f}"})
