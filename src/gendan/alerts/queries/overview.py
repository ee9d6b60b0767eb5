"""Cases seen as a whole: by what they have in common, by state, by the day they were due; each one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gendan.alerts.models import Case
from gendan.alerts.permissions import VIEW
from gendan.alerts.queries import cases as known
from gendan.alerts.queries.cases import Wanted
from gendan.alerts.queries.seen import amounts_seen, within
from gendan.alerts.queries.texts import NAMES
from gendan.kernel import db
from gendan.kernel.actor import Actor

Row = dict[str, Any]
BUYING, SELLING = (
    ("po", "asn", "gr", "requisition", "co", "bill", "inquiry", "contract", "car"),
    ("so", "dn", "partner"),
)
MOST_GROUPS = 200
COLUMN = 30  # cards of a column of the board
CLOSED_DAYS = 7  # how long the board shows what was closed
# What makes cases one group: an expression of a case, and what only such cases have.
BY: Mapping[str, tuple[str, str]] = {
    "cause": ("c.rule || ':' || coalesce(nullif(c.cause, ''), c.id::text)", ""),
    "supplier": ("c.partner_id::text", f"c.partner_id IS NOT NULL AND c.document_kind IN {BUYING}"),
    "customer": ("c.partner_id::text", f"c.partner_id IS NOT NULL AND c.document_kind IN {SELLING}"),
    "product": ("c.product_id::text", "c.product_id IS NOT NULL"),
    "rule": ("c.rule", ""),
    "owner": ("coalesce(c.owner_id, 0)::text", ""),
}
_GRADE = "CASE c.severity WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END"
_GROUPS = """
SELECT g.*, p.code AS partner, p.name AS partner_name, pr.code AS product, pr.name AS product_name,
 coalesce(u.username, '') AS owner, coalesce(u.name, '') AS owner_name, k.currency FROM (
 SELECT {by} AS name, count(*) AS cases, count(DISTINCT (c.document_kind, c.document_id)) AS documents,
  count(*) FILTER (WHERE c.state = 'open') AS untouched, max({grade}) AS grade, max(c.rank) AS rank,
  max(c.days) AS days, sum(c.amount) FILTER (WHERE {priced}) AS amount, greatest(max(c.customers),
   count(DISTINCT c.partner_id) FILTER (WHERE c.document_kind = 'so')) AS customers,
  min(c.due_on) AS due_on, min(c.rule) AS rule, max(c.rule) AS last_rule, min(c.cause) AS cause,
  min(c.partner_id) AS partner_id, max(c.partner_id) AS last_partner, min(c.product_id) AS product_id,
  max(c.product_id) AS last_product, min(c.owner_id) AS owner_id, max(c.owner_id) AS last_owner,
  (array_agg(DISTINCT c.document_number))[1:3] AS some, min(c.company_id) AS company_id
 FROM alerts_case c WHERE {where} GROUP BY 1 ORDER BY max(c.rank) DESC, 1 LIMIT %(most)s::int) g
JOIN accounts_company k ON k.id = g.company_id
LEFT JOIN catalog_partner p ON p.id = g.partner_id AND g.partner_id = g.last_partner
LEFT JOIN catalog_product pr ON pr.id = g.product_id AND g.product_id = g.last_product
LEFT JOIN accounts_user u ON u.id = g.owner_id AND g.owner_id = g.last_owner
ORDER BY g.rank DESC, g.name
"""
_SEVERITY = ("low", "medium", "high")
_BOARD = """
WITH picked AS MATERIALIZED (
 SELECT t.id, t.state, t.many FROM (
  SELECT c.id, c.state, count(*) OVER w AS many, row_number() OVER (w ORDER BY c.rank DESC, c.id DESC) AS nth
  FROM alerts_case c WHERE {where} WINDOW w AS (PARTITION BY c.state)) t WHERE t.nth <= %(column)s::int)
SELECT f.*, picked.many FROM picked JOIN ({columns} WHERE c.id IN (SELECT id FROM picked)) f ON f.id = picked.id
ORDER BY f.rank DESC, f.id DESC
"""
_DAY = """
WITH known AS (
 SELECT c.id, c.rank, coalesce(c.owner_id = %(user)s::bigint, false) AS mine,
  c.rule || ':' || coalesce(nullif(c.cause, ''), c.id::text) AS name
 FROM alerts_case c WHERE {where} ORDER BY c.rank DESC, c.id DESC LIMIT %(cap)s::int),
counted AS (
 SELECT k.id, k.rank, k.mine, count(*) OVER (PARTITION BY k.mine) AS many, count(*) OVER w AS cases,
  row_number() OVER (w ORDER BY k.rank DESC, k.id DESC) AS nth
 FROM known k WINDOW w AS (PARTITION BY k.mine, k.name)),
picked AS MATERIALIZED (
 SELECT t.* FROM (
  SELECT c.*, row_number() OVER (PARTITION BY c.mine ORDER BY c.rank DESC, c.id DESC) AS place
  FROM counted c WHERE c.nth = 1) t WHERE t.place <= %(column)s::int)
SELECT f.*, picked.many, picked.mine, picked.cases FROM picked
JOIN ({columns} WHERE c.id IN (SELECT id FROM picked)) f ON f.id = picked.id ORDER BY f.rank DESC, f.id DESC
"""
_DAYS = """
SELECT c.due_on, count(*), count(*) FILTER (WHERE c.severity = 'high'), max({grade}),
 (array_agg(c.rule ORDER BY c.rank DESC))[1:3], (array_agg(c.document_number ORDER BY c.rank DESC))[1:3]
