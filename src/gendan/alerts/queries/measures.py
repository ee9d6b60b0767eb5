"""How well the rules do: how many cases each raised, how soon people answered, what was ignored, wrong or too late; and
what the figures propose to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.alerts.labels import ESCALATED, OPENED
from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.seen import within
from gendan.alerts.queries.texts import NAMES, THRESHOLDS
from gendan.alerts.rules.rule import Rule
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.notices.queries import channel_name

Row = dict[str, Any]
PERIOD = 90
FEW = 10  # cases below which figures propose nothing
MOST_STEP = 7  # days by which a proposal moves a threshold at most
_ANSWER = "extract(epoch FROM c.answered_at - c.opened_at) / 3600"
_DAY = "(c.opened_at AT TIME ZONE %(zone)s::text)::date"
# Nobody took it up before it went away, or before it had to go to somebody else.
_IGNORED = "c.answered_at IS NULL AND (NOT c.is_open OR c.escalations > 0)"
_RULES = """
SELECT c.rule, max(c.facts ->> 'rule_name'), count(*), count(c.answered_at), count(*) FILTER (WHERE c.is_open),
 percentile_cont(0.5) WITHIN GROUP (ORDER BY {answer}) FILTER (WHERE c.answered_at IS NOT NULL),
 count(*) FILTER (WHERE {ignored}), count(*) FILTER (WHERE c.state = 'dismissed'), count(*) FILTER (WHERE c.was_wrong),
 count(*) FILTER (WHERE c.due_on IS NOT NULL AND {day} > c.due_on + coalesce(g.days, 0) + 1),
 count(*) FILTER (WHERE c.escalations > 0), sum(c.reminders)
FROM alerts_case c
LEFT JOIN unnest(%(codes)s::text[], %(graces)s::int[]) AS g(rule, days) ON g.rule = c.rule
WHERE {where} AND c.opened_at >= %(since)s::timestamptz GROUP BY c.rule
"""
_CHANNELS = """
SELECT x.code, x.name, x.means, count(*), count(*) FILTER (WHERE x.failed), count(x.answered),
 count(*) FILTER (WHERE x.ignored AND NOT x.failed),
 percentile_cont(0.5) WITHIN GROUP (ORDER BY x.answered) FILTER (WHERE x.answered IS NOT NULL)
FROM (
 SELECT ch.code, ch.name, ch.means, d.state = 'failed' AS failed,
  CASE WHEN c.answered_at >= d.at THEN extract(epoch FROM c.answered_at - d.at) / 3600 END AS answered,
  {ignored} AS ignored
 FROM notices_delivery d JOIN notices_channel ch ON ch.id = d.channel_id
 JOIN alerts_case c ON c.company_id = d.company_id AND c.number = d.subject_number AND {where}
 WHERE d.company_id = %(company)s::bigint AND d.at >= %(since)s::timestamptz AND d.kind = ANY(%(notices)s::text[])
  AND d.subject_kind = 'case'
 UNION ALL
 SELECT '', '', '', false, CASE WHEN c.answered_at >= n.at THEN extract(epoch FROM c.answered_at - n.at) / 3600 END,
  {ignored}
 FROM kernel_notice n JOIN alerts_case c ON c.company_id = n.company_id AND c.number = n.subject_number AND {where}
 WHERE n.company_id = %(company)s::bigint AND n.at >= %(since)s::timestamptz AND n.kind = ANY(%(notices)s::text[])
  AND n.subject_kind = 'case') x
GROUP BY x.code, x.name, x.means ORDER BY x.code
"""
# How long cases stood, in whole days, and how many of them somebody took up and did not dismiss. What stands still
# would come up under any threshold: it counts as standing for long, however short ago it came.
_STOOD = """
SELECT c.rule, CASE WHEN c.is_open THEN 30 ELSE least(greatest(({ended})::date - {day}, 0), 30) END, count(*),
 count(*) FILTER (WHERE {mattered}), count(*) FILTER (WHERE c.state = 'dismissed'), count(*) FILTER (WHERE c.was_wrong)
