"""Who did what with sales orders, for the rules about duties that one person should not hold together."""

from __future__ import annotations

from gendan.kernel import duties


def register() -> None:
    """Tell the rules what sales knows."""
    duties.declare("submit", "so", "sales.order_created", "sales.order_submitted", rights=("sales.submit_order",))
    duties.declare("approve", "so", "sales.order_approved", rights=("sales.approve_order",))
