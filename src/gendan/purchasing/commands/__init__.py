"""The verbs of the purchase chain."""

from gendan.purchasing.commands.approve import approve_order
from gendan.purchasing.commands.cancel import cancel_order
from gendan.purchasing.commands.change_shipment import (
    arrive_shipment,
    cancel_shipment,
    dispatch_shipment,
    update_shipment,
)
from gendan.purchasing.commands.close import close_order, reopen_order
from gendan.purchasing.commands.confirm import confirm_order
from gendan.purchasing.commands.create import create_order
from gendan.purchasing.commands.create_shipment import create_shipment
from gendan.purchasing.commands.inspect_receipt import inspect_receipt
from gendan.purchasing.commands.order_requisitions import order_requisitions
from gendan.purchasing.commands.receive import receive_goods
from gendan.purchasing.commands.requisition import (
    copy_requisition,
    create_requisition,
    delete_requisition,
    request_goods,
    update_requisition,
)
from gendan.purchasing.commands.requisition_flow import (
    approve_requisition,
    cancel_requisition,
    reject_requisition,
    submit_requisition,
    withdraw_requisition,
)
from gendan.purchasing.commands.reverse_receipt import reverse_receipt
from gendan.purchasing.commands.revise_promise import revise_promise
from gendan.purchasing.commands.submit import reject_order, submit_order, withdraw_order
from gendan.purchasing.commands.update_order import copy_order, delete_order, set_line_note, update_order
from gendan.purchasing.commands.urge import urge_supplier

__all__ = [
    "approve_order",
    "approve_requisition",
    "arrive_shipment",
    "cancel_order",
    "cancel_requisition",
    "cancel_shipment",
    "close_order",
    "confirm_order",
    "copy_order",
    "copy_requisition",
    "create_order",
    "create_requisition",
    "create_shipment",
    "delete_order",
    "delete_requisition",
    "dispatch_shipment",
    "inspect_receipt",
    "order_requisitions",
    "receive_goods",
    "reject_order",
    "reject_requisition",
    "reopen_order",
    "request_goods",
    "reverse_receipt",
    "revise_promise",
    "set_line_note",
    "submit_order",
    "submit_requisition",
    "update_order",
    "update_requisition",
    "update_shipment",
    "urge_supplier",
    "withdraw_order",
    "withdraw_requisition",
]
