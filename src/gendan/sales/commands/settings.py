"""Decide how the company sells: settings, how the review answers, who is served first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.sales.queries.policy import read
from gendan.sales.rules.policy import KEYS, PriorityIn, RuleIn, is_fit, threshold_fits
from gendan.sales.rules.review import ANSWERS, DEFAULTS

SETTINGS = _("销售设置")
_ENSURE = """
INSERT INTO sales_salessettings (company_id, reserve_on_review, peg_incoming, request_shortage, request_safety_stock,
 handling_days, back_order, sign_by_carrier, discount_limit, version)
VALUES (%(company)s::bigint, %(reserve_on_review)s, %(peg_incoming)s, %(request_shortage)s, %(request_safety_stock)s,
 %(handling_days)s::smallint, %(back_order)s::text, %(sign_by_carrier)s, %(discount_limit)s::numeric, 1)
ON CONFLICT (company_id) DO NOTHING
"""
_LOCK = "SELECT id FROM sales_salessettings WHERE company_id = %s::bigint FOR UPDATE"
_SAVE = """
UPDATE sales_salessettings SET reserve_on_review = %(reserve_on_review)s, peg_incoming = %(peg_incoming)s,
 request_shortage = %(request_shortage)s, request_safety_stock = %(request_safety_stock)s,
 handling_days = %(handling_days)s::smallint, back_order = %(back_order)s::text, sign_by_carrier = %(sign_by_carrier)s,
 discount_limit = %(discount_limit)s::numeric, version = version + 1
WHERE company_id = %(company)s::bigint
"""
_RULES = """
INSERT INTO sales_reviewrule AS r (company_id, code, answer, threshold, version)
SELECT %s::bigint, code, answer, threshold, 1
FROM unnest(%s::text[], %s::text[], %s::numeric[]) AS t(code, answer, threshold)
ON CONFLICT (company_id, code) DO UPDATE
SET answer = excluded.answer, threshold = excluded.threshold, version = r.version + 1
"""
_FORGET = "DELETE FROM sales_priorityrule WHERE company_id = %s::bigint"
_PRIORITIES = """
INSERT INTO sales_priorityrule (company_id, position, key, descending, version)
SELECT %s::bigint, n, key, descending, 1
FROM unnest(%s::text[], %s::boolean[]) WITH ORDINALITY AS t(key, descending, n)
"""


@command("sales.save_settings", SETTINGS)
def save_settings(
    *,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    rules: Sequence[RuleIn] | None = None,
    priorities: Sequence[PriorityIn] | None = None,
    version: int | None = None,
) -> Done:
    """Change the given settings, rules of the review, and criteria of who is served first (all of these, in their
    order; none is the default). What is not given stays.

    Errors: Invalid (by field), Stale.
    """
    _check(values or {}, rules or (), priorities or ())
    (_version, held), _rules, _criteria = read(actor.company_id)
    db.later(_ENSURE, {"company": actor.company_id, **held})
    db.rows(_LOCK, [actor.company_id])
    (current, held), held_rules, held_criteria = read(actor.company_id)
    check_version(str(SETTINGS), current, version)
    changes: dict[str, list[Any]] = {
        name: [held[name], value] for name, value in (values or {}).items() if held[name] != value
    }
    changed = _changed_rules(held_rules, rules or ())
    changes |= {f"review.{rule.code}": [told(was), told(rule)] for was, rule in changed}
    wanted = [(p.key, p.descending) for p in priorities] if priorities is not None else held_criteria
    if wanted != held_criteria:
        changes["priorities"] = [_names(held_criteria), _names(wanted)]
    if not changes:
        return Done("salessettings", actor.company_id, "sales", "", current)
    db.later(_SAVE, {"company": actor.company_id, **held, **(values or {})})
    if changed:
        new = [rule for _was, rule in changed]
        columns = [r.code for r in new], [r.answer for r in new], db.array(r.threshold for r in new)
        db.later(_RULES, [actor.company_id, *columns])
    if "priorities" in changes:
        db.later(_FORGET, [actor.company_id])
        db.later(_PRIORITIES, [actor.company_id, [k for k, _d in wanted], [d for _k, d in wanted]])
    subject = Subject("salessettings", actor.company_id, "sales")
    record("sales.settings_saved", subject, actor, changes=changes)
    return Done("salessettings", actor.company_id, "sales", "", current + 1)


def _changed_rules(held: Sequence[Mapping[str, Any]], rules: Sequence[RuleIn]) -> list[tuple[RuleIn, RuleIn]]:
    """What was and what shall be, of each rule that changes."""
    known = {rule["code"]: RuleIn(rule["code"], rule["answer"], rule["threshold"]) for rule in held}
    wanted = [
        RuleIn(r.code, r.answer, DEFAULTS[r.code].threshold if r.threshold is None else r.threshold) for r in rules
    ]
    return [(known[rule.code], rule) for rule in wanted if known[rule.code] != rule]


def told(rule: RuleIn) -> str:
    """A rule in an event: its answer, and what it compares with."""
    return rule.answer if rule.threshold is None else f"{rule.answer} {rule.threshold.normalize():f}"


def _names(criteria: Sequence[tuple[str, bool]]) -> list[str]:
    return [f"-{key}" if down else key for key, down in criteria]


def _check(values: Mapping[str, Any], rules: Sequence[RuleIn], priorities: Sequence[PriorityIn]) -> None:
    problems: dict[str, str | Promise] = {
        name: _("不能这样设置。") for name, value in values.items() if not is_fit(name, value)
    }
    for rule in rules:
        if rule.code not in DEFAULTS or rule.answer not in ANSWERS:
            problems[f"rules.{rule.code}"] = _("不能这样设置。")
        elif not threshold_fits(rule.code, rule.threshold):
            problems[f"threshold.{rule.code}"] = _("数值超出范围。")
    if len({rule.code for rule in rules}) < len(rules):
        problems["rules"] = _("同一条规则只能出现一次。")
    keys = [priority.key for priority in priorities]
    for n, key in enumerate(keys):
        if key not in KEYS or key in keys[:n]:
            problems[f"priorities.{n}.key"] = _("每个依据只能用一次。") if key in KEYS else _("没有这个依据。")
    if problems:
        raise Invalid(problems)