FROM alerts_case c WHERE c.company_id = %(company)s::bigint AND c.opened_at >= %(since)s::timestamptz
GROUP BY 1, 2
"""
_MATTERED = "c.answered_at IS NOT NULL AND c.state <> 'dismissed'"
_APPLIED = """
SELECT p.id, p.rule, p.kind, p.before::text, p.after::text, p.evidence::text, p.state, p.at, p.undone_at,
 coalesce(nullif(u.name, ''), u.username, '') AS by
FROM alerts_proposal p LEFT JOIN accounts_user u ON u.id = p.user_id
WHERE p.company_id = %s::bigint ORDER BY p.id DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of a rule that the figures speak for. ``kind``: raise, lower or off; ``before`` and ``after`` are values
    of ``threshold`` (of «is_active», where it is switched off).
    """

    rule: str
    name: str
    kind: str
    threshold: str
    before: str
    after: str
    cases: int
    fewer: int
    lost: int
    text: str

    @property
    def evidence(self) -> Row:
        return {"cases": self.cases, "fewer": self.fewer, "lost": self.lost}


def measures(actor: Actor, days: int = PERIOD) -> Row:
    """Per rule and per channel; two statements, of the cases that the actor sees."""
    actor.must(VIEW)
    rules = rules_of(actor.company_id)
    params: Row = {
        "zone": actor.timezone,
        "since": timezone.now() - timedelta(days=days),
        "codes": list(rules),
        "graces": db.array(grace(rule) for rule in rules.values()),
        "notices": [OPENED, ESCALATED],
    }
    where = " AND ".join(within(actor, "c", params))
    by_rule, by_channel = db.batch(
        [
            (_RULES.format(answer=_ANSWER, ignored=_IGNORED, day=_DAY, where=where), params),
            (_CHANNELS.format(where=where, ignored=_IGNORED), params),
        ]
    )
    found = [_rule_row(row) for row in by_rule]
    return {
        "days": days,
        "rules": sorted(found, key=lambda row: -row["cases"]),
        "channels": [_channel_row(row) for row in by_channel],
        "total": sum(row["cases"] for row in found),
    }


def _rule_row(row: db.Row) -> Row:
    code, name, cases, answered, open_, hours, ignored, dismissed, wrong, late, escalated, reminders = row
    return {
        "rule": code,
        "name": str(NAMES.get(code, name or code)),
        "cases": cases,
        "open": open_,
        "answered": answered,
        "hours": round(float(hours), 1) if hours is not None else None,
        "ignored": ignored,
        "dismissed": dismissed,
        "wrong": wrong,
        "late": late,
        "escalated": escalated,
        "reminders": reminders or 0,
    }


def _channel_row(row: db.Row) -> Row:
    code, name, means, sent, failed, answered, ignored, hours = row
    return {
        "channel": code,
        "name": channel_name(means, name) if code else _("产品内提醒"),
        "sent": sent,
        "failed": failed,
        "answered": answered,
        "ignored": ignored,
        "hours": round(float(hours), 1) if hours is not None else None,
    }


def grace(rule: Rule) -> int:
    """After how many calendar days at most a rule looks, counted from the day that its cases name."""
    if rule.own is not None:
        offset, working = rule.own.trigger.offset, rule.own.trigger.working
        return offset + (offset + 4) // 5 * 2 if working and offset > 0 else offset
    return level(rule)


def level(rule: Rule) -> int:
    """The number of days that a proposal moves: of a rule of one's own days after a date, negative before it."""
    if rule.own is not None:
        return rule.own.trigger.offset
    return int(rule.threshold("days")) if _waits(rule) else 0


def _waits(rule: Rule) -> bool:
    """Whether the rule has a number of days that it waits: what stood shorter would not have been raised."""
    if rule.own is not None:
        return rule.own.trigger.kind == "date"
    return any(threshold.name == "days" and threshold.unit == "days" for threshold in rule.thresholds)


def proposals(actor: Actor, days: int = 2 * PERIOD) -> list[Proposal]:
    """What the figures speak for; one statement beside the rules."""
    actor.must(VIEW)
    return found_proposals(actor, days)


