"""Stock that is set aside still moves from bin to bin, is lost, or is counted away: whoever set it aside makes way
before the move and takes what it can afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from gendan.inventory.steps.ledger import DELTAS, LEGS, Leg, leg_params, move
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step


class Claimant(Protocol):
    """A context above that sets stock aside."""

    def give_way(self, actor: Actor, short: Mapping[int, Decimal]) -> Any:
        """Free so much (stock units) of balances by id, as far as it may; what ``settle`` needs to know."""

    def settle(self, actor: Actor, freed: Any) -> None:
        """Set aside anew what can be, after the move."""


CLAIMANTS: list[Claimant] = []
_SHORT = f"""
WITH {LEGS}, {DELTAS}
SELECT b.id, least(b.reserved, b.reserved - b.on_hand - d.change)
FROM deltas d JOIN inventory_balance b ON b.product_id = d.product_id AND b.location_id = d.place
 AND b.lot_id IS NOT DISTINCT FROM d.lot_id
WHERE d.change < 0 AND b.reserved > 0 AND b.on_hand + d.change < b.reserved
"""


@step
def move_claimed(actor: Actor, legs: Sequence[Leg], source: Subject, at: datetime | None = None) -> None:
    """Book legs as ``move`` does, also of stock that is set aside: those who set it aside make way, and take other
    stock of the warehouse where there is some. One statement more while nothing is in the way.

    Errors: StockShort, when there is less than nothing, or what is in the way stands on a delivery.
    """
    if not legs:
        return
    short: dict[int, Decimal] = dict(db.rows(_SHORT, leg_params(actor, legs, source, at)))
    freed = [(claimant, claimant.give_way(actor, short)) for claimant in CLAIMANTS] if short else []
    move(actor, legs, source, at)
    for claimant, what in freed:
        claimant.settle(actor, what)
