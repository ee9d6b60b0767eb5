"""The verbs of quality."""

from gendan.quality.commands.actions import (
    answer_action,
    close_action,
    create_action,
    remind_actions,
    return_action,
    verify_action,
)
from gendan.quality.commands.inspections import record_results, request_concession
from gendan.quality.commands.plans import save_plan, save_plans

__all__ = [
    "answer_action",
    "close_action",
    "create_action",
    "record_results",
    "remind_actions",
    "request_concession",
    "return_action",
    "save_plan",
    "save_plans",
    "verify_action",
]
