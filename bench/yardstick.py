"""The yardstick: the same three transactions as raw SQL through psycopg, on tables of its own on the same server.

One row per order, line, receipt, stock move, event and balance; set-based statements, server-side prepared; three
durable transactions: create (5 lines) → confirm → receive.
"""

from __future__ import annotations

import random
from typing import Any

import psycopg

LINES = 5
SCHEMA = """
DROP SCHEMA IF EXISTS yardstick CASCADE;
CREATE SCHEMA yardstick;
CREATE TABLE yardstick.product (id bigint PRIMARY KEY, code text UNIQUE);
INSERT INTO yardstick.product SELECT n, 'P' || n FROM generate_series(1, 1000) n;
CREATE TABLE yardstick.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text UNIQUE NOT NULL,
 supplier bigint NOT NULL, state text NOT NULL, total numeric(20, 4) NOT NULL, created_at timestamptz DEFAULT now());
CREATE INDEX ON yardstick.orders (supplier, id);
CREATE TABLE yardstick.line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
 order_id bigint NOT NULL REFERENCES yardstick.orders, line_no int NOT NULL, product_id bigint NOT NULL
 REFERENCES yardstick.product, quantity numeric(18, 6) NOT NULL, price numeric(18, 6) NOT NULL, promised_on date,
 confirmed numeric(18, 6) NOT NULL DEFAULT 0, received numeric(18, 6) NOT NULL DEFAULT 0, UNIQUE (order_id, line_no));
CREATE TABLE yardstick.receipt (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL
 REFERENCES yardstick.orders, number text UNIQUE NOT NULL, at timestamptz DEFAULT now());
CREATE TABLE yardstick.move (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, receipt_id bigint NOT NULL
 REFERENCES yardstick.receipt, line_id bigint NOT NULL, product_id bigint NOT NULL, quantity numeric(18, 6) NOT NULL,
 at timestamptz DEFAULT now());
CREATE INDEX ON yardstick.move (product_id, id);
CREATE TABLE yardstick.event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, type text NOT NULL,
 order_id bigint NOT NULL, at timestamptz DEFAULT now(), data jsonb);
CREATE INDEX ON yardstick.event (order_id, id);
CREATE TABLE yardstick.balance (product_id bigint, place bigint, on_hand numeric(18, 6) NOT NULL,
 PRIMARY KEY (product_id, place));
"""


def prepare(dsn: str) -> None:
    """Make the yardstick's tables anew."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA)


def connect(dsn: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(dsn)
    connection.prepare_threshold = 0
    return connection


def unit(connection: psycopg.Connection[Any], rng: random.Random) -> None:
    """Create, confirm, receive one order: three transactions, twelve statements beside begin and commit."""
    products = sorted(rng.sample(range(1, 1001), LINES))
    quantities = [rng.randint(1, 50) for _ in range(LINES)]
    with connection.transaction():
        order_id = _create(connection, products, quantities)
    with connection.transaction():
        _confirm(connection, order_id)
    with connection.transaction():
        _receive(connection, order_id)


def _create(connection: psycopg.Connection[Any], products: list[int], quantities: list[int]) -> int:
    codes = [f"P{product}" for product in products]
    rows = connection.execute("SELECT id FROM yardstick.product WHERE code = ANY(%s) ORDER BY id", [codes]).fetchall()
    found = connection.execute(
        "INSERT INTO yardstick.orders (number, supplier, state, total)"
        " SELECT 'Y-' || nextval('yardstick.orders_id_seq'), %s, 'approved', %s RETURNING id",
        [1, sum(quantities)],
    ).fetchone()
    assert found is not None
    connection.execute(
        "INSERT INTO yardstick.line (order_id, line_no, product_id, quantity, price)"
        " SELECT %s, * FROM unnest(%s::int[], %s::bigint[], %s::numeric[], %s::numeric[])",
        [found[0], list(range(1, LINES + 1)), [row[0] for row in rows], quantities, [9.9] * LINES],
    )
    _event(connection, "created", found[0])
    return int(found[0])


def _confirm(connection: psycopg.Connection[Any], order_id: int) -> None:
    connection.execute("SELECT state FROM yardstick.orders WHERE id = %s FOR UPDATE", [order_id])
    connection.execute(
        "UPDATE yardstick.line SET confirmed = quantity, promised_on = current_date + 10 WHERE order_id = %s",
        [order_id],
    )
    connection.execute("UPDATE yardstick.orders SET state = 'confirmed' WHERE id = %s", [order_id])
    _event(connection, "confirmed", order_id)


def _receive(connection: psycopg.Connection[Any], order_id: int) -> None:
    connection.execute("SELECT state FROM yardstick.orders WHERE id = %s FOR UPDATE", [order_id])
    connection.execute(
        "WITH r AS (INSERT INTO yardstick.receipt (order_id, number)"
        " VALUES (%s, 'R-' || nextval('yardstick.receipt_id_seq')) RETURNING id),"
        " l AS (UPDATE yardstick.line SET received = quantity WHERE order_id = %s"
        " RETURNING id, product_id, quantity)"
        " INSERT INTO yardstick.move (receipt_id, line_id, product_id, quantity)"
        " SELECT r.id, l.id, l.product_id, l.quantity FROM r, l",
        [order_id, order_id],
    )
    connection.execute(
        "INSERT INTO yardstick.balance AS b (product_id, place, on_hand)"
        " SELECT product_id, 1, sum(quantity) FROM yardstick.line WHERE order_id = %s GROUP BY 1 ORDER BY 1"
        " ON CONFLICT (product_id, place) DO UPDATE SET on_hand = b.on_hand + excluded.on_hand",
        [order_id],
    )
    connection.execute("UPDATE yardstick.orders SET state = 'received' WHERE id = %s", [order_id])
    _event(connection, "received", order_id)


def _event(connection: psycopg.Connection[Any], type_: str, order_id: int) -> None:
    connection.execute(
        "INSERT INTO yardstick.event (type, order_id, data) VALUES (%s, %s, %s::jsonb)",
        [type_, order_id, '{"lines": 5}'],
    )
