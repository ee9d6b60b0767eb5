"""Write a changed order over the old one in set-based statements; lines keep their identity."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.unit import step
from gendan.sales.steps.order import NewOrder, address_of, line_columns

# Line numbers are unique per order and checked row by row: move them out of the way first.
_ASIDE = "UPDATE sales_salesline SET line_no = -line_no WHERE order_id = %s::bigint"
# A line that a promise, a delivery or an arrival names cannot go: it is cancelled as a whole and stands behind others.
_NAMED = (
    "(l.promise_revision > 0 OR EXISTS (SELECT 1 FROM sales_deliveryline d WHERE d.order_line_id = l.id)"
    " OR EXISTS (SELECT 1 FROM sales_arrival a WHERE a.line_id = l.id))"
)
_WRITE = f"""
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[],
  %(factors)s::numeric[], %(quantities)s::numeric[], %(prices)s::numeric[], %(sources)s::text[],
  %(discounts)s::numeric[], %(rates)s::numeric[], %(nets)s::numeric[], %(taxes)s::numeric[], %(grosses)s::numeric[],
  %(requested)s::date[], %(notes)s::text[], %(descriptions)s::text[])
  AS t(id, line_no, product_id, unit_id, factor, quantity, unit_price, price_source, discount, tax_rate, net, tax,
   gross, requested_on, note, description)),
 gone AS (DELETE FROM sales_salesline l WHERE l.order_id = %(order)s::bigint
  AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id) AND NOT {_NAMED}),
 dropped AS (UPDATE sales_salesline l SET cancelled = l.quantity, net = 0, tax = 0, gross = 0, live = false,
   line_no = (SELECT count(*) FROM t) + x.n
  FROM (SELECT l.id, row_number() OVER (ORDER BY l.line_no DESC) AS n FROM sales_salesline l
   WHERE l.order_id = %(order)s::bigint AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id) AND {_NAMED}) x
  WHERE l.id = x.id),
 kept AS (UPDATE sales_salesline l SET line_no = t.line_no, unit_id = t.unit_id, factor = t.factor,
   quantity = t.quantity, unit_price = t.unit_price, price_source = t.price_source, discount = t.discount,
   tax_rate = t.tax_rate, net = t.net, tax = t.tax, gross = t.gross, requested_on = t.requested_on,
   due_on = coalesce(l.promised_on, t.requested_on), note = t.note, description = t.description,
   customer_id = %(customer)s::bigint, warehouse_id = %(warehouse)s::bigint
  FROM t WHERE l.id = t.id AND l.order_id = %(order)s::bigint),
 added AS (INSERT INTO sales_salesline (company_id, order_id, customer_id, warehouse_id, live, line_no, product_id,
   unit_id, factor, quantity, unit_price, price_source, discount, tax_rate, net, tax, gross, requested_on, due_on, note,
   description)
  SELECT o.company_id, o.id, %(customer)s::bigint, %(warehouse)s::bigint, false, t.line_no, t.product_id, t.unit_id,
   t.factor, t.quantity, t.unit_price, t.price_source, t.discount, t.tax_rate, t.net, t.tax, t.gross, t.requested_on,
   t.requested_on, t.note, t.description
  FROM t JOIN sales_salesorder o ON o.id = %(order)s::bigint WHERE t.id IS NULL)
UPDATE sales_salesorder SET customer_id = %(customer)s::bigint, warehouse_id = %(warehouse)s::bigint,
 currency = %(currency)s::text, rate = %(rate)s::numeric, minor_units = %(minor_units)s::smallint,
 tax_included = %(tax_included)s::boolean, ordered_on = %(ordered_on)s::date, requested_on = %(requested_on)s::date,
 payment_terms = %(payment_terms)s::text, customer_reference = %(reference)s::text, note = %(note)s::text,
 back_order = coalesce(nullif(%(back_order)s::text, ''), back_order),
 net = %(net)s::numeric, tax = %(tax)s::numeric, gross = %(gross)s::numeric,
 ship_to_code = %(ship_to_code)s::text,
 ship_to_name = %(ship_to_name)s::text, ship_to_phone = %(ship_to_phone)s::text,
 ship_to_address = %(ship_to_address)s::text, ship_to_country = %(ship_to_country)s::text,
 state = %(state)s::text, version = version + 1, updated_at = now()
WHERE id = %(order)s::bigint
"""


@step
def replace_order(order_id: int, new: NewOrder, ids: Sequence[int | None], state: str) -> None:
    """Make the order what ``new`` says, in ``state``; ``ids`` are the lines' own, None for new ones. Two statements.

    What the order held of stock was let go before. A customer's number that is taken is an IntegrityError.
    """
    columns = line_columns(new)
    for name in ("keys", "costs"):
        columns.pop(name)
    header = new.header
    db.execute(_ASIDE, [order_id])
    db.execute(
        _WRITE,
        {
            "ids": list(ids),
            "order": order_id,
            "state": state,
            "customer": header.customer_id,
            "warehouse": header.warehouse_id,
            "currency": header.currency,
            "rate": header.rate,
            "minor_units": header.minor_units,
            "payment_terms": header.payment_terms,
            "tax_included": new.tax_included,
            "ordered_on": new.ordered_on,
            "requested_on": new.requested_on,
            "reference": new.customer_reference,
            "note": new.note,
            "back_order": new.back_order,
            "net": sum((a.net for a in new.amounts), Decimal(0)),
            "tax": sum((a.tax for a in new.amounts), Decimal(0)),
            "gross": new.gross,
            **address_of(new),
            **columns,
        },
    )
