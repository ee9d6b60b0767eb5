"""Locking an order, reading its lines, and writing orders in set-based statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.models import SalesOrder
from gendan.sales.rules.lines import LineIn, live_state
from gendan.sales.steps.lookup import Header, Item


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """The header of an order that this transaction holds."""

    id: int
    number: str
    state: str
    version: int
    customer_id: int
    warehouse_id: int
    rate: Decimal
    gross: Decimal
    currency: str
    ordered_on: date
    settled: bool
    customer: str
    back_order: str = "partial"
    ship_to: str = ""
    has_address: bool = True
    found: str = "[]"
    policy: Sequence[bool] | None = None

    @property
    def takes_stock(self) -> bool:
        """Whether the company sets stock aside as soon as an order passed its review."""
        return self.policy is None or self.policy[0]

    @property
    def takes_incoming(self) -> bool:
        """Whether what stock does not cover is tied to what is on the way."""
        return self.policy is None or self.policy[1]

    @property
    def requests_shortage(self) -> bool:
        """Whether what nothing covers is requested from purchasing at once."""
        return self.policy is not None and self.policy[2]

    @property
    def ship_to_phone(self) -> str:
        """The consignee's, by which some carriers let a parcel be followed."""
        return next(iter(self.ship_to.split(chr(31))[2:3]), "")

    @property
    def subject(self) -> Subject:
        return Subject("so", self.id, self.number)

    @property
    def refs(self) -> tuple[str, ...]:
        return (f"partner:{self.customer}",)

    @property
    def seen(self) -> set[str]:
        """The rules of the findings that are kept with the order."""
        return {finding["rule"] for finding in json.loads(self.found)}

    @property
    def company_amount(self) -> Decimal:
        """The gross amount in company currency."""
        return self.gross * self.rate

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(SalesOrder, self.state), action=str(action))


@dataclass(slots=True)
class LockedLine:
    """A line of a locked order; reserved, pegged and requested in stock units, the other counters in its unit."""

    id: int
    order_id: int
    line_no: int
    product_id: int
    product: str
    decimals: int
    factor: Decimal
    quantity: Decimal
    reserved: Decimal
    pegged: Decimal
    requested: Decimal
    delivering: Decimal
    shipped: Decimal
    signed: Decimal
    refused: Decimal
    cancelled: Decimal


