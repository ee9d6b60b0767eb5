"""Plain SQL where the ORM would cost a statement per row."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.core.signals import request_started
from django.db import connection
from django.db.backends.signals import connection_created
from psycopg.types.numeric import Int4, Int4Dumper, IntDumper

Params = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]
Statement = tuple[str, Params]
_LATER: ContextVar[list[Statement] | None] = ContextVar("later", default=None)


def rows(sql: str, params: Params = ()) -> list[Row]:
    """All rows of a statement as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cast("list[Row]", cursor.fetchall())


def row(sql: str, params: Params = ()) -> Row | None:
    """The first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cast("Row | None", cursor.fetchone())


def dicts(sql: str, params: Params = ()) -> list[dict[str, Any]]:
    """All rows as dictionaries keyed by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def execute(sql: str, params: Params = ()) -> int:
    """Run a statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def batch(statements: Sequence[Statement]) -> list[list[Row]]:
    """Run statements in their order with one round trip (libpq's pipeline), what was queued first.

    The rows of each, [] for one that returns none. Each statement sees what those before it did. The first error is
    raised and ends the batch.
    """
    queued = _take_queue()
    connection.ensure_connection()
    # Django's own cursor costs as much as a short statement; only who counts or logs statements needs it.
    cursor_of = connection.cursor if connection.queries_logged else connection.create_cursor
    with ExitStack() as stack:
        stack.enter_context(connection.wrap_database_errors)
        pipeline = stack.enter_context(connection.connection.pipeline())
        cursors = []
        for sql, params in (*queued, *statements):
            cursor = cursor_of()
            cursor.execute(sql, params)
            cursors.append(cursor)
        pipeline.sync()
        # rownumber is None without a result; description would build a column object for each column
        return [[] if cursor.rownumber is None else cursor.fetchall() for cursor in cursors[len(queued) :]]


def _take_queue() -> list[Statement]:
    queue = _LATER.get()
    if not queue:
        return []
    queued = list(queue)
    queue.clear()
    return queued


def later(sql: str, params: Params = ()) -> None:
    """Queue a write whose outcome nobody waits for; it is sent before the next statement, at the latest with the
    commit.

    Outside a command it runs at once.
    """
    queue = _LATER.get()
    if queue is None:
        execute(sql, params)
    else:
        queue.append((sql, params))


def flush() -> None:
    """Send what was queued, in one round trip."""
    if _LATER.get():
        batch(())


@contextmanager
def queueing() -> Iterator[None]:
    """Let ``later`` queue; any other statement, the ORM's too, sends the queue first, so that order is kept."""

    def in_order(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        flush()
        return execute(sql, params, many, context)

    token = _LATER.set([])
    try:
        with connection.execute_wrapper(in_order):
            yield
            flush()
    finally:
        _LATER.reset(token)


def array(values: Iterable[int | Decimal | date | None]) -> str:
    """Numbers or dates as a PostgreSQL array literal, for a parameter that the statement casts (``%s::bigint[]``).

    psycopg's own list adapter looks at every element; for plain values that cost a sixth of a command's time.
    """
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


class WholeNumbers(IntDumper):
    """Whole numbers are never int2: fewer types mean fewer prepared statements per text."""

    _int2_dumper = Int4Dumper(Int4)  # type: ignore[assignment]


def _adapt(connection: Any, **_: Any) -> None:
    connection.connection.adapters.register_dumper(int, WholeNumbers)


connection_created.connect(_adapt, dispatch_uid="gendan.kernel.db")


def _drop_dead_connection(**_: Any) -> None:
    """Before a request: close a connection that the server has left, so that the request opens a new one.

    A socket that is readable while nothing was asked has reached its end. This costs no round trip, unlike a health
     check.
    """
    raw = connection.connection
    if raw is None or raw.closed:
        return
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.close()


request_started.connect(_drop_dead_connection, dispatch_uid="gendan.kernel.db")
