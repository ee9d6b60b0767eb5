"""A case in words: what is wrong, from its facts, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.queries.texts import SENTENCES
from gendan.kernel.errors import decimal_text

# Facts that are money: hidden from who may not see prices.
MONEY = frozenset({"price", "usual", "limit", "total", "used", "worth", "amount"})
HIDDEN = "***"
# Facts that are quantities of the line's unit.
QUANTITIES = frozenset({"missing", "received", "shipped", "reserved"})


def sentence(rule: str, facts: Mapping[str, Any], days: int, *, priced: bool, unit: str = "") -> str:
    """What is wrong, in one sentence; money is left out for who may not see it."""
    said = {
        name: HIDDEN if name in MONEY and not priced else shown(name, value, unit)
        for name, value in facts.items()
        if name != "days"
    }
    said |= {"days": str(days), "days_given": shown("", facts.get("days"), "")}
    text = str(SENTENCES[rule]) if rule in SENTENCES else rule
    return text % _Known(said)


def shown(name: str, value: Any, unit: str) -> str:
    """A fact as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(shown("", part, "") for part in value)
    if isinstance(value, int | float | Decimal):
        number = decimal_text(Decimal(str(value)))
        return f"{number} {unit}" if unit and name in QUANTITIES else number
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-":
        return _day(value)
    return str(value)


def _day(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%m-%d}"
    except ValueError:
        return text


def number_of(value: Any) -> Decimal | None:
    """A fact as a number."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


class _Known(dict[str, str]):
    """What a sentence asks for; a fact that is not there is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"
