"""How a rule is called: built-in ones in the reader's language, a company's own by the name that its cases carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gendan.alerts.queries.texts import NAMES


def title(rule: str, facts: Mapping[str, Any]) -> str:
    """The name of the rule of a case."""
    return str(NAMES[rule]) if rule in NAMES else str(facts.get("rule_name") or rule)
