"""The verbs of the sales chain."""

from gendan.sales.commands.back_order import change_back_order
from gendan.sales.commands.close import close_order
from gendan.sales.commands.cover import cover_line
from gendan.sales.commands.create import create_order
from gendan.sales.commands.deliver import deliver_order, sign_delivery
from gendan.sales.commands.deliveries import cancel_delivery, create_delivery, ship_delivery, update_delivery
from gendan.sales.commands.past import import_orders
from gendan.sales.commands.pick import cancel_wave, create_wave, pack_delivery, pick_goods, short_pick
from gendan.sales.commands.promise import promise_order
from gendan.sales.commands.quotation import copy_quotation, create_quotation, update_quotation
from gendan.sales.commands.quotation_flow import cancel_quotation, lose_quotation, order_quotation, send_quotation
from gendan.sales.commands.reallocate import move_reservation, reallocate
from gendan.sales.commands.reserve import release_order, reserve_order
from gendan.sales.commands.returned import (
    approve_return,
    cancel_return,
    decide_return,
    receive_return,
    reject_return,
    request_return,
)
from gendan.sales.commands.review import approve_order, cancel_order, complete_order, reject_order, submit_order
from gendan.sales.commands.save_many import save_orders
from gendan.sales.commands.settings import save_settings
from gendan.sales.commands.settle_return import settle_return
from gendan.sales.commands.shortage import request_safety_stock, request_shortage
from gendan.sales.commands.update_order import copy_order, delete_order, set_line_note, update_order

__all__ = [
    "approve_order",
    "approve_return",
    "cancel_delivery",
    "cancel_order",
    "cancel_quotation",
    "cancel_return",
    "cancel_wave",
    "change_back_order",
    "close_order",
    "complete_order",
    "copy_order",
    "copy_quotation",
    "cover_line",
    "create_delivery",
    "create_order",
    "create_quotation",
    "create_wave",
    "decide_return",
    "delete_order",
    "deliver_order",
    "import_orders",
    "lose_quotation",
    "move_reservation",
    "order_quotation",
    "pack_delivery",
    "pick_goods",
    "promise_order",
    "reallocate",
    "receive_return",
    "reject_order",
    "reject_return",
    "release_order",
    "request_return",
    "request_safety_stock",
    "request_shortage",
    "reserve_order",
    "save_orders",
    "save_settings",
    "send_quotation",
    "set_line_note",
    "settle_return",
    "ship_delivery",
    "short_pick",
    "sign_delivery",
    "submit_order",
    "update_delivery",
    "update_order",
    "update_quotation",
]
