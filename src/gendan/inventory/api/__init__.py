"""Stock for programs: one router, its endpoints by document."""

from gendan.inventory.api import adjustments, counts, losses, stock, transfers
from gendan.inventory.api.router import router

__all__ = ["adjustments", "counts", "losses", "router", "stock", "transfers"]
