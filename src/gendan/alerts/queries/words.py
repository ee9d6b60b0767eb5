"""A case in words: what is wrong, from its facts, in the language of who reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.queries.texts import SENTENCES, WITHOUT
from gendan.kernel.errors import decimal_text

# Facts that are money: hidden from who may not see prices.
MONEY = frozenset({"price", "last_price", "usual", "agreed", "limit", "total", "used", "amount", "unpaid", "percent"})
_CURRENT = MONEY - {"percent"}
HIDDEN = "***"
# Facts that are quantities: of the line's unit, and of the stock unit.
IN_UNIT = frozenset({"missing", "received", "shipped", "reserved", "over", "ordered", "uncovered", "quantity"})
IN_BASE = frozenset({"on_hand", "free", "safety", "incoming", "other_incoming", "needed", "daily"})
_NAMED = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def sentence(
    rule: str,
    facts: Mapping[str, Any],
    days: int,
    *,
    priced: bool,
    units: tuple[str, str] = ("", ""),
    currency: str = "",
) -> str:
    """What is wrong, in one sentence; money is left out for who may not see it. ``units``: the line's, the stock's;
    ``currency``: the company's.
    """
    said = {
        name: HIDDEN if name in MONEY and not priced and value is not None else fact(name, facts, units, currency)
        for name, value in facts.items()
        if name != "days"
    }
    said |= {"days": str(days), "days_given": shown("", facts.get("days"), units)}
    if rule not in SENTENCES:
        return _own(str(facts.get("message") or facts.get("rule_name") or rule), said)
    needed, other = WITHOUT.get(rule, ("", ""))
    text = other if needed and not facts.get(needed) else SENTENCES[rule]
    return str(text) % _Known(said)


def _own(message: str, said: Mapping[str, str]) -> str:
    """The words of a company's own rule, with facts for the names in braces."""
    return _NAMED.sub(lambda found: said.get(found[1], found[0]), message)


def fact(name: str, facts: Mapping[str, Any], units: tuple[str, str], currency: str) -> str:
    """A fact of a case as people read it; what is money names its currency."""
    value = facts.get(name)
    if name not in _CURRENT or isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return shown(name, value, units)
    if name == "price" and "rule_name" in facts:  # of a rule of one's own: as its order says it, in that currency
        currency = ""
    number = Decimal(str(value)).normalize()
    places = max(2, -int(number.as_tuple().exponent))
    return f"{number:,.{places}f} {facts.get('currency') or currency}".strip()


def shown(name: str, value: Any, units: tuple[str, str] = ("", "")) -> str:
    """A fact as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(shown("", part) for part in value)
    if isinstance(value, int | float | Decimal):
        unit = units[0] if name in IN_UNIT else units[1] if name in IN_BASE else ""
        number = Decimal(str(value))
        whole, dot, rest = decimal_text(number).partition(".")
        return f"{f'{int(whole):,}' if abs(number) >= 1 else whole}{dot}{rest} {unit}".strip()
    if isinstance(value, str) and _DAY.fullmatch(value):
        return f"{date.fromisoformat(value):%m-%d}"
    return str(value)


class _Known(dict[str, str]):
    """What a sentence asks for; a fact that is not there is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"
