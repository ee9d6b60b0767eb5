"""What waits in the warehouse: open documents by what has to happen next, each with an honest, capped count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gendan.inventory.queries.stock import VIEW
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor

CAP = 99
Row = dict[str, Any]
TABLES = {"transfer": "inventory_transfer", "adjustment": "inventory_adjustment", "count": "inventory_stockcount"}
# What is asked → the kind of document and its condition, written out so that a partial index is used.
WORK = {
    "transfers_to_receive": ("transfer", "d.state = 'in_transit'"),
    "adjustments_to_post": ("adjustment", "d.state = 'draft'"),
    "counts_to_review": ("count", "d.state = 'review'"),
    "counts_running": ("count", "d.state = 'counting'"),
}
_ROWS = """
SELECT d.number, d.state, w.code AS place, {to} AS to_place, d.reason, coalesce(u.name, '') AS person
FROM (SELECT * FROM {table} d WHERE d.company_id = %(company)s::bigint AND {condition}
 ORDER BY d.id DESC LIMIT %(limit)s) d
JOIN catalog_warehouse w ON w.id = d.warehouse_id LEFT JOIN accounts_user u ON u.id = d.created_by_id
ORDER BY d.id DESC
"""
_TO = "(SELECT v.code FROM catalog_warehouse v WHERE v.id = d.to_warehouse_id)"


@dataclass(frozen=True, slots=True)
class Agenda:
    """The first documents of one kind of work and how many there are (``CAP`` at most, then ``capped``)."""

    kind: str
    count: int
    capped: bool
    rows: list[Row]


def waiting(actor: Actor, work: str, limit: int = 6) -> Agenda:
    """The first documents of one kind of work (a key of ``WORK``), and how many there are; at most two statements."""
    actor.must(VIEW)
    kind, condition = WORK[work]
    condition += scope.also(actor, kind, "d")
    table, to = TABLES[kind], _TO if kind == "transfer" else "''"
    params = {"company": actor.company_id, "limit": limit, "cap": CAP + 1}
    rows = db.dicts(_ROWS.format(table=table, to=to, condition=condition), params)
    count = len(rows)
    if count >= limit:
        few = f"SELECT 1 FROM {table} d WHERE d.company_id = %(company)s::bigint AND {condition} LIMIT %(cap)s"
        found = db.row(f"SELECT count(*) FROM ({few}) AS few", params)
        count = int(found[0]) if found else count
    return Agenda(kind, min(count, CAP), count > CAP, rows)


def documents_by_number(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Transfers, adjustments and counts with exactly these numbers; one statement."""
    actor.must(VIEW)
    return db.dicts(
        " UNION ALL ".join(
            f"SELECT '{kind}' AS kind, d.number, d.state, d.reason AS partner FROM {table} d"
            " WHERE d.company_id = %(company)s::bigint AND d.number = ANY(%(numbers)s::text[])"
            f"{scope.also(actor, kind, 'd')}"
            for kind, table in TABLES.items()
        ),
        {"company": actor.company_id, "numbers": list(numbers)},
    )
