"""Cases for lists, counts and pages: by rank, of a document, a partner, a product; groups of one cause."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.alerts.models import Case
from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.naming import title
from gendan.alerts.queries.seen import amounts_seen, demand, priced, within
from gendan.alerts.queries.texts import REMEDIES, SEVERITIES
from gendan.alerts.queries.words import MONEY, sentence
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page, as_id, cut, decode, limited

Row = dict[str, Any]
CAP = 1000
_COLUMNS = """
SELECT c.id, c.number, c.state, c.version, c.rule, c.key, c.owner_id, c.severity, c.cause, c.document_kind,
 c.document_id, c.document_number, c.line_no, c.due_on, c.days, c.amount, c.customers, c.facts::text AS facts,
 c.rank, c.opened_at, c.times, c.answer_by, c.answered_at, c.escalations, c.snoozed_until, c.closed_at,
 c.closed_how, c.reason, c.is_open, c.active,
 p.code AS partner, p.name AS partner_name, pr.code AS product, pr.name AS product_name, w.code AS warehouse,
 coalesce(u.username, '') AS owner, coalesce(u.name, '') AS owner_name, coalesce(b.name, '') AS closed_by,
 coalesce(un.name, '') AS unit, coalesce(bu.name, '') AS base_unit, k.currency
FROM alerts_case c JOIN accounts_company k ON k.id = c.company_id
LEFT JOIN catalog_partner p ON p.id = c.partner_id LEFT JOIN catalog_product pr ON pr.id = c.product_id
LEFT JOIN catalog_warehouse w ON w.id = c.warehouse_id LEFT JOIN accounts_user u ON u.id = c.owner_id
LEFT JOIN accounts_user b ON b.id = c.closed_by_id
LEFT JOIN catalog_unit un ON un.id = (c.facts ->> 'unit')::bigint
LEFT JOIN catalog_unit bu ON bu.id = (c.facts ->> 'base_unit')::bigint
"""
_GROUPS = """
SELECT c.rule, c.cause, count(*) AS cases, max(c.rank) AS rank, max(c.days) AS days,
 sum(c.amount) FILTER (WHERE {priced}) AS amount, sum(c.customers)::int AS customers,
 min(c.document_kind) AS document_kind, max(c.severity) AS severity,
 min(c.number) AS number, max(p.code) AS partner, max(p.name) AS partner_name, max(pr.code) AS product,
 max(pr.name) AS product_name, count(DISTINCT c.document_id) AS documents, max(c.facts ->> 'rule_name') AS rule_name
FROM alerts_case c LEFT JOIN catalog_partner p ON p.id = c.partner_id
LEFT JOIN catalog_product pr ON pr.id = c.product_id
WHERE {where} GROUP BY c.rule, c.cause ORDER BY max(c.rank) DESC, c.rule, c.cause LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases. ``state``: "" or open, all, or one; ``owner``: a user name; ``snoozed``: those put off, too;
    ``due``: on this day; ``waiting``: customers wait for it.
    """

    state: str = ""
    rule: str = ""
    severity: str = ""
    owner: str = ""
    partner: str = ""
    product: str = ""
    warehouse: str = ""
    document: str = ""
    cause: str = ""
    snoozed: bool = False
    due: date | None = None
    waiting: bool = False


def case_list(
    actor: Actor, wanted: Wanted | None = None, limit: int | None = None, after: str | None = None
) -> Page[Row]:
    """Cases, those that matter most first; one statement. Errors: Invalid."""
    actor.must(VIEW)
    size, key = limited(limit), decode(after, 2)
    where, params = _where(actor, wanted or Wanted())
    params["size"] = size + 1
    if key:
        params["rank"], params["id"] = as_id(key[0]), as_id(key[1])
        where.append("(c.rank, c.id) < (%(rank)s::int, %(id)s::bigint)")
    sql = f"{_COLUMNS} WHERE {' AND '.join(where)} ORDER BY c.rank DESC, c.id DESC LIMIT %(size)s::int"
    return cut([_shown(actor, row) for row in db.dicts(sql, params)], size, lambda row: [row["rank"], row["id"]])


def case_groups(actor: Actor, wanted: Wanted | None = None) -> list[Row]:
    """Cases of one cause as one row each, those that matter most first; one statement."""
    actor.must(VIEW)
    where, params = _where(actor, wanted or Wanted())
    sees = amounts_seen(actor, "c", params)
    found = db.dicts(_GROUPS.format(where=" AND ".join(where), priced=sees), params)
    for row in found:
        row["rule_name"] = title(row["rule"], row)
    return found


def case_counts(actor: Actor) -> Row:
    """How many open cases the actor sees, by state, severity and rule, and one's own; capped; one statement."""
    actor.must(VIEW)
    params: Row = {"user": actor.user_id, "today": actor.today(), "cap": CAP}
    where = [*within(actor, "c", params), "c.is_open", _AWAKE]
    found = db.rows(
        "SELECT c.state, c.severity, c.rule, coalesce(c.owner_id = %(user)s::bigint, false), count(*) FROM ("
        f" SELECT c.* FROM alerts_case c WHERE {' AND '.join(where)} ORDER BY c.rank DESC LIMIT %(cap)s::int) c"
        " GROUP BY 1, 2, 3, 4",
        params,
    )
    counts: Row = {"all": 0, "mine": 0, "states": {}, "severities": {}, "rules": {}}
    for state, severity, rule, mine, count in found:
        counts["all"] += count
        counts["mine"] += count if mine else 0
        for name, key in (("states", state), ("severities", severity), ("rules", rule)):
            counts[name][key] = counts[name].get(key, 0) + count
    counts["capped"] = counts["all"] >= CAP
    return counts


