"""Writing adjustments: header and lines in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gendan.catalog.queries import virtual_location
from gendan.inventory.models import Adjustment
from gendan.inventory.rules import AdjustmentLineIn, outside_of
from gendan.inventory.steps.claims import move_claimed
from gendan.inventory.steps.ledger import Leg
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class Header:
    """What an adjustment says beside its lines."""

    warehouse_id: int
    kind: str
    reason: str
    state: str = "draft"
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A line of an adjustment: what changes where. ``move_id`` is the move that it takes back."""

    product_id: int
    product: str
    lot_id: int | None
    location_id: int
    change: Decimal
    id: int = 0
    move_id: int | None = None


_LINES = """
INSERT INTO inventory_adjustmentline (adjustment_id, line_no, product_id, lot_id, location_id, change)
SELECT {adjustment}, t.* FROM {source}unnest(%(nos)s::int[], %(products)s::bigint[], %(lots)s::bigint[],
 %(places)s::bigint[], %(changes)s::numeric[]) AS t RETURNING id, line_no
"""
_INSERT = f"""
WITH h AS (
 INSERT INTO inventory_adjustment (company_id, number, state, version, created_by_id, warehouse_id, kind, reason,
  posted_at, reverses_id)
 SELECT %(company)s::bigint, 'AJ-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(warehouse)s::bigint, %(kind)s::text, %(reason)s::text,
  CASE WHEN %(state)s::text = 'posted' THEN now() END, %(reverses)s::bigint
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
lines AS ({_LINES.format(adjustment="h.id", source="h, ")})
SELECT h.id, h.number, (SELECT array_agg(lines.id ORDER BY lines.line_no) FROM lines) FROM h
"""
_READ = """
SELECT l.product_id, p.code, l.lot_id, l.location_id, l.change, l.id, m.id
FROM inventory_adjustmentline l JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN inventory_stockmove m ON %(moves)s AND m.source_kind = 'adjustment' AND m.source_id = l.adjustment_id
 AND m.source_line = l.id
WHERE l.adjustment_id = %(id)s::bigint ORDER BY l.line_no
"""


_COPY = """
SELECT w.code, p.code, l.change, a.code, coalesce(lot.code, '')
FROM inventory_adjustmentline l JOIN inventory_adjustment d ON d.id = l.adjustment_id
JOIN catalog_warehouse w ON w.id = d.warehouse_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_location a ON a.id = l.location_id LEFT JOIN inventory_lot lot ON lot.id = l.lot_id
WHERE l.adjustment_id = %s::bigint ORDER BY l.line_no
"""


@step
def insert_adjustment(actor: Actor, header: Header, changes: Sequence[Change]) -> tuple[Subject, list[int]]:
    """Write an adjustment and its lines in one statement; the ids of the lines."""
    row = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, Adjustment.PREFIX),
            "warehouse": header.warehouse_id,
            "kind": header.kind,
            "reason": header.reason,
            "state": header.state,
            "reverses": header.reverses_id,
            **_params(changes),
        },
    )
    assert row is not None
    return Subject(Adjustment.KIND, row[0], row[1]), row[2]


@step
def replace_lines(adjustment_id: int, changes: Sequence[Change]) -> None:
    """Write a draft's lines anew, two statements."""
    db.execute("DELETE FROM inventory_adjustmentline WHERE adjustment_id = %s", [adjustment_id])
    db.rows(
        _LINES.format(adjustment="%(adjustment)s::bigint", source=""), {"adjustment": adjustment_id, **_params(changes)}
    )


@step
def lines_of(adjustment_id: int, with_moves: bool = False) -> list[Change]:
    """The lines of a locked adjustment, with the moves that they made if asked for."""
    return [Change(*row) for row in db.rows(_READ, {"id": adjustment_id, "moves": with_moves})]


@step
def lines_to_copy(adjustment_id: int) -> tuple[str, list[AdjustmentLineIn]]:
    """The warehouse and the lines of an adjustment, as somebody would write them again."""
    rows = db.rows(_COPY, [adjustment_id])
    return rows[0][0], [AdjustmentLineIn(*row[1:]) for row in rows]


@step
def book(
    actor: Actor,
    kind: str,
    subject: Subject,
    changes: Sequence[Change],
    line_ids: Sequence[int],
    at: datetime | None = None,
) -> None:
    """Move what an adjustment adds from the place outside, and what it takes there. Errors: StockShort."""
    outside = virtual_location(actor.company_id, outside_of(kind))
    move_claimed(
        actor,
        [
            Leg(
                row.product_id,
                outside if row.change > 0 else row.location_id,
                row.location_id if row.change > 0 else outside,
                abs(row.change),
                row.lot_id,
                line_id,
                row.move_id,
            )
            for row, line_id in zip(changes, line_ids, strict=True)
        ],
        subject,
        at,
    )


def _params(changes: Sequence[Change]) -> dict[str, object]:
    return {
        "nos": list(range(1, len(changes) + 1)),
        "products": [row.product_id for row in changes],
        "lots": [row.lot_id for row in changes],
        "places": [row.location_id for row in changes],
        "changes": [row.change for row in changes],
    }
