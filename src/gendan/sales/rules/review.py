"""What the review of a sales order looks at, and what it finds; the company says how each rule answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
HUNDRED = Decimal(100)
ANSWERS = ("off", "warn", "approve", "stop")
LISTED = 50  # lines that a finding names; it counts them all


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rule answers. ``threshold``: of ``overdue`` the days granted beyond the customer's payment days, of
    ``margin`` the percent of the net amount that must be earned; the others have none.
    """

    code: str
    answer: str
    threshold: Decimal | None = None


# What counts without a row of the company, in the order in which findings are told.
DEFAULTS: Mapping[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule("credit_limit", "approve"),
        Rule("overdue", "warn", ZERO),
        Rule("below_cost", "approve"),
        Rule("below_floor", "approve"),
        Rule("margin", "warn", Decimal(5)),
        Rule("discount", "approve"),
        Rule("no_address", "warn"),
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and the company's answer to it; ``data`` holds the figures as text, ``lines`` of them."""

    rule: str
    answer: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "answer": self.answer, "data": dict(self.data)}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line in stock units and company currency. ``given`` is the percent below the customer's listed price (the
    discount, where nothing is listed); ``floor`` and ``cost`` are of a stock unit, None where unknown.
    """

    line_no: int
    product: str
    quantity: Decimal
    net: Decimal
    given: Decimal = ZERO
    floor: Decimal | None = None
    cost: Decimal | None = None

    @property
    def price(self) -> Decimal:
        """The net price of a stock unit."""
        return self.net / self.quantity


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about an order at its review; amounts in company currency.

    ``committed`` is what the customer's other orders that passed are worth and not settled. ``discount_limit`` is what
    the person who asks may give; None is anything.
    """

    amount: Decimal
    lines: Sequence[LineFacts]
    has_address: bool = True
    credit_limit: Decimal | None = None
    committed: Decimal = ZERO
    overdue: Decimal = ZERO
    overdue_days: int = 0
    overdue_order: str = ""
    discount_limit: Decimal | None = None


def rules_of(rows: Mapping[str, tuple[str, Decimal | None]]) -> dict[str, Rule]:
    """The company's rules: its rows (answer, threshold by code), else the defaults."""
    return {
        code: Rule(code, rows[code][0], default.threshold if rows[code][1] is None else rows[code][1])
        if code in rows
        else default
        for code, default in DEFAULTS.items()
    }


def examine(facts: Facts, rules: Mapping[str, Rule]) -> list[Finding]:
    """Every finding, in the order of the rules; one for each rule at most."""
    found = []
    for rule in rules.values():
        data = None if rule.answer == "off" else _CHECKS[rule.code](facts, rule.threshold)
        if data is not None:
            found.append(Finding(rule.code, rule.answer, data))
    return found


def given(price: Decimal, discount: Decimal, listed: Decimal | None, listed_discount: Decimal = ZERO) -> Decimal:
    """How many percent a line is below the listed price of the customer; without one, its discount."""
    base = listed * (HUNDRED - listed_discount) if listed is not None else ZERO
    if base <= 0:
        return discount
    return max(HUNDRED - price * (HUNDRED - discount) * HUNDRED / base, ZERO)


def _credit(facts: Facts, _threshold: Decimal | None) -> dict[str, Any] | None:
    if facts.credit_limit is None or facts.committed + facts.amount <= facts.credit_limit:
        return None
    over = facts.committed + facts.amount - facts.credit_limit
    return {
        "limit": _text(facts.credit_limit),
        "committed": _text(facts.committed),
        "amount": _text(facts.amount),
        "over": _text(over),
    }


def _overdue(facts: Facts, _threshold: Decimal | None) -> dict[str, Any] | None:
    if facts.overdue <= 0:
        return None
    return {"amount": _text(facts.overdue), "days": facts.overdue_days, "order": facts.overdue_order}


def _below_cost(facts: Facts, _threshold: Decimal | None) -> dict[str, Any] | None:
    return _lines(
        {"line": line.line_no, "product": line.product, "price": _text(line.price, 6), "cost": _text(line.cost, 6)}
        for line in facts.lines
        if line.cost is not None and line.net < line.cost * line.quantity
    )


def _below_floor(facts: Facts, _threshold: Decimal | None) -> dict[str, Any] | None:
    return _lines(
        {"line": line.line_no, "product": line.product, "price": _text(line.price, 6), "floor": _text(line.floor, 6)}
        for line in facts.lines
        if line.floor is not None and line.net < line.floor * line.quantity
    )


def _margin(facts: Facts, threshold: Decimal | None) -> dict[str, Any] | None:
    known = [line for line in facts.lines if line.cost is not None]
    net = sum((line.net for line in known), ZERO)
    cost = sum((line.cost * line.quantity for line in known if line.cost is not None), ZERO)
    if not known or (net - cost) * HUNDRED >= net * (threshold or ZERO):
        return None
    return {"margin": _text((net - cost) * HUNDRED / net if net else -HUNDRED), "least": _text(threshold or ZERO)}


def _discount(facts: Facts, _threshold: Decimal | None) -> dict[str, Any] | None:
    limit = facts.discount_limit
    if limit is None:
        return None
    found = _lines(
        {"line": line.line_no, "product": line.product, "given": _text(line.given)}
        for line in facts.lines
        if _cent(line.given) > limit
    )
    return found and {**found, "limit": _text(limit)}


def _no_address(facts: Facts, _threshold: Decimal | None) -> dict[str, Any] | None:
    return None if facts.has_address else {}


_CHECKS = {
    "credit_limit": _credit,
    "overdue": _overdue,
    "below_cost": _below_cost,
    "below_floor": _below_floor,
    "margin": _margin,
    "discount": _discount,
    "no_address": _no_address,
}


def _lines(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    found = list(rows)
    return {"lines": found[:LISTED], "count": len(found)} if found else None


def _cent(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _text(value: Decimal | None, places: int = 2) -> str:
    text = format(_cent(value or ZERO, places), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
