"""What waits for purchase lines: a context above ties its own lines to them, registers here, and is told what became of
the goods. Nothing is asked while nothing is set aside (``pegged`` of a line is zero).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.purchasing.rules.lines import ZERO, peggable
from gendan.purchasing.steps.order import LockedLine

# room_of in SQL, for a line «l»; and what of it nobody waits for yet.
ROOM = (
    "(greatest(l.quantity - l.cancelled - l.accepted - l.rejected + l.replaced - least(l.refused,"
    " greatest(l.quantity - l.cancelled - greatest(l.confirmed, l.shipped, l.received), 0)), 0) * l.factor)"
)
FREE = f"({ROOM} - l.pegged)"


@dataclass(frozen=True, slots=True)
class Changed:
    """A purchase line that something waits for: the most it may carry now (stock units), and whether its date moved."""

    line_id: int
    room: Decimal
    moved: bool


@dataclass(frozen=True, slots=True)
class Landed:
    """Good goods of a purchase line that came into a bin; stock units."""

    line_id: int
    product_id: int
    location_id: int
    lot_id: int | None
    quantity: Decimal


class Holder(Protocol):
    """Who ties its lines to purchase and requisition lines."""

    def hold(self, actor: Actor, line_ids: Sequence[int]) -> None:
        """Lock what waits for the purchase lines, before they are written."""

    def follow(self, actor: Actor, changed: Sequence[Changed]) -> None:
        """Let go what the purchase lines cannot bring any more, and tell of new dates."""

    def land(self, actor: Actor, goods: Sequence[Landed]) -> None:
        """Move what was tied to purchase lines to the stock that came in."""

    def taken_back(self, actor: Actor, accepted: Mapping[int, Decimal]) -> None:
        """Forget what came in beyond what is still ``accepted`` of purchase lines (stock units, by line id), and wait
        for it again.
        """

    def went_live(self, actor: Actor, order: Subject) -> None:
        """Move what was tied to requisition lines to the approved order's lines that serve them."""

    def requested_less(self, actor: Actor, line_ids: Sequence[int]) -> None:
        """Let go what requisition lines do not ask for any more; lines that are gone ask for nothing."""


HOLDERS: list[Holder] = []


@step
def hold(actor: Actor, lines: Sequence[LockedLine]) -> list[LockedLine]:
    """Lock what waits for the lines, before they are written; those that something waits for."""
    waited = [line for line in lines if line.pegged > 0]
    if waited:
        for holder in HOLDERS:
            holder.hold(actor, [line.id for line in waited])
    return waited


@step
def follow(actor: Actor, changed: Sequence[Changed]) -> None:
    """Tell what waits for the lines what they may still bring, after they were written."""
    if changed:
        for holder in HOLDERS:
            holder.follow(actor, changed)


@step
def land(actor: Actor, goods: Sequence[tuple[LockedLine, Landed]]) -> None:
    """Tell what waits for the lines which goods came into bins; after the stock was booked."""
    waited = [landed for line, landed in goods if line.pegged > 0 and landed.quantity > 0]
    if waited:
        for holder in HOLDERS:
            holder.land(actor, waited)


@step
def taken_back(actor: Actor, lines: Sequence[LockedLine]) -> None:
    """Goods of the lines went out again as if they had never come; after the stock was booked."""
    for holder in HOLDERS:
        holder.taken_back(actor, {line.id: line.accepted * line.factor for line in lines})


@step
def went_live(actor: Actor, order: Subject) -> None:
    """An order was approved: what waits for the requisitions that it serves waits for it from now on."""
    for holder in HOLDERS:
        holder.went_live(actor, order)


@step
def requested_less(actor: Actor, line_ids: Sequence[int]) -> None:
    """Requisition lines ask for less than before, or are gone."""
    for holder in HOLDERS:
        holder.requested_less(actor, line_ids)


@step
def set_aside(changes: Mapping[int, Decimal]) -> None:
    """Change what is set aside of purchase lines (stock units) that the caller holds; sent with the next statement."""
    if changes:
        db.later(
            "UPDATE purchasing_orderline l SET pegged = l.pegged + t.change"
            " FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, change) WHERE l.id = t.id",
            [db.array(changes), db.array(changes.values())],
        )


def room_of(line: LockedLine, landing: Decimal = ZERO) -> Decimal:
    """The most that may wait for a line, in stock units; ``landing`` (its unit) was accepted just now and takes with it
    what waits for it once it is in its bin.
    """
    return (peggable(line) + landing) * line.factor
