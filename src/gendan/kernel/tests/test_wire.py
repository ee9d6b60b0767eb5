"""Statements in one exchange: order, errors, transactions, values, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.pq import TransactionStatus

from gendan.kernel import wire
from gendan.kernel.wire import exchange

pytestmark = pytest.mark.django_db(transaction=True)
Raw = psycopg.Connection[Any]


@pytest.fixture
def raw() -> Iterator[Raw]:
    """A connection of its own, not in autocommit mode, with a table to write to."""
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn) as own:
        own.execute("CREATE TEMP TABLE t (n int PRIMARY KEY, x text)")
        own.execute("CREATE TEMP TABLE child (n int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
        own.commit()
        yield own
        if not own.closed:
            own.rollback()


def test_each_statement_sees_what_those_before_it_did(raw: Raw) -> None:
    _, found, changed = exchange(
        raw,
        [
            ("INSERT INTO t VALUES (%s, %s), (2, NULL)", [1, "a"]),
            ("SELECT n, x FROM t WHERE n = %(n)s OR n = %(n)s + 1 ORDER BY n", {"n": 1}),
            ("UPDATE t SET x = 'b' WHERE x LIKE 'a%%'", []),
        ],
    )
    assert found.rows == [(1, "a"), (2, None)]
    assert (found.names, found.count, changed.count, changed.rows) == (["n", "x"], 2, 1, [])
    assert raw.info.transaction_status == TransactionStatus.INTRANS


def test_the_commit_goes_along(raw: Raw) -> None:
    exchange(raw, [("INSERT INTO t VALUES (1, 'kept')", [])], commit=True)
    assert raw.info.transaction_status == TransactionStatus.IDLE
    raw.rollback()
    assert exchange(raw, [("SELECT x FROM t", [])])[0].rows == [("kept",)]


def test_the_first_error_is_raised_and_nothing_after_it_happens(raw: Raw) -> None:
    bad = [("INSERT INTO t VALUES (1, 'a')", []), ("SELECT 1/%s::int", [0]), ("INSERT INTO t VALUES (2, 'b')", [])]
    with pytest.raises(psycopg.errors.DivisionByZero):
        exchange(raw, bad, commit=True)
    raw.rollback()
    assert exchange(raw, [("SELECT count(*) FROM t", [])])[0].rows == [(0,)]


def test_what_the_commit_refuses_is_not_kept(raw: Raw) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        exchange(raw, [("INSERT INTO t VALUES (1, 'a')", []), ("INSERT INTO child VALUES (7)", [])], commit=True)
    assert exchange(raw, [("SELECT count(*) FROM t", [])])[0].rows == [(0,)]


def test_a_statement_that_cannot_be_prepared_is_not_taken_for_prepared(raw: Raw) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            exchange(raw, [("SELECT 1", []), ("SELECT * FROM nowhere WHERE n = %s", [1])])
        raw.rollback()
    assert exchange(raw, [("SELECT 1", [])])[0].rows == [(1,)]


def test_values_keep_their_type_and_every_character(raw: Raw) -> None:
    odd = ['a"b', "c\\d", "e,f", "{g}", "", "NULL", None, "钉子 ", "'"]
    numbers = [Decimal("1.50"), None, Decimal("-0.000001")]
    days = [date(2026, 11, 22), None]
    moment = datetime(2026, 11, 22, 1, 2, 3, 456789, UTC)
    answer = exchange(
        raw,
        [
            (
                "SELECT %s::text[], %s::numeric[], %s::date[], %s::boolean[], %s::bigint[], %s::timestamptz[],"
                " %s::text[], %s::bytea, %s::date, %s::numeric, %s::jsonb::text",
                [
                    odd,
                    numbers,
                    days,
                    [True, False, None],
                    [2**40],
                    [moment],
                    [],
                    b"\x00\xff",
                    days[0],
                    numbers[0],
                    "{}",
                ],
            )
        ],
    )[0]
    assert answer.rows[0] == (
        odd, numbers, days, [True, False, None], [2**40], [moment], [], b"\x00\xff", days[0], numbers[0], "{}",
    )  # fmt: skip


def test_what_no_text_can_hold_is_refused_before_anything_is_sent(raw: Raw) -> None:
    for text in ("a\x00b", "\ud800"):
        for value in (text, [text]):
            with pytest.raises((psycopg.DataError, UnicodeEncodeError)):
                exchange(raw, [("INSERT INTO t VALUES (1, 'a')", []), ("SELECT %s::text", [value])])
    assert not raw.closed
    assert raw.info.transaction_status == TransactionStatus.IDLE


def test_more_than_the_sockets_hold_goes_both_ways(raw: Raw) -> None:
    long = "x" * 3_000_000
    answers = exchange(raw, [("SELECT %s::text", [f"{n}{long}"]) for n in range(4)])
    assert [len(answer.rows[0][0]) for answer in answers] == [3_000_001] * 4


def test_a_changed_table_costs_one_refusal(raw: Raw) -> None:
    exchange(raw, [("SELECT * FROM t", [])], commit=True)
    raw.execute("ALTER TABLE t ADD COLUMN y int")
    raw.commit()
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        exchange(raw, [("SELECT * FROM t", [])])
    raw.rollback()
    assert exchange(raw, [("SELECT * FROM t", [])])[0].names == ["n", "x", "y"]


def test_statements_beyond_the_limit_run_unnamed(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_PREPARED", 2)
    for _ in range(2):
        answers = exchange(raw, [(f"SELECT {n}, %s::int", [n]) for n in range(5)])
        assert [answer.rows[0] for answer in answers] == [(n, n) for n in range(5)]
    assert exchange(raw, [("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'gd%%'", [])])[0].rows == [(2,)]


def test_an_interrupted_exchange_leaves_no_answers_behind(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(wire, "_receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        exchange(raw, [("SELECT 1", [])])
    assert raw.closed
