"""Give stock and what is on the way out anew by priority, or move it from one line to another by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import UnknownLine
from gendan.sales.commands.reserve import DECIDED, OPEN
from gendan.sales.errors import NothingToMove
from gendan.sales.queries.reallocation import SCOPE, Change, Plan, plan, scope_of
from gendan.sales.steps import pegs, promises, ties
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_many
from gendan.sales.steps.review import review_order
from gendan.sales.steps.ties import INCOMING, STOCK, Tie

REALLOCATE, MOVE = _("重新分配库存与在途"), _("转移锁定")
ZERO = Decimal(0)
SHOWN = 200
_PURCHASES = f"""
SELECT o.id FROM purchasing_purchaseorder o WHERE o.id IN (
 SELECT pl.order_id FROM (SELECT DISTINCT l.warehouse_id, l.product_id FROM sales_salesline l WHERE {SCOPE}) w
 JOIN purchasing_orderline pl ON pl.company_id = %(company)s::bigint AND pl.product_id = w.product_id
  AND pl.warehouse_id = w.warehouse_id AND pl.live AND (pl.is_open OR pl.pegged > 0))
ORDER BY o.id FOR SHARE OF o
"""
_SALES = f"""
SELECT o.id FROM sales_salesorder o WHERE o.id IN (SELECT l.order_id FROM sales_salesline l WHERE {SCOPE})
ORDER BY o.id FOR NO KEY UPDATE OF o
"""
_BALANCES = f"""
SELECT b.id FROM inventory_balance b WHERE b.company_id = %(company)s::bigint AND (b.on_hand > 0 OR b.reserved > 0)
 AND b.product_id IN (SELECT l.product_id FROM sales_salesline l WHERE {SCOPE})
ORDER BY b.product_id, b.location_id, b.lot_id FOR NO KEY UPDATE OF b
"""
_LINES = f"""
SELECT pl.id FROM purchasing_orderline pl WHERE pl.company_id = %(company)s::bigint AND pl.live
 AND (pl.is_open OR pl.pegged > 0) AND pl.product_id IN (SELECT l.product_id FROM sales_salesline l WHERE {SCOPE})
ORDER BY pl.id FOR NO KEY UPDATE OF pl
"""


@command("sales.reallocate", REALLOCATE)
def reallocate(*, actor: Actor, warehouse: str = "", products: Sequence[str] | None = None) -> Done:
    """Give everything that is tied softly and not by hand, and everything free, out anew by the company's priorities;
    of all open lines, or of those of a warehouse or of products (codes). No review is asked (decision 0018).

    ``data``: lines looked at, changed, and the changes (the first 200). Errors: NotFound.
    """
    scope = scope_of(actor, warehouse, products)
    locked = db.batch([(sql, scope) for sql in (_PURCHASES, _SALES, _BALANCES, _LINES)])
    names = ("purchases", "orders", "balances")
    found = plan(actor, scope | {name: [row[0] for row in rows] for name, rows in zip(names, locked, strict=False)})
    _apply(actor, found)
    _tell(actor, found.changes)
    promises.follow_supply(actor, [change.line_id for change in found.changes], _now("重新分配"))
    told = {"lines": found.lines, "changed": len(found.changes), "changes": shown(found.changes[:SHOWN])}
    return Done("reallocation", 0, "", data=told)


def _apply(actor: Actor, found: Plan) -> None:
    """Write the difference between the ties as they are and as they shall be."""
    was = {given[:3]: given.quantity for given in found.before}
    will = {given[:3]: given.quantity for given in found.after}
    less = {key: quantity - will.get(key, ZERO) for key, quantity in was.items() if quantity > will.get(key, ZERO)}
    more = [Tie(*key, quantity - was.get(key, ZERO)) for key, quantity in will.items() if quantity > was.get(key, ZERO)]
    if less:
        held = ties.of_lines(sorted({line_id for line_id, _kind, _supply in less}))
        ties.drop(
            [
                (tie, less[tie.line_id, tie.kind, tie.supply_id])
                for tie in held
                if (tie.line_id, tie.kind, tie.supply_id) in less
            ]
        )
    ties.add(actor, more)


def shown(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Changes as an answer shows them."""
    return [
        {
            "number": c.number,
            "line": c.line,
            "customer": c.customer,
            "product": c.product,
            "gains": c.gains,
            "stock_before": f"{c.stock_before.normalize():f}",
            "stock_after": f"{c.stock_after.normalize():f}",
            "incoming_before": f"{c.incoming_before.normalize():f}",
            "incoming_after": f"{c.incoming_after.normalize():f}",
        }
        for c in changes
    ]


