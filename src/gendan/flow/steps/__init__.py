"""What the commands of documents ask of approval."""

from gendan.flow.steps.gate import (
    approves,
    edited,
    free,
    gone,
    guarded,
    lets,
    meets,
    passes,
    passes_as,
    rejects,
    withdrawn,
)
from gendan.flow.steps.limit import check_approver, submit

__all__ = [
    "approves",
    "check_approver",
    "edited",
    "free",
    "gone",
    "guarded",
    "lets",
    "meets",
    "passes",
    "passes_as",
    "rejects",
    "submit",
    "withdrawn",
]
