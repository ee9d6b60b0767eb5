"""Looking: every rule over all that is open, or over the documents that events touched; who is told of what came up."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache

from gendan.alerts.errors import RuleTooSlow
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.told import Told
from gendan.alerts.rules.rule import Rule
from gendan.alerts.steps.done_with import done_with
from gendan.alerts.steps.own_look import found_now
from gendan.alerts.steps.owners import owners, people
from gendan.alerts.steps.reminders import first_hours, tell
from gendan.alerts.steps.resting import put_to_rest
from gendan.alerts.steps.statement import look
from gendan.flow.queries.people import deadline
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_FORGET = """
UPDATE alerts_case SET active = false, updated_at = %(now)s::timestamptz, version = version + is_open::int,
 state = CASE WHEN is_open THEN 'resolved' ELSE state END, closed_at = coalesce(closed_at, %(now)s::timestamptz),
 closed_how = CASE WHEN is_open THEN 'gone' ELSE closed_how END
WHERE company_id = %(company)s::bigint AND rule = ANY(%(rules)s::text[]) AND active
RETURNING 'gone', id, number, owner_id, document_kind || ':' || document_number, NULL, NULL, NULL, NULL
"""
_LOOKED = """
INSERT INTO alerts_scan AS s (company_id, rule, at, day, found, opened, closed, milliseconds)
VALUES (%s::bigint, %s::text, %s::timestamptz, %s::date, %s::int, %s::int, %s::int, %s::int)
ON CONFLICT (company_id, rule) DO UPDATE SET at = excluded.at, day = excluded.day, found = excluded.found,
 opened = excluded.opened, closed = excluded.closed, milliseconds = excluded.milliseconds, looked_at = now()
"""


@dataclass(slots=True)
class Looked:
    """What a look came to: how many causes stand, and what opened, opened again and closed."""

    found: int = 0
    opened: int = 0
    reopened: int = 0
    closed: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, int]:
        return {"found": self.found, "opened": self.opened, "reopened": self.reopened, "closed": self.closed}


@step
def look_at_all(actor: Actor, now: datetime, codes: Iterable[str] | None = None) -> Looked:
    """Every rule that is on (or those of ``codes``) over all that is open; cases of rules that are off close.

    One statement for each rule, whatever it finds.
    """
    rules = rules_of(actor.company_id)
    wanted = sorted(rules if codes is None else set(codes) & rules.keys())
    plan = _plan(actor, now)
    looked, slow = Looked(), list[tuple[Rule, RuleTooSlow]]()
    here = now.astimezone(actor.zone).date()
    for code in wanted:
        rule = rules[code]
        if not rule.is_active:
            continue
        began = time.monotonic()
        try:
            rows = db.batch([_lock(actor, code), plan(rule, None)])[-1]
        except RuleTooSlow as problem:
            slow.append((rule, problem))
            continue
        counts = _take(looked, rule, rows)
        spent = round((time.monotonic() - began) * 1000)
        found, opened, closed = counts["count"], counts["opened"] + counts["reopened"], counts["gone"]
        db.later(_LOOKED, [actor.company_id, code, now, here, found, opened, closed, spent])
    put_to_rest(actor, now, slow)
    off = [code for code in wanted if not rules[code].is_active and not rules[code].resting]
    if off:
        for row in db.rows(_FORGET, {"company": actor.company_id, "rules": off, "now": now}):
            _take(looked, None, [row])
        for code in off:
            db.later(_LOOKED, [actor.company_id, code, now, here, 0, 0, 0, 0])
    _tell(actor, now, looked)
    return looked


@step
def look_at(actor: Actor, now: datetime, touched: Mapping[str, Sequence[str]]) -> Looked:
    """The rules that are on over documents that events touched, by kind; one exchange for all of them."""
    rules = [
        rule
        for rule in rules_of(actor.company_id).values()
        if rule.is_active and rule.events and any(touched.get(kind) for kind in rule.kinds)
    ]
    looked = Looked()
    if rules:
        plan = _plan(actor, now)
        rules.sort(key=lambda rule: rule.code)
        if any(rule.own for rule in rules):  # they are read before the batch: all are held first, in one order
            db.batch([_lock(actor, rule.code) for rule in rules])
        planned, slow = list[tuple[Rule, db.Statement]](), list[tuple[Rule, RuleTooSlow]]()
        for rule in rules:
            try:
                planned.append((rule, plan(rule, _of(rule, touched))))
            except RuleTooSlow as problem:
                slow.append((rule, problem))
        statements = [s for rule, statement in planned for s in (_lock(actor, rule.code), statement)]
        for (rule, _statement), rows in zip(planned, db.batch(statements)[1::2], strict=True):
            _take(looked, rule, rows)
        put_to_rest(actor, now, slow)
    _tell(actor, now, looked)
    return looked


def _of(rule: Rule, touched: Mapping[str, Sequence[str]]) -> list[str]:
    return [number for kind in rule.kinds for number in touched.get(kind, ())]


def _lock(actor: Actor, code: str) -> db.Statement:
    """One look of a rule at a time, so that each sees what the one before it wrote."""
    return _LOCK, [f"alerts:{actor.company_id}:{code}"]


def _plan(actor: Actor, now: datetime) -> Callable[[Rule, Sequence[str] | None], db.Statement]:
    """What makes the statement of a rule: people are asked once for all rules."""
    known = people(actor)

    @cache
    def answer_by(hours: Decimal) -> datetime | None:
        return deadline(now, hours, known.calendar) if hours else None

    def statement(rule: Rule, documents: Sequence[str] | None) -> db.Statement:
        by = answer_by(first_hours(rule))
        own = None
        if rule.own is not None:
            db.execute(*_lock(actor, rule.code))
            own = found_now(actor, rule, now, known.calendar, known.directory, documents)
        return look(actor, rule, owners(rule, known), now=now, answer_by=by, documents=documents, own=own)

    return statement


def _take(looked: Looked, rule: Rule | None, rows: Sequence[db.Row]) -> Counter[str]:
    """Note what the statement of a rule answered."""
    counts: Counter[str] = Counter()
    for what, id_, number, owner, document, cause, facts, days, _times in rows:
        if what == "count":
            counts["count"] = id_
            continue
        counts[what] += 1
        subject = Subject("case", id_, number)
        refs = (document,)
        happened = {"opened": "alerts.case_opened", "reopened": "alerts.case_reopened"}.get(what, "alerts.case_gone")
        looked.entries.append(Entry(happened, subject, refs))
        if what == "gone":
            looked.gone.append(id_)
        elif rule and owner:
            looked.told.append(
                Told(
                    owner, rule.code, cause or "", document.partition(":")[2], json.loads(facts or "{}"), days, subject
                )
            )
    looked.found += counts["count"]
    looked.opened += counts["opened"]
    looked.reopened += counts["reopened"]
    looked.closed += counts["gone"]
    if rule:
        looked.by_rule[rule.code] = counts["count"]
    return counts


def _tell(actor: Actor, now: datetime, looked: Looked) -> None:
    """Write what happened, and tell the owners: one notice for each cause, and few for each person. What they were told
    of what is gone waits for nobody any more.
    """
    done_with(actor, looked.gone)
    record_all(actor, looked.entries)
    tell(actor, now, looked.told)
