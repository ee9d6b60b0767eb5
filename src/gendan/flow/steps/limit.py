"""The simple rule: by permission and by the amount limit of the actor’s roles."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from gendan.flow.errors import AmountLimitExceeded
from gendan.flow.rules import limit
from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step


@step
def submit(actor: Actor, permission: str, amount: Decimal) -> limit.Decision:
    """Decide about a document that is being submitted; ``amount`` in company currency. Where who submits must not
    approve, it waits for somebody else.
    """
    found = limit.decide(actor, permission, amount)
    return replace(found, approved=False) if found.approved and duties.stops(actor, "approve") else found


@step
def check_approver(actor: Actor, permission: str, number: str, amount: Decimal) -> None:
    """Refuse unless the actor may approve the amount (company currency)."""
    actor.must(permission)
    if not actor.may_approve(amount):
        raise AmountLimitExceeded(number=number, limit=actor.amount_limit)
