"""Turn the codes of a request into rows, one statement per kind, with every unknown code reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.inventory.errors import EmptyDocument
from gendan.inventory.rules import MAX_LINES
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.kernel.values import quantity_problem


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as asked for: product, lot and bins by code."""

    product: str
    quantity: Decimal
    lot: str = ""
    bin: str = ""
    to_bin: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows behind a line. ``lot_id`` is None when the lot does not exist (or none was given)."""

    product_id: int
    product: str
    lot_tracked: bool
    lot_id: int | None
    place_id: int
    place_kind: str
    to_place_id: int
    to_place_kind: str


_WAREHOUSES = """
SELECT code, id FROM catalog_warehouse WHERE company_id = %s::bigint AND code = ANY(%s::text[]) AND is_active
"""
_LINES = """
SELECT t.n, p.id, p.code, p.lot_tracked, u.decimals, lot.id,
 CASE WHEN t.bin = '' THEN da.id ELSE a.id END, CASE WHEN t.bin = '' THEN da.kind ELSE a.kind END,
 CASE WHEN t.to_bin = '' THEN db.id ELSE b.id END, CASE WHEN t.to_bin = '' THEN db.kind ELSE b.kind END
FROM unnest(%(products)s::text[], %(lots)s::text[], %(bins)s::text[], %(to_bins)s::text[]) WITH ORDINALITY
 AS t(product, lot, bin, to_bin, n)
LEFT JOIN catalog_product p ON p.company_id = %(company)s::bigint AND p.code = t.product
LEFT JOIN catalog_unit u ON u.id = p.unit_id
LEFT JOIN inventory_lot lot ON lot.product_id = p.id AND lot.code = t.lot AND t.lot <> ''
LEFT JOIN catalog_warehouse w ON w.id = %(warehouse)s::bigint
LEFT JOIN catalog_warehouse v ON v.id = %(to_warehouse)s::bigint
LEFT JOIN catalog_location da ON da.id = w.default_location_id AND da.is_active
LEFT JOIN catalog_location db ON db.id = v.default_location_id AND db.is_active
LEFT JOIN LATERAL (SELECT x.id, x.kind FROM catalog_location x WHERE x.company_id = %(company)s::bigint
 AND x.warehouse_id = w.id AND x.code = ANY(ARRAY[t.bin, upper(t.bin)]) AND x.is_active
 ORDER BY x.code = t.bin DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT x.id, x.kind FROM catalog_location x WHERE x.company_id = %(company)s::bigint
 AND x.warehouse_id = v.id AND x.code = ANY(ARRAY[t.to_bin, upper(t.to_bin)]) AND x.is_active
 ORDER BY x.code = t.to_bin DESC LIMIT 1) b ON true
ORDER BY t.n
"""


@step
def find_warehouses(actor: Actor, **codes: str) -> dict[str, int]:
    """Ids of active warehouses by field name; Invalid names every field whose code is unknown."""
    found: dict[str, int] = dict(db.rows(_WAREHOUSES, [actor.company_id, sorted(set(codes.values()))]))
    problems = {
        name: _("仓库 %(code)s 不存在或已停用。") % {"code": code} for name, code in codes.items() if code not in found
    }
    if problems:
        raise Invalid(problems)
    return {name: found[code] for name, code in codes.items()}


@step
def find_lines(
    actor: Actor, warehouse_id: int, lines: Sequence[Wanted], to_warehouse_id: int | None = None, new_lots: bool = False
) -> list[Found]:
    """The rows of each line, in order; Invalid names every field that is wrong. ``new_lots``: unknown lots may be.

    One statement for any number of lines.
    """
    if not lines:
        raise EmptyDocument()
    if len(lines) > MAX_LINES:
        raise Invalid({"lines": _("一张单据最多 %(count)s 行。") % {"count": MAX_LINES}})
    rows = db.rows(
        _LINES,
        {
            "company": actor.company_id,
            "warehouse": warehouse_id,
            "to_warehouse": to_warehouse_id or warehouse_id,
            "products": [line.product for line in lines],
            "lots": [line.lot for line in lines],
            "bins": [line.bin for line in lines],
            "to_bins": [line.to_bin for line in lines],
        },
    )
    problems: dict[str, str] = {}
    found = []
    for n, (line, row) in enumerate(zip(lines, rows, strict=True)):
        _n, product_id, product, tracked, decimals, lot_id, place_id, kind, to_id, to_kind = row
        for name, text in (
            ("product", _product_problem(line.product, product_id)),
            ("quantity", quantity_problem(abs(line.quantity), decimals)),
            ("bin", _bin_problem(line.bin, place_id)),
            ("to_bin", _bin_problem(line.to_bin, to_id)),
            ("lot", _lot_problem(line, product_id, tracked, lot_id, new_lots)),
        ):
            if text:
                problems[f"lines.{n}.{name}"] = text
        found.append(Found(product_id, product, tracked, lot_id, place_id, kind, to_id, to_kind))
    if problems:
        raise Invalid(problems)
    return found


def _product_problem(code: str, product_id: int | None) -> str:
    return "" if product_id else _("产品 %(code)s 不存在。") % {"code": code}


def _bin_problem(code: str, place_id: int | None) -> str:
    return "" if place_id else _("库位 %(code)s 不存在或已停用。") % {"code": code or "–"}


def _lot_problem(line: Wanted, product_id: int | None, tracked: bool, lot_id: int | None, new_lots: bool) -> str:
    if product_id is None:
        return ""
    if tracked and not line.lot:
        return _("%(product)s 按批次管理，请填写批次号。") % {"product": line.product}
    if line.lot and lot_id is None and not new_lots:
        return _("%(product)s 没有批次 %(lot)s。") % {"product": line.product, "lot": line.lot}
    return ""
