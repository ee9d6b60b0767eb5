"""Cases that nobody answers: up the ladder of their rule, step by step; without one to the superior, time and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.alerts.labels import ESCALATED
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.rules.rule import Rule
from gendan.alerts.steps.owners import above, someone
from gendan.flow.queries.people import Calendar, Directory, deadline, people_of
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step

_DUE = """
SELECT id, number, rule, owner_id, document_kind, document_number, escalations FROM alerts_case
WHERE company_id = %s::bigint AND is_open AND answered_at IS NULL AND answer_by IS NOT NULL
 AND answer_by <= %s::timestamptz ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
_MOVE = """
UPDATE alerts_case c SET owner_id = coalesce(x.owner, c.owner_id), answer_by = x.answer_by,
 escalations = c.escalations + (x.owner IS NOT NULL)::int, version = c.version + (x.owner IS NOT NULL)::int
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS x(id, owner, answer_by) WHERE c.id = x.id
"""


@step
def escalate(actor: Actor, now: datetime) -> int:
    """Hand on what is due; how many went to somebody."""
    due = db.rows(_DUE, [actor.company_id, now])
    if not due:
        return 0
    directory, calendar = people_of(actor.company_id, actor.zone)
    rules = rules_of(actor.company_id)
    to = {row[0]: _next(rules.get(row[2]), row[3], row[6], directory) for row in due}
    moved = [row for row in due if to[row[0]] not in {None, row[3]}]
    going = {row[0] for row in moved}
    times = {
        (code, taken): _until(rules.get(code), taken + 1, now, calendar)
        for code, taken in {(row[2], row[6]) for row in moved}
    }
    ids = db.array(row[0] for row in due)
    owners = db.array(to[row[0]] if row[0] in going else None for row in due)
    by = [times[(row[2], row[6])] if row[0] in going else None for row in due]
    db.later(_MOVE, [ids, owners, by])
    entries, counts, first = [], Counter[int](), dict[int, Subject]()
    for id_, number, _rule, owner, kind, document, _taken in moved:
        subject, superior = Subject("case", id_, number), to[id_]
        assert superior is not None
        changes = {"owner": [directory.name(owner), directory.name(superior)]}
        entries.append(Entry("alerts.case_escalated", subject, (f"{kind}:{document}",), {"changes": changes}))
        counts[superior] += 1
        first.setdefault(superior, subject)
    record_all(actor, entries)
    text = _("%(n)s 个异常无人处理，已升级给您。")
    told = [(person, text % {"n": n}, first[person]) for person, n in counts.items()]
    notices.notify_each(actor.company_id, ESCALATED, told)
    return len(moved)


def _next(rule: Rule | None, owner: int | None, taken: int, directory: Directory) -> int | None:
    """Who has it next after ``taken`` steps of the ladder; whom a step does not find, or who has it already, is passed
    over for the next one. None: it stays.
    """
    if rule is None or not rule.reminding.ladder:
        return above(owner, directory)
    return next((found for found in _steps(rule, owner, taken, directory) if found not in {None, owner}), None)


def _steps(rule: Rule, owner: int | None, taken: int, directory: Directory) -> Iterator[int | None]:
    for one in rule.reminding.ladder[taken:]:
        yield (
            above(owner, directory)
            if one.to.by == "superior" and not one.to.value
            else someone(one.to, owner, directory)
        )


def _until(rule: Rule | None, taken: int, now: datetime, calendar: Calendar) -> str | None:
    """Until when who has it now must answer; None: the ladder ends here."""
    if rule is None:
        return None
    ladder = rule.reminding.ladder
    hours = (ladder[taken].hours if taken < len(ladder) else Decimal(0)) if ladder else rule.answer_hours
    return deadline(now, hours, calendar).isoformat() if hours else None
