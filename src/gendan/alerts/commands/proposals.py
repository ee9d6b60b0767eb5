"""Apply what the figures propose for a rule, and take it back."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.alerts.errors import NoSuchProposal, ProposalOutdated, UnknownRule
from gendan.alerts.permissions import SETUP
from gendan.alerts.queries.measures import found_proposals, level
from gendan.alerts.queries.own_rules import written
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.texts import NAMES
from gendan.alerts.rules.rule import Rule
from gendan.alerts.steps import own_rules as own_steps
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_SET = """
INSERT INTO alerts_rule AS r (company_id, code, is_active, thresholds, version)
VALUES (%(company)s::bigint, %(code)s::text, %(is_active)s::boolean, %(thresholds)s::jsonb, 2)
ON CONFLICT (company_id, code) DO UPDATE SET is_active = coalesce(excluded.is_active, r.is_active),
 thresholds = r.thresholds || excluded.thresholds, version = r.version + 1, updated_at = now()
RETURNING id, version
"""
_LOOK_AGAIN = "DELETE FROM alerts_scan WHERE company_id = %s::bigint AND rule = %s::text"
_NOTE = """
INSERT INTO alerts_proposal (company_id, rule, kind, before, after, evidence, user_id)
VALUES (%s::bigint, %s::text, %s::text, %s::jsonb, %s::jsonb, %s::jsonb, %s::bigint) RETURNING id
"""
_FIND = """
SELECT rule, kind, before::text, after::text, state FROM alerts_proposal
WHERE company_id = %s::bigint AND id = %s::bigint FOR UPDATE
"""
_UNDONE = "UPDATE alerts_proposal SET state = 'undone', undone_at = now() WHERE id = %s::bigint"


@command("alerts.apply_proposal", _("采纳规则调整建议"), permission=SETUP)
def apply_proposal(*, actor: Actor, rule: str, after: str) -> Done:
    """Do what is proposed for a rule: ``after`` is the value that was shown. Errors: UnknownRule, NoSuchProposal."""
    known = _locked(actor, rule)
    found = next((one for one in found_proposals(actor) if one.rule == rule and one.after == after), None)
    if found is None:
        raise NoSuchProposal(rule=_name(known))
    before, to = {found.threshold: found.before}, {found.threshold: found.after}
    id_, version = _write(actor, known, to)
    noted = db.row(
        _NOTE,
        [
            actor.company_id,
            rule,
            found.kind,
            json.dumps(before),
            json.dumps(to),
            json.dumps(found.evidence),
            actor.user_id,
        ],
    )
    assert noted is not None
    changes = {name: [before[name], value] for name, value in to.items()}
    record("alerts.proposal_applied", Subject("alertrule", id_, rule), actor, rule=_name(known), changes=changes)
    return Done("alertrule", id_, rule, "", version, {"proposal": noted[0]})


@command("alerts.undo_proposal", _("撤销已采纳的规则调整"), permission=SETUP)
def undo_proposal(*, actor: Actor, proposal: int) -> Done:
    """Put back what a rule said before; refused when somebody changed it since. Errors: NotFound, ProposalOutdated."""
    found = db.row(_FIND, [actor.company_id, proposal])
    if found is None:
        raise NotFound(what=str(proposal))
    rule, _kind, before, after, state = found
    known = _locked(actor, rule)
    if state != "applied" or _now(known, json.loads(after)) != json.loads(after):
        raise ProposalOutdated(rule=_name(known))
    id_, version = _write(actor, known, json.loads(before))
    db.later(_UNDONE, [proposal])
    changes = {name: [json.loads(after)[name], value] for name, value in json.loads(before).items()}
    record("alerts.proposal_undone", Subject("alertrule", id_, rule), actor, rule=_name(known), changes=changes)
    return Done("alertrule", id_, rule, "", version)


def _locked(actor: Actor, code: str) -> Rule:
    own_steps.lock_rules(actor)
    db.execute(_LOCK, [f"alerts:{actor.company_id}:{code}"])
    found = rules_of(actor.company_id).get(code)
    if found is None:
        raise UnknownRule(rule=code)
    return found


def _now(rule: Rule, asked: dict[str, Any]) -> dict[str, str]:
    """What a rule says of the same things now."""
    values = {"is_active": str(rule.is_active).lower(), "days": str(level(rule)), "offset": str(level(rule))}
    return {name: values[name] for name in asked}


def _write(actor: Actor, rule: Rule, to: dict[str, str]) -> tuple[int, int]:
    if rule.own is not None:
        definition = dict(written(actor.company_id, rule.code)[0]["definition"])
        definition |= {name: value == "true" if name == "is_active" else int(value) for name, value in to.items()}
        return own_steps.save(actor, rule.code, own_steps.checked(actor, definition))
    thresholds = {name: value for name, value in to.items() if name != "is_active"}
    active = to["is_active"] == "true" if "is_active" in to else None
    params = {"company": actor.company_id, "code": rule.code, "is_active": active}
    saved = db.row(_SET, {**params, "thresholds": json.dumps(thresholds)})
    assert saved is not None
    db.later(_LOOK_AGAIN, [actor.company_id, rule.code])
    return saved[0], saved[1]


def _name(rule: Rule) -> str:
    return rule.own.name if rule.own is not None else str(NAMES[rule.code])
