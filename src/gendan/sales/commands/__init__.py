"""The verbs of the sales chain."""

from gendan.sales.commands.close import close_order
from gendan.sales.commands.create import create_order
from gendan.sales.commands.deliver import deliver_order, sign_delivery
from gendan.sales.commands.past import import_orders
from gendan.sales.commands.promise import promise_order
from gendan.sales.commands.reserve import release_order, reserve_order
from gendan.sales.commands.review import approve_order, cancel_order, complete_order, reject_order, submit_order
from gendan.sales.commands.update_order import copy_order, delete_order, set_line_note, update_order

__all__ = [
    "approve_order",
    "cancel_order",
    "close_order",
    "complete_order",
    "copy_order",
    "create_order",
    "delete_order",
    "deliver_order",
    "import_orders",
    "promise_order",
    "reject_order",
    "release_order",
    "reserve_order",
    "set_line_note",
    "sign_delivery",
    "submit_order",
    "update_order",
]
