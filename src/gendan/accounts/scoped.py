"""Who sees only a part of the company sets nothing that could be a way to the rest."""

from __future__ import annotations

from gendan.accounts.errors import BeyondOwnScope
from gendan.kernel.actor import Actor


def must_be_unlimited(actor: Actor) -> None:
    """Refuse who sees only a part: a role, a department or a place in one could be a way to the rest."""
    if actor.scope is not None or actor.fields:
        raise BeyondOwnScope()
