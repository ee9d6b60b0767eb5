"""Cases that nobody answers: to the superior of who should have, once more with the same time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext as _

from gendan.alerts.labels import ESCALATED
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.steps.owners import above
from gendan.flow.queries.people import deadline, people_of
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step

_DUE = """
SELECT id, number, rule, owner_id, document_kind, document_number FROM alerts_case
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
    times = {
        code: deadline(now, rule.answer_hours, calendar).isoformat()
        for code, rule in rules.items()
        if rule.answer_hours
    }
    heads = {owner: above(owner, directory) for owner in {row[3] for row in due}}
    moved = [row for row in due if heads[row[3]] not in {None, row[3]}]
    going = {row[0] for row in moved}
    ids = db.array(row[0] for row in due)
    to = db.array(heads[row[3]] if row[0] in going else None for row in due)
    by = [times.get(row[2]) if row[0] in going else None for row in due]
    db.later(_MOVE, [ids, to, by])
    entries, counts, first = [], Counter[int](), dict[int, Subject]()
    for id_, number, _rule, owner, kind, document in moved:
        subject, superior = Subject("case", id_, number), heads[owner]
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
