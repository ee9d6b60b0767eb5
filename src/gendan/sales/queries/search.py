"""What a typed text finds among sales orders: number, the customer's number, customer, product, note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.search import hits
from gendan.sales.models.order import REFERENCE_KEY
from gendan.sales.permissions import VIEW

_HITS = f"""
SELECT o.id FROM sales_salesorder o
WHERE o.company_id = %(company)s::bigint AND o.number = ANY(%(numbers)s::text[])
UNION
SELECT o.id FROM sales_salesorder o
WHERE o.company_id = %(company)s::bigint AND o.external_key = %(typed)s::text
UNION
SELECT o.id FROM sales_salesorder o WHERE o.company_id = %(company)s::bigint AND o.customer_reference <> ''
 AND {REFERENCE_KEY.format("o.customer_reference")} = {REFERENCE_KEY.format("%(typed)s::text")}
UNION
SELECT o.id FROM sales_salesorder o WHERE o.company_id = %(company)s::bigint AND o.is_open
 AND (o.note ILIKE %(like)s::text OR o.customer_reference ILIKE %(like)s::text)
"""
_BY_WORDS = """
UNION
(SELECT o.id FROM (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery/*partner*/ LIMIT %(matches)s::int) s
 JOIN LATERAL (SELECT id FROM sales_salesorder o
  WHERE o.company_id = %(company)s::bigint AND o.customer_id = s.id AND o.id < %(before)s::bigint
  ORDER BY o.id DESC LIMIT %(newest)s::int) o ON true)
UNION
(SELECT l.order_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN LATERAL (SELECT order_id FROM sales_salesline l WHERE l.product_id = p.id
  AND l.order_id < %(before)s::bigint ORDER BY l.id DESC LIMIT %(newest)s::int) l ON true)
"""


def order_hits(actor: Actor, q: str) -> tuple[str, dict[str, Any]]:
    """SQL of the ids of sales orders that ``q`` means (it wants ``company`` and ``before``), and its parameters."""
    return hits(actor, q, "so", "SO", _HITS, _BY_WORDS)


_BY_NUMBER = f"""
SELECT 'so' AS kind, o.number, o.state, p.name AS partner FROM sales_salesorder o
JOIN catalog_partner p ON p.id = o.customer_id
WHERE o.company_id = %(company)s::bigint AND o.id IN (
 SELECT id FROM sales_salesorder WHERE company_id = %(company)s::bigint AND number = ANY(%(numbers)s::text[])
 UNION (SELECT id FROM sales_salesorder WHERE company_id = %(company)s::bigint AND customer_reference <> ''
  AND {REFERENCE_KEY.format("customer_reference")} = {REFERENCE_KEY.format("%(typed)s::text")}
  ORDER BY id DESC LIMIT 5)){{so}}
UNION ALL SELECT 'dn', d.number, d.state, p.name FROM sales_delivery d JOIN catalog_partner p ON p.id = d.customer_id
WHERE d.company_id = %(company)s::bigint AND d.number = ANY(%(numbers)s::text[]){{dn}}
UNION ALL SELECT 'rma', r.number, r.state, p.name FROM sales_salesreturn r
JOIN catalog_partner p ON p.id = r.customer_id
WHERE r.company_id = %(company)s::bigint AND r.number = ANY(%(numbers)s::text[]){{rma}}
UNION ALL SELECT 'quotation', q.number, q.state, p.name FROM sales_quotation q
JOIN catalog_partner p ON p.id = q.customer_id
WHERE q.company_id = %(company)s::bigint AND q.number = ANY(%(numbers)s::text[]){{quotation}}
UNION ALL SELECT 'wave', v.number, v.state, '' FROM sales_wave v
WHERE v.company_id = %(company)s::bigint AND v.number = ANY(%(numbers)s::text[]){{wave}}
"""


def documents_by_number(actor: Actor, numbers: Sequence[str], typed: str) -> list[dict[str, Any]]:
    """Orders, deliveries, returns, quotations and waves with exactly these numbers; orders by the customer's number,
    too. One statement.
    """
    actor.must(VIEW)
    aliases = {"so": "o", "dn": "d", "rma": "r", "quotation": "q", "wave": "v"}
    sql = _BY_NUMBER.format(**{kind: scope.also(actor, kind, alias) for kind, alias in aliases.items()})
    if fields.hides(actor, "so", "customer_reference"):
        sql = sql.replace("customer_reference <> ''", "false")
    return db.dicts(sql, {"company": actor.company_id, "numbers": list(numbers), "typed": typed})
