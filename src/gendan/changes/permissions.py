"""What people may do with change orders; on which order is asked of the order's own context, too."""

CREATE = "changes.create_change"
APPROVE = "changes.approve_change"
ANSWER = "changes.answer_change"
