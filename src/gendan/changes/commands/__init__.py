"""Draft a change order, send it to approval, decide, record the partner's answer, apply it."""

from gendan.changes.commands.answer import COUNTER, accept_change, apply_change, counter_change, refuse_change
from gendan.changes.commands.approval import approve_change, reject_change
from gendan.changes.commands.draft import (
    CORRECTABLE,
    UPDATE,
    create_change,
    submit_change,
    update_change,
    withdraw_change,
)

__all__ = [
    "CORRECTABLE",
    "COUNTER",
    "UPDATE",
    "accept_change",
    "apply_change",
    "approve_change",
    "counter_change",
    "create_change",
    "refuse_change",
    "reject_change",
    "submit_change",
    "update_change",
    "withdraw_change",
]
