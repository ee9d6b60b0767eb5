"""Write orders of another system with their deliveries, many at once: a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.rules.past import PastDelivery, PastLine, PastOrder


@dataclass(frozen=True, slots=True)
class Place:
    """The rows behind an order's header."""

    customer_id: int | None
    warehouse_id: int | None
    currency: str | None
    minor_units: int
    rate: Decimal
    payment_terms: str


@dataclass(frozen=True, slots=True)
class PastItem:
    """A line with the rows behind it and its amounts."""

    line: PastLine
    product_id: int
    unit_id: int
    factor: Decimal
    tax_rate: Decimal
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line as it stands now; ``product`` is its code."""

    id: int
    order: Subject
    customer_id: int
    warehouse_id: int
    product_id: int
    product: str
    factor: Decimal
    open: Decimal
    live: bool


_PLACES = """
SELECT p.id, w.id, c.code, coalesce(c.minor_units, 2), coalesce(c.rate, 1), coalesce(p.payment_terms, '')
FROM unnest(%(customers)s::text[], %(warehouses)s::text[], %(currencies)s::text[]) WITH ORDINALITY
 AS t(customer, warehouse, currency, n)
LEFT JOIN catalog_partner p ON p.company_id = %(company)s::bigint AND p.code = t.customer AND p.is_customer
LEFT JOIN catalog_warehouse w ON w.company_id = %(company)s::bigint AND w.code = t.warehouse
LEFT JOIN catalog_currency c ON c.company_id = %(company)s::bigint AND c.code = t.currency
ORDER BY t.n
"""
_ORDERS = """
WITH o AS (
 INSERT INTO sales_salesorder (company_id, number, state, version, created_by_id, customer_id, warehouse_id,
  salesperson_id, currency, rate, minor_units, tax_included, ordered_on, requested_on, payment_terms,
  customer_reference, external_key, note, net, tax, gross, submitted_at, approved_at, approved_by_id, settled_at,
  ship_to_name, ship_to_address, ship_to_country)
 SELECT %(company)s::bigint, 'SO-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'to_ship', 1, %(user)s::bigint,
  t.customer, t.warehouse, %(user)s::bigint, t.currency, t.rate, t.minor, true, t.ordered_on, t.requested_on, t.terms,
  t.reference, t.key, t.note, t.net, t.tax, t.gross, now(), now(), %(user)s::bigint,
  CASE WHEN t.settled THEN now() END, p.name, p.address, p.country
 FROM (SELECT t.*, nextval(%(sequence)s::regclass) AS n FROM unnest(%(customers)s::bigint[], %(warehouses)s::bigint[],
  %(currencies)s::text[], %(rates)s::numeric[], %(minors)s::smallint[], %(ordered)s::date[], %(requested)s::date[],
  %(terms)s::text[], %(references)s::text[], %(keys)s::text[], %(notes)s::text[], %(nets)s::numeric[],
  %(taxes)s::numeric[], %(grosses)s::numeric[], %(settled)s::boolean[]) AS t(customer, warehouse, currency, rate, minor,
  ordered_on, requested_on, terms, reference, key, note, net, tax, gross, settled)) t
 JOIN catalog_partner p ON p.id = t.customer
 RETURNING id, number, external_key, customer_id, warehouse_id),
 l AS (
 INSERT INTO sales_salesline (company_id, order_id, customer_id, warehouse_id, live, line_no, product_id, unit_id,
  factor, quantity, unit_price, price_source, discount, tax_rate, net, tax, gross, requested_on, promised_on,
  expected_on, due_on, promise_revision, note, external_key)
 SELECT %(company)s::bigint, o.id, o.customer_id, o.warehouse_id, true, t.line_no, t.product, t.unit, t.factor,
  t.quantity, t.price, 'hand', 0, t.rate, t.net, t.tax, t.gross, t.requested_on, t.promised_on, t.promised_on,
  coalesce(t.promised_on, t.requested_on), (t.promised_on IS NOT NULL)::int, t.note, t.key
 FROM unnest(%(line_orders)s::text[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[],
  %(factors)s::numeric[], %(quantities)s::numeric[], %(prices)s::numeric[], %(line_rates)s::numeric[],
  %(line_nets)s::numeric[], %(line_taxes)s::numeric[], %(line_grosses)s::numeric[], %(line_requested)s::date[],
  %(promised)s::date[], %(line_notes)s::text[], %(line_keys)s::text[]) AS t(order_key, line_no, product, unit, factor,
  quantity, price, rate, net, tax, gross, requested_on, promised_on, note, key)
 JOIN o ON o.external_key = t.order_key RETURNING id, promised_on),
 promised AS (
 INSERT INTO sales_salespromise (line_id, revision, source, promised_on, user_id)
 SELECT id, 1, 'import', promised_on, %(user)s::bigint FROM l WHERE promised_on IS NOT NULL)
SELECT external_key, id, number FROM o
"""
_LINES = """
SELECT o.external_key, l.external_key, l.id, o.id, o.number, l.customer_id, l.warehouse_id, l.product_id, p.code,
 l.factor, l.quantity - l.cancelled - l.shipped - l.delivering, l.live
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id JOIN catalog_product p ON p.id = l.product_id
WHERE o.company_id = %s::bigint AND o.external_key = ANY(%s::text[]) AND l.external_key IS NOT NULL
ORDER BY o.id, l.line_no FOR NO KEY UPDATE OF o, l
"""
_DELIVERIES = """
WITH d AS (
 INSERT INTO sales_delivery (company_id, number, state, version, created_by_id, customer_id, warehouse_id, carrier,
  shipped_on, signed_on, signed_via, recorded_on, note, external_key, ship_to_name, ship_to_address, ship_to_country)
 SELECT %(company)s::bigint, 'DN-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'signed', 1, %(user)s::bigint,
  t.customer, t.warehouse, t.carrier, t.delivered_on, t.delivered_on, 'import', t.recorded_on, t.note, t.key, p.name,
  p.address, p.country
 FROM (SELECT t.*, nextval(%(sequence)s::regclass) AS n FROM unnest(%(customers)s::bigint[], %(warehouses)s::bigint[],
  %(carriers)s::text[], %(days)s::date[], %(recorded)s::date[], %(notes)s::text[], %(keys)s::text[])
  AS t(customer, warehouse, carrier, delivered_on, recorded_on, note, key)) t
 JOIN catalog_partner p ON p.id = t.customer
 RETURNING id, number, external_key, shipped_on),
 dl AS (
 INSERT INTO sales_deliveryline (delivery_id, line_no, order_line_id, quantity, signed)
 SELECT d.id, t.line_no, t.line, t.quantity, t.quantity
 FROM unnest(%(line_keys)s::text[], %(line_nos)s::int[], %(lines)s::bigint[], %(quantities)s::numeric[])
  AS t(key, line_no, line, quantity) JOIN d ON d.external_key = t.key
 RETURNING id, delivery_id, order_line_id, quantity),
 moved AS (
 UPDATE sales_salesline l SET shipped = l.shipped + s.quantity, signed = l.signed + s.quantity,
  completed_on = CASE WHEN l.shipped + s.quantity + l.cancelled = l.quantity THEN s.day END
 FROM (SELECT dl.order_line_id, sum(dl.quantity) AS quantity, max(d.shipped_on) AS day
  FROM dl JOIN d ON d.id = dl.delivery_id GROUP BY 1) s WHERE l.id = s.order_line_id)
SELECT d.external_key, d.id, d.number, dl.order_line_id, dl.id FROM d JOIN dl ON dl.delivery_id = d.id
"""
_PICKS = """
INSERT INTO sales_pick (delivery_line_id, balance_id, quantity, picked, picked_by_id, picked_at)
SELECT t.line, t.balance, sum(t.quantity), sum(t.quantity), %s::bigint, min(t.at)
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::timestamptz[]) AS t(line, balance, quantity, at)
GROUP BY 1, 2
"""
_STATES = """
UPDATE sales_salesorder o SET updated_at = now(), state = CASE
 WHEN s.all_gone AND s.answered THEN CASE WHEN o.settled_at IS NULL THEN 'signed' ELSE 'completed' END
 WHEN s.all_gone THEN 'shipped' WHEN s.some_gone THEN 'partly_shipped' ELSE 'to_ship' END
