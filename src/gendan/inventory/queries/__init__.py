"""Reading stock."""

from gendan.inventory.queries.incoming import INCOMING, Expected, Incoming, incoming, incoming_by_warehouse

__all__ = ["INCOMING", "Expected", "Incoming", "incoming", "incoming_by_warehouse"]
