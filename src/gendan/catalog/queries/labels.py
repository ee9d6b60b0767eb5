"""What labels of products and bins show: one statement for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gendan.catalog.queries.lists import VIEW
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

Row = dict[str, Any]

# The code that a scanner is shown: the barcode of the stock unit that was given first, else the product's own code.
_PRODUCTS = """
SELECT p.code AS number, p.name, p.specification, u.name AS unit_name,
 coalesce((SELECT b.code FROM catalog_barcode b WHERE b.product_id = p.id
  AND (b.unit_id IS NULL OR b.unit_id = p.unit_id) ORDER BY b.id LIMIT 1), p.code) AS scanned
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(code, place)
JOIN catalog_product p ON p.company_id = %s::bigint AND p.code = asked.code
JOIN catalog_unit u ON u.id = p.unit_id ORDER BY asked.place
"""
_BINS = """
SELECT w.code || ' ' || l.code AS number, l.code, l.name, w.code AS warehouse, w.name AS warehouse_name
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN catalog_warehouse w ON w.company_id = %s::bigint AND starts_with(asked.number, w.code || ' ')
JOIN catalog_location l ON l.warehouse_id = w.id AND l.code = substr(asked.number, length(w.code) + 2)
ORDER BY asked.place
"""


def product_labels(actor: Actor, codes: Sequence[str]) -> list[Row]:
    """Products by code."""
    found = _labels(actor, _PRODUCTS, codes)
    return [{**row, "title": " ".join(filter(None, (row["name"], row["specification"])))} for row in found]


def bin_labels(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Bins by «warehouse bin», both codes with a space between them."""
    return [{**row, "title": row["name"] or row["warehouse_name"]} for row in _labels(actor, _BINS, numbers)]


def bin_number(warehouse: str, code: str) -> str:
    """What a label calls a bin."""
    return f"{warehouse} {code}"


def _labels(actor: Actor, sql: str, numbers: Sequence[str]) -> list[Row]:
    actor.must(VIEW)
    scope.demand(
        actor, {"products": list(numbers)} if sql is _PRODUCTS else {"warehouses": [n.split()[0] for n in numbers]}
    )
    found = db.dicts(sql, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    return found
