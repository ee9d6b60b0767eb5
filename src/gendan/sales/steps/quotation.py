"""Writing quotations in set-based statements, and what was ordered out of them."""

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
from gendan.sales.steps.order import NewOrder, address_of, line_columns

ZERO = Decimal(0)
_T = """
unnest(%(ids)s::bigint[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[], %(factors)s::numeric[],
 %(quantities)s::numeric[], %(prices)s::numeric[], %(sources)s::text[], %(discounts)s::numeric[], %(rates)s::numeric[],
 %(nets)s::numeric[], %(taxes)s::numeric[], %(grosses)s::numeric[], %(requested)s::date[], %(notes)s::text[],
 %(descriptions)s::text[]) AS t(id, line_no, product_id, unit_id, factor, quantity, unit_price, price_source, discount,
 tax_rate, net, tax, gross, requested_on, note, description)
"""
_COLUMNS = """product_id, unit_id, factor, quantity, unit_price, price_source, discount, tax_rate, net, tax, gross,
 requested_on, note, description"""
_INSERT = f"""
WITH q AS (
 INSERT INTO sales_quotation (company_id, number, state, version, created_by_id, customer_id, warehouse_id,
  salesperson_id, currency, rate, minor_units, tax_included, quoted_on, valid_to, requested_on, payment_terms,
  customer_reference, note, net, tax, gross, ship_to_code, ship_to_name, ship_to_phone, ship_to_address,
  ship_to_country)
 SELECT %(company)s::bigint, 'QU-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
  %(customer)s::bigint, %(warehouse)s::bigint, coalesce(%(salesperson)s::bigint, %(user)s::bigint),
  %(currency)s::text, %(rate)s::numeric, %(minor_units)s::smallint, %(tax_included)s::boolean, %(quoted_on)s::date,
  %(valid_to)s::date, %(requested_on)s::date, %(payment_terms)s::text, %(reference)s::text, %(note)s::text,
  %(net)s::numeric, %(tax)s::numeric, %(gross)s::numeric, %(ship_to_code)s::text, %(ship_to_name)s::text,
  %(ship_to_phone)s::text, %(ship_to_address)s::text, %(ship_to_country)s::text
 FROM nextval(%(sequence)s::regclass) AS n
 RETURNING id, number),
lines AS (
 INSERT INTO sales_quotationline (quotation_id, line_no, {_COLUMNS})
 SELECT q.id, line_no, {_COLUMNS} FROM q, {_T})
SELECT id, number FROM q
"""
# Line numbers are unique per quotation and checked row by row: move them out of the way first.
_ASIDE = "UPDATE sales_quotationline SET line_no = -line_no WHERE quotation_id = %s::bigint"
_WRITE = f"""
WITH t AS (SELECT * FROM {_T}),
 gone AS (DELETE FROM sales_quotationline l WHERE l.quotation_id = %(quotation)s::bigint
  AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id)),
 kept AS (UPDATE sales_quotationline l SET line_no = t.line_no, product_id = t.product_id, unit_id = t.unit_id,
   factor = t.factor, quantity = t.quantity, unit_price = t.unit_price, price_source = t.price_source,
   discount = t.discount, tax_rate = t.tax_rate, net = t.net, tax = t.tax, gross = t.gross,
   requested_on = t.requested_on, note = t.note, description = t.description
  FROM t WHERE l.id = t.id AND l.quotation_id = %(quotation)s::bigint),
 added AS (INSERT INTO sales_quotationline (quotation_id, line_no, {_COLUMNS})
  SELECT %(quotation)s::bigint, line_no, {_COLUMNS} FROM t WHERE t.id IS NULL)
UPDATE sales_quotation SET state = 'draft', customer_id = %(customer)s::bigint, warehouse_id = %(warehouse)s::bigint,
 currency = %(currency)s::text, rate = %(rate)s::numeric, minor_units = %(minor_units)s::smallint,
 tax_included = %(tax_included)s::boolean, quoted_on = %(quoted_on)s::date, valid_to = %(valid_to)s::date,
 requested_on = %(requested_on)s::date, payment_terms = %(payment_terms)s::text,
 customer_reference = %(reference)s::text, note = %(note)s::text, net = %(net)s::numeric, tax = %(tax)s::numeric,
 gross = %(gross)s::numeric, ship_to_code = %(ship_to_code)s::text, ship_to_name = %(ship_to_name)s::text,
 ship_to_phone = %(ship_to_phone)s::text, ship_to_address = %(ship_to_address)s::text,
 ship_to_country = %(ship_to_country)s::text, version = version + 1, updated_at = now()
WHERE id = %(quotation)s::bigint
"""
_HEADER = """
SELECT p.code, w.code FROM catalog_partner p, catalog_warehouse w WHERE p.id = %s::bigint AND w.id = %s::bigint
"""
# What orders took of each line, in its unit; a part that was cancelled there can be ordered again.
ORDERED = """
SELECT l.quotation_line_id AS line_id, sum((l.quantity - l.cancelled) * l.factor) AS quantity
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
WHERE o.quotation_id = {} AND l.quotation_line_id IS NOT NULL AND o.state <> 'cancelled' GROUP BY 1
"""
_LINES = f"""
SELECT l.id, l.line_no, p.code, u.code, u.decimals, l.quantity, l.unit_price, l.price_source, l.discount, l.tax_rate,
 l.requested_on, l.note, l.description, l.quantity - coalesce(s.quantity, 0) / l.factor
FROM sales_quotationline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN ({ORDERED.format("%(id)s::bigint")}) s ON s.line_id = l.id
WHERE l.quotation_id = %(id)s::bigint ORDER BY l.line_no
"""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of a locked quotation; ``open`` is what nobody has ordered yet, in its unit."""

    id: int
    line_no: int
    product: str
    unit: str
    decimals: int
    quantity: Decimal
    unit_price: Decimal
    source: str
    discount: Decimal
    tax_rate: Decimal
    requested_on: date | None
    note: str
    description: str
    open: Decimal


@step
def insert_quotation(actor: Actor, new: NewOrder, valid_to: date | None) -> Subject:
    """Write a quotation and its lines in one statement."""
    params = {
        **_params(new, valid_to, [None] * len(new.lines)),
        "company": actor.company_id,
        "user": actor.user_id,
        "salesperson": new.header.salesperson_id,
        "sequence": sequence_name(actor.company_id, "QU"),
    }
    found = db.row(_INSERT, params)
    assert found is not None
    return Subject("quotation", found[0], found[1])


@step
def replace_quotation(quotation_id: int, new: NewOrder, valid_to: date | None, ids: Sequence[int | None]) -> None:
    """Make the quotation what ``new`` says, a draft again; ``ids`` are the lines' own, None for new ones."""
    db.later(_ASIDE, [quotation_id])
    db.later(_WRITE, {**_params(new, valid_to, ids), "quotation": quotation_id})


