"""Writing tallies and their scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gendan.handheld.queries.meaning import Paper
from gendan.handheld.queries.tallies import Counting, is_blind
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step

_OPEN = """
INSERT INTO handheld_tally (company_id, user_id, work, supplier_id, warehouse_id, orders, shipment, blind)
VALUES (%s::bigint, %s::bigint, %s::text, %s::bigint, %s::bigint, %s::text[], %s::text, %s::boolean) RETURNING id
"""
_SCAN = """
INSERT INTO handheld_tallyscan (company_id, tally_id, key, code, order_line_id, quantity, lot, expires_on, over,
 scanned_at)
SELECT %(company)s::bigint, %(tally)s::bigint, %(key)s::text, %(code)s::text, t.line, t.quantity, t.lot, t.expires_on,
 %(over)s::boolean, %(at)s::timestamptz
FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[], %(lots)s::text[], %(expiries)s::date[])
 AS t(line, quantity, lot, expires_on)
"""


def subject_of(tally: Counting) -> Subject:
    """What events of a tally are about."""
    return Subject("tally", tally.id, tally.work)


@step
def open_tally(actor: Actor, work: str, paper: Paper) -> Counting:
    """Begin to count what an order or shipment brings."""
    blind, shipment = is_blind(actor), paper.number if paper.number not in paper.orders else ""
    found = db.row(
        _OPEN,
        [
            *(actor.company_id, actor.user_id, work, paper.supplier_id, paper.warehouse_id),
            *(paper.orders, shipment, blind),
        ],
    )
    assert found is not None
    return Counting(
        *(found[0], work, paper.supplier_id, "", paper.supplier_name, paper.warehouse_id, paper.warehouse),
        *(paper.orders, shipment, "open", blind, "", 1),
    )


@step
def join(tally: Counting, orders: Sequence[str], shipment: str = "") -> None:
    """Let more orders be counted with this delivery; of several shipments none is the delivery's own."""
    tally.orders = sorted({*tally.orders, *orders})
    if shipment and shipment != tally.shipment:
        tally.shipment = ""
    db.execute(
        "UPDATE handheld_tally SET orders = %s::text[], shipment = %s::text, changed_at = now() WHERE id = %s::bigint",
        [tally.orders, tally.shipment, tally.id],
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What a scan adds to one line."""

    line_id: int
    quantity: Decimal
    lot: str = ""
    expires_on: date | None = None


@step
def add_scan(
    actor: Actor, tally: Counting, key: str, code: str, parts: Sequence[Part], *, over: bool, at: datetime | None
) -> None:
    """What one scan added, to each line; one statement."""
    db.execute(
        _SCAN,
        {
            "company": actor.company_id,
            "tally": tally.id,
            "key": key,
            "code": code,
            "over": over,
            "at": at,
            "lines": db.array(part.line_id for part in parts),
            "quantities": db.array(part.quantity for part in parts),
            "lots": [part.lot for part in parts],
            "expiries": db.array(part.expires_on for part in parts),
        },
    )


@step
def undo(tally: Counting, key: str) -> int:
    """Let a scan not count any more; how many lines it had counted on."""
    return db.execute(
        "UPDATE handheld_tallyscan SET undone = true WHERE tally_id = %s::bigint AND key = %s::text AND NOT undone",
        [tally.id, key],
    )


@step
def set_state(tally: Counting, state: str, receipt: str, round_: int) -> None:
    """Where a tally stands."""
    tally.state, tally.receipt, tally.round = state, receipt, round_
    db.execute(
        "UPDATE handheld_tally SET state = %s::text, receipt = %s::text, round = %s::int, changed_at = now()"
        " WHERE id = %s::bigint",
        [state, receipt, round_, tally.id],
    )
