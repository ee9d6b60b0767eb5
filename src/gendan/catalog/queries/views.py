"""How each resource reads: one SELECT per resource serves list, detail, export and the comparison before a save.

The columns carry the names of the resource's fields; what refers to another record is its code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.kernel import db

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A resource as SQL: ``source`` follows FROM (the main table is ``t``), ``columns`` maps a name to its SQL."""

    source: str
    columns: Mapping[str, str]
    lists: frozenset[str] = frozenset()  # columns that arrive as JSON text
    scope: str = "t.company_id = %(company)s"


_MASTER = {
    "id": "t.id",
    "version": "t.version",
    "code": "t.code",
    "name": "t.name",
    "is_active": "t.is_active",
}

_UNIT_FLAG = (
    "coalesce((SELECT xu.code FROM catalog_productunit x JOIN catalog_unit xu ON xu.id = x.unit_id"
    " WHERE x.product_id = t.id AND x.{flag} ORDER BY xu.code LIMIT 1), '')"
)

PRODUCTS = View(
    "catalog_product t JOIN catalog_unit u ON u.id = t.unit_id LEFT JOIN catalog_category c ON c.id = t.category_id"
    " LEFT JOIN catalog_tax x ON x.id = t.tax_id",
    {
        **_MASTER,
        "specification": "t.specification",
        "category": "coalesce(c.code, '')",
        "category_name": "coalesce(c.name, '')",
        "unit": "u.code",
        "unit_name": "u.name",
        "units": "(SELECT coalesce(json_agg(json_build_object('unit', xu.code, 'name', xu.name,"
        " 'factor', x.factor::text) ORDER BY xu.code), '[]')::text FROM catalog_productunit x"
        " JOIN catalog_unit xu ON xu.id = x.unit_id WHERE x.product_id = t.id)",
        "purchase_unit": _UNIT_FLAG.format(flag="for_purchase"),
        "sale_unit": _UNIT_FLAG.format(flag="for_sale"),
        "barcodes": "(SELECT coalesce(json_agg(json_build_object('code', b.code, 'unit', coalesce(bu.code, ''))"
        " ORDER BY b.code), '[]')::text FROM catalog_barcode b LEFT JOIN catalog_unit bu ON bu.id = b.unit_id"
        " WHERE b.product_id = t.id)",
        "lot_tracked": "t.lot_tracked",
        "inspect": "t.inspect",
        "safety_stock": "t.safety_stock",
        "tax": "coalesce(x.code, '')",
        "over_tolerance": "t.over_tolerance",
        "under_tolerance": "t.under_tolerance",
        "floor_price": "t.floor_price",
        "standard_cost": "t.standard_cost",
        "external_key": "t.external_key",
    },
    frozenset({"units", "barcodes"}),
)

PARTNERS = View(
    "catalog_partner t LEFT JOIN catalog_customerclass cc ON cc.id = t.customer_class_id"
    " LEFT JOIN accounts_user su ON su.id = t.salesperson_id",
    {
        **_MASTER,
        **{
            name: f"t.{name}"
            for name in (
                "short_name", "is_supplier", "is_customer", "tax_id", "payment_terms", "payment_days", "currency",
                "lead_time_days", "over_tolerance", "under_tolerance", "address", "country", "note", "credit_limit",
                "supplier_group",
            )
        },
        "customer_class": "coalesce(cc.code, '')",
        "customer_class_name": "coalesce(cc.name, '')",
        "salesperson": "coalesce(su.username, '')",
        "salesperson_name": "coalesce(su.name, '')",
        "contacts": "(SELECT coalesce(json_agg(json_build_object('name', k.name, 'title', k.title, 'phone', k.phone,"
        " 'email', k.email, 'is_main', k.is_main) ORDER BY NOT k.is_main, k.id), '[]')::text FROM catalog_contact k"
        " WHERE k.partner_id = t.id)",
        "external_key": "t.external_key",
    },
    frozenset({"contacts"}),
)  # fmt: skip

PRICES = View(
    "catalog_supplierprice t JOIN catalog_partner s ON s.id = t.partner_id"
    " JOIN catalog_product p ON p.id = t.product_id JOIN catalog_unit u ON u.id = t.unit_id",
    {
        "id": "t.id",
        "version": "t.version",
        "supplier": "s.code",
        "supplier_name": "s.name",
        "product": "p.code",
        "product_name": "p.name",
        "unit": "u.code",
        "unit_name": "u.name",
        **{
            name: f"t.{name}"
            for name in (
                "currency", "from_quantity", "price", "supplier_code", "lead_time_days", "minimum_quantity",
                "pack_quantity", "valid_from", "valid_to",
            )
        },
    },
)  # fmt: skip

