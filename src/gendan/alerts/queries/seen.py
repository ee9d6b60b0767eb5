"""Whose cases somebody sees: of documents that they may see; and whose amounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gendan.alerts.rules.builtin import BUILTIN
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
    "bill": "settlement_bill",
    "inquiry": "sourcing_inquiry",
    "contract": "sourcing_contract",
    "car": "quality_correctiveaction",
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
    "bill": "settlement.view",
    "inquiry": "sourcing.view",
    "contract": "sourcing.view",
    "car": "quality.view",
    "product": "inventory.view",
    "partner": "catalog.view",
}


def kinds_seen(actor: Actor) -> list[str]:
    """The kinds of documents whose cases the actor may see."""
    return [kind for kind, permission in VIEWS.items() if actor.may(permission)]


def rules_hidden(actor: Actor) -> list[str]:
    """The rules whose cases need a permission that the actor does not hold."""
    return [code for code, rule in BUILTIN.items() if rule.sight and not actor.may(rule.sight)]


def priced(actor: Actor, rule: str, kind: str) -> bool:
    """Whether the actor may see the amounts of cases of a rule about a kind of document."""
    if kind == "so":
        return actor.may("sales.view_price")
    known = BUILTIN.get(rule)
    return actor.may(known.money if known else "purchasing.view_price")


def within(actor: Actor, alias: str, params: dict[str, Any]) -> list[str]:
    """The conditions of cases that the actor sees; ``params`` is given what they need."""
    params["company"], params["kinds"] = actor.company_id, kinds_seen(actor)
    where = [f"{alias}.company_id = %(company)s::bigint", f"{alias}.document_kind = ANY(%(kinds)s::text[])"]
    if hidden := rules_hidden(actor):
        params["hidden_rules"] = hidden
        where.append(f"{alias}.rule <> ALL(%(hidden_rules)s::text[])")
    return [*where, *scope.conditions(actor, "case", alias)]


def demand(actor: Actor, rule: str, kind: str) -> None:
    """Refuse with Forbidden who may not see cases of a rule about a kind of document."""
    actor.must(VIEWS[kind])
    known = BUILTIN.get(rule)
    if known and known.sight:
        actor.must(known.sight)
