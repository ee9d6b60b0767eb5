"""What master data may not do while orders refer to it: change a product's stock unit, be switched off."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from gendan.catalog.steps.master import BLOCKERS, PRODUCTS_USED
from gendan.kernel import db

_OPEN = """
SELECT {key}, min(o.number) FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %s::bigint AND {key} = ANY(%s::bigint[]) AND l.is_open GROUP BY 1
"""


def products_ordered(company_id: int, ids: list[int]) -> set[int]:
    """Those of the products that an order or a requisition names."""
    found = db.rows(
        "SELECT p.id FROM unnest(%s::bigint[]) AS p(id)"
        " WHERE EXISTS (SELECT 1 FROM purchasing_orderline l WHERE l.product_id = p.id AND l.company_id = %s::bigint)"
        " OR EXISTS (SELECT 1 FROM purchasing_requisitionline r WHERE r.product_id = p.id)",
        [ids, company_id],
    )
    return {row[0] for row in found}


def _expected(key: str) -> Callable[[int, list[int]], dict[int, str]]:
    def reasons(company_id: int, ids: list[int]) -> dict[int, str]:
        found = db.rows(_OPEN.format(key=key), [company_id, ids])
        return {id_: _("订单 %(number)s 还未交完") % {"number": number} for id_, number in found}

    return reasons


def register() -> None:
    """Tell the catalog."""
    PRODUCTS_USED.append(products_ordered)
    for resource, key in (
        ("products", "l.product_id"),
        ("warehouses", "l.warehouse_id"),
        ("partners", "l.supplier_id"),
    ):
        BLOCKERS.setdefault(resource, []).append(_expected(key))
