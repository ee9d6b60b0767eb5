"""Writes of stock, for the commands of every context that moves goods."""

from gendan.inventory.steps.ledger import PHYSICAL, Leg, bring_in, ensure_lots, move

__all__ = ["PHYSICAL", "Leg", "bring_in", "ensure_lots", "move"]
