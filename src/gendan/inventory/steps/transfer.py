"""Writing transfers: header and lines in one statement, counters in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.inventory.models import Transfer
from gendan.inventory.rules import OnTheWay, TransferLineIn
from gendan.inventory.steps.lookup import Found
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step

_LINES = """
INSERT INTO inventory_transferline (transfer_id, line_no, product_id, lot_id, from_location_id, to_location_id,
 quantity, received, returned)
SELECT {transfer}, t.*, 0, 0 FROM {source}unnest(%(nos)s::int[], %(products)s::bigint[], %(lots)s::bigint[],
 %(from)s::bigint[], %(to)s::bigint[], %(quantities)s::numeric[]) AS t
"""
_INSERT = f"""
WITH h AS (
 INSERT INTO inventory_transfer (company_id, number, state, version, created_by_id, warehouse_id, to_warehouse_id,
  reason)
 SELECT %(company)s::bigint, 'TR-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
  %(warehouse)s::bigint, %(to_warehouse)s::bigint, %(reason)s::text
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
lines AS ({_LINES.format(transfer="h.id", source="h, ")})
SELECT id, number FROM h
"""
_READ = """
SELECT l.id, l.line_no, l.product_id, p.code, u.decimals, l.lot_id, l.from_location_id, l.to_location_id, l.quantity,
 l.received, l.returned
FROM inventory_transferline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = p.unit_id
WHERE l.transfer_id = %s::bigint ORDER BY l.line_no
"""
_COUNTERS = """
UPDATE inventory_transferline l SET received = t.received, returned = t.returned
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS t(id, received, returned) WHERE l.id = t.id
"""


_COPY = """
SELECT w.code, v.code, p.code, l.quantity, a.code, b.code, coalesce(lot.code, '')
FROM inventory_transferline l JOIN inventory_transfer d ON d.id = l.transfer_id
JOIN catalog_warehouse w ON w.id = d.warehouse_id JOIN catalog_warehouse v ON v.id = d.to_warehouse_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_location a ON a.id = l.from_location_id
JOIN catalog_location b ON b.id = l.to_location_id LEFT JOIN inventory_lot lot ON lot.id = l.lot_id
WHERE l.transfer_id = %s::bigint ORDER BY l.line_no
"""


@step
def insert_transfer(
    actor: Actor,
    warehouse_id: int,
    to_warehouse_id: int,
    reason: str,
    lines: Sequence[TransferLineIn],
    found: Sequence[Found],
) -> Subject:
    """Write a draft and its lines in one statement."""
    params = {
        "company": actor.company_id,
        "user": actor.user_id,
        "warehouse": warehouse_id,
        "to_warehouse": to_warehouse_id,
        "reason": reason,
        "sequence": sequence_name(actor.company_id, Transfer.PREFIX),
        **_line_params(lines, found),
    }
    row = db.row(_INSERT, params)
    assert row is not None
    return Subject(Transfer.KIND, row[0], row[1])


@step
def replace_lines(transfer_id: int, lines: Sequence[TransferLineIn], found: Sequence[Found]) -> None:
    """Write a draft's lines anew, two statements."""
    db.execute("DELETE FROM inventory_transferline WHERE transfer_id = %s", [transfer_id])
    db.execute(
        _LINES.format(transfer="%(transfer)s::bigint", source=""),
        {"transfer": transfer_id, **_line_params(lines, found)},
    )


@step
def lines_of(transfer_id: int) -> list[OnTheWay]:
    """The lines of a locked transfer."""
    return [OnTheWay(*row) for row in db.rows(_READ, [transfer_id])]


@step
def lines_to_copy(transfer_id: int) -> tuple[str, str, list[TransferLineIn]]:
    """Both warehouses and the lines of a transfer, as somebody would write them again."""
    rows = db.rows(_COPY, [transfer_id])
    return rows[0][0], rows[0][1], [TransferLineIn(*row[2:]) for row in rows]


@step
def save_counters(lines: Sequence[OnTheWay]) -> None:
    """Write what arrived and what went back, in one statement."""
    db.execute(_COUNTERS, [[x.id for x in lines], [x.received for x in lines], [x.returned for x in lines]])


def _line_params(lines: Sequence[TransferLineIn], found: Sequence[Found]) -> dict[str, object]:
    return {
        "nos": list(range(1, len(lines) + 1)),
        "products": [row.product_id for row in found],
        "lots": [row.lot_id for row in found],
        "from": [row.place_id for row in found],
        "to": [row.to_place_id for row in found],
        "quantities": [line.quantity for line in lines],
    }
