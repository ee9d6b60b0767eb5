"""How much of what came in was bad, per supplier or product, and the lines behind it; for scorecards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.quality.permissions import VIEW

Row = dict[str, Any]
# What was inspected in a period, in stock units; what was skipped or not inspected says nothing.
_BASE = """
FROM quality_inspectionline l JOIN quality_inspection q ON q.id = l.inspection_id
WHERE l.company_id = %(company)s::bigint AND q.state <> 'cancelled' AND NOT l.skipped AND l.verdict <> ''
 AND q.came_on BETWEEN %(first)s::date AND %(last)s::date
"""
_RATES = """
SELECT l.{by}_id AS id, count(*) AS lots, count(*) FILTER (WHERE l.passed = false) AS failed_lots,
 sum((l.accepted + l.rejected) * l.factor) AS inspected, sum(l.rejected * l.factor) AS rejected,
 sum(l.conceded * l.factor) AS conceded, sum(l.sample) FILTER (WHERE l.defective IS NOT NULL) AS sampled,
 sum(l.defective) AS defective {base} GROUP BY 1 ORDER BY 1
"""
_LINES = """
SELECT q.number, l.line_no AS line, q.source_number AS receipt, q.came_on, p.code AS product, s.code AS supplier,
 l.quantity, l.accepted, l.rejected, l.conceded, l.sample, l.defective, l.verdict
FROM quality_inspectionline l JOIN quality_inspection q ON q.id = l.inspection_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_partner s ON s.id = l.supplier_id
WHERE l.company_id = %(company)s::bigint AND q.state <> 'cancelled' AND NOT l.skipped AND l.verdict <> ''
 AND q.came_on BETWEEN %(first)s::date AND %(last)s::date
 AND (%(supplier)s::bigint IS NULL OR l.supplier_id = %(supplier)s::bigint)
 AND (%(product)s::bigint IS NULL OR l.product_id = %(product)s::bigint)
ORDER BY q.came_on, l.id LIMIT %(limit)s::int
"""


def defect_rates(actor: Actor, first: date, last: date, *, by: str = "supplier") -> dict[int, Row]:
    """By supplier's (or product's) id: inspected and failed lots, quantities, sampled and defective items; who had
    nothing inspected is not there, which is «no data» and not a good rate. One statement.
    """
    actor.must(VIEW)
    assert by in ("supplier", "product")
    params = {"company": actor.company_id, "first": first, "last": last}
    rows = db.dicts(_RATES.format(by=by, base=_BASE), params)
    for row in rows:
        row["lot_rate"] = Decimal(row["failed_lots"]) / row["lots"]
        row["rate"] = row["rejected"] / row["inspected"] if row["inspected"] else None
    return {row["id"]: row for row in rows}


def defects_of(
    actor: Actor, first: date, last: date, *, supplier: int | None = None, product: int | None = None, limit: int = 500
) -> list[Row]:
    """The inspected lots behind a rate; one statement."""
    actor.must(VIEW)
    params = {
        "company": actor.company_id,
        "first": first,
        "last": last,
        "supplier": supplier,
        "product": product,
        "limit": limit,
    }
    return db.dicts(_LINES, params)
