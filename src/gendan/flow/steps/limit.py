"""The simple rule: by permission and by the amount limit of the actor’s roles."""

from __future__ import annotations

from decimal import Decimal

from gendan.flow.errors import AmountLimitExceeded
from gendan.flow.rules import limit
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step


@step
def submit(actor: Actor, permission: str, amount: Decimal) -> limit.Decision:
    """Decide about a document that is being submitted; ``amount`` in company currency."""
    return limit.decide(actor, permission, amount)


@step
def check_approver(actor: Actor, permission: str, number: str, amount: Decimal) -> None:
    """Refuse unless the actor may approve the amount (company currency)."""
    actor.must(permission)
    if not actor.may_approve(amount):
        raise AmountLimitExceeded(number=number, limit=actor.amount_limit)
