"""Whose cases somebody sees: of documents that they may see; and whose amounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gendan.kernel import scope
from gendan.kernel.actor import Actor

# The documents that cases are about: where they are kept, and the right to see them.
TABLES: Mapping[str, str] = {
    "po": "purchasing_purchaseorder",
    "asn": "purchasing_shipment",
    "gr": "purchasing_goodsreceipt",
    "requisition": "purchasing_requisition",
    "so": "sales_salesorder",
    "dn": "sales_delivery",
    "co": "changes_changeorder",
    "product": "catalog_product",
    "partner": "catalog_partner",
}
VIEWS: Mapping[str, str] = {
    "po": "purchasing.view",
    "asn": "purchasing.view",
    "gr": "purchasing.view",
    "requisition": "purchasing.view",
    "so": "sales.view",
    "dn": "sales.view",
    "co": "changes.view",
    "product": "inventory.view",
    "partner": "sales.view",
}
PRICES: Mapping[str, str] = {
    "po": "purchasing.view_price",
    "asn": "purchasing.view_price",
    "gr": "purchasing.view_price",
    "requisition": "purchasing.view_price",
    "so": "sales.view_price",
    "dn": "sales.view_price",
    "co": "purchasing.view_price",
    "product": "purchasing.view_price",
    "partner": "sales.view_price",
}


def kinds_seen(actor: Actor) -> list[str]:
    """The kinds of documents whose cases the actor may see."""
    return [kind for kind, permission in VIEWS.items() if actor.may(permission)]


def priced(actor: Actor, kind: str) -> bool:
    """Whether the actor may see the amounts of cases of this kind."""
    return actor.may(PRICES[kind])


def within(actor: Actor, alias: str, params: dict[str, Any]) -> list[str]:
    """The conditions of cases that the actor sees; ``params`` is given what they need."""
    params["company"], params["kinds"] = actor.company_id, kinds_seen(actor)
    return [
        f"{alias}.company_id = %(company)s::bigint",
        f"{alias}.document_kind = ANY(%(kinds)s::text[])",
        *scope.conditions(actor, "case", alias),
    ]
