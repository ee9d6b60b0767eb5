"""Rules that a company writes itself: make and change one, go back to what it said before, bring several in at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gendan.alerts.errors import TooManyRules
from gendan.alerts.permissions import SETUP
from gendan.alerts.queries.own_rules import versions_of, written
from gendan.alerts.steps import own_rules as steps
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

MOST_AT_ONCE = 100


@command("alerts.save_own_rule", _("保存自定义异常规则"), permission=SETUP)
def save_own_rule(*, actor: Actor, definition: Mapping[str, Any], code: str = "", version: int | None = None) -> Done:
    """Make a rule (without ``code``) or change one; what the definition does not say stays as it was.

    Errors: NotFound, TooManyRules, Stale, Invalid (by field).
    """
    taken = steps.lock_rules(actor)
    if code and code not in taken:
        raise NotFound(what=code)
    before: Mapping[str, Any] = {}
    if code:
        found = written(actor.company_id, code)[0]
        before = found["definition"]
        check_version(found["name"], found["version"], version)
    elif len(taken) >= steps.MOST:
        raise TooManyRules(most=steps.MOST)
    return _save(actor, code or steps.next_code(taken), before, definition)


@command("alerts.restore_own_rule", _("恢复自定义异常规则的旧版本"), permission=SETUP)
def restore_own_rule(*, actor: Actor, code: str, to: int, version: int | None = None) -> Done:
    """Let a rule say again what it said in version ``to``, as a new version. Errors: NotFound, Stale, Invalid."""
    if code not in steps.lock_rules(actor):
        raise NotFound(what=code)
    found = written(actor.company_id, code)[0]
    check_version(found["name"], found["version"], version)
    earlier = next((row["definition"] for row in versions_of(actor.company_id, code) if row["version"] == to), None)
    if earlier is None:
        raise Invalid({"to": gettext("没有第 %(n)s 版。") % {"n": to}})
    return _save(actor, code, found["definition"], earlier)


@command("alerts.import_own_rules", _("导入自定义异常规则"), permission=SETUP)
def import_own_rules(*, actor: Actor, rules: Sequence[Mapping[str, Any]]) -> Done:
    """Take in what was exported here or elsewhere, all or nothing: a rule of the same name is changed, others are new
    and off until somebody switches them on. Errors: TooManyRules, Invalid (``rules.0.condition``).
    """
    if not 0 < len(rules) <= MOST_AT_ONCE:
        text = gettext("一次可以导入 1 到 %(most)s 条规则。") % {"most": MOST_AT_ONCE}
        raise Invalid({"rules": text})
    taken = steps.lock_rules(actor)
    known = {row["name"]: row for row in written(actor.company_id)}
    problems: dict[str, str] = {}
    done: list[str] = []
    for n, given in enumerate(rules):
        said = {name: value for name, value in given.items() if name not in {"code", "version"}}
        earlier = known.get(str(said.get("name", "")).strip())
        code = earlier["code"] if earlier else steps.next_code(taken)
        if not earlier:
            taken.append(code)
            said["is_active"] = False
        try:
            _save(actor, code, earlier["definition"] if earlier else {}, said)
        except Invalid as refusal:
            problems |= {f"rules.{n}.{field}": text for field, text in refusal.fields.items()}
        done.append(code)
    if problems:
        raise Invalid(problems)
    if len(taken) > steps.MOST:
        raise TooManyRules(most=steps.MOST)
    return Done("alertrule", 0, "", data={"rules": done})


def _save(actor: Actor, code: str, before: Mapping[str, Any], definition: Mapping[str, Any]) -> Done:
    found = steps.checked(actor, {**before, **definition})
    after = found.definition
    id_, version = steps.save(actor, code, found)
    changes = {name: [before.get(name), after[name]] for name in after if before and before.get(name) != after[name]}
    event = "alerts.own_rule_saved" if before else "alerts.own_rule_made"
    record(event, Subject("alertrule", id_, code), actor, rule=after["name"], changes=changes)
    return Done("alertrule", id_, code, "", version, {"name": after["name"]})
