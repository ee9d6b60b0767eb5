"""Lock and write returns, in set-based statements; their orders are locked first, then the return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.models import SalesReturn
from gendan.sales.rules.returned import ReturnIn

# What a return keeps from being asked back again: all that it asks for while it is open, what came once it is settled.
ASKED = """
coalesce((SELECT sum(CASE r.state WHEN 'settled' THEN rl.received ELSE rl.quantity END)
 FROM sales_returnline rl JOIN sales_salesreturn r ON r.id = rl.sales_return_id
 WHERE rl.order_line_id = {line} AND r.state NOT IN ('rejected', 'cancelled')), 0)
"""
# The lots of which a line was sent, by code.
LOTS = """
coalesce((SELECT json_object_agg(lot.code, lot.id) FROM sales_deliveryline dl
 JOIN sales_delivery d ON d.id = dl.delivery_id AND d.state IN ('shipped', 'signed', 'refused')
 JOIN sales_pick k ON k.delivery_line_id = dl.id JOIN inventory_balance b ON b.id = k.balance_id
 JOIN inventory_lot lot ON lot.id = b.lot_id WHERE dl.order_line_id = {line}), '{{}}')
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A locked order whose goods come back."""

    id: int
    number: str
    customer_id: int
    customer: str
    warehouse_id: int
    currency: str
    salesperson_id: int | None


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of such an order: what was delivered of it, and what of that was asked back already."""

    id: int
    order: str
    line_no: int
    product: str
    decimals: int
    delivered: Decimal
    asked: Decimal
    lots: Mapping[str, int]


_SOURCES = """
SELECT o.id, o.number, o.customer_id, p.code, o.warehouse_id, o.currency, o.salesperson_id
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
WHERE o.company_id = %(company)s::bigint AND {which} ORDER BY o.id FOR NO KEY UPDATE OF o
"""
_SOLD = f"""
SELECT l.id, o.number, l.line_no, pr.code, u.decimals, l.signed + l.refused, {ASKED.format(line="l.id")},
 {LOTS.format(line="l.id")}
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE o.company_id = %(company)s::bigint AND o.number = ANY(%(orders)s::text[])
 AND (o.number, l.line_no) IN (SELECT * FROM unnest(%(of)s::text[], %(lines)s::int[]))
"""
_CARRIED = """
SELECT d.number, dl.order_line_id, dl.id FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
WHERE d.company_id = %(company)s::bigint AND d.number = ANY(%(deliveries)s::text[])
"""


