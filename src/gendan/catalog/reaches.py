"""How master data is found to be within what somebody sees (kernel/scope.py); by the names of resources."""

from __future__ import annotations

from collections.abc import Callable

from gendan.accounts.queries.scopes import CHOICES
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.scope import Reach, register

register(
    "products",
    Reach(
        "catalog",
        "catalog_product",
        products="{a}.id IN {products}",
        key="code",
        named=("product", "products", "item"),
    ),
)
register(
    "partners",
    Reach(
        "catalog",
        "catalog_partner",
        suppliers="{a}.id IN {suppliers}",
        key="code",
        named=("supplier", "partner", "partners"),
    ),
)
register(
    "warehouses",
    Reach(
        "catalog",
        "catalog_warehouse",
        warehouses="{a}.id IN {warehouses}",
        key="code",
        named=("warehouse", "warehouses"),
    ),
)
register("bins", Reach("catalog", "catalog_location", warehouses="{a}.warehouse_id IN {warehouses}"))
register(
    "prices",
    Reach(
        "catalog",
        "catalog_supplierprice",
        suppliers="{a}.partner_id IN {suppliers}",
        products="{a}.product_id IN {products}",
    ),
)
register("addresses", Reach("catalog", "catalog_partneraddress", suppliers="{a}.partner_id IN {suppliers}"))
register("sales-prices", Reach("catalog", "catalog_salesprice", products="{a}.product_id IN {products}"))


def _of(table: str) -> Callable[[Actor], list[tuple[str, str]]]:
    def choices(actor: Actor) -> list[tuple[str, str]]:
        found = db.rows(f"SELECT code, name FROM {table} WHERE company_id = %s ORDER BY code", [actor.company_id])
        return [(code, name) for code, name in found]

    return choices


def _groups(actor: Actor) -> list[tuple[str, str]]:
    found = db.rows(
        "SELECT DISTINCT supplier_group FROM catalog_partner WHERE company_id = %s AND supplier_group <> '' ORDER BY 1",
        [actor.company_id],
    )
    return [(group, group) for (group,) in found]


CHOICES.update(warehouses=_of("catalog_warehouse"), categories=_of("catalog_category"), supplier_groups=_groups)
