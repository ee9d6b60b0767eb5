"""What the company decided about selling: its rows, else the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.permissions import VIEW
from gendan.sales.queries.findings import RULES
from gendan.sales.rules import policy, priority
from gendan.sales.rules.review import rules_of

_SETTINGS = f"SELECT version, {', '.join(policy.FIELDS)} FROM sales_salessettings WHERE company_id = %s::bigint"
_RULES = "SELECT code, answer, threshold FROM sales_reviewrule WHERE company_id = %s::bigint"
_PRIORITIES = "SELECT key, descending FROM sales_priorityrule WHERE company_id = %s::bigint ORDER BY position"


@dataclass(frozen=True, slots=True)
class Policy:
    """``rules`` in the order in which findings are told, ``priorities`` in the order in which they apply; ``version``
    is of all of it.
    """

    version: int
    settings: dict[str, Any]
    rules: list[dict[str, Any]]
    priorities: list[dict[str, Any]]


def policy_of(actor: Actor) -> Policy:
    """The company's policy; one exchange."""
    actor.must(VIEW)
    settings, rules, priorities = read(actor.company_id)
    return Policy(
        settings[0],
        settings[1],
        [{**rule, "name": str(RULES[rule["code"]])} for rule in rules],
        [{"key": key, "descending": down} for key, down in priorities],
    )


def read(company_id: int) -> tuple[tuple[int, dict[str, Any]], list[dict[str, Any]], list[tuple[str, bool]]]:
    """Version with settings, rules, and criteria, as they count."""
    company = [company_id]
    settings, rules, priorities = db.batch([(_SETTINGS, company), (_RULES, company), (_PRIORITIES, company)])
    kept = {code: (answer, threshold) for code, answer, threshold in rules}
    counted = [
        {"code": rule.code, "answer": rule.answer, "threshold": rule.threshold} for rule in rules_of(kept).values()
    ]
    chosen = [(key, down) for key, down in priorities] or list(priority.DEFAULT)
    if not settings:
        return (1, dict(policy.DEFAULTS)), counted, chosen
    version, *values = settings[0]
    return (version, dict(zip(policy.FIELDS, values, strict=True))), counted, chosen
