"""Approvals wait for somebody while they run, for nobody when they are over, and no document passes one that runs."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from gendan.flow.subjects import SUBJECTS
from gendan.kernel import db
from gendan.kernel.verify import Difference, check, sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR i.company_id = %(company)s::bigint)"

sql_check(
    "flow.tasks",
    _("进行中的审批都有人处理，结束的审批没有待办"),
    f"""
SELECT i.kind || ' ' || i.number, 'somebody is asked', 'nobody' FROM flow_instance i
WHERE {_WHOSE} AND i.state = 'running' AND NOT EXISTS (SELECT 1 FROM flow_task t WHERE t.instance_id = i.id
 AND t.state = 'waiting' AND t.kind <> 'inform' AND t.key = i.key AND t.round = i.round)
UNION ALL
SELECT i.kind || ' ' || i.number, i.state, t.state FROM flow_instance i JOIN flow_task t ON t.instance_id = i.id
WHERE {_WHOSE} AND t.state IN ('waiting', 'later') AND t.kind <> 'inform'
 AND (i.state <> 'running' OR t.key <> i.key OR t.round <> i.round)
UNION ALL
SELECT i.kind || ' ' || i.number, 'when it ended', 'nothing' FROM flow_instance i
WHERE {_WHOSE} AND (i.state = 'running') <> (i.ended_at IS NULL)
""",
)


@check("flow.documents", _("审批没有走完的单据没有生效"))
def documents(company_id: int | None) -> Iterator[Difference]:
    """Documents whose approval runs are in the state in which they wait for it."""
    for subject in SUBJECTS.values():
        if not subject.pending:
            continue
        sql = f"""
SELECT i.number, coalesce(d.state, 'gone') FROM flow_instance i
LEFT JOIN {subject.table} d ON d.id = i.document_id AND d.company_id = i.company_id
WHERE {_WHOSE} AND i.kind = %(kind)s::text AND i.transition = %(transition)s::text AND i.state = 'running'
 AND d.state IS DISTINCT FROM %(pending)s::text
"""
        params = {
            "company": company_id,
            "kind": subject.kind,
            "transition": subject.transition,
            "pending": subject.pending,
        }
        for number, state in db.rows(sql, params):
            yield Difference(f"{subject.kind} {number}", subject.pending, state)