FROM alerts_case c WHERE {where} AND c.due_on BETWEEN %(first)s::date AND %(last)s::date GROUP BY 1 ORDER BY 1
"""
_LATELY = """
SELECT c.rule, count(*), count(*) FILTER (WHERE c.state = 'dismissed') FROM alerts_case c
WHERE c.company_id = %(company)s::bigint AND c.opened_at >= now() - interval '90 days' GROUP BY 1
"""


@dataclass(slots=True)
class Column:
    """One state of the board: its cards, and how many there are in all."""

    state: str
    label: str
    cases: list[Row] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """What was due on a day: how many, how many of them urgent, the first three (rule, document)."""

    on: date
    count: int = 0
    urgent: int = 0
    severity: str = ""
    first: tuple[tuple[str, str], ...] = ()


def groups_by(actor: Actor, by: str, wanted: Wanted) -> list[Row]:
    """Open cases as one row for each of BY; those that matter most first."""
    actor.must(VIEW)
    expression, only = BY[by]
    where, params = known._where(actor, wanted)
    params["most"] = MOST_GROUPS
    conditions = " AND ".join([*where, only] if only else where)
    sees = amounts_seen(actor, "c", params)
    found = db.dicts(_GROUPS.format(by=expression, grade=_GRADE, where=conditions, priced=sees), params)
    for row in found:
        row["severity"] = _SEVERITY[row["grade"]]
        row["rules"] = str(NAMES.get(row["rule"], row["rule"])) if row["rule"] == row["last_rule"] else ""
    return found


def board(actor: Actor, wanted: Wanted) -> list[Column]:
    """What is open, and what was closed in the last days, by state."""
    actor.must(VIEW)
    where, params = known._where(actor, Wanted(**{**_fields(wanted), "state": "all"}))
    params["column"], params["since"] = COLUMN, actor.today() - timedelta(days=CLOSED_DAYS)
    where.append(f"(c.is_open AND {known._AWAKE} OR NOT c.is_open AND c.closed_at >= %(since)s::date)")
    columns = {str(state): Column(str(state), str(label)) for state, label in Case.State.choices}
    for row in db.dicts(_BOARD.format(where=" AND ".join(where), columns=known._COLUMNS), params):
        column = columns[row["state"]]
        column.cases.append(known._shown(actor, row))
        column.count = row["many"]
    return list(columns.values())


def calendar(actor: Actor, wanted: Wanted, first: date, last: date) -> dict[date, Day]:
    """Open cases by the day something was due, for the days that have any."""
    actor.must(VIEW)
    where, params = known._where(actor, wanted)
    sql = _DAYS.format(where=" AND ".join(where), grade=_GRADE)
    found = db.rows(sql, params | {"first": first, "last": last})
    return {
        on: Day(on, count, urgent, _SEVERITY[grade], tuple(zip(map(_named, rules), numbers, strict=True)))
        for on, count, urgent, grade, rules, numbers in found
    }


def siblings(actor: Actor, case: Mapping[str, Any], most: int = 6) -> tuple[list[Row], int]:
    """The other open cases of the same cause, and how many."""
    if not case["cause"]:
        return [], 0
    params: Row = {"rule": case["rule"], "cause": case["cause"], "id": case["id"], "column": most}
    where = [
        *within(actor, "c", params),
        "c.is_open AND c.rule = %(rule)s::text AND c.cause = %(cause)s::text AND c.id <> %(id)s::bigint",
    ]
    sql = _BOARD.replace("PARTITION BY c.state", "PARTITION BY c.rule")
    rows = db.dicts(sql.format(where=" AND ".join(where), columns=known._COLUMNS), params)
    return [known._shown(actor, row) for row in rows], rows[0]["many"] if rows else 0


def of_the_day(actor: Actor, most: int) -> dict[bool, list[Row]]:
    """The gravest open cases, of each cause one: the actor's own (True), and the others (False). ``cases``: how many
    have that cause; ``many``: how many there are in all, up to CAP.
    """
    found: dict[bool, list[Row]] = {True: [], False: []}
    if not actor.may(VIEW):
        return found
    params: Row = {"user": actor.user_id, "today": actor.today(), "column": most, "cap": known.CAP}
    where = " AND ".join([*within(actor, "c", params), "c.is_open", known._AWAKE])
    for row in db.dicts(_DAY.format(where=where, columns=known._COLUMNS), params):
        found[row["mine"]].append(known._shown(actor, row))
    return found


def mine_count(actor: Actor) -> int:
    """How many open cases the actor has to deal with, up to 100."""
    if not actor.may(VIEW) or actor.user_id is None:
        return 0
    params: Row = {"user": actor.user_id, "today": actor.today()}
    where = [*within(actor, "c", params), "c.is_open AND c.owner_id = %(user)s::bigint", known._AWAKE]
    sql = f"SELECT count(*) FROM (SELECT 1 FROM alerts_case c WHERE {' AND '.join(where)} LIMIT 100) few"
    found = db.row(sql, params)
    return int(found[0]) if found else 0


def lately(actor: Actor) -> dict[str, tuple[int, int]]:
    """How many cases each rule opened in the last 90 days, and how many of them were dismissed."""
    return {rule: (count, dismissed) for rule, count, dismissed in db.rows(_LATELY, {"company": actor.company_id})}


def role_names(actor: Actor) -> list[tuple[str, str]]:
    """The roles of the company, by which an owner can be named."""
    sql = "SELECT code, name FROM accounts_role WHERE company_id = %s::bigint ORDER BY name"
    return [(code, name) for code, name in db.rows(sql, [actor.company_id])]


def _fields(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in Wanted.__slots__}


def _named(rule: str) -> str:
    return str(NAMES.get(rule, rule))
