"""Decide how a rule works in this company."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.alerts.errors import UnknownRule, UnknownSetting
from gendan.alerts.permissions import SETUP
from gendan.alerts.queries.rules import rules_of, versions_of
from gendan.alerts.queries.texts import NAMES, THRESHOLDS
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.rules.rule import SEVERITIES, Rule
from gendan.alerts.steps.own_rules import checked_reminding
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, plain
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

SAVE = _("修改异常规则")
WORDS = frozenset({"buyer", "seller", "author", "keeper", "role", "person", "superior", "head"})
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_SAVE = """
INSERT INTO alerts_rule AS r (company_id, code, is_active, severity, thresholds, owner, answer_hours, reminding,
 version)
VALUES (%(company)s::bigint, %(code)s::text, %(is_active)s::boolean, %(severity)s::text, %(thresholds)s::jsonb,
 %(owner)s::jsonb, %(answer_hours)s::numeric, %(reminding)s::jsonb, 2)
ON CONFLICT (company_id, code) DO UPDATE SET is_active = excluded.is_active, severity = excluded.severity,
 thresholds = excluded.thresholds, owner = excluded.owner, answer_hours = excluded.answer_hours,
 reminding = excluded.reminding, version = r.version + 1, updated_at = now()
RETURNING id, version
"""
_LOOK_AGAIN = "DELETE FROM alerts_scan WHERE company_id = %s::bigint AND rule = %s::text"


@command(SETUP, SAVE)
def save_rule(
    *,
    actor: Actor,
    code: str,
    is_active: bool | None = None,
    severity: str = "",
    thresholds: Mapping[str, Decimal] | None = None,
    owner: Sequence[tuple[str, str]] | None = None,
    answer_hours: Decimal | None = None,
    reminding: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Done:
    """Change the given settings of a rule; what is not given stays. The next look of the worker goes by them.
    ``reminding``: channels, repeat_hours, quiet_from, quiet_to and ladder, as rules of one's own have them.

    Errors: UnknownRule, UnknownSetting, Invalid, Stale.
    """
    if code not in BUILTIN:
        raise UnknownRule(rule=code)
    name = str(NAMES[code])
    db.execute(_LOCK, [f"alerts:{actor.company_id}:{code}"])
    check_version(name, versions_of(actor.company_id).get(code, 1), version)
    rule = rules_of(actor.company_id)[code]
    _check(rule, severity, thresholds or {}, owner, answer_hours)
    before = _told(rule)
    said = rule.reminding.as_json() if reminding is None else _reminding(actor, rule, reminding)
    values = {**rule.values, **(thresholds or {})}
    settings: dict[str, Any] = {
        "is_active": rule.is_active if is_active is None else is_active,
        "severity": severity or rule.severity,
        "answer_hours": rule.answer_hours if answer_hours is None else answer_hours,
    }
    words = [list(word) for word in owner] if owner is not None else [[w.by, w.value] for w in rule.owner]
    texts = {key: str(plain(value)) for key, value in values.items()}
    params = {**settings, "thresholds": json.dumps(texts), "owner": json.dumps(words), "reminding": json.dumps(said)}
    saved = db.row(_SAVE, {"company": actor.company_id, "code": code, **params})
    assert saved is not None
    db.later(_LOOK_AGAIN, [actor.company_id, code])
    after = _told(rules_of(actor.company_id)[code])
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    record("alerts.rule_saved", Subject("alertrule", saved[0], code), actor, rule=name, changes=changes)
    return Done("alertrule", saved[0], code, "", saved[1])


def _reminding(actor: Actor, rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    before = rule.reminding.as_json()
    if strange := sorted(set(given) - set(before)):
        raise Invalid({name: _("没有这个设置。") for name in strange})
    return checked_reminding(actor, {**before, **given}).as_json()


def _check(
    rule: Rule,
    severity: str,
    thresholds: Mapping[str, Decimal],
    owner: Sequence[tuple[str, str]] | None,
    answer_hours: Decimal | None,
) -> None:
    known = {threshold.name: threshold for threshold in rule.thresholds}
    for name, value in thresholds.items():
        limits = known.get(name)
        if limits is None:
            raise Invalid({f"thresholds.{name}": _("没有这个设置。")})
        whole = limits.unit in {"days", "hours"}
        fits = value.is_finite() and limits.lowest <= value <= limits.highest
        if not fits or (whole and value != value.to_integral_value()):
            label = str(THRESHOLDS[f"{rule.code}.{name}"])
            low, high = plain(limits.lowest), plain(limits.highest)
            raise UnknownSetting(rule=str(NAMES[rule.code]), name=label, lowest=low, highest=high)
    problems = {}
    if severity and severity not in SEVERITIES:
        problems["severity"] = "severity: " + " | ".join(SEVERITIES)
    if owner is not None and (not owner or any(by not in WORDS for by, _value in owner)):
        problems["owner"] = "owner: " + " | ".join(sorted(WORDS))
    if answer_hours is not None and not (answer_hours.is_finite() and 0 <= answer_hours <= 2000):
        problems["answer_hours"] = "answer_hours: 0 – 2000"
    if problems:
        raise Invalid(problems)


def _told(rule: Rule) -> dict[str, Any]:
    """A rule in an event."""
    found: dict[str, Any] = {
        "is_active": rule.is_active,
        "severity": rule.severity,
        "owner": [f"{word.by} {word.value}".strip() for word in rule.owner],
        "answer_hours": str(plain(rule.answer_hours)),
        **rule.reminding.as_json(),
    }
    return found | {t.name: str(plain(rule.threshold(t.name))) for t in rule.thresholds}
