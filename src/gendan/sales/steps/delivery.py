"""Write deliveries, their picks and what follows for the lines, in set-based statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.steps.order import LockedLine, LockedOrder
from gendan.sales.steps.pegs import Taken

_INSERT = """
WITH d AS (
 INSERT INTO sales_delivery (company_id, number, state, version, created_by_id, customer_id, warehouse_id, carrier,
  tracking_number, shipped_on, note, ship_to_code, ship_to_name, ship_to_phone, ship_to_address, ship_to_country)
 SELECT o.company_id, 'DN-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'shipped', 1, %(user)s::bigint,
  o.customer_id, o.warehouse_id, %(carrier)s::text, %(tracking)s::text, %(shipped_on)s::date, %(note)s::text,
  o.ship_to_code, o.ship_to_name, o.ship_to_phone, o.ship_to_address, o.ship_to_country
 FROM sales_salesorder o, nextval(%(sequence)s::regclass) AS n WHERE o.id = %(order)s::bigint
 RETURNING id, number),
 lines AS (
 INSERT INTO sales_deliveryline (delivery_id, line_no, order_line_id, quantity)
 SELECT d.id, t.* FROM d, unnest(%(line_nos)s::int[], %(lines)s::bigint[], %(quantities)s::numeric[]) AS t
 RETURNING id, order_line_id),
 picks AS (
 INSERT INTO sales_pick (delivery_line_id, balance_id, quantity, picked, picked_by_id, picked_at)
 SELECT lines.id, t.balance_id, sum(t.quantity), sum(t.quantity), %(user)s::bigint, now()
 FROM unnest(%(pick_lines)s::bigint[], %(balances)s::bigint[], %(picked)s::numeric[])
  AS t(line_id, balance_id, quantity)
 JOIN lines ON lines.order_line_id = t.line_id GROUP BY lines.id, t.balance_id),
 shipped AS (
 UPDATE sales_salesline l SET shipped = l.shipped + t.quantity,
  completed_on = CASE WHEN l.shipped + t.quantity + l.cancelled = l.quantity THEN %(shipped_on)s::date END
 FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[]) AS t(id, quantity) WHERE l.id = t.id)
SELECT d.id, d.number, (SELECT json_object_agg(order_line_id, id) FROM lines),
 (SELECT id FROM catalog_location WHERE company_id = %(company)s::bigint AND kind = 'customer' ORDER BY id LIMIT 1)
FROM d
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery that left: its subject, its line's id by order line, and the place outside where goods go."""

    subject: Subject
    line_ids: dict[int, int]
    customer_place: int


@step
def insert_shipped(
    actor: Actor,
    order: LockedOrder,
    rows: Sequence[tuple[LockedLine, Decimal]],
    taken: Sequence[Taken],
    shipped_on: date,
    carrier: str,
    tracking_number: str,
    note: str,
) -> Sent:
    """Write a delivery that leaves at once, its lines (in the order lines' unit) and picks, and raise ``shipped``."""
    found = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "DN"),
            "order": order.id,
            "carrier": carrier,
            "tracking": tracking_number,
            "shipped_on": shipped_on,
            "note": note,
            "line_nos": db.array(range(1, len(rows) + 1)),
            "lines": db.array(line.id for line, _ in rows),
            "quantities": db.array(quantity for _, quantity in rows),
            "pick_lines": db.array(t.line.id for t in taken),
            "balances": db.array(t.held.id for t in taken),
            "picked": db.array(t.quantity for t in taken),
        },
    )
    assert found is not None
    return Sent(Subject("dn", found[0], found[1]), {int(k): v for k, v in found[2].items()}, found[3])
