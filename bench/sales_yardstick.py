"""The yardstick of the sales chain: the same three transactions as raw SQL, on tables of its own on the same server.

One row per order, line, peg, delivery, delivery line, stock move, event and balance; set-based statements, server-side
prepared; three durable transactions: order (5 lines) → reserve → deliver in full. It shares the products of the other
yardstick.
"""

from __future__ import annotations

import random
from typing import Any

import psycopg

from bench.yardstick import LINES, connect

__all__ = ["connect", "prepare", "unit"]
SCHEMA = """
CREATE TABLE yardstick.sales_order (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text UNIQUE NOT NULL,
 customer bigint NOT NULL, state text NOT NULL, total numeric(20, 4) NOT NULL, created_at timestamptz DEFAULT now());
CREATE INDEX ON yardstick.sales_order (customer, id);
CREATE TABLE yardstick.sales_line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
 order_id bigint NOT NULL REFERENCES yardstick.sales_order, line_no int NOT NULL, product_id bigint NOT NULL
 REFERENCES yardstick.product, quantity numeric(18, 6) NOT NULL, price numeric(18, 6) NOT NULL,
 reserved numeric(18, 6) NOT NULL DEFAULT 0, shipped numeric(18, 6) NOT NULL DEFAULT 0, UNIQUE (order_id, line_no));
CREATE TABLE yardstick.stock (product_id bigint, place bigint, on_hand numeric(18, 6) NOT NULL,
 reserved numeric(18, 6) NOT NULL DEFAULT 0, PRIMARY KEY (product_id, place), CHECK (reserved <= on_hand));
INSERT INTO yardstick.stock SELECT id, 1, 1e9 FROM yardstick.product;
CREATE TABLE yardstick.peg (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line_id bigint NOT NULL
 REFERENCES yardstick.sales_line, product_id bigint NOT NULL, place bigint NOT NULL, quantity numeric(18, 6) NOT NULL,
 UNIQUE (line_id, product_id, place));
CREATE TABLE yardstick.delivery (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL
 REFERENCES yardstick.sales_order, number text UNIQUE NOT NULL, at timestamptz DEFAULT now());
CREATE TABLE yardstick.delivery_line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, delivery_id bigint NOT NULL
 REFERENCES yardstick.delivery, line_id bigint NOT NULL REFERENCES yardstick.sales_line,
 quantity numeric(18, 6) NOT NULL);
CREATE INDEX ON yardstick.delivery_line (line_id);
CREATE TABLE yardstick.sales_move (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, delivery_id bigint NOT NULL
 REFERENCES yardstick.delivery, line_id bigint NOT NULL, product_id bigint NOT NULL, quantity numeric(18, 6) NOT NULL,
 at timestamptz DEFAULT now());
CREATE INDEX ON yardstick.sales_move (product_id, id);
"""


def prepare(dsn: str) -> None:
    """Make the tables, beside those of the other yardstick, which must be there."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA)


def unit(connection: psycopg.Connection[Any], rng: random.Random) -> None:
    """Order, reserve, deliver: three transactions, sixteen statements beside begin and commit."""
    products = sorted(rng.sample(range(1, 1001), LINES))
    quantities = [rng.randint(1, 50) for _ in range(LINES)]
    with connection.transaction():
        order_id = _order(connection, products, quantities)
    with connection.transaction():
        _reserve(connection, order_id)
    with connection.transaction():
        _deliver(connection, order_id)


def _order(connection: psycopg.Connection[Any], products: list[int], quantities: list[int]) -> int:
    codes = [f"P{product}" for product in products]
    rows = connection.execute("SELECT id FROM yardstick.product WHERE code = ANY(%s) ORDER BY id", [codes]).fetchall()
    found = connection.execute(
        "INSERT INTO yardstick.sales_order (number, customer, state, total)"
        " SELECT 'Z-' || nextval('yardstick.sales_order_id_seq'), %s, 'to_ship', %s RETURNING id",
        [1, sum(quantities)],
    ).fetchone()
    assert found is not None
    connection.execute(
        "INSERT INTO yardstick.sales_line (order_id, line_no, product_id, quantity, price)"
        " SELECT %s, * FROM unnest(%s::int[], %s::bigint[], %s::numeric[], %s::numeric[])",
        [found[0], list(range(1, LINES + 1)), [row[0] for row in rows], quantities, [9.9] * LINES],
    )
    _event(connection, "ordered", found[0])
    return int(found[0])


_OWN = "SELECT product_id FROM yardstick.sales_line WHERE order_id = %s"
_LOCK = (
    "SELECT product_id, on_hand - reserved FROM yardstick.stock"
    f" WHERE product_id IN ({_OWN}) ORDER BY product_id FOR UPDATE"
)


def _reserve(connection: psycopg.Connection[Any], order_id: int) -> None:
    connection.execute("SELECT state FROM yardstick.sales_order WHERE id = %s FOR UPDATE", [order_id])
    connection.execute(_LOCK, [order_id]).fetchall()
    connection.execute(
        "WITH l AS (UPDATE yardstick.sales_line SET reserved = quantity WHERE order_id = %s"
        " RETURNING id, product_id, quantity)"
        " INSERT INTO yardstick.peg (line_id, product_id, place, quantity) SELECT id, product_id, 1, quantity FROM l",
        [order_id],
    )
    connection.execute(
        "UPDATE yardstick.stock s SET reserved = s.reserved + l.quantity FROM yardstick.sales_line l"
        " WHERE l.order_id = %s AND s.product_id = l.product_id AND s.place = 1",
        [order_id],
    )
    _event(connection, "reserved", order_id)


def _deliver(connection: psycopg.Connection[Any], order_id: int) -> None:
    connection.execute("SELECT state FROM yardstick.sales_order WHERE id = %s FOR UPDATE", [order_id])
    connection.execute(_LOCK, [order_id]).fetchall()
    connection.execute(
        "WITH d AS (INSERT INTO yardstick.delivery (order_id, number)"
        " VALUES (%s, 'D-' || nextval('yardstick.delivery_id_seq')) RETURNING id),"
        " g AS (DELETE FROM yardstick.peg WHERE line_id IN (SELECT id FROM yardstick.sales_line WHERE order_id = %s)"
        " RETURNING line_id, product_id, quantity),"
        " l AS (UPDATE yardstick.sales_line s SET shipped = g.quantity, reserved = 0 FROM g WHERE s.id = g.line_id),"
        " dl AS (INSERT INTO yardstick.delivery_line (delivery_id, line_id, quantity)"
        " SELECT d.id, g.line_id, g.quantity FROM d, g)"
        " INSERT INTO yardstick.sales_move (delivery_id, line_id, product_id, quantity)"
        " SELECT d.id, g.line_id, g.product_id, g.quantity FROM d, g",
        [order_id, order_id],
    )
    connection.execute(
        "UPDATE yardstick.stock s SET reserved = s.reserved - l.quantity, on_hand = s.on_hand - l.quantity"
        " FROM yardstick.sales_line l WHERE l.order_id = %s AND s.product_id = l.product_id AND s.place = 1",
        [order_id],
    )
    connection.execute("UPDATE yardstick.sales_order SET state = 'shipped' WHERE id = %s", [order_id])
    _event(connection, "delivered", order_id)


def _event(connection: psycopg.Connection[Any], type_: str, order_id: int) -> None:
    connection.execute(
        "INSERT INTO yardstick.event (type, order_id, data) VALUES (%s, %s, %s::jsonb)",
        [type_, order_id, '{"lines": 5}'],
    )
