"""What comes back from suppliers who were urged, and what follows when nothing does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.labels import ANSWERED, ESCALATED
from gendan.alerts.remedies.errors import AnswerEnded, NothingAnswered
from gendan.alerts.remedies.steps import written
from gendan.alerts.remedies.urging import KINDS, AnswerIn, lines_of_urge, lines_of_urges
from gendan.alerts.remedies.words import answer_in_words
from gendan.alerts.steps.owners import above
from gendan.flow.queries.people import people_of
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import Done, step
from gendan.kernel.values import quantity_problem

Row = dict[str, Any]
_LOCK = """
SELECT g.expires_at, p.name FROM alerts_urge g JOIN catalog_partner p ON p.id = g.partner_id
WHERE g.company_id = %s::bigint AND g.id = %s::bigint FOR NO KEY UPDATE OF g
"""
_CASES = """
SELECT r.id, c.id, c.number, c.owner_id, c.document_kind, c.document_number
FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id WHERE r.urge_id = ANY(%s::bigint[]) ORDER BY r.id
"""
_ANSWER = """
UPDATE alerts_remedy r SET state = 'answered', answer = x.answer::jsonb
FROM unnest(%s::bigint[], %s::text[]) AS x(id, answer) WHERE r.id = x.id
"""
_ANSWERED = """
UPDATE alerts_urge g SET answered_at = %(now)s::timestamptz, answered_by = %(by)s::text, answers = g.answers + 1,
 state = CASE WHEN EXISTS (SELECT 1 FROM alerts_remedy r WHERE r.urge_id = g.id AND r.state <> 'answered')
  THEN g.state ELSE 'answered' END WHERE g.id = ANY(%(urges)s::bigint[])
 AND EXISTS (SELECT 1 FROM alerts_remedy r WHERE r.urge_id = g.id AND r.id = ANY(%(said)s::bigint[]))
"""
_OVERDUE = """
SELECT id FROM alerts_urge WHERE company_id = %s::bigint AND state = 'waiting' AND answer_by <= %s::timestamptz
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
_SILENT = """
SELECT r.id, c.id, c.number, c.owner_id, c.document_kind, c.document_number, c.is_open, p.name, c.partner_id
FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id LEFT JOIN catalog_partner p ON p.id = c.partner_id
WHERE r.urge_id = ANY(%s::bigint[]) AND r.state = 'waiting' ORDER BY c.id FOR NO KEY UPDATE OF c
"""
_GIVE_UP = "UPDATE alerts_urge SET state = 'unanswered' WHERE id = ANY(%s::bigint[])"
_GAVE_UP = "UPDATE alerts_remedy SET state = 'unanswered' WHERE id = ANY(%s::bigint[])"
_MOVE = """
UPDATE alerts_case c SET owner_id = coalesce(x.owner, c.owner_id), escalations = c.escalations + 1,
 version = c.version + 1, updated_at = now()
FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, owner) WHERE c.id = x.id
"""


@step
def answer(actor: Actor, urge: int, lines: Sequence[AnswerIn], note: str, now: datetime) -> Done:
    """Take an answer; see commands.answer_urge."""
    found = db.row(_LOCK, [actor.company_id, urge])
    if found is None:
        raise NotFound(what=_("催货链接"))
    if found[0] <= now:
        raise AnswerEnded()
    if not lines:
        raise NothingAnswered()
    known = {(row["order"], row["line"]): row for row in lines_of_urge(actor.company_id, urge)}
    _check(actor, known, lines)
    said: dict[int, list[Row]] = defaultdict(list)
    for line in lines:
        for remedy in known[line.order, line.line]["remedies"]:
            said[remedy].append(_told(line))
    answers = _kept(actor, [urge], said, note, now)
    cases = _record(actor, [urge], answers)
    _tell(actor, found[1], cases, answers)
    first = cases[0]
    return Done("case", first[1], first[2], data={"urge": urge, "cases": len(cases), "lines": len(lines)})


_WAITING = """
SELECT id FROM alerts_urge WHERE company_id = %s::bigint AND partner_id = %s::bigint AND state = 'waiting'
 AND expires_at > %s::timestamptz ORDER BY id FOR NO KEY UPDATE
"""


@step
def heard(actor: Actor, partner_id: int, order: str, words: Mapping[int, AnswerIn], note: str, now: datetime) -> int:
    """What a supplier says of an order's lines answers the urgings that wait for them, too; how many cases. Who orders
    is told of the answer to the order, not twice. A fixed number of statements.
    """
    urges = [row[0] for row in db.rows(_WAITING, [actor.company_id, partner_id, now])] if words else []
    if not urges:
        return 0
    said: dict[int, list[Row]] = defaultdict(list)
    for row in lines_of_urges(actor.company_id, urges):
        if row["order"] == order and row["line"] in words:
            for remedy in row["remedies"]:
                said[remedy].append(_told(words[row["line"]]))
    if not said:
        return 0
    answers = _kept(actor, urges, said, note, now)
    return len(_record(actor, urges, answers))


def _kept(
    actor: Actor, urges: Sequence[int], said: Mapping[int, list[Row]], note: str, now: datetime
) -> dict[int, Row]:
    """Write what was said by remedy; urgings of which all is answered are answered."""
    note = note.strip()[:500]
    answers = {remedy: {"by": actor.name, "note": note, "lines": told} for remedy, told in said.items()}
    db.later(_ANSWER, [db.array(answers), [written(each) for each in answers.values()]])
    db.later(_ANSWERED, {"now": now, "by": actor.name[:120], "urges": db.array(urges), "said": db.array(answers)})
    return answers


