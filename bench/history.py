"""Many orders, written set-based by the benchmark: one order in twenty is open, the others are received and closed.

One order in five is S001's, so that its list of open orders is full at every size.
"""

from __future__ import annotations

import psycopg

LINES = 2
_ORDERS = """
INSERT INTO purchasing_purchaseorder (company_id, number, state, version, created_by_id, buyer_id, supplier_id,
 warehouse_id, currency, rate, minor_units, tax_included, ordered_on, net, tax, gross, submitted_at, approved_at,
 created_at, updated_at)
SELECT %(company)s::bigint, 'PB-' || n, CASE WHEN n %% 20 = 0 THEN 'confirmed' ELSE 'closed' END, 3,
 %(user)s::bigint, %(user)s::bigint,
 (SELECT id FROM catalog_partner WHERE company_id = %(company)s AND code = 'S' || lpad((CASE WHEN n / 20 %% 5 = 0 THEN 1
  ELSE n / 20 %% 50 + 1 END)::text, 3,
  '0')),
 (SELECT id FROM catalog_warehouse WHERE company_id = %(company)s AND code = 'MAIN'), 'CNY', 1, 2, true,
 current_date - (n %% 1000)::int, 100, 0, 100, now(), now(), now(), now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_LINES = """
INSERT INTO purchasing_orderline (company_id, order_id, supplier_id, warehouse_id, line_no, product_id, unit_id, factor,
 quantity, unit_price, discount, tax_rate, net, tax, gross, required_on, promised_on, expected_on, due_on, completed_on,
 over_tolerance, under_tolerance, confirmed, received, accepted, live)
SELECT o.company_id, o.id, o.supplier_id, o.warehouse_id, k, p.id, p.unit_id, 1, 10, 5, 0, 0, 50, 0, 50,
 o.ordered_on + 30, o.ordered_on + 30, o.ordered_on + 30, o.ordered_on + 30,
 CASE WHEN o.state = 'closed' THEN o.ordered_on + 25 + (o.id %% 9)::int END, 0, 0, 10,
 CASE WHEN o.state = 'closed' THEN 10 ELSE 0 END, CASE WHEN o.state = 'closed' THEN 10 ELSE 0 END, o.state <> 'closed'
FROM purchasing_purchaseorder o CROSS JOIN generate_series(1, %(lines)s::int) AS k
JOIN catalog_product p ON p.company_id = o.company_id AND p.code = 'P' || lpad(((o.id * 7 + k * 13) %% 1000 +
 1)::text, 4, '0')
WHERE o.company_id = %(company)s AND o.id > %(after)s
"""
_STOCK = """
INSERT INTO inventory_balance (company_id, product_id, location_id, on_hand, reserved, allow_negative)
SELECT p.company_id, p.id, w.default_location_id, 100, 0, false FROM catalog_product p
JOIN catalog_warehouse w ON w.company_id = p.company_id AND w.code = 'MAIN' WHERE p.company_id = %(company)s
ON CONFLICT DO NOTHING
"""
STEP = 100_000


def grow(dsn: str, company_id: int, user_id: int, have: int, want: int) -> None:
    """Write orders until there are ``want``; then VACUUM ANALYZE, as a running database would have done."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit TO off")
        for first in range(have + 1, want + 1, STEP):
            found = connection.execute("SELECT coalesce(max(id), 0) FROM purchasing_purchaseorder").fetchone()
            assert found is not None
            span = {"company": company_id, "user": user_id, "first": first, "last": min(first + STEP - 1, want)}
            connection.execute(_ORDERS, span)
            connection.execute(_LINES, {"company": company_id, "lines": LINES, "after": found[0]})
        connection.execute(_STOCK, {"company": company_id})
        connection.execute("VACUUM ANALYZE")
