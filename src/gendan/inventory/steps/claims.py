"""Stock that is set aside still moves from bin to bin, is lost, or is counted away: whoever set it aside makes way
before the move and takes what it can afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from gendan.inventory.steps.ledger import DELTAS, LEGS, PHYSICAL, Leg, leg_params, move
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step


class Claimant(Protocol):
    """A context above that sets stock aside."""

    def hold(self, actor: Actor, balances: Collection[int]) -> Any:
        """Lock those for whom the balances are set aside, without waiting for anybody; what ``give_way`` needs."""

    def give_way(self, actor: Actor, short: Mapping[int, Decimal], held: Any) -> Any:
        """Free so much (stock units) of balances by id, as far as those held allow it; what ``settle`` needs."""

    def settle(self, actor: Actor, freed: Any, locked: Collection[int]) -> None:
        """Set aside anew what can be of the balances that are locked, after the move."""


CLAIMANTS: list[Claimant] = []
_SHORT = f"""
WITH {LEGS}, {DELTAS}
SELECT b.id, least(b.reserved, b.reserved - b.on_hand - d.change)
FROM deltas d JOIN inventory_balance b ON b.product_id = d.product_id AND b.location_id = d.place
 AND b.lot_id IS NOT DISTINCT FROM d.lot_id
WHERE d.change < 0 AND b.reserved > 0 AND b.on_hand + d.change < b.reserved
"""
# Balances that the move is going to make are there before anything is locked: none comes between later.
_MAKE = f"""
WITH {LEGS}, {DELTAS}
INSERT INTO inventory_balance (company_id, product_id, location_id, lot_id, on_hand, reserved, allow_negative)
SELECT %(company)s::bigint, d.product_id, d.place, d.lot_id, 0, 0, p.allow_negative
FROM deltas d JOIN catalog_location p ON p.id = d.place AND p.kind IN {PHYSICAL}
ORDER BY d.product_id, d.place, d.lot_id ON CONFLICT DO NOTHING
"""
_LOCK = """
SELECT b.id FROM inventory_balance b WHERE b.company_id = %s::bigint AND b.product_id = ANY(%s::bigint[])
ORDER BY b.product_id, b.location_id, b.lot_id FOR NO KEY UPDATE
"""


@step
def move_claimed(actor: Actor, legs: Sequence[Leg], source: Subject, at: datetime | None = None) -> None:
    """Book legs as ``move`` does, also of stock that is set aside: those who set it aside make way, and take other
    stock of the warehouse where there is some. One statement more while nothing is in the way.

    Errors: StockShort, when there is less than nothing, or what is in the way stands on a delivery or is at work.
    """
    if not legs:
        return
    params = leg_params(actor, legs, source, at)
    short: dict[int, Decimal] = dict(db.rows(_SHORT, params))
    if not short:
        move(actor, legs, source, at)
        return
    held = [claimant.hold(actor, short) for claimant in CLAIMANTS]
    products = sorted({leg.product_id for leg in legs})
    db.later(_MAKE, params)
    locked = [row[0] for row in db.rows(_LOCK, [actor.company_id, products])]
    short = dict(db.rows(_SHORT, params))
    freed = [claimant.give_way(actor, short, what) for claimant, what in zip(CLAIMANTS, held, strict=True)]
    move(actor, legs, source, at)
    for claimant, what in zip(CLAIMANTS, freed, strict=True):
        claimant.settle(actor, what, locked)
