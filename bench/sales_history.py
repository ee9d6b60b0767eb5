"""Many sales orders, written set-based by the benchmark: one in twenty is open, the others were delivered and paid.

Of the open lines half hold stock, others wait for open purchase lines, the rest for nothing; there is stock for half of
them, so that giving everything out anew has something to decide.
"""

from __future__ import annotations

import psycopg

LINES = 2
STEP = 100_000
STOCK = 500
_ORDERS = """
INSERT INTO sales_salesorder (company_id, number, state, version, created_by_id, customer_id, warehouse_id, currency,
 rate, minor_units, tax_included, ordered_on, requested_on, net, tax, gross, submitted_at, approved_at, settled_at,
 created_at, updated_at)
SELECT %(company)s::bigint, 'SB-' || n, CASE WHEN n %% %(every)s = 0 THEN 'to_ship' ELSE 'completed' END, 3,
 %(user)s::bigint, (SELECT id FROM catalog_partner WHERE company_id = %(company)s AND code = 'C' ||
  lpad((n / 20 %% 50 + 1)::text, 3, '0')),
 (SELECT id FROM catalog_warehouse WHERE company_id = %(company)s AND code = 'MAIN'), 'CNY', 1, 2, true,
 current_date - (n %% 1000)::int, current_date - (n %% 1000)::int + 30, 100, 0, 100, now(), now(),
 CASE WHEN n %% %(every)s = 0 THEN NULL ELSE now() END, now(), now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_LINES = """
INSERT INTO sales_salesline (company_id, order_id, customer_id, warehouse_id, line_no, product_id, unit_id, factor,
 quantity, unit_price, discount, tax_rate, net, tax, gross, requested_on, promised_on, expected_on, due_on,
 completed_on, shipped, signed, live)
SELECT o.company_id, o.id, o.customer_id, o.warehouse_id, k, p.id, p.unit_id, 1, 10, 5, 0, 0, 50, 0, 50,
 o.requested_on, o.requested_on, o.requested_on, o.requested_on,
 CASE WHEN o.state = 'completed' THEN o.ordered_on + 25 + (o.id %% 9)::int END,
 CASE WHEN o.state = 'completed' THEN 10 ELSE 0 END, CASE WHEN o.state = 'completed' THEN 10 ELSE 0 END, true
FROM sales_salesorder o CROSS JOIN generate_series(1, %(lines)s::int) AS k
JOIN catalog_product p ON p.company_id = o.company_id AND p.code = 'P' || lpad(((o.id * 7 + k * 13) %% 1000 +
 1)::text, 4, '0')
WHERE o.company_id = %(company)s AND o.id > %(after)s
"""
_STOCK = """
UPDATE inventory_balance SET on_hand = %(stock)s, reserved = 0 WHERE company_id = %(company)s
"""
_OPEN = """
FROM (SELECT l.id, l.product_id, row_number() OVER (PARTITION BY l.product_id ORDER BY l.id) AS n
 FROM sales_salesline l WHERE l.company_id = %(company)s AND l.is_open AND l.id %% 2 = %(half)s) l
"""
_HOLD = f"""
WITH pegs AS (
 INSERT INTO sales_peg (company_id, line_id, balance_id, quantity)
 SELECT %(company)s, l.id, b.id, 10 {_OPEN}
 JOIN inventory_balance b ON b.company_id = %(company)s AND b.product_id = l.product_id AND l.n * 10 <= b.on_hand
 RETURNING line_id, balance_id, quantity),
 lines AS (UPDATE sales_salesline l SET reserved = pegs.quantity FROM pegs WHERE l.id = pegs.line_id)
UPDATE inventory_balance b SET reserved = s.quantity
FROM (SELECT balance_id, sum(quantity) AS quantity FROM pegs GROUP BY 1) s WHERE b.id = s.balance_id
"""
_AWAIT = f"""
WITH coming AS (SELECT p.id, p.product_id, row_number() OVER (PARTITION BY p.product_id ORDER BY p.id) AS n
 FROM purchasing_orderline p WHERE p.company_id = %(company)s AND p.is_open AND p.quantity = 10),
 pegs AS (
 INSERT INTO sales_peg (company_id, line_id, purchase_line_id, quantity)
 SELECT %(company)s, l.id, c.id, 10 {_OPEN} JOIN coming c ON c.product_id = l.product_id AND c.n = l.n
 RETURNING line_id, purchase_line_id, quantity),
 lines AS (UPDATE sales_salesline l SET pegged = pegs.quantity FROM pegs WHERE l.id = pegs.line_id)
UPDATE purchasing_orderline p SET pegged = pegs.quantity FROM pegs WHERE p.id = pegs.purchase_line_id
"""


def grow(dsn: str, company_id: int, user_id: int, want: int, every: int = 20) -> int:
    """Write ``want`` orders, one in ``every`` open, and tie their open lines to supply; how many lines are open."""
    own = {"every": every, "company": company_id, "user": user_id, "lines": LINES, "stock": STOCK}
    with psycopg.connect(dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET synchronous_commit TO off")
        for first in range(1, want + 1, STEP):
            found = connection.execute("SELECT coalesce(max(id), 0) FROM sales_salesorder").fetchone()
            assert found is not None
            connection.execute(_ORDERS, {**own, "first": first, "last": min(first + STEP - 1, want)})
            connection.execute(_LINES, {**own, "after": found[0]})
        connection.execute(_STOCK, own)
        connection.execute("VACUUM ANALYZE")
        connection.execute(_HOLD, {**own, "half": 0})
        connection.execute(_AWAIT, {**own, "half": 1})
        connection.execute("VACUUM ANALYZE")
        lines = connection.execute(
            "SELECT count(*) FROM sales_salesline WHERE company_id = %s AND is_open", [company_id]
        ).fetchone()
    assert lines is not None
    return int(lines[0])
