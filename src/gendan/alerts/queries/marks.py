"""What lists and pages of other contexts show of exceptions: the gravest of each row, all of one object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from gendan.alerts.permissions import VIEW
from gendan.alerts.queries import cases as known
from gendan.alerts.queries.seen import TABLES, within
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.marks import Key, Mark, Trouble
from gendan.kernel.subjects import page_of

PANEL = 8
_CODED = {"product": "product_id", "partner": "partner_id"}
# The gravest case of each document and line, and how many there are.
_OF_ROWS = """
WITH top AS MATERIALIZED (
 SELECT t.* FROM (
  SELECT c.id, d.{key} AS asked, count(*) OVER w AS many, row_number() OVER (w ORDER BY c.rank DESC, c.id DESC) AS nth
  FROM {table} d JOIN alerts_case c ON c.company_id = d.company_id AND c.document_kind = %(kind)s::text
   AND c.document_id = d.id AND c.is_open
  WHERE d.company_id = %(company)s::bigint AND d.{key} = ANY(%(numbers)s::text[]) AND {where}
  WINDOW w AS (PARTITION BY d.id, c.line_no)) t WHERE t.nth = 1)
SELECT f.*, top.asked, top.many FROM top JOIN ({columns} WHERE c.id IN (SELECT id FROM top)) f ON f.id = top.id
"""
_OF_ONE = """
WITH picked AS MATERIALIZED (
 SELECT c.id, count(*) OVER () AS many FROM {table} d JOIN alerts_case c ON c.company_id = d.company_id AND {joined}
  AND c.is_open
 WHERE d.company_id = %(company)s::bigint AND d.{key} = %(number)s::text AND {where}
 ORDER BY c.rank DESC, c.id DESC LIMIT %(size)s::int)
SELECT f.*, picked.many FROM picked JOIN ({columns} WHERE c.id IN (SELECT id FROM picked)) f ON f.id = picked.id
ORDER BY f.rank DESC, f.id DESC
"""


def of_rows(actor: Actor, kind: str, numbers: Sequence[str]) -> Mapping[Key, Mark]:
    """The gravest open case of each of these documents or products and of their lines."""
    if not actor.may(VIEW) or kind not in TABLES:
        return {}
    params: dict[str, Any] = {"numbers": list(numbers), "kind": kind}
    sql = _OF_ROWS.format(
        table=TABLES[kind],
        key="code" if kind in _CODED else "number",
        where=" AND ".join(within(actor, "c", params)),
        columns=known._COLUMNS,
    )
    found = db.dicts(sql, params)
    return {(row["asked"], row["line_no"]): mark(known._shown(actor, row), row["many"]) for row in found}


def of_one(actor: Actor, kind: str, number: str) -> Trouble:
    """The open cases of a document; of a product or partner those of all documents that concern it."""
    if not actor.may(VIEW) or kind not in TABLES:
        return Trouble()
    params: dict[str, Any] = {"number": number, "kind": kind, "size": PANEL}
    coded = _CODED.get(kind)
    sql = _OF_ONE.format(
        table=TABLES[kind],
        key="code" if coded else "number",
        joined=f"c.{coded} = d.id" if coded else "c.document_kind = %(kind)s::text AND c.document_id = d.id",
        where=" AND ".join(within(actor, "c", params)),
        columns=known._COLUMNS,
    )
    rows = [known._shown(actor, row) for row in db.dicts(sql, params)]
    url = f"{reverse('alerts:case_list')}?{urlencode({kind if coded else 'document': number})}"
    return Trouble([mark(row, 1) for row in rows], rows[0]["many"] if rows else 0, url)


def cases_by_number(actor: Actor, numbers: Sequence[str]) -> list[Mark]:
    """Cases by their own number, for the search."""
    if not actor.may(VIEW):
        return []
    params: dict[str, Any] = {"numbers": list(numbers)}
    where = [*within(actor, "c", params), "c.number = ANY(%(numbers)s::text[])"]
    sql = f"{known._COLUMNS} WHERE {' AND '.join(where)} LIMIT 6"
    return [mark(known._shown(actor, row), 1) for row in db.dicts(sql, params)]


def mark(row: dict[str, Any], count: int) -> Mark:
    """A case as a mark."""
    return Mark(
        word=row["rule_name"],
        text=row["text"],
        severity=row["severity"],
        url=page_of("case", row["number"]),
        rank=row["rank"],
        count=count,
        number=row["number"],
        state=row["state"],
        state_label=row["state_label"],
        owner=row["owner_name"],
        document=row["document_number"],
        line=row["line_no"],
    )
