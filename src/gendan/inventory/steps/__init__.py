"""Writes of stock, for the commands of every context that moves goods."""

from gendan.inventory.steps.claims import CLAIMANTS, Claimant, move_claimed
from gendan.inventory.steps.ledger import PHYSICAL, Leg, bring_in, ensure_lots, move
from gendan.inventory.steps.past import PastLeg, move_past
from gendan.inventory.steps.reserve import Held, available_of, lock_available, reserve

__all__ = [
    "CLAIMANTS",
    "PHYSICAL",
    "Claimant",
    "Held",
    "Leg",
    "PastLeg",
    "available_of",
    "bring_in",
    "ensure_lots",
    "lock_available",
    "move",
    "move_claimed",
    "move_past",
    "reserve",
]
