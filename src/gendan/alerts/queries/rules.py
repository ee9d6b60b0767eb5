"""The rules of a company: the built-in ones as it changed them, and its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.own_subjects import KINDS
from gendan.alerts.queries.texts import NAMES, THRESHOLDS
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.rules.own import Own, trigger_from
from gendan.alerts.rules.reminding import reminding_from
from gendan.alerts.rules.rule import Rule, Word
from gendan.kernel import db
from gendan.kernel.actor import Actor

_SETTINGS = """
SELECT code, is_active, severity, thresholds::text, owner::text, answer_hours, remedies::text, reminding::text, version,
 is_own, name, subject, trigger::text, condition, message, rested_at IS NOT NULL
FROM alerts_rule WHERE company_id = %s::bigint ORDER BY id
"""
_SCANS = """
SELECT s.rule, s.at, s.found, s.milliseconds,
 (SELECT count(*) FROM (SELECT 1 FROM alerts_case c WHERE c.company_id = s.company_id AND c.rule = s.rule AND c.is_open
  LIMIT 10000) few)
FROM alerts_scan s WHERE s.company_id = %s::bigint
"""


def changed(rule: Rule, row: db.Row) -> Rule:
    """A rule with what the company's row says of it."""
    _code, active, severity, thresholds, owner, hours, remedies, reminding = row[:8]
    return replace(
        rule,
        is_active=rule.is_active if active is None else active,
        severity=severity or rule.severity,
        values={name: Decimal(value) for name, value in json.loads(thresholds).items()},
        owner=tuple(Word(*word) for word in json.loads(owner)) if owner else rule.owner,
        answer_hours=rule.answer_hours if hours is None else hours,
        remedies=tuple(json.loads(remedies)) if remedies else rule.remedies,
        reminding=reminding_from(json.loads(reminding)),
    )


def own_from(row: db.Row) -> Rule:
    """A rule of the company's own, as its row says."""
    code, active, severity, _thresholds, owner, hours, remedies, reminding, _version, _is_own = row[:10]
    name, subject, trigger, condition, message, resting = row[10:]
    own = Own(name, subject, trigger_from(json.loads(trigger)), condition, message)
    return Rule(
        code,
        KINDS.get(subject, ()),
        severity,
        tuple(Word(*word) for word in json.loads(owner or "[]")),
        remedies=tuple(json.loads(remedies or "[]")),
        area="own",
        money="sales.view_price" if subject in {"so", "so_line"} else "purchasing.view_price",
        answer_hours=hours or Decimal(0),
        is_active=bool(active) and subject in KINDS and not resting,
        resting=bool(active) and resting,
        reminding=reminding_from(json.loads(reminding)),
        own=own,
    )


def rules_of(company_id: int) -> dict[str, Rule]:
    """Every rule as it counts in a company: the built-in ones, then its own; one statement."""
    rows = {row[0]: row for row in db.rows(_SETTINGS, [company_id])}
    found = {code: changed(rule, rows[code]) if code in rows else rule for code, rule in BUILTIN.items()}
    return found | {code: own_from(row) for code, row in rows.items() if row[9]}


def versions_of(company_id: int) -> Mapping[str, int]:
    """The version of each rule that the company changed; the others have 1."""
    return {row[0]: row[8] for row in db.rows(_SETTINGS, [company_id])}


def rule_list(actor: Actor) -> list[dict[str, Any]]:
    """The built-in rules with how they are set up, when they looked last, how many cases are open; three statements."""
    actor.must(VIEW)
    versions = versions_of(actor.company_id)
    scans = {row[0]: row[1:] for row in db.rows(_SCANS, [actor.company_id])}
    found = []
    for code, rule in rules_of(actor.company_id).items():
        if rule.own is not None:
            continue
        at, last_found, milliseconds, open_ = scans.get(code, (None, 0, 0, 0))
        found.append(
            {
                "code": code,
                "name": str(NAMES[code]),
                "area": rule.area,
                "is_active": rule.is_active,
                "severity": rule.severity,
                "thresholds": [
                    {
                        "name": t.name,
                        "label": str(THRESHOLDS[f"{code}.{t.name}"]),
                        "unit": t.unit,
                        "value": rule.threshold(t.name),
                        "default": t.default,
                    }
                    for t in rule.thresholds
                ],
                "owner": [[word.by, word.value] for word in rule.owner],
                "answer_hours": rule.answer_hours,
                "remedies": list(rule.remedies),
                **rule.reminding.as_json(),
                "version": versions.get(code, 1),
                "scanned_at": at,
                "found": last_found,
                "milliseconds": milliseconds,
                "open": open_,
            }
        )
    return found
