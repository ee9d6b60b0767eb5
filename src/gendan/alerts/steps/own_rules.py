"""Rules of one's own: what is wrong with one, and writing it with its version."""

from __future__ import annotations

import json
import re
import time as time_of
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.queries.own_rules import EMPTY, choices
from gendan.alerts.queries.own_subjects import SUBJECTS
from gendan.alerts.rules.own import MOST_OFFSET, PREFIX, TRIGGERS, Trigger
from gendan.alerts.rules.reminding import LADDER_WORDS, LONGEST, MOST_STEPS, Reminding, Step
from gendan.alerts.rules.rule import SEVERITIES, Word
from gendan.flow.queries.conditions import MAX_LENGTH, BrokenExpression, compiled, holds
from gendan.flow.queries.conditions import names as facts_in
from gendan.flow.queries.conditions import value as worked_out
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step

WORDS = frozenset({"buyer", "seller", "keeper", "author", "superior", "head", "role", "person", "expression"})
MOST = 200  # own rules of a company
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_TAKEN = "SELECT code FROM alerts_rule WHERE company_id = %s::bigint AND is_own"
_SAVE = """
INSERT INTO alerts_rule AS r (company_id, code, is_own, name, is_active, severity, owner, answer_hours, remedies,
 subject, trigger, condition, message, reminding, version)
VALUES (%(company)s::bigint, %(code)s::text, true, %(name)s::text, %(is_active)s::boolean, %(severity)s::text,
 %(owner)s::jsonb, %(answer_hours)s::numeric, %(remedies)s::jsonb, %(subject)s::text, %(trigger)s::jsonb,
 %(condition)s::text, %(message)s::text, %(reminding)s::jsonb, 1)
ON CONFLICT (company_id, code) DO UPDATE SET name = excluded.name, is_active = excluded.is_active,
 severity = excluded.severity, owner = excluded.owner, answer_hours = excluded.answer_hours,
 remedies = excluded.remedies, subject = excluded.subject, trigger = excluded.trigger, condition = excluded.condition,
 message = excluded.message, reminding = excluded.reminding, rested_at = NULL, version = r.version + 1,
 updated_at = now()
RETURNING id, version
"""
_KEEP = """
INSERT INTO alerts_ruleversion (company_id, code, version, definition, user_id)
VALUES (%s::bigint, %s::text, %s::int, %s::jsonb, %s::bigint)
"""
_LOOK_AGAIN = "DELETE FROM alerts_scan WHERE company_id = %s::bigint AND rule = %s::text"


@dataclass(frozen=True, slots=True)
class Checked:
    """A definition that was found right, as it is kept."""

    definition: Mapping[str, Any]
    trigger: Trigger
    reminding: Reminding


_PARTS: Mapping[str, int] = {"owner": 2, "ladder": 3}  # lists of lists that are so long


def _is_like(value: Any, name: str) -> bool:
    """Whether a value is of the kind that its name asks for: files may hold anything."""
    if not isinstance(EMPTY[name], list):
        return isinstance(value, str | int | float | Decimal) and "\0" not in str(value)
    if not isinstance(value, list | tuple):
        return False
    parts = _PARTS.get(name)
    if parts is None:
        return all(isinstance(one, str) and "\0" not in one for one in value)
    return all(
        isinstance(one, list | tuple)
        and len(one) == parts
        and all(isinstance(part, str | int | float | Decimal) and "\0" not in str(part) for part in one)
        for one in value
    )


