"""How rules of one's own find: SQL leaves what is due or was touched, CEL judges what is left."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import OperationalError, transaction

from gendan.alerts.errors import RuleTooSlow
from gendan.alerts.queries.finders import COLUMNS
from gendan.alerts.queries.own_subjects import SUBJECTS, Subject
from gendan.alerts.rules.own import Own, latest
from gendan.flow.queries.conditions import BrokenExpression, holds
from gendan.flow.queries.people import Calendar
from gendan.kernel import db

Row = dict[str, Any]
FACTS = COLUMNS.index("facts")
SECONDS = 10.0  # of a look or of a day of a dry run: one rule must not keep the others waiting
BATCH = 100  # rows that are judged before the clock is asked
_LIMIT = """SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s::text, true)"""
RECENT = 90  # days for which an event keeps a rule's eye on a document
# What the statement of a look is handed: what was found, not the table again.
FROM_JSON = """
SELECT * FROM jsonb_to_recordset(%(found)s::jsonb) AS f(key text, kind text, id bigint, number text, line_id bigint,
 line_no int, partner_id bigint, product_id bigint, warehouse_id bigint, person_id bigint, due_on date, days int,
 amount numeric, customers int, cause text, facts jsonb)"""
_HAPPENED = """
 AND {number} IN (SELECT substr(r.ref, {from_}) FROM kernel_event ev CROSS JOIN LATERAL unnest(ev.refs) AS r(ref)
 WHERE ev.company_id = %(company)s::bigint AND ev.type = ANY(%(events)s::text[])
  AND ev.at >= %(now)s::timestamptz - make_interval(days => %(recent)s::int)
  AND ev.at < %(now)s::timestamptz + interval '1 day' AND r.ref LIKE %(kind_ref)s::text)"""


def candidates(own: Own, today: date, calendar: Calendar, *, narrow: bool = False) -> tuple[str, Row]:
    """The statement of what a rule has to judge on a day, and its parameters beside company, today, now and zone.

    ``narrow``: of %(documents)s alone.
    """
    subject, trigger = SUBJECTS[own.subject], own.trigger
    due = subject.dates.get(trigger.field, "NULL::date") if trigger.kind == "date" else "NULL::date"
    where, params = [subject.open], Row()
    if trigger.kind == "date":
        where.append(f"{due} <= %(bound)s::date")
        params["bound"] = latest(trigger, today, calendar.works)
    sql = _select(subject, due, where)
    if narrow:
        sql += f" AND {subject.only}"
    if trigger.kind == "event":
        sql += _HAPPENED.format(number=subject.columns[3], from_=len(subject.kind) + 2)
        params |= {"events": list(trigger.events), "kind_ref": f"{subject.kind}:%", "recent": RECENT}
    return sql, params


def _select(subject: Subject, due: str, where: Sequence[str]) -> str:
    key_to_person, amount, customers, cause = subject.columns[:10], *subject.columns[10:]
    facts = ", ".join(f"'{name}', {sql}" for name, (sql, _fact) in subject.facts.items())
    days = "0" if due == "NULL::date" else f"greatest(%(today)s::date - {due}, 0)"
    columns = ", ".join((*key_to_person, due, days, amount, customers, cause, f"jsonb_build_object({facts})::text"))
    return f"SELECT {columns} FROM {subject.source} WHERE {' AND '.join(where)}"


def found(own: Own, sql: str, params: Row, seconds: float | None = None) -> list[db.Row]:
    """What the statement leaves and the condition holds for; one that cannot be judged (a date is missing) does not.

    Errors: RuleTooSlow, which undoes nothing but the reading.
    """
    seconds = SECONDS if seconds is None else seconds
    end = time.monotonic() + seconds
    slow = RuleTooSlow(rule=own.name, seconds=round(seconds, 1))
    rows = _read(sql, params, seconds, slow)
    if not own.condition:
        return rows
    held = []
    for n, row in enumerate(rows):
        if not n % BATCH and time.monotonic() > end:
            raise slow
        if _holds(own.condition, row[FACTS]):
            held.append(row)
    return held


def _read(sql: str, params: Row, seconds: float, slow: RuleTooSlow) -> list[db.Row]:
    try:
        with transaction.atomic():
            before = db.rows(_LIMIT, [str(max(1, round(seconds * 1000)))])[0][0]
            rows = db.rows(sql, params)
            db.execute(_LIMIT, [before])
            return rows
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "57014":
            raise slow from error
        raise


def _holds(condition: str, facts: str) -> bool:
    try:
        return holds(condition, json.loads(facts, parse_int=float))
    except BrokenExpression:
        return False


def as_found(own: Own, rows: Iterable[db.Row]) -> str:
    """What was found, as FROM_JSON reads it: with the rule's name and words among the facts."""
    said = {"rule_name": own.name, "message": own.message}
    found = []
    for row in rows:
        told = dict(zip(COLUMNS, row, strict=True))
        told["facts"] = json.loads(told["facts"]) | said
        found.append(told)
    return json.dumps(found, default=str)
