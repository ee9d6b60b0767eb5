"""Warehouses with the locations that every warehouse has, and the company's places outside of any warehouse."""

from __future__ import annotations

from gendan.kernel import db
from gendan.kernel.unit import step

VIRTUAL = (
    ("supplier", "供应商"),
    ("customer", "客户"),
    ("transit", "在途"),
    ("scrap", "报废"),
    ("difference", "盘点差异"),
    ("adjustment", "库存调整"),
)
OWN = (("bin", "DEFAULT", "默认库位"), ("inspection", "INSPECT", "待检区"), ("rejected", "REJECT", "不良品区"))


@step
def ensure_virtual_locations(company_id: int) -> None:
    """The places that stock comes from and goes to outside of warehouses: one of each kind, coded by it."""
    db.execute(
        "INSERT INTO catalog_location (company_id, warehouse_id, kind, code, name, is_active, allow_negative, version)"
        " SELECT %s::bigint, NULL, kind, kind, name, true, true, 1 FROM unnest(%s::text[], %s::text[]) AS t(kind, name)"
        " ON CONFLICT (company_id, warehouse_id, code) DO NOTHING",
        [company_id, [kind for kind, _ in VIRTUAL], [name for _, name in VIRTUAL]],
    )


@step
def save_warehouse(company_id: int, code: str, name: str, address: str | None = None) -> int:
    """Make or rename a warehouse; a new one gets its default bin, inspection and rejected locations. Its id."""
    return save_warehouses(company_id, [{"code": code, "name": name, "address": address}])[0]


@step
def save_warehouses(company_id: int, rows: list[dict[str, str | None]]) -> list[int]:
    """Like save_warehouse for many, in a fixed number of statements; ids in the order of the rows."""
    found = db.rows(
        "INSERT INTO catalog_warehouse (company_id, code, name, address, is_active, version)"
        " SELECT %s::bigint, code, name, coalesce(address, ''), true, 1"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) AS t(code, name, address)"
        " ON CONFLICT (company_id, code) DO UPDATE SET name = excluded.name, address = CASE WHEN excluded.address <> ''"
        " THEN excluded.address ELSE catalog_warehouse.address END, version = catalog_warehouse.version + 1,"
        " updated_at = now() RETURNING code, id",
        [company_id, [r["code"] for r in rows], [r["name"] for r in rows], [r["address"] for r in rows]],
    )
    ids: dict[str | None, int] = dict(found)
    add_own_locations(company_id, list(ids.values()))
    return [ids[row["code"]] for row in rows]


@step
def add_own_locations(company_id: int, warehouse_ids: list[int]) -> None:
    """Give warehouses that lack them the default bin, inspection and rejected locations."""
    db.execute(
        "INSERT INTO catalog_location (company_id, warehouse_id, kind, code, name, is_active, allow_negative, version)"
        " SELECT %s::bigint, w, kind, code, name, true, false, 1"
        " FROM unnest(%s::bigint[]) AS ws(w) CROSS JOIN"
        " unnest(%s::text[], %s::text[], %s::text[]) AS t(kind, code, name)"
        " ON CONFLICT (company_id, warehouse_id, code) DO NOTHING",
        [company_id, warehouse_ids, *([row[i] for row in OWN] for i in range(3))],
    )
    db.execute(
        "UPDATE catalog_warehouse w SET default_location_id = l.id FROM catalog_location l"
        " WHERE w.id = ANY(%s::bigint[]) AND w.default_location_id IS NULL AND l.warehouse_id = w.id AND l.code = %s",
        [warehouse_ids, OWN[0][1]],
    )
