"""Write a changed draft over the old one in set-based statements; lines keep their identity and their allocations."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.unit import step
from gendan.purchasing.steps.order import NewOrder, line_columns

# Line numbers are unique per order and checked row by row: move them out of the way first.
_ASIDE = "UPDATE purchasing_orderline SET line_no = -line_no WHERE order_id = %s::bigint"
_WRITE = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[],
  %(factors)s::numeric[], %(quantities)s::numeric[], %(prices)s::numeric[], %(discounts)s::numeric[],
  %(rates)s::numeric[], %(nets)s::numeric[], %(taxes)s::numeric[], %(grosses)s::numeric[], %(required)s::date[],
  %(over)s::numeric[], %(under)s::numeric[], %(notes)s::text[], %(descriptions)s::text[],
  %(contracts)s::text[])
  AS t(id, line_no, product_id, unit_id, factor, quantity, unit_price, discount, tax_rate, net, tax, gross, required_on,
   over_tolerance, under_tolerance, note, description, contract)),
 freed AS (DELETE FROM purchasing_requisitionallocation a USING purchasing_orderline l
  WHERE l.id = a.order_line_id AND l.order_id = %(order)s::bigint
   AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id AND t.product_id = l.product_id)),
 gone AS (DELETE FROM purchasing_orderline l WHERE l.order_id = %(order)s::bigint
  AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id)),
 kept AS (UPDATE purchasing_orderline l SET line_no = t.line_no, product_id = t.product_id, unit_id = t.unit_id,
   factor = t.factor, quantity = t.quantity, unit_price = t.unit_price, discount = t.discount, tax_rate = t.tax_rate,
   net = t.net, tax = t.tax, gross = t.gross, required_on = t.required_on, due_on = t.required_on,
   over_tolerance = t.over_tolerance, under_tolerance = t.under_tolerance, note = t.note, description = t.description,
   contract = t.contract, supplier_id = %(supplier)s::bigint, warehouse_id = %(warehouse)s::bigint
  FROM t WHERE l.id = t.id AND l.order_id = %(order)s::bigint),
 added AS (INSERT INTO purchasing_orderline (company_id, order_id, supplier_id, warehouse_id, live, line_no, product_id,
   unit_id, factor, quantity, unit_price, discount, tax_rate, net, tax, gross, required_on, due_on, over_tolerance,
   under_tolerance, note, description, contract)
  SELECT o.company_id, o.id, %(supplier)s::bigint, %(warehouse)s::bigint, false, t.line_no, t.product_id, t.unit_id,
   t.factor, t.quantity, t.unit_price, t.discount, t.tax_rate, t.net, t.tax, t.gross, t.required_on, t.required_on,
   t.over_tolerance, t.under_tolerance, t.note, t.description,
   t.contract
  FROM t JOIN purchasing_purchaseorder o ON o.id = %(order)s::bigint WHERE t.id IS NULL)
UPDATE purchasing_purchaseorder SET supplier_id = %(supplier)s::bigint, warehouse_id = %(warehouse)s::bigint,
 currency = %(currency)s::text, rate = %(rate)s::numeric, minor_units = %(minor_units)s::smallint,
 tax_included = %(tax_included)s::boolean, ordered_on = %(ordered_on)s::date, payment_terms = %(payment_terms)s::text,
 supplier_reference = %(reference)s::text, note = %(note)s::text, net = %(net)s::numeric, tax = %(tax)s::numeric,
 gross = %(gross)s::numeric, version = version + 1, updated_at = now()
WHERE id = %(order)s::bigint
"""


@step
def replace_draft(order_id: int, new: NewOrder, ids: Sequence[int | None]) -> None:
    """Make the order what ``new`` says; ``ids`` are the lines' own, None for new ones. Two statements."""
    columns = line_columns(new)
    columns.pop("keys")
    header = new.header
    db.execute(_ASIDE, [order_id])
    db.execute(
        _WRITE,
        {
            "ids": list(ids),
            "order": order_id,
            "supplier": header.supplier_id,
            "warehouse": header.warehouse_id,
            "currency": header.currency,
            "rate": header.rate,
            "minor_units": header.minor_units,
            "payment_terms": header.payment_terms,
            "tax_included": new.tax_included,
            "ordered_on": new.ordered_on,
            "reference": new.supplier_reference,
            "note": new.note,
            "net": sum((a.net for a in new.amounts), Decimal(0)),
            "tax": sum((a.tax for a in new.amounts), Decimal(0)),
            "gross": new.gross,
            **columns,
        },
    )
