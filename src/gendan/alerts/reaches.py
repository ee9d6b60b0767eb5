"""A case is seen by who sees its document, and nobody else (kernel/scope.py)."""

from __future__ import annotations

from gendan.alerts.queries.seen import TABLES
from gendan.kernel.actor import Actor
from gendan.kernel.scope import Reach, condition, register


def _with_their_documents(actor: Actor, alias: str) -> str:
    """What cases have to fulfil for the actor to see their documents and places; "": nothing."""
    parts = []
    for kind, table in TABLES.items():
        if within := condition(actor, kind, "cd_"):
            parts.append(
                f"({alias}.document_kind <> '{kind}' OR EXISTS"
                f" (SELECT 1 FROM {table} cd_ WHERE cd_.id = {alias}.document_id AND {within}))"
            )
    if within := condition(actor, "warehouses", "cw_"):
        parts.append(
            f"({alias}.document_kind <> 'product' OR {alias}.warehouse_id IS NULL OR EXISTS"
            f" (SELECT 1 FROM catalog_warehouse cw_ WHERE cw_.id = {alias}.warehouse_id AND {within}))"
        )
    return f"({' AND '.join(parts)})" if parts else ""


register("case", Reach("alerts", "alerts_case", prefix="EX", through=_with_their_documents))
