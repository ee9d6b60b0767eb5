"""Who did what with change orders, for the rules about duties that one person should not hold together."""

from __future__ import annotations

from gendan.kernel import duties


def register() -> None:
    """Tell the rules what change orders know."""
    duties.declare(
        "submit",
        "co",
        "changes.change_created",
        "changes.change_submitted",
        "changes.change_countered",
        rights=("changes.create_change",),
    )
    duties.declare("approve", "co", "changes.change_approved", rights=("changes.approve_change",))