FROM (SELECT order_id, bool_and(shipped + cancelled = quantity) AS all_gone, bool_or(shipped > 0) AS some_gone,
  bool_and(signed + refused >= shipped) AS answered
 FROM sales_salesline WHERE order_id = ANY(%s::bigint[]) GROUP BY 1) s WHERE o.id = s.order_id
"""


def places_of(actor: Actor, orders: Sequence[PastOrder]) -> list[Place]:
    """The rows behind the headers, None for what there is not; one statement."""
    asked = {
        "company": actor.company_id,
        "customers": [order.customer for order in orders],
        "warehouses": [order.warehouse for order in orders],
        "currencies": [order.currency for order in orders],
    }
    return [Place(*row) for row in db.rows(_PLACES, asked)]


@step
def insert_orders(
    actor: Actor, orders: Sequence[tuple[PastOrder, Place]], items: Sequence[Sequence[PastItem]]
) -> dict[str, Subject]:
    """Write orders, their lines and promises in one statement; the orders by their keys."""
    flat = [(o, n, item) for (o, _place), own in zip(orders, items, strict=True) for n, item in enumerate(own, 1)]
    found = db.rows(
        _ORDERS,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "SO"),
            **_headers(orders, items),
            "line_orders": [order.key for order, _n, _item in flat],
            "line_nos": db.array(n for _order, n, _item in flat),
            **_columns([item for _order, _n, item in flat]),
        },
    )
    return {key: Subject("so", id_, number) for key, id_, number in found}


def _headers(orders: Sequence[tuple[PastOrder, Place]], items: Sequence[Sequence[PastItem]]) -> dict[str, Any]:
    def total(own: Sequence[PastItem], which: int) -> Decimal:
        return sum((item.amounts[which] for item in own), Decimal(0))

    return {
        "customers": db.array(place.customer_id for _, place in orders),
        "warehouses": db.array(place.warehouse_id for _, place in orders),
        "currencies": [place.currency for _, place in orders],
        "rates": db.array(place.rate for _, place in orders),
        "minors": db.array(place.minor_units for _, place in orders),
        "ordered": db.array(order.ordered_on for order, _ in orders),
        "requested": db.array(_first(line.requested_on for line in order.lines) for order, _ in orders),
        "terms": [place.payment_terms for _, place in orders],
        "references": [order.reference for order, _ in orders],
        "keys": [order.key for order, _ in orders],
        "notes": [order.note for order, _ in orders],
        "nets": db.array(total(own, 0) for own in items),
        "taxes": db.array(total(own, 1) for own in items),
        "grosses": db.array(total(own, 2) for own in items),
        "settled": [order.settled for order, _ in orders],
    }


def _columns(items: Sequence[PastItem]) -> dict[str, Any]:
    return {
        "products": db.array(item.product_id for item in items),
        "units": db.array(item.unit_id for item in items),
        "factors": db.array(item.factor for item in items),
        "quantities": db.array(item.line.quantity for item in items),
        "prices": db.array(item.line.unit_price for item in items),
        "line_rates": db.array(item.tax_rate for item in items),
        "line_nets": db.array(item.amounts.net for item in items),
        "line_taxes": db.array(item.amounts.tax for item in items),
        "line_grosses": db.array(item.amounts.gross for item in items),
        "line_requested": db.array(item.line.requested_on for item in items),
        "promised": db.array(item.line.promised_on for item in items),
        "line_notes": [item.line.note for item in items],
        "line_keys": [item.line.key for item in items],
    }


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)


@step
def lock_lines(actor: Actor, keys: Sequence[str]) -> dict[tuple[str, str], KnownLine]:
    """The lines of orders by (key of the order, key of the line), locked in the order of the orders' ids."""
    found = db.rows(_LINES, [actor.company_id, list(keys)])
    return {
        (row[0], row[1]): KnownLine(row[2], Subject("so", row[3], row[4]), *row[5:])
        for row in found
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaving:
    """A delivery with the rows of its lines."""

    delivery: PastDelivery
    lines: tuple[tuple[KnownLine, Decimal], ...]


@step
def insert_deliveries(
    actor: Actor, leaving: Sequence[Leaving]
) -> tuple[dict[str, Subject], dict[tuple[str, int], int]]:
    """Write signed deliveries with their lines and raise the lines' counters, in one statement; the deliveries by
    their keys, and their lines' ids by (key of the delivery, id of the order line).
    """
    heads = [(entry.delivery, entry.lines[0][0]) for entry in leaving]
    flat = [(e.delivery.key, n, line, q) for e in leaving for n, (line, q) in enumerate(e.lines, 1)]
    found = db.rows(
        _DELIVERIES,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "DN"),
            "customers": db.array(line.customer_id for _, line in heads),
            "warehouses": db.array(line.warehouse_id for _, line in heads),
            "carriers": [delivery.carrier for delivery, _ in heads],
            "days": db.array(delivery.delivered_on for delivery, _ in heads),
            "recorded": db.array(delivery.recorded_on for delivery, _ in heads),
            "notes": [delivery.note for delivery, _ in heads],
            "keys": [delivery.key for delivery, _ in heads],
            "line_keys": [key for key, _n, _line, _q in flat],
            "line_nos": db.array(n for _key, n, _line, _q in flat),
            "lines": db.array(line.id for _key, _n, line, _q in flat),
            "quantities": db.array(q for _key, _n, _line, q in flat),
        },
    )
    subjects = {key: Subject("dn", id_, number) for key, id_, number, _line, _own in found}
    return subjects, {(key, line): own for key, _id, _number, line, own in found}


@step
def insert_picks(actor: Actor, picks: Sequence[tuple[int, int, Decimal, datetime]]) -> None:
    """What each delivery line (id) took from which balance (id), how much (stock units) and when."""
    db.later(
        _PICKS,
        [
            actor.user_id,
            db.array(line for line, _b, _q, _at in picks),
            db.array(balance for _l, balance, _q, _at in picks),
            db.array(quantity for _l, _b, quantity, _at in picks),
            [at for _l, _b, _q, at in picks],
        ],
    )


@step
def follow_states(orders: Mapping[int, Subject]) -> None:
    """Write the states that follow from the lines of the orders."""
    db.later(_STATES, [db.array(sorted(orders))])