class _Check:
    """Collects what is wrong, by field."""

    def __init__(self, actor: Actor, given: Mapping[str, Any]) -> None:
        said = {name: value for name, value in given.items() if name in EMPTY and value is not None}
        strange = {name for name, value in said.items() if not _is_like(value, name)}
        self.given = {**EMPTY, **{name: value for name, value in said.items() if name not in strange}}
        self.known = choices(actor)
        self.problems: dict[str, str] = {name: _("没有这个设置。") for name in given if name not in EMPTY}
        self.problems |= dict.fromkeys(sorted(strange), _("格式不对。"))

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        value = str(self.given[name]).strip()
        if required and not value:
            self.problems[name] = _("请填写。")
        elif len(value) > most:
            self.problems[name] = _("最多 %(most)s 个字。") % {"most": most}
        return value

    def one_of(self, name: str, known: Sequence[str]) -> str:
        value = str(self.given[name])
        if value not in known:
            self.problems[name] = _("请选择其中一项：%(known)s。") % {"known": "、".join(known)}
        return value

    def several(self, name: str, known: Sequence[str], *, required: bool = False) -> list[str]:
        values = [str(value) for value in self.given[name]]
        unknown = [value for value in values if value not in known]
        if unknown:
            self.problems[name] = _("没有「%(value)s」。") % {"value": unknown[0]}
        elif required and not values:
            self.problems[name] = _("请至少选一项。")
        return list(dict.fromkeys(values))

    def number(self, name: str, lowest: Decimal, highest: Decimal, value: Any = None) -> Decimal:
        try:
            found = Decimal(str(self.given[name] if value is None else value).strip() or "0")
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not lowest <= found <= highest:
            limits = {"lowest": lowest, "highest": highest}
            self.problems[name] = _("应是 %(lowest)s 到 %(highest)s 之间的数。") % limits
            return lowest
        return found

    def clock(self, name: str) -> time | None:
        value = str(self.given[name] or "").strip()
        if not value:
            return None
        try:
            return time.fromisoformat(value).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            self.problems[name] = _("请按 21:00 这样填写时间。")
            return None

    def word(self, name: str, by: str, value: str, allowed: frozenset[str]) -> Word:
        """Who: a role or person that there is, an expression that can be read."""
        facts = self.facts()
        if by not in allowed:
            self.problems[name] = _("请选择由谁负责。")
        elif by == "role" and value not in {code for code, _name in self.known["roles"]}:
            self.problems[name] = _("没有角色「%(role)s」。") % {"role": value}
        elif by == "person" and not value.strip():
            self.problems[name] = _("请填写用户名。")
        elif by == "superior" and value and not (value.isascii() and value.isdigit() and 1 <= int(value) <= 9):
            self.problems[name] = _("上级的级数应是 1 到 9。")
        elif by == "expression":
            self.expression(name, value, facts)
        return Word(by, value)

    def expression(self, name: str, source: str, facts: frozenset[str]) -> bool:
        """Whether an expression can be read and asks for nothing but the subject's facts."""
        if not source.strip() or len(source) > MAX_LENGTH:
            self.problems[name] = _("表达式应有 1 到 %(most)s 个字符。") % {"most": MAX_LENGTH}
            return False
        try:
            compiled(source)
            unknown = sorted(facts_in(source) - facts)
            if not unknown and _is_slow(source, self.samples()):
                self.problems[name] = _("表达式算得太慢，请写得简单一些。")
                return False
        except BrokenExpression as error:
            self.problems[name] = _("表达式写错了：%(reason)s") % {"reason": error}
            return False
        if unknown:
            self.problems[name] = _("这里没有「%(fact)s」这个字段。") % {"fact": unknown[0]}
        return not unknown

    def samples(self) -> Mapping[str, Any]:
        """Facts of the right types."""
        subject = SUBJECTS.get(str(self.given["subject"]))
        return {name: _SAMPLES.get(fact.type, "x") for name, (_sql, fact) in subject.facts.items()} if subject else {}

    def facts(self) -> frozenset[str]:
        subject = SUBJECTS.get(str(self.given["subject"]))
        return frozenset(subject.facts) if subject else frozenset()


_BRACES = re.compile(r"\{([^{}]*)\}")
_SAMPLES: Mapping[str, Any] = {"number": 1.0, "text": "x", "date": "2026-01-01", "flag": True}
_SLOW, _TRIES = 0.002, 5  # seconds for one document; of tens of thousands a look must judge each


def _is_slow(source: str, facts: Mapping[str, Any]) -> bool:
    """Whether an expression takes long for a single document, however idle the machine: the best of several tries."""
    for _n in range(_TRIES):
        began = time_of.perf_counter()
        with suppress(BrokenExpression):
            worked_out(source, facts)
        if time_of.perf_counter() - began < _SLOW:
            return False
    return True


@step
def checked(actor: Actor, given: Mapping[str, Any]) -> Checked:
    """A definition, if nothing is wrong with it. Errors: Invalid, by field."""
    check = _Check(actor, given)
    subject = check.one_of("subject", list(SUBJECTS))
    definition: dict[str, Any] = {
        "name": check.text("name", 80, required=True),
        "is_active": bool(check.given["is_active"]),
        "subject": subject,
        "severity": check.one_of("severity", SEVERITIES),
        "message": _message(check),
        "condition": _condition(check, subject),
        "owner": [list(word) for word in _owner(check)],
        "answer_hours": str(check.number("answer_hours", Decimal(0), LONGEST)),
        "remedies": check.several("remedies", [code for code, _label in check.known["remedies"]]),
    }
    trigger, reminding = _trigger(check, subject), _reminding(check)
    if not definition["condition"] and trigger.kind == "state" and "condition" not in check.problems:
        check.problems["condition"] = _("一直检查的规则要有条件，否则每张单据都是异常。")
    if check.problems:
        raise Invalid(check.problems)
    looks = trigger.as_json()
    definition |= {**looks, "trigger": looks["kind"], **reminding.as_json()}
    del definition["kind"]
    return Checked(definition, trigger, reminding)


