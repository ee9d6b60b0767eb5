"""Close an order short: what has not left is written off, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ReasonRequired, UnknownLine
from gendan.sales.errors import NothingShipped, NothingToClose, OrderHasOpenDeliveries
from gendan.sales.rules.lines import outstanding
from gendan.sales.steps import pegs
from gendan.sales.steps.order import LockedLine, follow, lock_with_lines

CLOSE = _("关闭销售订单余量")
OPEN = frozenset({"to_ship", "partly_shipped"})
# A line of which something left is complete from the day on which the last of it did.
_WRITE_OFF = """
UPDATE sales_salesline l SET cancelled = l.cancelled + t.quantity, closed_short = l.closed_short + t.quantity,
 completed_on = CASE WHEN l.shipped > 0 THEN (SELECT max(d.shipped_on) FROM sales_deliveryline dl
  JOIN sales_delivery d ON d.id = dl.delivery_id AND d.state IN ('shipped', 'signed', 'refused')
  WHERE dl.order_line_id = l.id AND dl.short < dl.quantity) END
FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[]) AS t(id, quantity) WHERE l.id = t.id
"""
_REASON = "UPDATE sales_salesorder SET close_reason = %s::text WHERE id = %s::bigint"


@command("sales.close_order", CLOSE)
def close_order(
    *, actor: Actor, number: str, reason: str = "", lines: Sequence[int] | None = None, version: int | None = None
) -> Done:
    """Write off what has not left of an order, or of the given ``lines`` (their numbers); what they hold is free.

    Errors: NotFound, Stale, WrongState, ReasonRequired, UnknownLine, NothingToClose, NothingShipped (nothing would be
    left of the order: cancel it), OrderHasOpenDeliveries.
    """
    order, rows = lock_with_lines(actor, number, version)
    order.must_be(OPEN, CLOSE)
    if not reason.strip():
        raise ReasonRequired()
    chosen = [row for row in _chosen(number, rows, lines) if outstanding(row) > 0]
    if not chosen:
        raise NothingToClose(number=number)
    if any(row.delivering for row in chosen):
        raise OrderHasOpenDeliveries(number=number)
    ids = {row.id for row in chosen}
    if not any(row.shipped or (row.id not in ids and outstanding(row) > 0) for row in rows):
        raise NothingShipped(number=number)
    pegs.release(actor, order, chosen)
    short = {row.id: outstanding(row) for row in chosen}
    for row in chosen:
        row.cancelled += short[row.id]
    db.later(_WRITE_OFF, {"ids": db.array(short), "quantities": db.array(short.values())})
    db.later(_REASON, [reason.strip()[:300], order.id])
    state = follow(order, rows)
    written_off = [
        {"line": row.line_no, "product": row.product, "quantity": _plain(short[row.id])} for row in chosen[:50]
    ]
    record("sales.order_closed", order.subject, actor, order.refs, reason=reason, lines=written_off)
    return Done("so", order.id, number, state, order.version + 1, {"short": len(chosen)})


def _chosen(number: str, rows: Sequence[LockedLine], lines: Sequence[int] | None) -> Sequence[LockedLine]:
    if lines is None:
        return rows
    known = {row.line_no: row for row in rows}
    for line in lines:
        if line not in known:
            raise UnknownLine(number=number, line=line)
    return [known[line] for line in dict.fromkeys(lines)]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
