"""What can be done with exceptions."""

from gendan.alerts.commands.cases import (
    assign_case,
    dismiss_case,
    escalate_case,
    resolve_case,
    snooze_case,
    take_case,
)
from gendan.alerts.commands.clock import mind_answers
from gendan.alerts.commands.rules import save_rule
from gendan.alerts.commands.scan import read_events, scan

__all__ = [
    "assign_case",
    "dismiss_case",
    "escalate_case",
    "mind_answers",
    "read_events",
    "resolve_case",
    "save_rule",
    "scan",
    "snooze_case",
    "take_case",
]
