"""The business verbs of approval."""

from gendan.flow.commands.calendar import set_working_days, set_working_time
from gendan.flow.commands.deadlines import mind_deadlines, settle_deadline
from gendan.flow.commands.decide import approve_task, reject_task, send_back_task, withdraw_approval
from gendan.flow.commands.delegates import end_substitute, name_substitute
from gendan.flow.commands.flows import create_flow, publish_flow, restore_version, save_draft, switch_off
from gendan.flow.commands.hand_on import add_signer, delegate_task, read_task, transfer_task, urge_task
from gendan.flow.commands.webhook import settle_webhook

__all__ = [
    "add_signer",
    "approve_task",
    "create_flow",
    "delegate_task",
    "end_substitute",
    "mind_deadlines",
    "name_substitute",
    "publish_flow",
    "read_task",
    "reject_task",
    "restore_version",
    "save_draft",
    "send_back_task",
    "set_working_days",
    "set_working_time",
    "settle_deadline",
    "settle_webhook",
    "switch_off",
    "transfer_task",
    "urge_task",
    "withdraw_approval",
]
