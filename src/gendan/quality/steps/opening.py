"""An inspection comes into being with what came in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.quality.rules.choosing import Look


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot that came in on a line of the source, and how it is looked at; ``quantity`` in the line's unit."""

    source_line: int
    line_no: int
    product_id: int
    unit_id: int
    factor: Decimal
    quantity: Decimal
    look: Look
    lot: str = ""


_OPEN = """
WITH q AS (
 INSERT INTO quality_inspection (company_id, number, state, version, created_by_id, source_kind, source_id,
  source_number, supplier_id, warehouse_id, came_on)
 SELECT %(company)s::bigint, 'QI-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(kind)s::text, %(source)s::bigint, %(source_number)s::text, %(supplier)s::bigint,
  %(warehouse)s::bigint, %(came_on)s::date FROM nextval(%(sequence)s::regclass) AS n RETURNING id)
INSERT INTO quality_inspectionline (company_id, inspection_id, supplier_id, line_no, source_line, source_line_no,
 product_id, unit_id, factor, quantity, lot, plan_id, method, stage, letter, items, sample, accept, reject, skipped,
 why, accepted, verdict, checks)
SELECT %(company)s::bigint, q.id, %(supplier)s::bigint, t.line_no, t.source_line, t.source_line_no, t.product_id,
 t.unit_id, t.factor, t.quantity, t.lot, t.plan_id, t.method, t.stage, t.letter, t.items, t.sample, t.accept, t.reject,
 t.skipped, t.why::jsonb, CASE WHEN t.skipped THEN t.quantity ELSE 0 END,
 CASE WHEN t.skipped THEN 'accepted' ELSE '' END,
 coalesce((SELECT jsonb_agg(jsonb_build_object('name', c.name, 'kind', c.kind, 'low', trim_scale(c.low)::text,
   'high', trim_scale(c.high)::text, 'unit', c.unit, 'required', c.required) ORDER BY c.line_no)
  FROM quality_plancheck c WHERE c.plan_id = t.plan_id), '[]')
FROM q, unnest(%(line_nos)s::int[], %(source_lines)s::bigint[], %(source_line_nos)s::int[], %(products)s::bigint[],
 %(units)s::bigint[], %(factors)s::numeric[], %(quantities)s::numeric[], %(lots)s::text[], %(plans)s::bigint[],
 %(methods)s::text[], %(stages)s::text[], %(letters)s::text[], %(items)s::int[], %(samples)s::int[],
 %(accepts)s::int[], %(rejects)s::int[], %(skipped)s::boolean[], %(whys)s::text[])
 AS t(line_no, source_line, source_line_no, product_id, unit_id, factor, quantity, lot, plan_id, method, stage, letter,
  items, sample, accept, reject, skipped, why)
"""


@step
def open_inspection(
    actor: Actor, source: Subject, supplier_id: int, warehouse_id: int, came_on: date, lots: Sequence[NewLot]
) -> None:
    """Write the inspection of what came in with ``source``; sent with the next statement. Nothing where no plan says
    anything of the lots.
    """
    told = [lot for lot in lots if lot.look.told]
    if not told:
        return
    looks = [lot.look for lot in told]
    db.later(
        _OPEN,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "QI"),
            "state": "open" if any(look.inspect for look in looks) else "skipped",
            "kind": source.kind,
            "source": source.id,
            "source_number": source.number,
            "supplier": supplier_id,
            "warehouse": warehouse_id,
            "came_on": came_on,
            "line_nos": db.array(range(1, len(told) + 1)),
            "source_lines": db.array(lot.source_line for lot in told),
            "source_line_nos": db.array(lot.line_no for lot in told),
            "products": db.array(lot.product_id for lot in told),
            "units": db.array(lot.unit_id for lot in told),
            "factors": db.array(lot.factor for lot in told),
            "quantities": db.array(lot.quantity for lot in told),
            "lots": [lot.lot for lot in told],
            "plans": db.array(look.plan_id for look in looks),
            "methods": [look.method for look in looks],
            "stages": [look.stage for look in looks],
            "letters": [look.letter for look in looks],
            "items": db.array(look.items for look in looks),
            "samples": db.array(look.sample for look in looks),
            "accepts": db.array(look.accept for look in looks),
            "rejects": db.array(look.reject for look in looks),
            "skipped": [look.skipped for look in looks],
            "whys": [json.dumps(look.why) for look in looks],
        },
    )
