"""Master data that an importer needs: what is missing is made, what exists stays as it is.

Each function takes any number of rows, uses a fixed number of statements, and answers ids in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gendan.kernel import db, tables
from gendan.kernel.search import search_vector_text, sort_key
from gendan.kernel.unit import step

Row = Mapping[str, Any]
MASTER = {"company_id": "bigint", "code": "text", "name": "text", "is_active": "bool", "version": "int"}
SEARCHABLE = {**MASTER, "sort_key": "text", "search": "search", "external_key": "text"}
_ONCE = "ON CONFLICT (company_id, code) DO NOTHING"


@step
def ensure_units(company_id: int, rows: Sequence[Row]) -> list[int]:
    """Units by ``code``; optional ``name``, ``decimals``. A unit is also found by its name."""
    found = _codes_and_names("catalog_unit", company_id)
    missing = {row["code"]: row for row in rows if row["code"].lower() not in found}
    made = tables.insert(
        "catalog_unit",
        {**MASTER, "decimals": "smallint"},
        [{**_master(company_id, row), "decimals": row.get("decimals", 0)} for row in missing.values()],
        conflict=_ONCE,
        returning="lower(code), id",
    )
    found.update(made)
    return [found[row["code"].lower()] for row in rows]


@step
def ensure_categories(company_id: int, rows: Sequence[Row]) -> list[int]:
    """Categories by ``code``; optional ``name``."""
    found = _codes_and_names("catalog_category", company_id)
    missing = {row["code"]: row for row in rows if row["code"].lower() not in found}
    made = tables.insert(
        "catalog_category",
        MASTER,
        [_master(company_id, row) for row in missing.values()],
        conflict=_ONCE,
        returning="lower(code), id",
    )
    found.update(made)
    return [found[row["code"].lower()] for row in rows]


@step
def ensure_products(company_id: int, rows: Sequence[Row]) -> list[int]:
    """Products by ``external_key`` where given, else by ``code``.

    Row: ``code``, ``name``, ``unit`` (code or name of a unit); optional ``specification``, ``category`` (code or name),
    ``external_key``. Units and categories that do not exist are made.
    """
    units = ensure_units(company_id, [{"code": row["unit"]} for row in rows])
    categorised = [row["category"] for row in rows if row.get("category")]
    categories = dict(
        zip(categorised, ensure_categories(company_id, [{"code": code} for code in categorised]), strict=True)
    )
    values = [
        {
            **_searchable(company_id, row, row["code"], row["name"], row.get("specification")),
            "specification": row.get("specification") or "",
            "unit_id": unit_id,
            "category_id": categories.get(row.get("category")),
            "lot_tracked": False,
            "inspect": False,
            "safety_stock": 0,
        }
        for row, unit_id in zip(rows, units, strict=True)
    ]
    types = {
        **SEARCHABLE,
        "specification": "text",
        "unit_id": "bigint",
        "category_id": "bigint",
        "lot_tracked": "bool",
        "inspect": "bool",
        "safety_stock": "numeric",
    }
    return _ensure("catalog_product", types, company_id, values)


@step
def ensure_partners(company_id: int, rows: Sequence[Row]) -> list[int]:
    """Partners by ``external_key`` where given, else by ``code``.

    Row: ``code``, ``name``; optional ``is_supplier`` (default yes), ``is_customer`` (default no), ``country``,
    ``currency``, ``external_key``.
    """
    values = [
        {
            **_searchable(company_id, row, row["code"], row["name"]),
            "is_supplier": row.get("is_supplier", True),
            "is_customer": row.get("is_customer", False),
            "country": row.get("country") or "",
            "currency": row.get("currency") or "",
            "payment_days": 30,
            **dict.fromkeys(("short_name", "tax_id", "payment_terms", "address", "note"), ""),
        }
        for row in rows
    ]
    types = {
        **SEARCHABLE,
        "is_supplier": "bool",
        "is_customer": "bool",
        "payment_days": "smallint",
        **dict.fromkeys(("country", "currency", "short_name", "tax_id", "payment_terms", "address", "note"), "text"),
    }
    return _ensure("catalog_partner", types, company_id, values)


def _ensure(table: str, types: Mapping[str, str], company_id: int, rows: list[dict[str, Any]]) -> list[int]:
    """Insert the rows that are neither known by external key nor by code; all ids in order."""
    by_key, by_code = _known(table, company_id, rows)
    missing: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["external_key"] not in by_key and row["code"] not in by_code:
            missing.setdefault(row["external_key"] or row["code"], row)
    made = tables.insert(table, types, list(missing.values()), conflict=_ONCE, returning="external_key, code, id")
    if len(made) < len(missing):
        by_key, by_code = _known(table, company_id, rows)
    by_key.update({key: id_ for key, _, id_ in made if key})
    by_code.update({code: id_ for _, code, id_ in made})
    return [by_key.get(row["external_key"]) or by_code[row["code"]] for row in rows]


def _known(table: str, company_id: int, rows: Iterable[Row]) -> tuple[dict[str | None, int], dict[str, int]]:
    keys = [row["external_key"] for row in rows if row["external_key"]]
    codes = [row["code"] for row in rows]
    found = db.rows(
        f"SELECT external_key, code, id FROM {table} WHERE company_id = %s AND code = ANY(%s::text[])"
        f" UNION SELECT external_key, code, id FROM {table} WHERE company_id = %s AND external_key = ANY(%s::text[])",
        [company_id, codes, company_id, keys],
    )
    return {key: id_ for key, _, id_ in found if key}, {code: id_ for _, code, id_ in found}


def _codes_and_names(table: str, company_id: int) -> dict[str, int]:
    """Ids of a small table by lower-case code and name; a code goes before a name."""
    found = db.rows(f"SELECT lower(code), lower(name), id FROM {table} WHERE company_id = %s", [company_id])
    return {name: id_ for _, name, id_ in found} | {code: id_ for code, _, id_ in found}


def _master(company_id: int, row: Row) -> dict[str, Any]:
    name = row.get("name") or row["code"]
    return {"company_id": company_id, "code": row["code"], "name": name, "is_active": True, "version": 1}


def _searchable(company_id: int, row: Row, *words: str | None) -> dict[str, Any]:
    return {
        **_master(company_id, row),
        "sort_key": sort_key(row["name"]),
        "search": search_vector_text(*words),
        "external_key": row.get("external_key"),
    }
