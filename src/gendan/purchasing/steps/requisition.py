"""Allocate order lines to the requisition lines that asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import label_of, step
from gendan.purchasing.errors import OverOrdered
from gendan.purchasing.rules.lines import LineIn

_LOCK = """
SELECT r.id, r.number, r.state FROM purchasing_requisition r
WHERE r.company_id = %s::bigint
 AND r.id IN (SELECT requisition_id FROM purchasing_requisitionline WHERE id = ANY(%s::bigint[]))
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
_LINES = """
SELECT l.id, l.requisition_id, l.line_no, l.quantity, l.ordered, l.cancelled FROM purchasing_requisitionline l
WHERE l.id = ANY(%s::bigint[]) ORDER BY l.id
"""
_WRITE = """
WITH asked AS (SELECT * FROM unnest(%(lines)s::bigint[], %(order_lines)s::bigint[], %(quantities)s::numeric[])
  AS t(line_id, order_line_id, quantity)),
 kept AS (INSERT INTO purchasing_requisitionallocation (requisition_line_id, order_line_id, quantity)
  SELECT line_id, order_line_id, sum(quantity) FROM asked GROUP BY 1, 2)
UPDATE purchasing_requisitionline l SET ordered = l.ordered + s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM asked GROUP BY 1) s WHERE l.id = s.line_id
"""
REFRESH = """
UPDATE purchasing_requisition r SET version = version + 1, updated_at = now(), state = s.state
FROM (SELECT requisition_id, CASE WHEN bool_and(ordered + cancelled >= quantity) THEN 'ordered'
  WHEN bool_or(ordered > 0) THEN 'partly_ordered' ELSE 'approved' END AS state
 FROM purchasing_requisitionline WHERE requisition_id = ANY(%s::bigint[]) GROUP BY 1) s
WHERE r.id = s.requisition_id AND r.state IN ('approved', 'partly_ordered', 'ordered')
"""
OPEN = frozenset({"approved", "partly_ordered"})


@step
def allocate(actor: Actor, lines: Sequence[LineIn], line_ids: Sequence[int], order: Subject) -> None:
    """Write the allocations of new order lines; OverOrdered beyond what was asked, WrongState unless approved."""
    pairs = [
        (wanted, line_id, q) for line, line_id in zip(lines, line_ids, strict=True) for wanted, q in line.wanted_by
    ]
    if not pairs:
        return
    wanted_ids = sorted({wanted for wanted, _, _ in pairs})
    headers = {row[0]: row for row in db.rows(_LOCK, [actor.company_id, wanted_ids])}
    found = {row[0]: row for row in db.rows(_LINES, [wanted_ids])}
    for _id, number, state in headers.values():
        if state not in OPEN:
            raise WrongState(number=number, state=state, action=label_of("purchasing.create_order"))
    for wanted in wanted_ids:
        if wanted not in found or found[wanted][1] not in headers:
            raise NotFound(what=f"#{wanted}")
        _id, requisition_id, line_no, quantity, ordered, cancelled = found[wanted]
        asked = sum((q for w, _, q in pairs if w == wanted), Decimal(0))
        if asked > quantity - ordered - cancelled or asked <= 0:
            raise OverOrdered(
                number=headers[requisition_id][1], line=line_no, open=quantity - ordered - cancelled, quantity=asked
            )
    params = {"lines": [p[0] for p in pairs], "order_lines": [p[1] for p in pairs], "quantities": [p[2] for p in pairs]}
    db.execute(_WRITE, params)
    db.execute(REFRESH, [list(headers)])
    record_all(
        actor,
        [
            Entry(
                "purchasing.requisition_ordered",
                Subject("requisition", id_, number),
                (order.ref,),
                {"order": order.number},
            )
            for id_, number, _state in headers.values()
        ],
    )
