"""The verbs of the purchase chain."""

from gendan.purchasing.commands.answer_policy import save_answer_policy
from gendan.purchasing.commands.approve import approve_order
from gendan.purchasing.commands.cancel import cancel_order
from gendan.purchasing.commands.change_return import promise_replacement, update_return
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
from gendan.purchasing.commands.purchase_return import (
    approve_return,
    cancel_return,
    create_return,
    post_return,
    reverse_return,
)
from gendan.purchasing.commands.receive import receive_goods
from gendan.purchasing.commands.rejects import concede_goods, settle_rejects
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
from gendan.purchasing.commands.send import revoke_supplier_link, send_order
from gendan.purchasing.commands.settle_return import credit_return, receive_replacement
from gendan.purchasing.commands.submit import reject_order, submit_order, withdraw_order
from gendan.purchasing.commands.update_order import copy_order, delete_order, set_line_note, update_order
from gendan.purchasing.commands.urge import urge_supplier

__all__ = [
    "approve_order",
    "approve_requisition",
    "approve_return",
    "arrive_shipment",
    "cancel_order",
    "cancel_requisition",
    "cancel_return",
    "cancel_shipment",
    "close_order",
    "concede_goods",
    "confirm_order",
    "copy_order",
    "copy_requisition",
    "create_order",
    "create_requisition",
    "create_return",
    "create_shipment",
    "credit_return",
    "delete_order",
    "delete_requisition",
    "dispatch_shipment",
    "inspect_receipt",
    "order_requisitions",
    "post_return",
    "promise_replacement",
    "receive_goods",
    "receive_replacement",
    "reject_order",
    "reject_requisition",
    "reopen_order",
    "request_goods",
    "reverse_receipt",
    "reverse_return",
    "revise_promise",
    "revoke_supplier_link",
    "save_answer_policy",
    "send_order",
    "set_line_note",
    "settle_rejects",
    "submit_order",
    "submit_requisition",
    "update_order",
    "update_requisition",
    "update_return",
    "update_shipment",
    "urge_supplier",
    "withdraw_order",
    "withdraw_requisition",
]
