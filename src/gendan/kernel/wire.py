"""Statements in one exchange with PostgreSQL: sent together, answered together, over libpq's pipeline.

psycopg's own pipeline waits and communicates once per statement and keeps a cursor for each; for the dozen small
statements of a command that was more work than the command itself (docs/decisions/0013-one-exchange.md). Here the
statements go through ``psycopg.pq``, always prepared, with psycopg's adapters for parameters and rows.
"""

from __future__ import annotations

import re
import select
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, errors
from psycopg.abc import Buffer, Transformer
from psycopg.adapt import PyFormat
from psycopg.adapt import Transformer as Adapters
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Params = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]
Statement = tuple[str, Params]
Key = tuple[bytes, tuple[int, ...]]
Dumped = tuple[Key, Sequence[Buffer | None], Sequence[int] | None]
Asked = tuple[Key, bytes] | bool  # what was to be prepared under which name; else whether the caller wants the answer

MAX_PREPARED = 1000
_PLAIN = (int, Decimal, date)  # what PostgreSQL reads as Python writes it, also bool and datetime
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|(s|%))")


@dataclass(slots=True)
class Answer:
    """What one statement answered."""

    rows: list[Row]
    result: PGresult

    @property
    def count(self) -> int:
        """How many rows it returned, or changed."""
        return self.result.command_tuples or 0

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [(self.result.fname(n) or b"").decode() for n in range(self.result.nfields)]


@dataclass(slots=True)
class _Known:
    """What is known of a connection: names of prepared statements by text and parameter types, psycopg's adapters."""

    adapt: Transformer
    names: dict[Key, bytes] = field(default_factory=dict)
    made: int = 0

    def next_name(self) -> bytes:
        self.made += 1
        return b"gd%d" % self.made


_KNOWN: WeakKeyDictionary[Connection[Any], _Known] = WeakKeyDictionary()


def exchange(raw: Connection[Any], statements: Sequence[Statement], *, commit: bool = False) -> list[Answer]:
    """Run the statements in their order; what each answered.

    Each sees what those before it did. On a connection that is not in autocommit mode a transaction begins with the
    first; with ``commit`` it ends with the last. The first error is raised, and what follows it was not run.
    """
    pgconn = raw.pgconn
    known = _KNOWN.get(raw)
    if known is None:
        known = _KNOWN[raw] = _Known(Adapters(raw))
    dumped = [_dump(known.adapt, sql, params) for sql, params in statements]
    pgconn.enter_pipeline_mode()
    try:
        asked = _send(raw, known, dumped, commit)
        results = _receive(pgconn)
    except BaseException:
        raw.close()  # answers to what was sent may still come, and nobody must take them for his own
        raise
    pgconn.exit_pipeline_mode()
    return _read(known, asked, results)


def _dump(adapt: Transformer, sql: str, params: Params) -> Dumped:
    query, names = _translated(sql)
    given = [params[name] for name in names] if isinstance(params, Mapping) else params
    values = [_literal(value) if type(value) is list else value for value in given]
    dumped = adapt.dump_sequence(values, [PyFormat.AUTO] * len(values))
    return (query, adapt.types or ()), dumped, adapt.formats


def _send(raw: Connection[Any], known: _Known, statements: Sequence[Dumped], commit: bool) -> list[Asked]:
    """Send everything; what each result will be the answer to."""
    pgconn, asked, fresh = raw.pgconn, list[Asked](), dict[Key, bytes]()
    if not raw.autocommit and pgconn.transaction_status == TransactionStatus.IDLE:
        pgconn.send_query_params(b"BEGIN", None)
        asked.append(False)
    for key, values, formats in statements:
        name = known.names.get(key) or fresh.get(key)
        if name is None:
            name = b""  # too many are known: this one is prepared for now only
            if len(known.names) + len(fresh) < MAX_PREPARED:
                name = fresh[key] = known.next_name()
            pgconn.send_prepare(name, *key)
            asked.append((key, name))
        pgconn.send_query_prepared(name, values, formats)
        asked.append(True)
    if commit:
        pgconn.send_query_params(b"COMMIT", None)
        asked.append(False)
    pgconn.pipeline_sync()
    return asked


@lru_cache(maxsize=2000)
def _translated(sql: str) -> tuple[bytes, list[str]]:
    """PostgreSQL's text ($1, $2 …) of a statement with %s or %(name)s, and the names in the order of the numbers."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name, plain = found.groups()
        if plain == "%":
            return "%"
        if name is None:
            names.append("")
            return f"${len(names)}"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PLACEHOLDER.sub(number, sql).encode(), names


def _literal(values: list[Any]) -> Any:
    """A list as an array literal, its type left to the statement; psycopg takes several times as long for it."""
    parts = []
    for value in values:
        if value is None:
            parts.append("NULL")
        elif isinstance(value, str):
            parts.append('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
        elif isinstance(value, _PLAIN):
            parts.append(str(value))
        else:
            return values
    return "{" + ",".join(parts) + "}"


def _receive(pgconn: PGconn) -> list[PGresult]:
    """All results up to the end of the exchange."""
    poll = select.poll()
    socket = pgconn.socket
    while pgconn.flush():  # more to send than the socket takes at once: read meanwhile, or both sides wait
        poll.register(socket, select.POLLIN | select.POLLOUT)
        if any(event & select.POLLIN for _, event in poll.poll()):
            pgconn.consume_input()
    poll.register(socket, select.POLLIN)
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            poll.poll()
            pgconn.consume_input()
        if (result := pgconn.get_result()) is None:
            continue  # the end of one statement's results
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _read(known: _Known, asked: list[Asked], results: list[PGresult]) -> list[Answer]:
    answers: list[Answer] = []
    for what, result in zip(asked, results, strict=True):
        status = result.status
        if status == ExecStatus.FATAL_ERROR:
            problem = errors.error_from_result(result, encoding="utf-8")
            if isinstance(problem, errors.FeatureNotSupported):  # «cached plan must not change result type»
                known.names.clear()
            raise problem
        if what is True:
            answers.append(Answer(_load(known.adapt, result) if status == ExecStatus.TUPLES_OK else [], result))
        elif what and what[1]:
            known.names[what[0]] = what[1]
    return answers


def _load(adapt: Transformer, result: PGresult) -> list[Row]:
    adapt.set_pgresult(result)
    return adapt.load_rows(0, result.ntuples, tuple)
