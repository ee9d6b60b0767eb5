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
BUYING, SELLING = "purchasing.view_price", "sales.view_price"
# Whose money is the document's, whatever the rule; a change order is one of a purchase or of a sales order.
BY_DOCUMENT: Mapping[str, tuple[str, ...]] = {"so": (SELLING,), "co": (BUYING, SELLING)}


def kinds_seen(actor: Actor) -> list[str]:
    """The kinds of documents whose cases the actor may see."""
    return [kind for kind, permission in VIEWS.items() if actor.may(permission)]


def rules_hidden(actor: Actor) -> list[str]:
    """The rules whose cases need a permission that the actor does not hold."""
    return [code for code, rule in BUILTIN.items() if rule.sight and not actor.may(rule.sight)]


def priced(actor: Actor, rule: str, kind: str) -> bool:
    """Whether the actor may see the amounts of cases of a rule about a kind of document."""
    if kind in BY_DOCUMENT:
        return all(actor.may(permission) for permission in BY_DOCUMENT[kind])
    known = BUILTIN.get(rule)
    return actor.may(known.money if known else BUYING)


def amounts_seen(actor: Actor, alias: str, params: dict[str, Any]) -> str:
    """The same as a condition of cases; ``params`` is given what it needs."""
    params["money_kinds"] = list(BY_DOCUMENT)
    params["kinds_priced"] = [kind for kind in BY_DOCUMENT if priced(actor, "", kind)]
    params["built_in"] = list(BUILTIN)
    params["rules_priced"] = [code for code in BUILTIN if priced(actor, code, "")]
    params["own_priced"] = priced(actor, "", "")
    return (
        f"CASE WHEN {alias}.document_kind = ANY(%(money_kinds)s::text[])"
        f" THEN {alias}.document_kind = ANY(%(kinds_priced)s::text[])"
        f" WHEN {alias}.rule = ANY(%(built_in)s::text[]) THEN {alias}.rule = ANY(%(rules_priced)s::text[])"
        " ELSE %(own_priced)s::boolean END"
    )


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
