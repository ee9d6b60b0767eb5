"""The verbs of the purchase chain."""

from gendan.purchasing.commands.approve import approve_order
from gendan.purchasing.commands.cancel import cancel_order
from gendan.purchasing.commands.close import close_order, reopen_order
from gendan.purchasing.commands.confirm import confirm_order
from gendan.purchasing.commands.create import create_order
from gendan.purchasing.commands.receive import receive_goods
from gendan.purchasing.commands.submit import reject_order, submit_order, withdraw_order

__all__ = [
    "approve_order",
    "cancel_order",
    "close_order",
    "confirm_order",
    "create_order",
    "receive_goods",
    "reject_order",
    "reopen_order",
    "submit_order",
    "withdraw_order",
]
