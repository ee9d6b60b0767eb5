"""The rules of a company: the built-in ones as it changed them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.texts import NAMES, THRESHOLDS
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.rules.rule import Rule, Word
from gendan.kernel import db
from gendan.kernel.actor import Actor

_SETTINGS = """
SELECT code, is_active, severity, thresholds::text, owner::text, answer_hours, remedies::text, version
FROM alerts_rule WHERE company_id = %s::bigint AND NOT is_own
"""
_SCANS = """
SELECT s.rule, s.at, s.found, s.milliseconds,
 (SELECT count(*) FROM (SELECT 1 FROM alerts_case c WHERE c.company_id = s.company_id AND c.rule = s.rule AND c.is_open
  LIMIT 10000) few)
FROM alerts_scan s WHERE s.company_id = %s::bigint
"""


def changed(rule: Rule, row: db.Row) -> Rule:
    """A rule with what the company's row says of it."""
    _code, active, severity, thresholds, owner, hours, remedies, _version = row
    return replace(
        rule,
        is_active=rule.is_active if active is None else active,
        severity=severity or rule.severity,
        values={name: Decimal(value) for name, value in json.loads(thresholds).items()},
        owner=tuple(Word(*word) for word in json.loads(owner)) if owner else rule.owner,
        answer_hours=rule.answer_hours if hours is None else hours,
        remedies=tuple(json.loads(remedies)) if remedies else rule.remedies,
    )


def rules_of(company_id: int) -> dict[str, Rule]:
    """Every built-in rule as it counts in a company; one statement."""
    rows = {row[0]: row for row in db.rows(_SETTINGS, [company_id])}
    return {code: changed(rule, rows[code]) if code in rows else rule for code, rule in BUILTIN.items()}


def versions_of(company_id: int) -> Mapping[str, int]:
    """The version of each rule that the company changed; the others have 1."""
    return {row[0]: row[-1] for row in db.rows(_SETTINGS, [company_id])}


def rule_list(actor: Actor) -> list[dict[str, Any]]:
    """The rules with how they are set up, when they looked last and how many cases are open; three statements."""
    actor.must(VIEW)
    versions = versions_of(actor.company_id)
    scans = {row[0]: row[1:] for row in db.rows(_SCANS, [actor.company_id])}
    found = []
    for code, rule in rules_of(actor.company_id).items():
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
                "version": versions.get(code, 1),
                "scanned_at": at,
                "found": last_found,
                "milliseconds": milliseconds,
                "open": open_,
            }
        )
    return found
