"""The simple rule of approval: by permission and by the amount limit of the actor's roles."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a submitted document is approved now; if not, it waits for a holder of ``permission`` with enough
    limit.
    """

    approved: bool
    permission: str
    amount: Decimal


def decide(actor: Actor, permission: str, amount: Decimal) -> Decision:
    """Approve at once what the submitter may approve; ``amount`` in company currency."""
    return Decision(actor.may(permission) and actor.may_approve(amount), permission, amount)
