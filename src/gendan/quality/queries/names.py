"""Names of what filters of the lists are set to."""

from __future__ import annotations

from gendan.catalog.queries import choices
from gendan.kernel import db
from gendan.kernel.actor import Actor

TABLES = {"partner": "catalog_partner", "product": "catalog_product"}


def warehouse_choices(actor: Actor) -> list[tuple[str, str]]:
    """Active warehouses for a select box."""
    if not actor.may("catalog.view"):
        return []
    return [(row["code"], f"{row['code']} {row['name']}") for row in choices(actor, "warehouses")]


def name_of(actor: Actor, kind: str, code: str) -> str:
    """Code and name of the partner or product that a filter names."""
    if not code:
        return ""
    table = TABLES[kind]
    found = db.row(f"SELECT name FROM {table} WHERE company_id = %s AND code = %s", [actor.company_id, code])
    return f"{code} {found[0]}" if found else code
