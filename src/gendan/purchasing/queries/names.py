"""Names behind the codes that a list is filtered by."""

from __future__ import annotations

from gendan.catalog.queries import choices
from gendan.kernel import db
from gendan.kernel.actor import Actor

_USUAL = """
WITH recent AS (
 (SELECT warehouse_id, requester_id AS by, created_at FROM purchasing_requisition
  WHERE company_id = %(company)s::bigint ORDER BY id DESC LIMIT 100)
 UNION ALL (SELECT warehouse_id, created_by_id, created_at FROM (
   SELECT warehouse_id, created_by_id, created_at, external_key FROM purchasing_purchaseorder
   WHERE company_id = %(company)s::bigint ORDER BY id DESC LIMIT 100) o WHERE external_key IS NULL))
SELECT w.code FROM recent r JOIN catalog_warehouse w ON w.id = r.warehouse_id AND w.is_active
ORDER BY r.by IS NOT DISTINCT FROM %(user)s::bigint DESC, r.created_at DESC LIMIT 1
"""


def usual_warehouse(actor: Actor, choices: list[tuple[str, str]]) -> str:
    """What a new form starts with: the only one, else what the person, else the company asked for last; or nothing."""
    if len(choices) < 2:
        return choices[0][0] if choices else ""
    found = db.row(_USUAL, {"company": actor.company_id, "user": actor.user_id})
    return str(found[0]) if found else ""


def warehouse_choices(actor: Actor) -> list[tuple[str, str]]:
    """Active warehouses for a select box."""
    if not actor.may("catalog.view"):
        return []
    return [(row["code"], f"{row['code']} {row['name']}") for row in choices(actor, "warehouses")]


def name_of(actor: Actor, kind: str, code: str) -> str:
    """Code and name of the partner or product that a filter names."""
    if not code:
        return ""
    found = db.row(f"SELECT name FROM catalog_{kind} WHERE company_id = %s AND code = %s", [actor.company_id, code])
    return f"{code} {found[0]}" if found else code
