"""What master data may not do while there is stock: change its stock unit, be switched off."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from gendan.catalog.steps.master import BLOCKERS, PRODUCTS_USED
from gendan.kernel import db

_STOCK = """
SELECT {key}, sum(b.on_hand) FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
WHERE b.company_id = %s::bigint AND {key} = ANY(%s::bigint[]) AND b.on_hand <> 0 GROUP BY 1
"""


def products_moved(company_id: int, ids: list[int]) -> set[int]:
    """Those of the products that the ledger knows."""
    found = db.rows(
        "SELECT p.id FROM unnest(%s::bigint[]) AS p(id)"
        " WHERE EXISTS (SELECT 1 FROM inventory_stockmove m WHERE m.product_id = p.id AND m.company_id = %s::bigint)",
        [ids, company_id],
    )
    return {row[0] for row in found}


def _stocked(key: str) -> Callable[[int, list[int]], dict[int, str]]:
    def reasons(company_id: int, ids: list[int]) -> dict[int, str]:
        found = db.rows(_STOCK.format(key=key), [company_id, ids])
        return {
            id_: _("还有库存 %(quantity)s") % {"quantity": f"{on_hand:f}".rstrip("0").rstrip(".")}
            for id_, on_hand in found
        }

    return reasons


def register() -> None:
    """Tell the catalog."""
    PRODUCTS_USED.append(products_moved)
    for resource, key in (("products", "b.product_id"), ("warehouses", "l.warehouse_id"), ("bins", "b.location_id")):
        BLOCKERS.setdefault(resource, []).append(_stocked(key))
