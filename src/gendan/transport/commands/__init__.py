"""The verbs of transport."""

from gendan.transport.commands.docks import book_dock, cancel_booking, save_dock
from gendan.transport.commands.freight import remove_freight, save_freight

__all__ = ["book_dock", "cancel_booking", "remove_freight", "save_dock", "save_freight"]
