"""The verbs of settlement."""

from gendan.settlement.commands.accounts import remove_account, save_account
from gendan.settlement.commands.approve import approve_bill
from gendan.settlement.commands.bill import (
    copy_bill,
    create_bill,
    delete_bill,
    match_bill,
    post_bill,
    update_bill,
    void_bill,
)
from gendan.settlement.commands.credit import record_credit
from gendan.settlement.commands.pay import allocate_payment, pay_bill, receive_payment, reverse_payment
from gendan.settlement.commands.save_many import save_bills
from gendan.settlement.commands.settings import save_settings

__all__ = [
    "allocate_payment",
    "approve_bill",
    "copy_bill",
    "create_bill",
    "delete_bill",
    "match_bill",
    "pay_bill",
    "post_bill",
    "receive_payment",
    "record_credit",
    "remove_account",
    "reverse_payment",
    "save_account",
    "save_bills",
    "save_settings",
    "update_bill",
    "void_bill",
]
