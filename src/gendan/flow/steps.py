"""What the documents' commands ask of the approval flow. A later engine takes the place of these two functions."""

from __future__ import annotations

from decimal import Decimal

from gendan.flow import rules
from gendan.flow.errors import AmountLimitExceeded
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step


@step
def submit(actor: Actor, permission: str, amount: Decimal) -> rules.Decision:
    """Decide about a document that is being submitted; ``amount`` in company currency."""
    return rules.decide(actor, permission, amount)


@step
def check_approver(actor: Actor, permission: str, number: str, amount: Decimal) -> None:
    """Refuse unless the actor may approve the amount (company currency)."""
    actor.must(permission)
    if not actor.may_approve(amount):
        raise AmountLimitExceeded(number=number, limit=actor.amount_limit)