def checked_reminding(actor: Actor, given: Mapping[str, Any]) -> Reminding:
    """How people are told of a built-in rule's cases, by the same words. Errors: Invalid, by field."""
    check = _Check(actor, given)
    found = _reminding(check)
    if check.problems:
        raise Invalid(check.problems)
    return found


def _condition(check: _Check, subject: str) -> str:
    """The condition; tried on facts of the right types, so that comparing a number with a text is said now."""
    source = str(check.given["condition"]).strip()
    if not source or subject not in SUBJECTS or not check.expression("condition", source, check.facts()):
        return source
    try:
        holds(source, check.samples())
    except BrokenExpression as error:
        check.problems["condition"] = _("表达式写错了：%(reason)s") % {"reason": error}
    return source


def _message(check: _Check) -> str:
    """The words of the cases: in braces stands nothing but the subject's facts."""
    text = check.text("message", 300)
    unknown = [name for name in _BRACES.findall(text) if name not in check.facts() | {"days"}]
    if unknown and "message" not in check.problems:
        check.problems["message"] = _("这里没有「%(fact)s」这个字段。") % {"fact": unknown[0]}
    return text


def _owner(check: _Check) -> list[tuple[str, str]]:
    words = [(str(by), str(value)) for by, value in check.given["owner"]]
    if not 0 < len(words) <= MOST_STEPS:
        check.problems["owner"] = _("请选择由谁负责。")
    for by, value in words:
        check.word("owner", by, value, WORDS)
    return words


def _trigger(check: _Check, subject: str) -> Trigger:
    kind = check.one_of("trigger", TRIGGERS)
    if subject not in SUBJECTS or kind == "state":
        return Trigger()
    if kind == "date":
        field = check.one_of("field", list(SUBJECTS[subject].dates))
        offset = check.number("offset", Decimal(-MOST_OFFSET), Decimal(MOST_OFFSET))
        if offset != offset.to_integral_value():
            check.problems["offset"] = _("请填写整数天。")
        return Trigger("date", field, int(offset), bool(check.given["working"]))
    events = check.several(
        "events", [code for code, _label in check.known["subjects"][subject]["events"]], required=True
    )
    return Trigger("event", events=tuple(events))


def _reminding(check: _Check) -> Reminding:
    steps: list[Step] = []
    given = list(check.given["ladder"])
    if len(given) > MOST_STEPS:
        check.problems["ladder"] = _("升级最多 %(most)s 级。") % {"most": MOST_STEPS}
    for hours, by, value in given[:MOST_STEPS]:
        after = check.number("ladder", Decimal("0.25"), LONGEST, hours)
        steps.append(Step(after, check.word("ladder", str(by), str(value), LADDER_WORDS)))
    quiet_from, quiet_to = check.clock("quiet_from"), check.clock("quiet_to")
    if (quiet_from is None) != (quiet_to is None):
        check.problems.setdefault("quiet_from", _("免打扰要填写开始和结束两个时间。"))
    return Reminding(
        tuple(check.several("channels", [code for code, _name in check.known["channels"]])),
        check.number("repeat_hours", Decimal(0), LONGEST),
        quiet_from,
        quiet_to,
        tuple(steps),
    )


@step
def lock_rules(actor: Actor) -> list[str]:
    """The codes of the company's own rules, held until the command ends."""
    db.execute(_LOCK, [f"alerts-own:{actor.company_id}"])
    return [code for (code,) in db.rows(_TAKEN, [actor.company_id])]


def next_code(taken: Sequence[str]) -> str:
    """A code that no rule of the company has."""
    numbers = [int(code.removeprefix(PREFIX)) for code in taken if code.removeprefix(PREFIX).isdigit()]
    return f"{PREFIX}{max(numbers, default=0) + 1}"


@step
def save(actor: Actor, code: str, found: Checked) -> tuple[int, int]:
    """Write a rule and its version; its id and version. The worker looks by it in its next round."""
    said = found.definition
    params = {
        "company": actor.company_id,
        "code": code,
        **{
            name: said[name]
            for name in ("name", "is_active", "severity", "answer_hours", "subject", "condition", "message")
        },
        "owner": json.dumps(said["owner"]),
        "remedies": json.dumps(said["remedies"]),
        "trigger": json.dumps(found.trigger.as_json()),
        "reminding": json.dumps(found.reminding.as_json()),
    }
    saved = db.row(_SAVE, params)
    assert saved is not None
    db.later(_KEEP, [actor.company_id, code, saved[1], json.dumps(dict(said)), actor.user_id])
    db.later(_LOOK_AGAIN, [actor.company_id, code])
    return saved[0], saved[1]