def case_detail(actor: Actor, number: str) -> Row:
    """One case. Errors: NotFound, Forbidden (its document is of a kind that the actor does not see)."""
    actor.must(VIEW)
    where = ["c.company_id = %s::bigint", "c.number = %s::text", *scope.conditions(actor, "case", "c")]
    found = db.dicts(f"{_COLUMNS} WHERE {' AND '.join(where)}", [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    demand(actor, found[0]["rule"], found[0]["document_kind"])
    return _shown(actor, found[0])


def demand_case(actor: Actor, case_id: int) -> None:
    """Refuse with Forbidden who may not see a case: comments and files of it are asked for by its number alone."""
    found = db.row("SELECT rule, document_kind FROM alerts_case WHERE id = %s::bigint", [case_id])
    if found:
        demand(actor, *found)


def cases_of(actor: Actor, kind: str, numbers: list[str], limit: int = 200) -> list[Row]:
    """The open cases of documents, products or partners (by number or code), for their pages and lists; one statement.

    Nothing for who sees no exceptions.
    """
    if not actor.may(VIEW) or not numbers:
        return []
    params: Row = {"numbers": numbers, "kind": kind, "size": limit}
    where = [*within(actor, "c", params), "c.is_open"]
    match kind:
        case "partner":
            where.append(_CODED.format(column="partner_id", table="catalog_partner"))
        case "product":
            where.append(_CODED.format(column="product_id", table="catalog_product"))
        case _:
            where.append("c.document_kind = %(kind)s::text AND c.document_number = ANY(%(numbers)s::text[])")
    sql = f"{_COLUMNS} WHERE {' AND '.join(where)} ORDER BY c.rank DESC, c.id DESC LIMIT %(size)s::int"
    return [_shown(actor, row) for row in db.dicts(sql, params)]


_AWAKE = "(c.snoozed_until IS NULL OR c.snoozed_until <= %(today)s::date)"
_CODED = (
    "c.{column} IN (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
    " AND x.code = ANY(%(numbers)s::text[]))"
)


def _where(actor: Actor, wanted: Wanted) -> tuple[list[str], Row]:
    params: Row = {"today": actor.today()}
    where = [*within(actor, "c", params), *state_where("c", wanted.state, Case.State.values, params, ("open",))]
    if not wanted.snoozed and wanted.state in {"", "open", "in_progress"}:
        where.append(_AWAKE)
    for column, value in (
        ("c.rule", wanted.rule),
        ("c.severity", wanted.severity),
        ("c.document_number", wanted.document),
        ("c.cause", wanted.cause),
    ):
        if value:
            name = column.partition(".")[2]
            params[name] = value
            where.append(f"{column} = %({name})s::text")
    for name, table, value in (
        ("partner", "catalog_partner", wanted.partner),
        ("product", "catalog_product", wanted.product),
        ("warehouse", "catalog_warehouse", wanted.warehouse),
    ):
        if value:
            params[name] = value
            where.append(
                f"c.{name}_id = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({name})s::text)"
            )
    if wanted.due:
        params["due"] = wanted.due
        where.append("c.due_on = %(due)s::date")
    if wanted.waiting:
        where.append("c.customers > 0")
    if wanted.owner:
        params["owner"] = wanted.owner
        where.append("c.owner_id = (SELECT u.id FROM accounts_user u WHERE lower(u.username) = lower(%(owner)s::text))")
    return where, params


def _shown(actor: Actor, row: Row) -> Row:
    """A row with its words; amounts are left out for who may not see prices."""
    facts = json.loads(row["facts"])
    sees = priced(actor, row["rule"], row["document_kind"])
    if not sees:
        row["amount"] = None
    row["facts"] = facts if sees else {name: value for name, value in facts.items() if name not in MONEY}
    row["rule_name"] = title(row["rule"], facts)
    row["state_label"] = state_label(Case, row["state"])
    row["severity_label"] = str(SEVERITIES[row["severity"]])
    units = (row["unit"], row["base_unit"])
    row["text"] = sentence(row["rule"], facts, row["days"], priced=sees, units=units, currency=row["currency"])
    return row


def remedies_shown(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Remedies with what they are called."""
    return [(code, str(REMEDIES.get(code, code))) for code in codes]
