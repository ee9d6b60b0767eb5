"""Write deliveries, their picks and what follows for the lines, in set-based statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.models import Delivery
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


@dataclass(frozen=True, slots=True)
class LockedDelivery:
    """The header of a delivery that this transaction holds."""

    id: int
    number: str
    state: str
    version: int
    shipped_on: date | None

    @property
    def subject(self) -> Subject:
        return Subject("dn", self.id, self.number)

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(Delivery, self.state), action=str(action))


def orders_of(actor: Actor, number: str) -> list[str]:
    """The numbers of the orders that a delivery serves; NotFound."""
    found = db.rows(
        "SELECT DISTINCT o.number FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id"
        " JOIN sales_salesline l ON l.id = dl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id"
        " WHERE d.company_id = %s::bigint AND d.number = %s::text ORDER BY 1",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    return [row[0] for row in found]


@step
def lock_delivery(actor: Actor, number: str, version: int | None) -> LockedDelivery:
    """The delivery, locked after its orders. Errors: NotFound, Stale."""
    found = db.row(
        "SELECT id, number, state, version, shipped_on FROM sales_delivery"
        " WHERE company_id = %s::bigint AND number = %s::text FOR UPDATE",
        [actor.company_id, number],
    )
    if found is None:
        raise NotFound(what=number)
    check_version(number, found[3], version)
    return LockedDelivery(*found)


@step
def sign_all(delivery: LockedDelivery, signed_on: date, signed_by: str, via: str, note: str) -> dict[int, Decimal]:
    """Write that everything was accepted; by order line what was signed for."""
    found = db.rows(
        "WITH d AS (UPDATE sales_delivery SET state = 'signed', version = version + 1, updated_at = now(),"
        "  signed_on = %(on)s::date, signed_by = %(by)s::text, signed_via = %(via)s::text, sign_note = %(note)s::text"
        "  WHERE id = %(id)s::bigint),"
        " dl AS (UPDATE sales_deliveryline SET signed = quantity - refused WHERE delivery_id = %(id)s::bigint"
        "  RETURNING order_line_id, signed)"
        " UPDATE sales_salesline l SET signed = l.signed + s.signed"
        " FROM (SELECT order_line_id, sum(signed) AS signed FROM dl GROUP BY 1) s WHERE l.id = s.order_line_id"
        " RETURNING l.id, s.signed",
        {"id": delivery.id, "on": signed_on, "by": signed_by, "via": via, "note": note},
    )
    return dict(found)
