"""The second wall between companies: row security in PostgreSQL, under the conditions that every query carries anyway.

Inside a door (a page, the API, a customer's link, a job) and inside every command the connection works as a role that
sees only rows of the company it was told: a query that forgets its company gets nothing of another's. Outside, where a
session or token is looked up or the installation works for all, it works as the owner of the tables.

The role and the company are told lazily, with the statement that needs them first, and only when they change. The
policies are made by ``gendan.kernel.walls``; where there are none, only the company is told: new lines carry it
(docs/decisions/0025).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection

ROLE = "gendan_app"
POLICY = "company_wall"
_STANDS = """
SELECT EXISTS (SELECT 1 FROM pg_policy WHERE polname = %s)
 AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(oid, 'MEMBER'))
"""
_TELL = "SELECT set_config('role', %s::text, false), set_config('gendan.company', %s::text, false)"
_AS_IS = -1

_WITHIN: ContextVar[int | None] = ContextVar("within", default=None)
# What each connection was told last: a company, None for none; missing: not known (a transaction was undone).
_TOLD: WeakKeyDictionary[Connection[Any], int | None] = WeakKeyDictionary()
_STANDING: WeakKeyDictionary[Connection[Any], bool] = WeakKeyDictionary()

Statement = tuple[str, list[Any]]


def enter(company_id: int | None) -> None:
    """From here on this thread works inside a company, or (None) outside of all."""
    _WITHIN.set(company_id)


@contextmanager
def within(company_id: int | None) -> Iterator[None]:
    """Work inside a company, or (None) outside of all."""
    token = _WITHIN.set(company_id)
    try:
        yield
    finally:
        _WITHIN.reset(token)


@contextmanager
def as_is() -> Iterator[None]:
    """Send a statement without telling the connection anything before it."""
    with within(_AS_IS):
        yield


def to_tell(raw: Connection[Any]) -> Statement | None:
    """What has to be sent before the next statement of a connection, if anything; it is taken as sent."""
    wanted = _WITHIN.get()
    if wanted == _AS_IS or (raw in _TOLD and _TOLD[raw] == wanted):
        return None
    _TOLD[raw] = wanted
    if wanted is None:
        return _TELL, ["none", ""]
    return _TELL, [ROLE if _STANDING.get(raw) else "none", str(wanted)]


def look(raw: Connection[Any]) -> None:
    """See whether the wall stands in the database of a new connection."""
    found = raw.execute(_STANDS, [POLICY, ROLE]).fetchone()
    _STANDING[raw] = bool(found and found[0])
    _TOLD[raw] = None


def forget(raw: Connection[Any] | None) -> None:
    """What a connection was told may have been undone with a transaction."""
    if raw is not None:
        _TOLD.pop(raw, None)