def _tell(actor: Actor, changes: Sequence[Change]) -> None:
    by_order: dict[Subject, list[Change]] = defaultdict(list)
    for change in changes:
        by_order[Subject("so", change.order_id, change.number)].append(change)
    record_all(
        actor,
        [
            Entry("sales.reallocated", order, (f"partner:{found[0].customer}",), {"lines": shown(found[:50])})
            for order, found in by_order.items()
        ],
    )


@command("sales.move_reservation", MOVE)
def move_reservation(
    *, actor: Actor, number: str, line: int, to_number: str, to_line: int, quantity: Decimal | None = None
) -> Done:
    """Give what a line holds of stock, as far as no delivery has taken it, to another line of the same product and
    warehouse; ``quantity`` in stock units, None as much as the other lacks in stock. What the other held on the way
    goes back in exchange, but for what a buyer changes at this moment. What was given so stays there when everything
    is reallocated. The review of the order that gains is asked as when stock is reserved.

    Errors: NotFound, WrongState, UnknownLine, NothingToMove, ReviewStopped, Invalid.
    """
    known = {order.number: (order, lines) for order, lines in lock_many(actor, [number, to_number])}
    giver, giving = _line(known[number], line)
    taker, taking = _line(known[to_number], to_line)
    if giving.id == taking.id or (giver.warehouse_id, giving.product_id) != (taker.warehouse_id, taking.product_id):
        raise Invalid({"to_line": _now("只能在同一仓库、同一商品的两行之间转移。")})
    if quantity is not None and (problem := quantity_problem(quantity, pegs.stock_decimals(giving.product_id))):
        raise Invalid({"quantity": problem})
    review_order(actor, taker, keep=False, without=DECIDED)
    held = ties.of_lines([giving.id, taking.id])
    from_stock = [tie for tie in held if tie.line_id == giving.id and tie.kind == STOCK and tie.soft > 0]
    in_exchange = [tie for tie in held if tie.line_id == taking.id and tie.kind == INCOMING]
    room = pegs.uncovered(taking) + taking.pegged
    most = min(room, sum((tie.soft for tie in from_stock), ZERO))
    moved = most if quantity is None else quantity
    if moved <= 0 or moved > most:
        raise NothingToMove(number=number, line=line, to=to_number, to_line=to_line, open=most)
    pegs.hold_stock(actor, giver, [giving], [tie.supply_id for tie in from_stock])
    given = _part(from_stock, moved)
    back = _part(in_exchange, max(moved - pegs.uncovered(taking), ZERO))
    ties.drop([*given, *back])
    ties.add(actor, [Tie(taking.id, STOCK, tie.supply_id, q, by_hand=True) for tie, q in given])
    shared = ties.share_orders(tie.supply_id for tie, _q in back)
    ties.add(actor, [Tie(giving.id, INCOMING, tie.supply_id, q) for tie, q in back if tie.supply_id in shared])
    refs = (giver.subject.ref, taker.subject.ref, f"product:{giving.product}")
    told = {"line": line, "to": to_number, "to_line": to_line, "product": giving.product, "quantity": moved}
    record("sales.reservation_moved", giver.subject, actor, (*giver.refs, *refs), **told)
    record("sales.reservation_taken", taker.subject, actor, (*taker.refs, *refs), **{**told, "from": number})
    promises.follow_supply(actor, [giving.id, taking.id], _now("手工转移锁定"))
    return Done("so", taker.id, to_number, taker.state, taker.version, {"moved": f"{moved.normalize():f}"})


def _line(found: tuple[LockedOrder, list[LockedLine]], line_no: int) -> tuple[LockedOrder, LockedLine]:
    order, lines = found
    order.must_be(OPEN, MOVE)
    line = next((each for each in lines if each.line_no == line_no), None)
    if line is None:
        raise UnknownLine(number=order.number, line=line_no)
    return order, line


def _part(held: Sequence[ties.Held], quantity: Decimal) -> list[tuple[ties.Held, Decimal]]:
    """The oldest ties up to a quantity."""
    found = []
    for tie in held:
        part = min(tie.soft, quantity)
        if part > 0:
            found.append((tie, part))
            quantity -= part
    return found
