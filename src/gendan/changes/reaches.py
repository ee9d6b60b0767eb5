"""Whoever sees an order sees its change orders, and nobody else (kernel/scope.py)."""

from __future__ import annotations

from gendan.changes.targets import TARGETS
from gendan.kernel.actor import Actor
from gendan.kernel.scope import Reach, condition, register


def _with_their_orders(actor: Actor, alias: str) -> str:
    """What change orders have to fulfil for the actor to see their orders; "": nothing."""
    found = [(target, condition(actor, kind, "so_")) for kind, target in TARGETS.items()]
    return " AND ".join(
        f"({alias}.order_kind <> '{target.kind}' OR EXISTS"
        f" (SELECT 1 FROM {target.table} so_ WHERE so_.id = {alias}.order_id AND {within}))"
        for target, within in found
        if within
    )


register("co", Reach("changes", "changes_changeorder", prefix="CO", through=_with_their_orders))
