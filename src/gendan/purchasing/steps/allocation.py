"""Give quantities back to requisition lines when an order shrinks, and take them again when it is reopened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step
from gendan.purchasing.rules.requisitions import Share, give_back, take_again
from gendan.purchasing.steps.requisition import REFRESH

_LOCK = """
SELECT r.id, r.number FROM purchasing_requisition r
WHERE r.company_id = %s::bigint AND r.state <> 'cancelled' AND r.id IN (
 SELECT l.requisition_id FROM purchasing_requisitionallocation a
 JOIN purchasing_requisitionline l ON l.id = a.requisition_line_id
 WHERE a.order_line_id = ANY(%s::bigint[]))
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
_SHARES = """
SELECT a.id, a.order_line_id, a.requisition_line_id, a.quantity, a.released, l.factor,
 l.quantity - l.ordered - l.cancelled
FROM purchasing_requisitionallocation a JOIN purchasing_requisitionline l ON l.id = a.requisition_line_id
WHERE a.order_line_id = ANY(%s::bigint[]) AND l.requisition_id = ANY(%s::bigint[])
ORDER BY l.id, a.id
"""
_WRITE = """
WITH moved AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS t(id, line_id, quantity)),
 shares AS (UPDATE purchasing_requisitionallocation a
  SET quantity = a.quantity + m.quantity, released = a.released - m.quantity
  FROM moved m WHERE a.id = m.id)
UPDATE purchasing_requisitionline l SET ordered = l.ordered + s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM moved GROUP BY 1) s WHERE l.id = s.line_id
"""
Change = Callable[[dict[int, list[Share]]], dict[int, Decimal]]


@step
def release(actor: Actor, order: Subject, kept: Mapping[int, Decimal]) -> None:
    """Give back what the order lines no longer cover; ``kept`` maps order line to what remains, in stock units."""

    def lost(by_line: dict[int, list[Share]]) -> dict[int, Decimal]:
        return {id_: -q for line_id, shares in by_line.items() for id_, q in give_back(shares, kept[line_id]).items()}

    _move(actor, order, list(kept), lost, "purchasing.requisition_released")


@step
def retake(actor: Actor, order: Subject, covers: Mapping[int, Decimal]) -> None:
    """Take again what was released, as far as nobody else ordered it meanwhile; ``covers`` as ``kept`` in release."""

    def gained(by_line: dict[int, list[Share]]) -> dict[int, Decimal]:
        open_of = {share.requisition_line_id: share.open for shares in by_line.values() for share in shares}
        found: dict[int, Decimal] = {}
        for line_id, shares in by_line.items():
            used = sum((share.quantity * share.factor for share in shares), Decimal(0))
            found.update(take_again(shares, covers[line_id] - used, open_of))
        return found

    _move(actor, order, list(covers), gained, "purchasing.requisition_ordered")


def _move(actor: Actor, order: Subject, line_ids: list[int], change: Change, happened: str) -> None:
    """Lock the requisitions, change the allocations, let lines and states follow; one statement when there are none."""
    headers = db.rows(_LOCK, [actor.company_id, line_ids])
    if not headers:
        return
    by_line: dict[int, list[Share]] = defaultdict(list)
    for row in db.rows(_SHARES, [line_ids, [id_ for id_, _number in headers]]):
        by_line[row[1]].append(Share(*row))
    moved = change(by_line)
    if not moved:
        return
    lines = {share.id: share.requisition_line_id for shares in by_line.values() for share in shares}
    db.execute(_WRITE, [list(moved), [lines[id_] for id_ in moved], list(moved.values())])
    db.execute(REFRESH, [[id_ for id_, _number in headers]])
    record_all(
        actor,
        [Entry(happened, Subject("requisition", id_, n), (order.ref,), {"order": order.number}) for id_, n in headers],
    )