def _told(line: AnswerIn) -> Row:
    kept: Row = {"order": line.order, "line": line.line, "kind": line.kind, "note": line.note.strip()[:300]}
    for name in ("on", "quantity", "rest_on"):
        value = getattr(line, name)
        if value is not None and (line.kind == "partly" or (line.kind == "date" and name == "on")):
            kept[name] = str(value)
    return kept


def _check(actor: Actor, known: Mapping[tuple[str, int], Row], lines: Sequence[AnswerIn]) -> None:
    problems: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    for n, line in enumerate(lines):
        row = known.get((line.order, line.line))
        if row is None or (line.order, line.line) in seen:
            problems[f"lines.{n}.line"] = _("没有问到这一行，或写了不止一次。")
            continue
        seen.add((line.order, line.line))
        if line.kind not in KINDS:
            problems[f"lines.{n}.kind"] = "kind: " + " | ".join(KINDS)
        elif line.kind != "cannot":
            problems |= {f"lines.{n}.{name}": text for name, text in _wrong(actor, row, line).items()}
    if problems:
        raise Invalid(problems)


def _wrong(actor: Actor, row: Row, line: AnswerIn) -> dict[str, str]:
    """What is wrong with a date, or a part with its dates."""
    problems = {}
    today = actor.today()
    if line.on is None:
        problems["on"] = _("请填写日期。")
    elif not today <= line.on or (line.on - today).days > 3650:
        problems["on"] = _("应是今天或以后的日期。")
    if line.kind == "partly":
        if line.quantity is None:
            problems["quantity"] = _("请填写数量。")
        elif problem := quantity_problem(line.quantity, row["decimals"]):
            problems["quantity"] = problem
        elif not 0 < line.quantity < row["open"]:
            open_ = f"{row['open'].normalize():f}"
            problems["quantity"] = _("应大于 0，小于还差的 %(open)s。") % {"open": open_}
        if line.rest_on is not None and line.on is not None and line.rest_on < line.on:
            problems["rest_on"] = _("其余的日期早于先交的日期。")
    return problems


def _record(actor: Actor, urges: Sequence[int], answers: Mapping[int, Row]) -> list[db.Row]:
    """The answer on each case; the cases."""
    cases = [row for row in db.rows(_CASES, [db.array(urges)]) if row[0] in answers]
    entries = []
    for remedy, id_, number, _owner, kind, document in cases:
        data = {"who": actor.name, "note": "；".join(answer_in_words(answers[remedy]))[:300]}
        entries.append(Entry("alerts.urge_answered", Subject("case", id_, number), (f"{kind}:{document}",), data))
    record_all(actor, entries)
    return cases


def _tell(actor: Actor, partner: str, cases: Sequence[db.Row], answers: Mapping[int, Row]) -> None:
    """One notice for each owner."""
    first, counts = dict[int, tuple[Subject, Row]](), defaultdict[int, int](int)
    for remedy, id_, number, owner, _kind, _document in cases:
        if owner is not None:
            counts[owner] += 1
            first.setdefault(owner, (Subject("case", id_, number), answers[remedy]))
    told = []
    for owner, (subject, said_first) in first.items():
        words = answer_in_words(said_first)
        values = {"partner": partner, "answer": words[0] if words else "", "n": counts[owner]}
        text = _("%(partner)s 答复了催货：%(answer)s") if counts[owner] == 1 else _("%(partner)s 答复了 %(n)s 项催货。")
        told.append((owner, text % values, subject))
    notices.notify_each(actor.company_id, ANSWERED, told)


@step
def unanswered(actor: Actor, now: datetime) -> int:
    """Give up waiting where the time is over; how many cases that concerns."""
    urges = [row[0] for row in db.rows(_OVERDUE, [actor.company_id, now])]
    if not urges:
        return 0
    silent = db.rows(_SILENT, [db.array(urges)])
    db.later(_GIVE_UP, [db.array(urges)])
    db.later(_GAVE_UP, [db.array(row[0] for row in silent)])
    standing = [row for row in silent if row[6]]
    directory, _calendar = people_of(actor.company_id, actor.zone)
    heads = {owner: above(owner, directory) or owner for owner in {row[3] for row in standing}}
    db.later(_MOVE, [db.array(row[1] for row in standing), db.array(heads[row[3]] for row in standing)])
    entries, told = [], dict[tuple[int, int], list[Any]]()
    for _remedy, id_, number, owner, kind, document, _open, partner, partner_id in standing:
        subject, to = Subject("case", id_, number), heads[owner]
        data: Row = {"note": _("%(partner)s 没有答复催货") % {"partner": partner or ""}}
        if to != owner:
            data["changes"] = {"owner": [directory.name(owner) if owner else "", directory.name(to)]}
        entries.append(Entry("alerts.urge_unanswered", subject, (f"{kind}:{document}",), data))
        if to is not None:
            one = told.setdefault((to, partner_id), [partner or "", 0, subject])
            one[1] += 1
    record_all(actor, entries)
    text = _("%(partner)s 没有答复催货：%(n)s 项，请您跟进。")
    said = [(to, text % {"partner": name, "n": n}, subject) for (to, _partner), (name, n, subject) in told.items()]
    notices.notify_each(actor.company_id, ESCALATED, said)
    return len(standing)
