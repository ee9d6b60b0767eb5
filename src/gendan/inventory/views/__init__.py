"""Pages of stock."""

from gendan.inventory.views import adjustments, counts, stock, transfers

__all__ = ["adjustments", "counts", "stock", "transfers"]
