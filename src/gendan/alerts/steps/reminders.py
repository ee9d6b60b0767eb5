"""Telling owners of cases as the rule says: not in its quiet hours, through its channels, again where it says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.alerts.labels import OPENED
from gendan.alerts.queries.naming import title
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.told import Told, told_of
from gendan.alerts.rules.rule import Rule
from gendan.flow.queries.people import Calendar, deadline, people_of
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.log import Subject
from gendan.kernel.unit import step
from gendan.notices.steps import send_through

MOST_NOTICES = 10  # to one person from one look; what is more is told as one
_TELL_AT = """
UPDATE alerts_case c SET tell_at = x.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS x(id, at) WHERE c.id = x.id
"""
_DUE = """
SELECT id, number, rule, owner_id, document_number, cause, facts::text, days, reminders, opened_at
FROM alerts_case
WHERE company_id = %s::bigint AND is_open AND answered_at IS NULL AND tell_at <= %s::timestamptz
ORDER BY rank DESC, id FOR NO KEY UPDATE SKIP LOCKED
"""
_REMINDED = """
UPDATE alerts_case c SET tell_at = x.at,
 reminded_at = CASE WHEN x.told THEN %s::timestamptz ELSE c.reminded_at END, reminders = c.reminders + x.told::int
FROM unnest(%s::bigint[], %s::timestamptz[], %s::boolean[]) AS x(id, at, told) WHERE c.id = x.id
"""


def first_hours(rule: Rule) -> Decimal:
    """After how many working hours without an answer a case of the rule goes on: by its ladder, else by itself."""
    return rule.reminding.ladder[0].hours if rule.reminding.ladder else rule.answer_hours


@step
def tell(actor: Actor, now: datetime, cases: Sequence[Told]) -> None:
    """Tell the owners of new cases: one notice for each cause, few for each person. Those of a rule in its quiet hours
    are told when they end.
    """
    if not cases:
        return
    rules = rules_of(actor.company_id)
    here = now.astimezone(actor.zone)
    quiet = {code: rules[code].reminding.quiet_until(here) for code in {case.rule for case in cases} & rules.keys()}
    spoken = [case for case in cases if not quiet.get(case.rule)]
    repeated = any(_repeats(rules, code) for code in quiet)
    calendar = people_of(actor.company_id, actor.zone)[1] if repeated else None
    again = {code: _again(rules[code], now, calendar) for code in quiet}
    later = [(case, quiet.get(case.rule) or again.get(case.rule)) for case in cases]
    planned = [(case.subject.id, at) for case, at in later if at]
    if planned:
        db.later(_TELL_AT, [db.array(id_ for id_, _at in planned), [at.isoformat() for _id, at in planned]])
    _say(actor, rules, spoken)


@step
def remind(actor: Actor, now: datetime) -> int:
    """Tell what had to wait for the end of quiet hours, and remind of what nobody answered, where its rule says so.

    How many notices; a fixed number of statements.
    """
    due = db.rows(_DUE, [actor.company_id, now])
    if not due:
        return 0
    rules, calendar = rules_of(actor.company_id), people_of(actor.company_id, actor.zone)[1]
    zone = actor.zone
    here = now.astimezone(zone)
    spoken: list[Told] = []
    first = set()
    ids, ats, waiting = [], [], []
    for id_, number, code, owner, document, cause, facts, days, times, opened in due:
        rule = rules.get(code)
        waits = rule.reminding.quiet_until(here) if rule else None
        if rule and not times and (not _repeats(rules, code) or rule.reminding.quiet_until(opened.astimezone(zone))):
            first.add(id_)
        if rule and owner and not waits:
            spoken.append(Told(owner, code, cause, document, json.loads(facts), days, Subject("case", id_, number)))
        next_at = waits or (_again(rule, now, calendar) if rule else None)
        ids.append(id_)
        ats.append(next_at.isoformat() if next_at else None)
        waiting.append(bool(waits))
    db.later(_REMINDED, [now, db.array(ids), ats, [not waits for waits in waiting]])
    _say(actor, rules, [case for case in spoken if case.subject.id in first])
    again = [case for case in spoken if case.subject.id not in first]
    told = _reminders(again)
    notices.notify_each(actor.company_id, OPENED, told)
    _through(actor, rules, again, told)
    return len(spoken)


def _repeats(rules: Mapping[str, Rule], code: str) -> bool:
    return code in rules and bool(rules[code].reminding.repeat_hours)


def _again(rule: Rule, now: datetime, calendar: Calendar | None) -> datetime | None:
    """When the owner is reminded next; None: the rule does not say so."""
    hours = rule.reminding.repeat_hours
    return deadline(now, hours, calendar) if hours and calendar else None


def _say(actor: Actor, rules: Mapping[str, Rule], cases: Sequence[Told]) -> None:
    """Tell of new cases; those of severe rules break through people's quiet hours."""
    for severe in (True, False):
        some = [case for case in cases if (case.rule in rules and rules[case.rule].severity == "high") is severe]
        told = told_of(some, MOST_NOTICES)
        notices.notify_each(actor.company_id, OPENED, told, severe=severe)
        _through(actor, rules, some, told)


def _reminders(cases: Sequence[Told]) -> list[tuple[int, str, Subject]]:
    """One reminder for each person and rule."""
    groups: dict[tuple[int, str], list[Told]] = {}
    for case in cases:
        groups.setdefault((case.owner, case.rule), []).append(case)
    found = []
    for (owner, rule), several in groups.items():
        words = {"rule": title(rule, several[0].facts), "document": several[0].document, "n": len(several)}
        text = (
            _("提醒：%(rule)s %(document)s 还没有处理。")
            if len(several) == 1
            else _("提醒：%(rule)s %(document)s 等 %(n)s 项还没有处理。")
        )
        found.append((owner, text % words, several[0].subject))
    return found


def _through(
    actor: Actor, rules: Mapping[str, Rule], cases: Sequence[Told], told: Sequence[tuple[int, str, Subject]]
) -> None:
    """Send the notices of rules that name channels through these, too."""
    rule_of = {case.subject.number: case.rule for case in cases}
    by_channels: dict[tuple[str, ...], list[tuple[int, str, Subject]]] = {}
    for one in told:
        rule = rules.get(rule_of.get(one[2].number, ""))
        if rule and rule.reminding.channels:
            by_channels.setdefault(rule.reminding.channels, []).append(one)
    for channels, several in by_channels.items():
        people = {person for person, _text, _subject in several}
        numbers = {subject.number for _person, _text, subject in several}
        send_through(actor.company_id, OPENED, people, numbers, channels)
