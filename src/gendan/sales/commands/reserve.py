"""Set stock aside for an order, and let it go again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.sales.steps import pegs, promises
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_with_lines

RESERVE, RELEASE = _("锁定库存"), _("释放库存锁定")
OPEN = frozenset({"to_ship", "partly_shipped"})


@command("sales.reserve_order", RESERVE)
def reserve_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Tie what is uncovered of a reviewed order to free stock; ``data.short`` lists what found none.

    Errors: NotFound, Stale, WrongState.
    """
    order, lines = lock_with_lines(actor, number, version)
    order.must_be(OPEN, RESERVE)
    return Done("so", order.id, number, order.state, order.version, {"short": reserve_lines(actor, order, lines)})


def reserve_lines(actor: Actor, order: LockedOrder, lines: Sequence[LockedLine]) -> list[dict[str, Any]]:
    """Reserve, record it, promise what that allows; the lines that are still uncovered (quantities in stock units)."""
    shares = pegs.reserve(actor, order, lines)
    if shares:
        products = {line.id: line.product for line in lines}
        taken = [{"product": products[share.line_id], "quantity": share.quantity} for share in shares[:50]]
        record("sales.stock_reserved", order.subject, actor, order.refs, lines=taken)
    promises.propose(actor, lines)
    return [
        {"line": line.line_no, "product": line.product, "quantity": f"{pegs.uncovered(line).normalize():f}"}
        for line in lines
        if pegs.uncovered(line) > 0
    ]


@command("sales.release_order", RELEASE)
def release_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Give back all stock that an order holds. Errors: NotFound, Stale, WrongState."""
    order, lines = lock_with_lines(actor, number, version)
    order.must_be(OPEN, RELEASE)
    released = pegs.release(actor, order, lines)
    if released:
        record("sales.stock_released", order.subject, actor, order.refs, quantity=released)
    return Done("so", order.id, number, order.state, order.version, {"released": f"{released.normalize():f}"})
