"""Write lines' counters and the order states that follow from them, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.rules.lines import ZERO, live_state
from gendan.purchasing.steps import pegs
from gendan.purchasing.steps.order import LockedLine, LockedOrder

# What commands change of a line, with the column's type, in the order in which steps.order reads them.
COLUMNS = {
    "confirmed": "numeric",
    "refused": "numeric",
    "shipped": "numeric",
    "received": "numeric",
    "accepted": "numeric",
    "rejected": "numeric",
    "cancelled": "numeric",
    "promised_on": "date",
    "expected_on": "date",
    "due_on": "date",
    "completed_on": "date",
    "promise_revision": "int",
    "promise_parts": "smallint",
}
_VALUES = attrgetter(*COLUMNS)
_ACCEPTED, _EXPECTED_ON = (list(COLUMNS).index(name) for name in ("accepted", "expected_on"))
_ORDERS = """UPDATE purchasing_purchaseorder o SET state = t.state, version = o.version + 1, updated_at = now()
FROM unnest(%(orders)s::bigint[], %(states)s::text[]) AS t(id, state) WHERE o.id = t.id"""


@lru_cache(maxsize=200)
def _write(columns: tuple[str, ...]) -> str:
    """The statement for the lines' ``columns`` and the orders; a command changes few, always the same ones."""
    if not columns:
        return _ORDERS
    sets = ", ".join(f"{column} = t.{column}" for column in columns)
    arrays = ", ".join(f"%({column})s::{COLUMNS[column]}[]" for column in columns)
    return (
        f"WITH changed AS (UPDATE purchasing_orderline l SET {sets}"
        f" FROM unnest(%(ids)s::bigint[], {arrays}) AS t(id, {', '.join(columns)}) WHERE l.id = t.id)\n{_ORDERS}"
    )


@step
def save(
    actor: Actor, orders: Sequence[LockedOrder], lines: Sequence[LockedLine], changed: Sequence[LockedLine]
) -> Mapping[int, str]:
    """Write the changed lines and every order's state and version; the new states by order id.

    ``lines`` are all lines of the orders, since the state follows from all of them. What waits for changed lines
    follows them.
    """
    waited = [(line, _change(line)) for line in pegs.hold(actor, changed)]
    states = {order.id: live_state([line for line in lines if line.order_id == order.id]) for order in orders}
    values = [_VALUES(line) for line in changed]
    moved = {
        column: db.array(row[n] for row in values)
        for n, column in enumerate(COLUMNS)
        if any(row[n] != line.read[n] for row, line in zip(values, changed, strict=True))
    }
    for row, line in zip(values, changed, strict=True):
        line.read = row
    ids, orders_of = db.array(line.id for line in changed), db.array(states)
    given = {"ids": ids, **moved, "orders": orders_of, "states": list(states.values())}
    db.later(_write(tuple(moved)), given)
    pegs.follow(actor, [change for _line, change in waited])
    return states


def _change(line: LockedLine) -> pegs.Changed:
    """How a line differs from what was read of it, for those who wait for it."""
    landing = max(line.accepted - line.read[_ACCEPTED], ZERO)
    moved = line.expected_on != line.read[_EXPECTED_ON]
    return pegs.Changed(line.id, pegs.room_of(line, landing), moved)
