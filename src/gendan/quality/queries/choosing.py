"""Which plan fits what comes in, with the lots before it: one statement for any number of products."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.quality.rules.choosing import CATEGORY, PRODUCT, SUPPLIER, Chosen
from gendan.quality.rules.switching import LOTS_READ, Lot

# For a statement that is sent anyway: whether the company (an expression) has a plan at all.
HAS_PLANS = "EXISTS (SELECT 1 FROM quality_plan qp WHERE qp.company_id = {company} AND qp.is_active)"
_CHOSEN = f"""
WITH RECURSIVE asked AS (
 SELECT p.id, p.category_id FROM catalog_product p
 WHERE p.company_id = %(company)s::bigint AND p.id = ANY(%(products)s::bigint[])),
above AS (
 SELECT a.id AS product_id, a.category_id, 0 AS far FROM asked a WHERE a.category_id IS NOT NULL
 UNION ALL
 SELECT b.product_id, c.parent_id, b.far + 1 FROM above b JOIN catalog_category c ON c.id = b.category_id
 WHERE c.parent_id IS NOT NULL AND b.far < 20)
SELECT a.id, pl.id, pl.code, pl.method, pl.level, pl.aql, pl.allow_reduced, pl.skip_after, pl.skip_every, pl.rank,
 coalesce((SELECT jsonb_agg(jsonb_build_array(h.stage, h.letter, coalesce(h.defective, 0), coalesce(h.passed, true),
    h.skipped) ORDER BY h.id DESC)
   FROM (SELECT x.* FROM quality_inspectionline x WHERE x.company_id = %(company)s::bigint AND x.product_id = a.id
     AND x.supplier_id = %(supplier)s::bigint AND x.plan_id = pl.id AND (x.passed IS NOT NULL OR x.skipped)
    ORDER BY x.id DESC LIMIT {LOTS_READ}) h), '[]')::text,
 EXISTS (SELECT 1 FROM quality_correctiveaction c WHERE c.company_id = %(company)s::bigint
  AND c.supplier_id = %(supplier)s::bigint AND coalesce(c.product_id, a.id) = a.id
  AND c.verified_at > (SELECT max(x.inspected_at) FROM quality_inspectionline x
   WHERE x.company_id = %(company)s::bigint AND x.product_id = a.id AND x.supplier_id = %(supplier)s::bigint
    AND x.plan_id = pl.id AND x.passed = false))
FROM asked a JOIN LATERAL (
 SELECT pl.*, b.far, (CASE WHEN pl.product_id IS NOT NULL THEN {PRODUCT} ELSE 0 END
   + CASE WHEN pl.category_id IS NOT NULL THEN {CATEGORY} ELSE 0 END
   + CASE WHEN pl.supplier_id IS NOT NULL THEN {SUPPLIER} ELSE 0 END) AS rank
 FROM quality_plan pl LEFT JOIN above b ON b.product_id = a.id AND b.category_id = pl.category_id
 WHERE pl.company_id = %(company)s::bigint AND pl.is_active AND (pl.product_id IS NULL OR pl.product_id = a.id)
  AND (pl.category_id IS NULL OR b.category_id IS NOT NULL)
  AND (pl.supplier_id IS NULL OR pl.supplier_id = %(supplier)s::bigint)
 ORDER BY (pl.product_id IS NOT NULL) DESC, (pl.category_id IS NOT NULL) DESC, b.far, (pl.supplier_id IS NOT NULL) DESC
 LIMIT 1) pl ON true
"""


def chosen(actor: Actor, supplier_id: int, products: Iterable[int]) -> dict[int, Chosen]:
    """The plan of each product that has one, by product id; one statement."""
    found = db.rows(_CHOSEN, {"company": actor.company_id, "supplier": supplier_id, "products": sorted(set(products))})
    return {row[0]: Chosen(*(*row[1:10], _lots(row[10]), row[11])) for row in found}


def _lots(text: str) -> list[Lot]:
    return [Lot(*lot) for lot in json.loads(text)]
