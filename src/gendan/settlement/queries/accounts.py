"""Bank accounts as they are shown: by their last digits, in full for who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.sealed import unseal
from gendan.settlement.permissions import SEE_ACCOUNTS, VIEW

Row = dict[str, Any]
_ACCOUNTS = """
SELECT a.id, a.holder, a.bank, a.sealed, a.tail, a.note, a.version, a.created_at, coalesce(p.code, '') AS partner,
 coalesce(p.name, u.name) AS owner, coalesce(u.username, '') AS user, coalesce(b.name, '') AS created_by,
 (SELECT string_agg({whose}, '、' ORDER BY o.id) FROM settlement_bankaccount o
  LEFT JOIN catalog_partner op ON op.id = o.partner_id LEFT JOIN accounts_user ou ON ou.id = o.user_id
  WHERE o.company_id = a.company_id AND o.key = a.key AND o.removed_at IS NULL AND o.id <> a.id) AS also
FROM settlement_bankaccount a LEFT JOIN catalog_partner p ON p.id = a.partner_id
LEFT JOIN accounts_user u ON u.id = a.user_id LEFT JOIN accounts_user b ON b.id = a.created_by_id
WHERE a.company_id = %(company)s::bigint AND a.removed_at IS NULL{which} ORDER BY a.id DESC LIMIT 500
"""
_WHOSE = "coalesce(op.name, ou.name)"
# For who sees a part of the partners: that the number is known elsewhere, but not where.
_WHOSE_WITHIN = "CASE WHEN op.id IS NULL THEN %(colleague)s::text WHEN {within} THEN op.name ELSE %(other)s::text END"


def accounts_of(actor: Actor, *, partner: str = "", user: str = "") -> list[Row]:
    """The accounts of a partner, of a colleague, or of all (at most 500); one statement. ``number`` is masked for who
    may not see it; ``also``: whose the same number is,
    without names of who is out of the actor's scope.
    """
    actor.must(VIEW)
    which, params = "", dict[str, Any]()
    if partner:
        which, params["partner"] = " AND p.code = %(partner)s::text", partner
    if user:
        which, params["user"] = " AND u.username = %(user)s::text", user
    if within := scope.conditions(actor, "partner", "p"):
        which += f" AND {' AND '.join(within)}"
    found = _rows(actor, which, params)
    may = actor.may(SEE_ACCOUNTS)
    return [_shown(row, may=may) for row in found]


def accounts_on_paper(actor: Actor, partners: Iterable[str]) -> dict[str, Row]:
    """The newest account of each partner, by code; one statement."""
    wanted = set(partners)
    found: dict[str, Row] = {}
    if wanted and actor.may(VIEW):
        rows = _rows(actor, " AND p.code = ANY(%(partners)s::text[])", {"partners": sorted(wanted)})
        may = actor.may(SEE_ACCOUNTS)
        for row in rows:
            found.setdefault(row["partner"], _shown(row, may=may))
    return found


def _rows(actor: Actor, which: str, params: Row) -> list[Row]:
    within = scope.condition(actor, "partner", "op")
    whose = _WHOSE_WITHIN.format(within=within) if within else _WHOSE
    named = {"colleague": gettext("同事"), "other": gettext("另一个往来单位")} if within else {}
    return db.dicts(_ACCOUNTS.format(which=which, whose=whose), {"company": actor.company_id, **named, **params})


def _shown(row: Row, *, may: bool) -> Row:
    number = unseal(row.pop("sealed")).get("number", "") if may else ""
    row.pop("sealed", None)
    groups = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return {**row, "number": groups or f"**** {row['tail']}"}
