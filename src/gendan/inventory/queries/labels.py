"""What the label of a lot shows: the product, the lot, its expiry, and all of it in one code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gendan.inventory.queries.stock import VIEW
from gendan.kernel import codes, db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

Row = dict[str, Any]

_LOTS = """
SELECT p.code || ' ' || l.code AS number, p.code AS product, p.name, p.specification, u.name AS unit_name,
 l.code AS lot, l.expires_on, l.made_on,
 coalesce((SELECT b.code FROM catalog_barcode b WHERE b.product_id = p.id
  AND (b.unit_id IS NULL OR b.unit_id = p.unit_id) AND b.code ~ '^([0-9]{8}|[0-9]{12,14})$'
  ORDER BY b.id LIMIT 1), '') AS gtin
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN catalog_product p ON p.company_id = %s::bigint AND starts_with(asked.number, p.code || ' ')
JOIN catalog_unit u ON u.id = p.unit_id
JOIN inventory_lot l ON l.product_id = p.id AND l.code = substr(asked.number, length(p.code) + 2) ORDER BY asked.place
"""
# 7.11: what may stand in a lot or an own number
_PRINTABLE = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")


def lot_labels(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Lots by «product lot», both codes with a space between them; one statement."""
    actor.must(VIEW)
    found = db.dicts(_LOTS, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    scope.demand(actor, {"products": [row["product"] for row in found]})
    return [{**row, "title": row["name"], "elements": elements(row)} for row in found]


def elements(row: Row) -> dict[str, str]:
    """The label's GS1 elements; none when the lot or the product's code cannot be written so."""
    gtin, lot, own = row["gtin"].zfill(14) if row["gtin"] else "", row["lot"], row["product"]
    if gtin and codes.check_digit(gtin[:-1]) != gtin[-1]:
        gtin = ""
    if len(lot) > 20 or not _PRINTABLE.fullmatch(lot):
        return {}
    if not gtin and (len(own) > 30 or not _PRINTABLE.fullmatch(own)):
        return {}
    found = {"01": gtin} if gtin else {"240": own}
    if row["expires_on"]:
        found["17"] = f"{row['expires_on']:%y%m%d}"
    return {**found, "10": lot}
