"""A company's own rules for pages and programs: what they say, what they may say, their versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.own_subjects import SUBJECTS
from gendan.alerts.queries.texts import REMEDIES
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.timeline import EVENT_LABELS
from gendan.notices.queries import usable_channels

Row = dict[str, Any]
# What a rule of one's own consists of, by the names that form, API and file have in common, and what holds when nothing
# is said.
EMPTY: Mapping[str, Any] = {
    "name": "",
    "is_active": False,
    "subject": "po_line",
    "trigger": "state",
    "field": "",
    "offset": 0,
    "working": False,
    "events": [],
    "condition": "",
    "message": "",
    "severity": "medium",
    "owner": [["buyer", ""]],
    "answer_hours": "8",
    "remedies": [],
    "channels": [],
    "repeat_hours": "0",
    "quiet_from": "",
    "quiet_to": "",
    "ladder": [],
}
_LIST = """
SELECT r.code, r.name, r.is_active, r.severity, r.subject, r.trigger::text, r.condition, r.message, r.owner::text,
 r.answer_hours, r.remedies::text, r.reminding::text, r.version, r.updated_at, r.rested_at, s.at,
 coalesce(s.milliseconds, 0),
 (SELECT count(*) FROM (SELECT 1 FROM alerts_case c WHERE c.company_id = r.company_id AND c.rule = r.code AND c.is_open
  LIMIT 10000) few)
FROM alerts_rule r LEFT JOIN alerts_scan s ON s.company_id = r.company_id AND s.rule = r.code
WHERE r.company_id = %s::bigint AND r.is_own AND (%s::text IS NULL OR r.code = %s::text) ORDER BY r.id
"""
_VERSIONS = """
SELECT v.version, v.at, v.definition::text, coalesce(nullif(u.name, ''), u.username, '')
FROM alerts_ruleversion v LEFT JOIN accounts_user u ON u.id = v.user_id
WHERE v.company_id = %s::bigint AND v.code = %s::text ORDER BY v.version DESC LIMIT 200
"""
_ROLES = "SELECT code, name FROM accounts_role WHERE company_id = %s::bigint ORDER BY id"


def own_rules(actor: Actor, code: str | None = None) -> list[Row]:
    """The company's own rules, each with its definition, when it looked last and how many cases are open."""
    actor.must(VIEW)
    return written(actor.company_id, code)


def written(company_id: int, code: str | None = None) -> list[Row]:
    """The same for commands, which ask for their own permission."""
    return [_shown(row) for row in db.rows(_LIST, [company_id, code, code])]


def own_rule(actor: Actor, code: str) -> Row:
    """One of them. Errors: NotFound."""
    found = own_rules(actor, code)
    if not found:
        raise NotFound(what=code)
    return found[0]


def _shown(row: db.Row) -> Row:
    code, name, active, severity, subject, trigger, condition, message, owner, hours, remedies, reminding = row[:12]
    version, updated_at, rested_at, scanned_at, milliseconds, open_ = row[12:]
    looks, told = json.loads(trigger), json.loads(reminding)
    definition = {
        **EMPTY,
        **told,
        "name": name,
        "is_active": bool(active),
        "subject": subject,
        "trigger": looks.get("kind", "state"),
        "field": looks.get("field", ""),
        "offset": looks.get("offset", 0),
        "working": looks.get("working", False),
        "events": looks.get("events", []),
        "condition": condition,
        "message": message,
        "severity": severity,
        "owner": json.loads(owner or "[]"),
        "answer_hours": str(hours.normalize()) if hours else "0",
        "remedies": json.loads(remedies or "[]"),
    }
    return {
        "code": code,
        **definition,
        "definition": definition,
        "subject_label": str(SUBJECTS[subject].label) if subject in SUBJECTS else subject,
        "version": version,
        "updated_at": updated_at,
        "rested_at": rested_at if active else None,
        "scanned_at": scanned_at,
        "milliseconds": milliseconds,
        "open": open_,
    }


def versions(actor: Actor, code: str) -> list[Row]:
    """What a rule said before, newest first."""
    actor.must(VIEW)
    return versions_of(actor.company_id, code)


def versions_of(company_id: int, code: str) -> list[Row]:
    """The same for commands."""
    found = db.rows(_VERSIONS, [company_id, code])
    return [{"version": n, "at": at, "definition": json.loads(text), "by": by} for n, at, text, by in found]


def names(company_id: int) -> dict[str, str]:
    """How the company's own rules are called."""
    return dict(db.rows("SELECT code, name FROM alerts_rule WHERE company_id = %s::bigint AND is_own", [company_id]))


def choices(actor: Actor) -> Row:
    """What a rule may be made of: subjects with facts, dates and events; roles, channels, remedies."""
    subjects = {
        code: {
            "label": str(subject.label),
            "fields": [
                {"name": name, "label": str(fact.label), "bare": str(fact.label), "type": fact.type}
                for name, (_sql, fact) in subject.facts.items()
            ],
            "dates": [[name, str(subject.facts[name][1].label)] for name in subject.dates],
            "events": [
                [kind, str(label)]
                for kind, label in EVENT_LABELS.items()
                if subject.events and kind.startswith(subject.events)
            ],
        }
        for code, subject in SUBJECTS.items()
    }
    return {
        "subjects": subjects,
        "roles": [[code, name] for code, name in db.rows(_ROLES, [actor.company_id])],
        "channels": [[row["code"], row["name"]] for row in usable_channels(actor)],
        "remedies": [[code, str(label)] for code, label in REMEDIES.items()],
    }
