"""Whoever sees an order sees its change orders, and nobody else but who is asked about one: they see the order, too
(kernel/scope.py).
"""

from __future__ import annotations

from gendan.changes.targets import TARGETS
from gendan.flow.reaches import asked
from gendan.kernel.actor import Actor
from gendan.kernel.scope import Reach, condition, open_also, register


def _with_their_orders(actor: Actor, alias: str) -> str:
    """What change orders have to fulfil for the actor to see their orders; "": nothing."""
    found = [(target, condition(actor, kind, "so_")) for kind, target in TARGETS.items()]
    parts = [
        f"({alias}.order_kind <> '{target.kind}' OR EXISTS"
        f" (SELECT 1 FROM {target.table} so_ WHERE so_.id = {alias}.order_id AND {within}))"
        for target, within in found
        if within
    ]
    return f"({' AND '.join(parts)})" if parts else ""


def _asked(actor: Actor, kind: str, alias: str, writing: str) -> str:
    """SQL: whether the actor is asked about a change of the order; it is read then, never changed."""
    if kind not in TARGETS or writing or not (about := asked(actor, "co", "oc_", writing)):
        return ""
    return (
        f"EXISTS (SELECT 1 FROM changes_changeorder oc_ WHERE oc_.order_kind = '{kind}'"
        f" AND oc_.order_id = {alias}.id AND {about})"
    )


open_also(_asked)
register("co", Reach("changes", "changes_changeorder", prefix="CO", through=_with_their_orders))