@step
def lock_sold(
    actor: Actor, lines: Sequence[ReturnIn]
) -> tuple[list[Source], dict[tuple[str, int], SoldLine], dict[tuple[str, int], int]]:
    """The orders, locked; the lines asked for, by (order, line); delivery lines by (delivery, order line's id)."""
    params = {
        "company": actor.company_id,
        "orders": sorted({line.order for line in lines}),
        "of": [line.order for line in lines],
        "lines": db.array(line.line for line in lines),
        "deliveries": sorted({line.delivery for line in lines} - {""}),
    }
    sources, sold, carried = db.batch(
        [(_SOURCES.format(which="o.number = ANY(%(orders)s::text[])"), params), (_SOLD, params), (_CARRIED, params)]
    )
    found = [SoldLine(*row) for row in sold]
    return (
        [Source(*row) for row in sources],
        {(line.order, line.line_no): line for line in found},
        {(row[0], row[1]): row[2] for row in carried},
    )


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a return before it has a number."""

    sold: SoldLine
    asked: ReturnIn
    delivery_line_id: int | None
    lot_id: int | None


_INSERT = """
WITH r AS (
 INSERT INTO sales_salesreturn (company_id, number, state, version, created_by_id, customer_id, warehouse_id, via,
  contact, note, decided_by_id)
 SELECT %(company)s::bigint, 'RMA-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(customer)s::bigint, %(warehouse)s::bigint, %(via)s::text, %(contact)s::text, %(note)s::text,
  CASE WHEN %(state)s::text = 'approved' THEN %(user)s::bigint END
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
lines AS (
 INSERT INTO sales_returnline (company_id, sales_return_id, number, line_no, order_line_id, delivery_line_id, lot_id,
  reason, note, quantity)
 SELECT %(company)s::bigint, r.id, r.number || '-' || t.line_no, t.*
 FROM r, unnest(%(line_nos)s::int[], %(lines)s::bigint[], %(carried)s::bigint[], %(lots)s::bigint[],
  %(reasons)s::text[], %(notes)s::text[], %(quantities)s::numeric[])
  AS t(line_no, order_line_id, delivery_line_id, lot_id, reason, note, quantity)
 RETURNING id, line_no)
SELECT r.id, r.number, (SELECT array_agg(lines.id ORDER BY lines.line_no) FROM lines) FROM r
"""


@step
def insert(
    actor: Actor, source: Source, warehouse_id: int, lines: Sequence[NewLine], state: str, contact: str, note: str
) -> tuple[Subject, list[Subject]]:
    """Write a return and its lines in one statement; what they are called."""
    found = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "RMA"),
            "state": state,
            "customer": source.customer_id,
            "warehouse": warehouse_id,
            "via": actor.via,
            "contact": contact,
            "note": note,
            "line_nos": db.array(range(1, len(lines) + 1)),
            "lines": db.array(line.sold.id for line in lines),
            "carried": db.array(line.delivery_line_id for line in lines),
            "lots": db.array(line.lot_id for line in lines),
            "reasons": [line.asked.reason for line in lines],
            "notes": [line.asked.note for line in lines],
            "quantities": db.array(line.asked.quantity for line in lines),
        },
    )
    assert found is not None
    subject = Subject("rma", found[0], found[1])
    return subject, [Subject("rmal", id_, f"{subject.number}-{n}") for n, id_ in enumerate(found[2], 1)]


@dataclass(frozen=True, slots=True)
class LockedReturn:
    """The header of a return that this transaction holds, after its orders."""

    id: int
    number: str
    state: str
    version: int
    warehouse_id: int
    warehouse: str
    customer: str
    orders: tuple[Source, ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject("rma", self.id, self.number)

    @property
    def refs(self) -> tuple[str, ...]:
        return (f"partner:{self.customer}", *(f"so:{order.number}" for order in self.orders))

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(SalesReturn, self.state), action=str(action))


@dataclass(slots=True)
class LockedLine:
    """A line of a locked return. ``delivered`` and ``asked`` are those of the order's line, ``gross`` its worth,
    ``tax`` the code of its rate as it is called now (empty: no tax has that rate any more).
    """

    id: int
    line_no: int
    order_line_id: int
    order: str
    order_line: int
    product_id: int
    product: str
    lot_tracked: bool
    decimals: int
    factor: Decimal
    unit: str
    quantity: Decimal
    received: Decimal
    restocked: Decimal
    scrapped: Decimal
    to_supplier: Decimal
    lot_id: int | None
    lots: dict[str, int]
    delivered: Decimal
    asked: Decimal
    ordered: Decimal
    gross: Decimal
    unit_price: Decimal
    discount: Decimal
    tax: str
    minor_units: int


_RETURN = """
SELECT r.id, r.number, r.state, r.version, r.warehouse_id, w.code, p.code
FROM sales_salesreturn r JOIN catalog_warehouse w ON w.id = r.warehouse_id
JOIN catalog_partner p ON p.id = r.customer_id
WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text FOR NO KEY UPDATE OF r
"""
_BEHIND = (
    "o.id IN (SELECT l.order_id FROM sales_salesreturn r JOIN sales_returnline rl ON rl.sales_return_id = r.id"
    " JOIN sales_salesline l ON l.id = rl.order_line_id WHERE r.company_id = %(company)s::bigint"
    " AND r.number = %(number)s::text)"
)
_LINES = f"""
SELECT rl.id, rl.line_no, l.id, o.number, l.line_no, l.product_id, pr.code, pr.lot_tracked, u.decimals, l.factor,
 u.code, rl.quantity, rl.received, rl.restocked, rl.scrapped, rl.to_supplier, rl.lot_id, {LOTS.format(line="l.id")},
 l.signed + l.refused, {ASKED.format(line="l.id")}, l.quantity, l.gross, l.unit_price, l.discount,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = l.company_id AND x.rate = l.tax_rate
  ORDER BY x.id = pr.tax_id DESC NULLS LAST, x.id LIMIT 1), ''), o.minor_units
FROM sales_salesreturn r JOIN sales_returnline rl ON rl.sales_return_id = r.id
JOIN sales_salesline l ON l.id = rl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text ORDER BY rl.line_no
"""


@step
def lock(actor: Actor, number: str, version: int | None) -> tuple[LockedReturn, list[LockedLine]]:
    """The return and its lines, its orders locked before it; one exchange. Errors: NotFound, Stale."""
    params = {"company": actor.company_id, "number": number}
    orders, headers, lines = db.batch([(_SOURCES.format(which=_BEHIND), params), (_RETURN, params), (_LINES, params)])
    if not headers:
        raise NotFound(what=number)
    check_version(number, headers[0][3], version)
    return replace(LockedReturn(*headers[0]), orders=tuple(Source(*row) for row in orders)), [
        LockedLine(*row) for row in lines
    ]


@step
def set_state(
    actor: Actor, found: LockedReturn, state: str, note: str = "", *, decided: bool = False, passed: bool = False
) -> None:
    """Write the state that a decision leads to; where a flow let it pass nobody decided."""
    db.later(
        "UPDATE sales_salesreturn SET state = %(state)s::text, version = version + 1, updated_at = now(),"
        " decision_note = CASE WHEN %(note)s::text = '' THEN decision_note ELSE %(note)s::text END,"
        " decided_by_id = CASE WHEN %(decided)s::boolean THEN %(user)s::bigint ELSE decided_by_id END"
        " WHERE id = %(id)s::bigint",
        {"id": found.id, "state": state, "note": note, "decided": decided, "user": None if passed else actor.user_id},
    )
