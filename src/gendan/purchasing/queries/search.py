"""Which documents are meant by what was typed: number, partner, product, note; bounded work, whatever the history."""

from __future__ import annotations

import re
from typing import Any

from gendan.catalog.queries import words_shown
from gendan.kernel import fields
from gendan.kernel.actor import Actor
from gendan.kernel.search import search_query

NEWEST = 300  # orders per matching supplier or product that a search looks at
MATCHES = 30  # suppliers and products that a search follows

ORDER_HITS = """
SELECT o.id FROM purchasing_purchaseorder o
WHERE o.company_id = %(company)s::bigint AND o.number = ANY(%(numbers)s::text[])
UNION
SELECT o.id FROM purchasing_purchaseorder o
WHERE o.company_id = %(company)s::bigint AND o.external_key = %(typed)s::text
UNION
SELECT o.id FROM purchasing_purchaseorder o WHERE o.company_id = %(company)s::bigint AND o.is_open
 AND (o.note ILIKE %(like)s::text OR o.supplier_reference ILIKE %(like)s::text)
"""
BY_PARTNER = """
UNION
(SELECT o.id FROM (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery/*partner*/ LIMIT %(matches)s::int) s
 JOIN LATERAL (SELECT id FROM purchasing_purchaseorder o
  WHERE o.company_id = %(company)s::bigint AND o.supplier_id = s.id AND o.id < %(before)s::bigint
  ORDER BY o.id DESC LIMIT %(newest)s::int) o ON true)
UNION
(SELECT l.order_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN LATERAL (SELECT order_id FROM purchasing_orderline l WHERE l.product_id = p.id
  AND l.order_id < %(before)s::bigint ORDER BY l.id DESC LIMIT %(newest)s::int) l ON true)
"""
REQUISITION_HITS = """
SELECT r.id FROM purchasing_requisition r WHERE r.company_id = %(company)s::bigint
 AND (r.number = ANY(%(numbers)s::text[]) OR r.reason ILIKE %(like)s::text)
"""
BY_PRODUCT = """
UNION
(SELECT l.requisition_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN LATERAL (SELECT requisition_id FROM purchasing_requisitionline l WHERE l.product_id = p.id
  ORDER BY l.id DESC LIMIT %(newest)s::int) l ON true)
"""


def order_hits(actor: Actor, q: str) -> tuple[str, dict[str, Any]]:
    """SQL of the ids of orders that ``q`` means (it wants ``company`` and ``before``), and its parameters."""
    return hits(actor, q, "po", "PO", ORDER_HITS, BY_PARTNER)


def requisition_hits(actor: Actor, q: str) -> tuple[str, dict[str, Any]]:
    """The same for requisitions."""
    return hits(actor, q, "requisition", "PR", REQUISITION_HITS, BY_PRODUCT)


def hits(actor: Actor, q: str, kind: str, prefix: str, sql: str, by_words: str) -> tuple[str, dict[str, Any]]:
    """The SQL of the ids that ``q`` means, with ``by_words`` where it has words, and its parameters. What the actor
    does not see of such documents is not searched either.
    """
    typed = q.strip()
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    numbers = [typed.upper()]
    if typed.isdecimal():
        numbers.append(f"{prefix}-{typed:0>6}")
    params: dict[str, Any] = {"numbers": numbers, "typed": typed, "like": f"%{escaped}%"}
    if query := search_query(typed):
        sql += by_words
        params.update(query=query, matches=MATCHES, newest=NEWEST)
    for field in fields.rights(actor, kind, None, fields.HIDDEN):
        sql = re.sub(rf"\b[orq]\.{field.name}\b", "''", sql)
    for alias, mark in (("catalog_partner", "/*partner*/"), ("s", "/*s*/")):
        sql = sql.replace(mark, words_shown(actor, alias, "like"))
    return sql, params
