"""What the commands of documents ask of approval."""

from gendan.flow.steps.limit import check_approver, submit

__all__ = ["check_approver", "submit"]
