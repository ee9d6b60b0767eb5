"""Plain SQL where the ORM would cost a statement per row."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connection, connections
from django.db.backends.signals import connection_created
from psycopg.types.numeric import Int4, Int4Dumper, IntDumper

from gendan.kernel import wall
from gendan.kernel.wire import Answer, Params, exchange
from gendan.kernel.wire import Row as Row
from gendan.kernel.wire import Statement as Statement

_LATER: ContextVar[list[Statement] | None] = ContextVar("later", default=None)


def rows(sql: str, params: Params = ()) -> list[Row]:
    """All rows of a statement as tuples."""
    return _exchange([(sql, params)])[0].rows


def row(sql: str, params: Params = ()) -> Row | None:
    """The first row, or None."""
    return next(iter(rows(sql, params)), None)


def dicts(sql: str, params: Params = ()) -> list[dict[str, Any]]:
    """All rows as dictionaries keyed by column name."""
    answer = _exchange([(sql, params)])[0]
    names = answer.names
    return [dict(zip(names, values, strict=True)) for values in answer.rows]


def execute(sql: str, params: Params = ()) -> int:
    """Run a statement; the number of rows it touched."""
    return _exchange([(sql, params)])[0].count


def batch(statements: Sequence[Statement]) -> list[list[Row]]:
    """Run statements in their order in one exchange; the rows of each, [] for one that returns none.

    Each statement sees what those before it did. The first error is raised and ends the batch.
    """
    return [answer.rows for answer in _exchange(statements)]


def _exchange(statements: Sequence[Statement], *, commit: bool = False) -> list[Answer]:
    """Run what was queued, then the statements; what the latter answered."""
    queued = _take_queue()
    default = connections["default"]  # the proxy «connection» looks it up at every use
    if default.connection is None:
        default.ensure_connection()
    told = wall.to_tell(default.connection)
    first = [told] if told is not None else []
    every = [*queued, *statements]
    with default.wrap_database_errors:
        try:
            answers = exchange(default.connection, [*first, *every], commit=commit)
        except BaseException:
            wall.forget(default.connection)
            raise
    if default.queries_logged:
        default.queries_log.extend({"sql": sql, "time": "0"} for sql, _ in every)
    return answers[len(first) + len(queued) :]


def _take_queue() -> list[Statement]:
    queue = _LATER.get()
    if not queue:
        return []
    queued = list(queue)
    queue.clear()
    return queued


def in_command() -> bool:
    """Whether writes may be made: inside a command, or a transaction around."""
    return _LATER.get() is not None or connection.in_atomic_block


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


def flush(*, commit: bool = False) -> None:
    """Send what was queued, in one exchange, which with ``commit`` ends the transaction."""
    if _LATER.get():
        _exchange((), commit=commit)


def discard() -> None:
    """Forget what was queued: the work that it belongs to is undone."""
    if queue := _LATER.get():
        queue.clear()


@contextmanager
def queueing() -> Iterator[None]:
    """Let ``later`` queue; any other statement, the ORM's too, sends the queue first, so that order is kept.

    What is queued at the end goes together with the COMMIT of the transaction around, if nothing is around that.
    """

    def in_order(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        flush()
        return execute(sql, params, many, context)

    token = _LATER.set([])
    default = connections["default"]
    try:
        with default.execute_wrapper(in_order):
            yield
            outermost = default.in_atomic_block and not default.savepoint_ids
            flush(commit=outermost and not default.needs_rollback)
    finally:
        _LATER.reset(token)


def array(values: Iterable[int | Decimal | date | None]) -> str:
    """Numbers or dates as a PostgreSQL array literal, for a parameter that the statement casts (``%s::bigint[]``).

    psycopg's own list adapter looks at every element; for plain values that cost a sixth of a command's time.
    """
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


class WholeNumbers(IntDumper):
    """Whole numbers are never int2: fewer types mean fewer prepared statements per text."""

    _int2_dumper = Int4Dumper(Int4)  # type: ignore[assignment]


def _adapt(connection: Any, **_: Any) -> None:
    connection.connection.adapters.register_dumper(int, WholeNumbers)


connection_created.connect(_adapt, dispatch_uid="gendan.kernel.db")


def _before_every_wall(**_: Any) -> None:
    """A request begins and ends outside of every company: threads are used again."""
    wall.enter(None)


request_started.connect(_before_every_wall, dispatch_uid="gendan.kernel.wall")
request_finished.connect(_before_every_wall, dispatch_uid="gendan.kernel.wall")


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
