"""What can be done with exceptions."""

from gendan.alerts.commands.cases import (
    assign_case,
    dismiss_case,
    escalate_case,
    reopen_case,
    resolve_case,
    snooze_case,
    take_case,
)
from gendan.alerts.commands.clock import mind_answers
from gendan.alerts.commands.own_rules import import_own_rules, restore_own_rule, save_own_rule
from gendan.alerts.commands.proposals import apply_proposal, undo_proposal
from gendan.alerts.commands.remedies import record_remedy
from gendan.alerts.commands.report import tell_report
from gendan.alerts.commands.rules import save_rule
from gendan.alerts.commands.scan import read_events, scan
from gendan.alerts.commands.urging import answer_urge, mind_urges, urge_supplier

__all__ = [
    "answer_urge",
    "apply_proposal",
    "assign_case",
    "dismiss_case",
    "escalate_case",
    "import_own_rules",
    "mind_answers",
    "mind_urges",
    "read_events",
    "record_remedy",
    "reopen_case",
    "resolve_case",
    "restore_own_rule",
    "save_own_rule",
    "save_rule",
    "scan",
    "snooze_case",
    "take_case",
    "tell_report",
    "undo_proposal",
    "urge_supplier",
]
