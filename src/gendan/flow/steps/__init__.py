"""What the commands of documents ask of approval."""

from gendan.flow.steps.gate import approves, edited, gone, passes, rejects, withdrawn
from gendan.flow.steps.limit import check_approver, submit

__all__ = [
    "approves",
    "check_approver",
    "edited",
    "gone",
    "passes",
    "rejects",
    "submit",
    "withdrawn",
]
