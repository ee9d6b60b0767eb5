"""What a typed text finds among sales orders: number, the customer's number, customer, product, note."""

from __future__ import annotations

from typing import Any

from gendan.purchasing.queries.search import hits

_HITS = """
SELECT o.id FROM sales_salesorder o
WHERE o.company_id = %(company)s::bigint AND o.number = ANY(%(numbers)s::text[])
UNION
SELECT o.id FROM sales_salesorder o
WHERE o.company_id = %(company)s::bigint AND o.external_key = %(typed)s::text
UNION
SELECT o.id FROM sales_salesorder o WHERE o.company_id = %(company)s::bigint AND o.is_open
 AND (o.note ILIKE %(like)s::text OR o.customer_reference ILIKE %(like)s::text)
"""
_BY_WORDS = """
UNION
(SELECT o.id FROM (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) s
 JOIN LATERAL (SELECT id FROM sales_salesorder o
  WHERE o.company_id = %(company)s::bigint AND o.customer_id = s.id AND o.id < %(before)s::bigint
  ORDER BY o.id DESC LIMIT %(newest)s::int) o ON true)
UNION
(SELECT l.order_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN LATERAL (SELECT order_id FROM sales_salesline l WHERE l.product_id = p.id
  AND l.order_id < %(before)s::bigint ORDER BY l.id DESC LIMIT %(newest)s::int) l ON true)
"""


def order_hits(q: str) -> tuple[str, dict[str, Any]]:
    """SQL of the ids of sales orders that ``q`` means (it wants ``company`` and ``before``), and its parameters."""
    return hits(q, "SO", _HITS, _BY_WORDS)