_LOCK = """
SELECT o.id, o.number, o.state, o.version, o.customer_id, o.warehouse_id, o.rate, o.gross, o.currency, o.ordered_on,
 o.settled_at IS NOT NULL, p.code, o.back_order,
 concat_ws(chr(31), o.ship_to_code, o.ship_to_name, o.ship_to_phone, o.ship_to_address, o.ship_to_country),
 o.ship_to_address <> '', o.findings::text,
 (SELECT ARRAY[s.reserve_on_review, s.peg_incoming, s.request_shortage] FROM sales_salessettings s
  WHERE s.company_id = o.company_id)
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
WHERE o.company_id = %s::bigint AND o.number = ANY(%s::text[]) ORDER BY o.id FOR NO KEY UPDATE OF o
"""
_LINES = """
SELECT l.id, l.order_id, l.line_no, l.product_id, pr.code, u.decimals, l.factor, l.quantity, l.reserved, l.pegged,
 l.requested, l.delivering, l.shipped, l.signed, l.refused, l.cancelled
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE o.company_id = %s::bigint AND o.number = ANY(%s::text[]) ORDER BY l.order_id, l.line_no
"""
_INSERT = """
WITH o AS (
 INSERT INTO sales_salesorder (company_id, number, state, version, created_by_id, customer_id, warehouse_id,
  salesperson_id, currency, rate, minor_units, tax_included, ordered_on, requested_on, payment_terms,
  customer_reference, external_key, note, net, tax, gross, submitted_at, approved_at, approved_by_id, ship_to_code,
  ship_to_name, ship_to_phone, ship_to_address, ship_to_country, findings, quotation_id, back_order)
 SELECT %(company)s::bigint, 'SO-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(customer)s::bigint, %(warehouse)s::bigint, coalesce(%(salesperson)s::bigint, %(user)s::bigint),
  %(currency)s::text, %(rate)s::numeric, %(minor_units)s::smallint, %(tax_included)s::boolean, %(ordered_on)s::date,
  %(requested_on)s::date, %(payment_terms)s::text, %(reference)s::text, %(external_key)s::text, %(note)s::text,
  %(net)s::numeric, %(tax)s::numeric, %(gross)s::numeric, CASE WHEN %(submitted)s::boolean THEN now() END,
  CASE WHEN %(live)s::boolean THEN now() END, CASE WHEN %(live)s::boolean THEN %(user)s::bigint END,
  %(ship_to_code)s::text, %(ship_to_name)s::text, %(ship_to_phone)s::text, %(ship_to_address)s::text,
  %(ship_to_country)s::text, %(findings)s::jsonb, %(quotation)s::bigint,
  coalesce(nullif(%(back_order)s::text, ''),
   (SELECT s.back_order FROM sales_salessettings s WHERE s.company_id = %(company)s::bigint), 'partial')
 FROM nextval(%(sequence)s::regclass) AS n
 RETURNING id, number),
lines AS (
 INSERT INTO sales_salesline (company_id, order_id, customer_id, warehouse_id, live, line_no, product_id, unit_id,
  factor, quantity, unit_price, price_source, discount, tax_rate, net, tax, gross, requested_on, due_on, note,
  description, external_key, unit_cost, quotation_line_id)
 SELECT %(company)s::bigint, o.id, %(customer)s::bigint, %(warehouse)s::bigint, %(live)s::boolean, t.*
 FROM o, unnest(%(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[], %(factors)s::numeric[],
  %(quantities)s::numeric[], %(prices)s::numeric[], %(sources)s::text[], %(discounts)s::numeric[],
  %(rates)s::numeric[], %(nets)s::numeric[], %(taxes)s::numeric[], %(grosses)s::numeric[], %(requested)s::date[],
  %(requested)s::date[], %(notes)s::text[], %(descriptions)s::text[], %(keys)s::text[],
  %(costs)s::numeric[], %(quoted)s::bigint[]) AS t)
SELECT id, number FROM o
"""
_STATE = """
UPDATE sales_salesorder SET state = %(state)s::text, version = version + 1, updated_at = now(),
 submitted_at = CASE WHEN %(live)s::boolean OR %(submitted)s::boolean THEN coalesce(submitted_at, now()) END,
 approved_at = CASE WHEN %(live)s::boolean THEN coalesce(approved_at, now()) END,
 approved_by_id = CASE WHEN NOT %(live)s::boolean THEN NULL WHEN approved_at IS NULL THEN %(user)s::bigint
  ELSE approved_by_id END,
 decision_note = %(note)s::text
WHERE id = %(id)s::bigint
"""
# An order whose rest was written off is closed while nothing of it is to leave: goods that are taken back open it.
_FOLLOW = """
UPDATE sales_salesorder o SET state = t.state, version = o.version + 1, updated_at = now(),
 closed_at = CASE WHEN t.state IN ('to_ship', 'partly_shipped') THEN NULL
  WHEN o.close_reason <> '' THEN coalesce(o.closed_at, now()) ELSE o.closed_at END
FROM unnest(%s::bigint[], %s::text[]) AS t(id, state) WHERE o.id = t.id
"""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What an order consists of before it has a number."""

    header: Header
    items: Sequence[Item]
    lines: Sequence[LineIn]
    amounts: Sequence[Amounts]
    ordered_on: date
    requested_on: date | None = None
    tax_included: bool = True
    customer_reference: str = ""
    external_key: str | None = None
    note: str = ""
    back_order: str = ""
    findings: Sequence[Mapping[str, Any]] = ()
    costs: Sequence[Decimal | None] = ()
    quotation_id: int | None = None
    quoted: Sequence[int | None] = ()

    @property
    def gross(self) -> Decimal:
        return sum((a.gross for a in self.amounts), Decimal(0))


@step
def lock_with_lines(
    actor: Actor, number: str, version: int | None = None, others: Sequence[str] = ()
) -> tuple[LockedOrder, list[LockedLine]]:
    """The order, locked (with ``others`` of the company in key order), and its lines. Errors: NotFound, Stale."""
    params = [actor.company_id, sorted({number, *others})]
    headers, lines = db.batch([(_LOCK, params), (_LINES, params)])
    found = [LockedOrder(*row) for row in headers if row[1] == number]
    if not found:
        raise NotFound(what=number)
    check_version(number, found[0].version, version)
    return found[0], [LockedLine(*row) for row in lines if row[1] == found[0].id]


@step
def lock_beside(
    actor: Actor, number: str, version: int | None, beside: db.Statement
) -> tuple[LockedOrder, list[LockedLine], list[db.Row]]:
    """The order, locked, its lines, and then what another statement brings: one exchange. Errors: NotFound, Stale."""
    params = [actor.company_id, [number]]
    headers, lines, rows = db.batch([(_LOCK, params), (_LINES, params), beside])
    if not headers:
        raise NotFound(what=number)
    order = LockedOrder(*headers[0])
    check_version(number, order.version, version)
    return order, [LockedLine(*row) for row in lines], rows


@step
def lock_many(actor: Actor, numbers: Sequence[str]) -> list[tuple[LockedOrder, list[LockedLine]]]:
    """Orders with their lines, locked by id in one exchange. Errors: NotFound names the first that is missing."""
    wanted = sorted(set(numbers))
    params = [actor.company_id, wanted]
    headers, lines = db.batch([(_LOCK, params), (_LINES, params)])
    known = {row[1] for row in headers}
    if missing := [number for number in wanted if number not in known]:
        raise NotFound(what=missing[0])
    by_order: dict[int, list[LockedLine]] = {row[0]: [] for row in headers}
    for row in lines:
        by_order[row[1]].append(LockedLine(*row))
    return [(LockedOrder(*row), by_order[row[0]]) for row in headers]


@step
def insert_order(actor: Actor, new: NewOrder, state: str) -> Subject:
    """Write an order and its lines in one statement."""
    found = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "SO"),
            "state": state,
            "live": state == "to_ship",
            "submitted": state != "draft",
            "customer": new.header.customer_id,
            "warehouse": new.header.warehouse_id,
            "salesperson": new.header.salesperson_id,
            "currency": new.header.currency,
            "rate": new.header.rate,
            "minor_units": new.header.minor_units,
            "tax_included": new.tax_included,
            "ordered_on": new.ordered_on,
            "requested_on": new.requested_on,
            "payment_terms": new.header.payment_terms,
            "reference": new.customer_reference,
            "external_key": new.external_key,
            "note": new.note,
            "back_order": new.back_order,
            "net": sum((a.net for a in new.amounts), Decimal(0)),
            "tax": sum((a.tax for a in new.amounts), Decimal(0)),
            "gross": new.gross,
            "findings": json.dumps(list(new.findings)),
            "quotation": new.quotation_id,
            "quoted": db.array(new.quoted or [None] * len(new.lines)),
            **address_of(new),
            **line_columns(new),
        },
    )
    assert found is not None
    return Subject("so", found[0], found[1])


def address_of(new: NewOrder) -> dict[str, str]:
    """Where the goods go, by column."""
    names = ("ship_to_code", "ship_to_name", "ship_to_phone", "ship_to_address", "ship_to_country")
    return dict(zip(names, new.header.address, strict=True))


def line_columns(new: NewOrder) -> dict[str, object]:
    """The lines of an order as one array per column."""
    return {
        "line_nos": db.array(range(1, len(new.lines) + 1)),
        "products": db.array(item.product_id for item in new.items),
        "units": db.array(item.unit_id for item in new.items),
        "factors": db.array(item.factor for item in new.items),
        "quantities": db.array(line.quantity for line in new.lines),
        "prices": db.array(item.unit_price for item in new.items),
        "sources": [item.source for item in new.items],
        "discounts": db.array(item.discount for item in new.items),
        "rates": db.array(item.tax_rate for item in new.items),
        "nets": db.array(a.net for a in new.amounts),
        "taxes": db.array(a.tax for a in new.amounts),
        "grosses": db.array(a.gross for a in new.amounts),
        "requested": db.array(line.requested_on or new.requested_on for line in new.lines),
        "notes": [line.note for line in new.lines],
        "descriptions": [line.description for line in new.lines],
        "keys": [line.external_key for line in new.lines],
        "costs": db.array(new.costs or [None] * len(new.lines)),
    }


@step
def set_state(actor: Actor, order: LockedOrder, state: str, note: str = "", *, passed: bool = False) -> None:
    """Move an order between draft, review and shipping; its lines go live with it. Where a flow let it pass nobody
    approved it. One statement.
    """
    live = state == "to_ship"
    params = {
        "state": state,
        "live": live,
        "submitted": state == "pending_review",
        "user": None if passed else actor.user_id,
        "note": note,
        "id": order.id,
    }
    lines = "WITH l AS (UPDATE sales_salesline SET live = %(live)s::boolean WHERE order_id = %(id)s::bigint)"
    db.later(lines + _STATE, params)


@step
def follow_many(found: Sequence[tuple[LockedOrder, Sequence[LockedLine]]]) -> dict[str, str]:
    """Write the states that follow from the lines' counters, in one statement; the states by number."""
    states = {order.id: live_state(lines, order.settled) for order, lines in found}
    if states:
        db.later(_FOLLOW, [db.array(states), list(states.values())])
    return {order.number: states[order.id] for order, _lines in found}


@step
def follow(order: LockedOrder, lines: Sequence[LockedLine]) -> str:
    """Write the state that follows from the lines' counters; the state."""
    state = live_state(lines, order.settled)
    db.later(_FOLLOW, [[order.id], [state]])
    return state