def found_proposals(actor: Actor, days: int = 2 * PERIOD) -> list[Proposal]:
    """The same for commands, which ask for their own permission."""
    ended = "c.closed_at AT TIME ZONE %(zone)s::text"
    sql = _STOOD.format(ended=ended, day=_DAY, mattered=_MATTERED)
    params = {"company": actor.company_id, "zone": actor.timezone, "since": timezone.now() - timedelta(days=days)}
    stood: dict[str, list[db.Row]] = {}
    for rule, *row in db.rows(sql, params):
        stood.setdefault(rule, []).append(tuple(row))
    rules = rules_of(actor.company_id)
    found = [proposed(rules[code], rows) for code, rows in sorted(stood.items()) if code in rules]
    return [one for one in found if one is not None]


def proposed(rule: Rule, stood: Sequence[db.Row]) -> Proposal | None:
    """The best change for a rule, from (days it stood, cases, those that mattered, dismissed, wrong)."""
    cases, mattered, dismissed = (sum(row[n] for row in stood) for n in (1, 2, 3))
    if not rule.is_active or cases < FEW:
        return None
    if cases >= 2 * FEW and not mattered and dismissed * 100 >= cases * 80:
        return _off(rule, cases, dismissed)
    if not _waits(rule):
        return None
    best = None
    for step in range(1, MOST_STEP + 1):
        fewer = sum(row[1] for row in stood if row[0] < step)
        lost = sum(row[2] for row in stood if row[0] < step)
        if lost == 0 and fewer * 100 >= cases * 30 and (best is None or fewer > best[1]):
            best = (step, fewer)
    now = level(rule)
    if best:
        return _moved(rule, "raise", now, now + best[0], cases, best[1])
    if now > 0 and mattered * 100 >= cases * 90:
        return _moved(rule, "lower", now, now - 1, cases, 0)
    return None


def _off(rule: Rule, cases: int, dismissed: int) -> Proposal:
    text = _("关闭：%(cases)s 个里有 %(dismissed)s 个被忽略，没有一个有人处理过。")
    words = {"cases": cases, "dismissed": dismissed}
    return Proposal(rule.code, _name(rule), "off", "is_active", "true", "false", cases, cases, 0, text % words)


def _moved(rule: Rule, kind: str, before: int, after: int, cases: int, fewer: int) -> Proposal:
    words = {
        "threshold": str(THRESHOLDS[f"{rule.code}.days"]) if rule.own is None else "",
        "after": after if rule.own is None else _day_words(after),
        "before": before if rule.own is None else _day_words(before),
        "percent": fewer * 100 // cases,
        "cases": cases,
    }
    if rule.own is not None and kind == "raise":
        text = _("检查的日子从%(before)s改成%(after)s：少 %(percent)s%%，有人处理过的一个也不会漏。")
    elif rule.own is not None:
        text = _("检查的日子从%(before)s改成%(after)s：%(cases)s 个几乎都有人处理，可以早 1 天知道。")
    elif kind == "raise":
        text = _("把「%(threshold)s」从 %(before)s 提高到 %(after)s：少 %(percent)s%%，有人处理过的一个也不会漏。")
    else:
        text = _("把「%(threshold)s」从 %(before)s 降到 %(after)s：%(cases)s 个几乎都有人处理，可以早 1 天知道。")
    name = "days" if rule.own is None else "offset"
    return Proposal(rule.code, _name(rule), kind, name, str(before), str(after), cases, fewer, 0, text % words)


def _day_words(offset: int) -> str:
    """The day that a rule of one's own looks, seen from the date that it names."""
    if offset == 0:
        return _("当天")
    return (_("前 %(n)s 天") if offset < 0 else _("后 %(n)s 天")) % {"n": abs(offset)}


def _name(rule: Rule) -> str:
    return rule.own.name if rule.own is not None else str(NAMES[rule.code])


def applied(actor: Actor) -> list[Row]:
    """What was applied before, newest first; each can be undone while the rule still says so."""
    actor.must(VIEW)
    found = db.dicts(_APPLIED, [actor.company_id])
    rules = rules_of(actor.company_id)
    for row in found:
        rule = rules.get(row["rule"])
        row["name"] = _name(rule) if rule else row["rule"]
        row["can_undo"] = row["state"] == "applied" and rule is not None
    return found


def with_values(rule: Rule, values: Mapping[str, Decimal]) -> Rule:
    """A rule with other thresholds, for trying it."""
    return replace(rule, values={**rule.values, **values})