def _params(new: NewOrder, valid_to: date | None, ids: Sequence[int | None]) -> dict[str, object]:
    columns = line_columns(new)
    for name in ("keys", "costs"):
        columns.pop(name)
    return {
        "ids": db.array(ids),
        "customer": new.header.customer_id,
        "warehouse": new.header.warehouse_id,
        "currency": new.header.currency,
        "rate": new.header.rate,
        "minor_units": new.header.minor_units,
        "payment_terms": new.header.payment_terms,
        "tax_included": new.tax_included,
        "quoted_on": new.ordered_on,
        "valid_to": valid_to,
        "requested_on": new.requested_on,
        "reference": new.customer_reference,
        "note": new.note,
        "net": sum((a.net for a in new.amounts), ZERO),
        "tax": sum((a.tax for a in new.amounts), ZERO),
        "gross": new.gross,
        **address_of(new),
        **columns,
    }


@step
def codes_of(customer_id: int, warehouse_id: int) -> tuple[str, str]:
    """How the customer and the warehouse are called."""
    found = db.row(_HEADER, [customer_id, warehouse_id])
    assert found is not None
    return found[0], found[1]


@step
def quoted_lines(quotation_id: int) -> list[QuotedLine]:
    """The lines of a locked quotation with what is still open of each."""
    return [QuotedLine(*row) for row in db.rows(_LINES, {"id": quotation_id})]
