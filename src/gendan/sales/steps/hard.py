"""The part of a tie on stock that stands on a delivery: it is made, let go, and goes with the goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from gendan.inventory import steps as inventory
from gendan.kernel import db
from gendan.kernel.unit import step


class Part(NamedTuple):
    """A quantity (stock units) of a balance that stands on a delivery for an order's line."""

    line_id: int
    balance_id: int
    quantity: Decimal


_T = (
    "WITH t AS (SELECT line_id, balance_id, sum(quantity) AS quantity FROM unnest(%(lines)s::bigint[],"
    " %(balances)s::bigint[], %(quantities)s::numeric[]) AS t(line_id, balance_id, quantity) GROUP BY 1, 2)"
)
_MARK = (
    _T + " UPDATE sales_peg p SET hard = p.hard + %(sign)s::int * t.quantity FROM t"
    " WHERE p.line_id = t.line_id AND p.balance_id = t.balance_id"
)
_GONE = (
    _T
    + """,
 gone AS (DELETE FROM sales_peg p USING t
  WHERE p.line_id = t.line_id AND p.balance_id = t.balance_id AND p.quantity = t.quantity),
 less AS (UPDATE sales_peg p SET quantity = p.quantity - t.quantity, hard = p.hard - t.quantity FROM t
  WHERE p.line_id = t.line_id AND p.balance_id = t.balance_id AND p.quantity > t.quantity)
UPDATE sales_salesline l SET reserved = l.reserved - s.quantity
FROM (SELECT line_id, sum(quantity) AS quantity FROM t GROUP BY 1) s WHERE l.id = s.line_id
"""
)


@step
def harden(parts: Sequence[Part]) -> None:
    """What the lines hold of the balances stands on a delivery from now on."""
    _mark(parts, 1)


@step
def soften(parts: Sequence[Part]) -> None:
    """It stands on no delivery any more, but is still the lines'."""
    _mark(parts, -1)


def _mark(parts: Sequence[Part], sign: int) -> None:
    if parts:
        db.later(_MARK, {**_columns(parts), "sign": sign})


@step
def let_go(parts: Sequence[Part]) -> None:
    """It is nobody's any more: the goods leave, or are not where they were thought to be. The balances are locked."""
    if parts:
        db.later(_GONE, _columns(parts))
        inventory.reserve({id_: -quantity for id_, quantity in by_balance(parts).items()})


def by_balance(parts: Iterable[Part]) -> dict[int, Decimal]:
    """How much of each balance."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for part in parts:
        found[part.balance_id] += part.quantity
    return dict(found)


def _columns(parts: Sequence[Part]) -> dict[str, object]:
    return {
        "lines": db.array(part.line_id for part in parts),
        "balances": db.array(part.balance_id for part in parts),
        "quantities": db.array(part.quantity for part in parts),
    }
