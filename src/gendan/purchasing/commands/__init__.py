"""The verbs of the purchase chain."""

from gendan.purchasing.commands.approve import approve_order
from gendan.purchasing.commands.confirm import confirm_order
from gendan.purchasing.commands.create import create_order
from gendan.purchasing.commands.receive import receive_goods

__all__ = ["approve_order", "confirm_order", "create_order", "receive_goods"]