CUSTOMER_CLASSES = View("catalog_customerclass t", {**_MASTER, "priority": "t.priority", "discount": "t.discount"})

ADDRESSES = View(
    "catalog_partneraddress t JOIN catalog_partner s ON s.id = t.partner_id",
    {
        **_MASTER,
        "partner": "s.code",
        "partner_name": "s.name",
        **{name: f"t.{name}" for name in ("phone", "address", "country", "postal_code", "is_default")},
    },
)

SALES_PRICES = View(
    "catalog_salesprice t JOIN catalog_product p ON p.id = t.product_id JOIN catalog_unit u ON u.id = t.unit_id"
    " LEFT JOIN catalog_partner s ON s.id = t.customer_id"
    " LEFT JOIN catalog_customerclass cc ON cc.id = t.customer_class_id",
    {
        "id": "t.id",
        "version": "t.version",
        "customer": "coalesce(s.code, '')",
        "customer_name": "coalesce(s.name, '')",
        "customer_class": "coalesce(cc.code, '')",
        "customer_class_name": "coalesce(cc.name, '')",
        "product": "p.code",
        "product_name": "p.name",
        "unit": "u.code",
        "unit_name": "u.name",
        **{name: f"t.{name}" for name in ("currency", "from_quantity", "price", "valid_from", "valid_to")},
    },
)

WAREHOUSES = View(
    "catalog_warehouse t LEFT JOIN catalog_location d ON d.id = t.default_location_id",
    {**_MASTER, "address": "t.address", "default_bin": "coalesce(d.code, '')"},
)

BINS = View(
    "catalog_location t JOIN catalog_warehouse w ON w.id = t.warehouse_id",
    {
        **_MASTER,
        "warehouse": "w.code",
        "warehouse_name": "w.name",
        "kind": "t.kind",
        "allow_negative": "t.allow_negative",
        "is_default": "coalesce(w.default_location_id = t.id, false)",
    },
)

UNITS = View("catalog_unit t", {**_MASTER, "decimals": "t.decimals"})
CATEGORIES = View(
    "catalog_category t LEFT JOIN catalog_category p ON p.id = t.parent_id",
    {**_MASTER, "parent": "coalesce(p.code, '')", "parent_name": "coalesce(p.name, '')"},
)
CURRENCIES = View("catalog_currency t", {**_MASTER, "minor_units": "t.minor_units", "rate": "t.rate"})
TAXES = View("catalog_tax t", {**_MASTER, "rate": "t.rate", "included": "t.included"})

VIEWS: dict[str, View] = {
    "products": PRODUCTS,
    "customer-classes": CUSTOMER_CLASSES,
    "partners": PARTNERS,
    "addresses": ADDRESSES,
    "prices": PRICES,
    "sales-prices": SALES_PRICES,
    "warehouses": WAREHOUSES,
    "bins": BINS,
    "units": UNITS,
    "categories": CATEGORIES,
    "currencies": CURRENCIES,
    "taxes": TAXES,
}


def select(
    view: View,
    company_id: int,
    where: Sequence[str] = (),
    params: Mapping[str, Any] | None = None,
    order: str = "t.id",
    limit: int | None = None,
    lock: bool = False,
) -> list[Row]:
    """Rows of a resource in one company, in one statement."""
    sql = (
        f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in view.columns.items())} FROM {view.source}"
        f" WHERE {' AND '.join([view.scope, *where])} ORDER BY {order}"
        f"{f' LIMIT {int(limit)}' if limit is not None else ''}{' FOR UPDATE OF t' if lock else ''}"
    )
    found = db.dicts(sql, {"company": company_id, **(params or {})})
    for row in found:
        for name in view.lists:
            row[name] = [_typed(part) for part in json.loads(row[name])]
        if "contacts" in row:
            _main_contact(row)
    return found


def _main_contact(row: Row) -> None:
    main: dict[str, str] = next((contact for contact in row["contacts"] if contact["is_main"]), {})
    row["contact"] = main.get("name", "")
    for name in ("title", "phone", "email"):
        row[f"contact_{name}"] = main.get(name, "")


def _typed(part: dict[str, Any]) -> dict[str, Any]:
    if "factor" in part:
        part["factor"] = Decimal(part["factor"])
    return part
