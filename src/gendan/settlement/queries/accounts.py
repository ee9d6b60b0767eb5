"""Bank accounts as they are shown: by their last digits, in full for who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.sealed import unseal
from gendan.settlement.permissions import SEE_ACCOUNTS, VIEW

Row = dict[str, Any]
_ACCOUNTS = """
SELECT a.id, a.holder, a.bank, a.sealed, a.tail, a.note, a.version, a.created_at, coalesce(p.code, '') AS partner,
 coalesce(p.name, u.name) AS owner, coalesce(u.username, '') AS user, coalesce(b.name, '') AS created_by,
 (SELECT string_agg(coalesce(op.name, ou.name), '、' ORDER BY o.id) FROM settlement_bankaccount o
  LEFT JOIN catalog_partner op ON op.id = o.partner_id LEFT JOIN accounts_user ou ON ou.id = o.user_id
  WHERE o.company_id = a.company_id AND o.key = a.key AND o.removed_at IS NULL AND o.id <> a.id) AS also
FROM settlement_bankaccount a LEFT JOIN catalog_partner p ON p.id = a.partner_id
LEFT JOIN accounts_user u ON u.id = a.user_id LEFT JOIN accounts_user b ON b.id = a.created_by_id
WHERE a.company_id = %(company)s::bigint AND a.removed_at IS NULL{which} ORDER BY a.id DESC LIMIT 500
"""


def accounts_of(actor: Actor, *, partner: str = "", user: str = "") -> list[Row]:
    """The accounts of a partner, of a colleague, or of all (at most 500); one statement. ``number`` is masked for who
    may not see it; ``also``: whose the same number is.
    """
    actor.must(VIEW)
    which, params = "", {"company": actor.company_id}
    if partner:
        which, params["partner"] = " AND p.code = %(partner)s::text", partner  # type: ignore[assignment]
    if user:
        which, params["user"] = " AND u.username = %(user)s::text", user  # type: ignore[assignment]
    if within := scope.conditions(actor, "partner", "p"):
        which += f" AND {' AND '.join(within)}"
    found = db.dicts(_ACCOUNTS.format(which=which), params)
    may = actor.may(SEE_ACCOUNTS)
    return [_shown(row, may=may) for row in found]


def accounts_on_paper(actor: Actor, partners: Iterable[str]) -> dict[str, Row]:
    """The newest account of each partner, by code; one statement."""
    wanted = set(partners)
    found: dict[str, Row] = {}
    if wanted and actor.may(VIEW):
        params = {"company": actor.company_id, "partners": sorted(wanted)}
        rows = db.dicts(_ACCOUNTS.format(which=" AND p.code = ANY(%(partners)s::text[])"), params)
        may = actor.may(SEE_ACCOUNTS)
        for row in rows:
            found.setdefault(row["partner"], _shown(row, may=may))
    return found


def _shown(row: Row, *, may: bool) -> Row:
    number = unseal(row.pop("sealed")).get("number", "") if may else ""
    row.pop("sealed", None)
    groups = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return {**row, "number": groups or f"**** {row['tail']}"}
