"""The business verbs of approval."""

from gendan.flow.commands.calendar import set_working_days, set_working_time
from gendan.flow.commands.flows import create_flow, publish_flow, restore_version, save_draft, switch_off

__all__ = [
    "create_flow",
    "publish_flow",
    "restore_version",
    "save_draft",
    "set_working_days",
    "set_working_time",
    "switch_off",
]
