"""The three-way match: what an invoice says against what was ordered and received, line by line.

Prices are compared without tax and per unit, so that it does not matter how either document writes them. A price counts
as different when it deviates by more than the percentage *and* the difference is more than the amount: the first lets
small prices round, the second large invoices. Quantities count together with what was invoiced before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO, HUNDRED = Decimal(0), Decimal(100)
PLACES = Decimal("0.000001")
Finding = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Percentages, and amounts in the company's currency."""

    price_percent: Decimal = Decimal(1)
    amount: Decimal = Decimal(1)
    quantity_percent: Decimal = ZERO
    extra_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Part:
    """What of an invoice line is for one order line, and how that stands without this invoice."""

    order: str
    line: int
    order_line_id: int
    quantity: Decimal
    ordered: Decimal
    received: Decimal  # accepted, without what went back
    invoiced: Decimal  # by other invoices
    net_price: Decimal  # per unit, less what was accepted at a lower price
    tax_rate: Decimal
    reduced: Decimal = ZERO  # per unit


@dataclass(slots=True)
class Line:
    """An invoice line with its parts, in company currency at ``rate``."""

    id: int
    line_no: int
    quantity: Decimal
    net: Decimal
    tax_rate: Decimal
    rate: Decimal
    cent: Decimal = Decimal("0.01")
    parts: list[Part] = field(default_factory=list)


def find(lines: Sequence[Line], tolerances: Tolerances) -> dict[int, list[Finding]]:
    """What is wrong with each line, by its id; an empty list where nothing is."""
    taken: dict[int, Decimal] = {}
    found: dict[int, list[Finding]] = {}
    extra = sum((line.net * line.rate for line in lines if not line.parts), ZERO)
    for line in lines:
        if not line.parts:
            beyond = extra > tolerances.extra_amount
            found[line.id] = [_told("extra", amount=line.net, limit=tolerances.extra_amount)] if beyond else []
            continue
        found[line.id] = [*_price(line, tolerances), *_tax(line)]
        for part in line.parts:
            taken[part.order_line_id] = taken.get(part.order_line_id, ZERO) + part.quantity
            found[line.id] += _quantity(part, taken[part.order_line_id], tolerances)
    return found


def _price(line: Line, tolerances: Tolerances) -> Iterable[Finding]:
    expected = sum((part.quantity * part.net_price for part in line.parts), ZERO).quantize(PLACES, ROUND_HALF_UP)
    difference = line.net - expected
    too_much = abs(difference) > line.cent and abs(difference) * line.rate > tolerances.amount
    if not too_much or abs(difference) * HUNDRED <= expected * tolerances.price_percent:
        return
    reduced = sum((part.quantity * part.reduced for part in line.parts), ZERO)
    percent = (difference / expected * HUNDRED).quantize(Decimal("0.1"), ROUND_HALF_UP) if expected else None
    yield _told(
        "price",
        price=_rounded(line.net / line.quantity),
        agreed=_rounded(expected / line.quantity),
        percent=percent,
        difference=difference,
        **({"reduced": _rounded(reduced)} if reduced else {}),
    )


def _tax(line: Line) -> Iterable[Finding]:
    rates = sorted({part.tax_rate for part in line.parts if part.tax_rate != line.tax_rate})
    if rates:
        yield _told("tax", rate=line.tax_rate, agreed=rates[0])


def _quantity(part: Part, taken: Decimal, tolerances: Tolerances) -> Iterable[Finding]:
    invoiced = part.invoiced + taken
    allowed = (HUNDRED + tolerances.quantity_percent) / HUNDRED
    told = {"order": part.order, "line": part.line, "invoiced": invoiced, "before": part.invoiced}
    if invoiced > part.ordered * allowed:
        yield _told("over_order", **told, ordered=part.ordered)
    if invoiced > part.received * allowed:
        yield _told("over_receipt", **told, received=part.received)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)


def _told(kind: str, **evidence: Any) -> Finding:
    plain = {
        name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in evidence.items()
    }
    return {"kind": kind, **plain}


def state_of(findings: Mapping[int, Sequence[Finding]]) -> str:
    """matched, or mismatch when something was found in any line."""
    return "mismatch" if any(findings.values()) else "matched"


def paid_state(gross: Decimal, paid: Decimal) -> str:
    """The state of an approved bill of which so much is paid."""
    if paid >= gross:
        return "paid"
    return "partly_paid" if paid > 0 else "approved"


@dataclass(slots=True)
class OpenReceipt:
    """What of a receipt line no invoice has taken yet."""

    id: int
    receipt: str
    order_line_id: int
    open: Decimal


def spread(
    order_line_id: int, quantity: Decimal, receipt: str, open_: Sequence[OpenReceipt]
) -> list[tuple[int | None, Decimal]]:
    """The receipt lines that a quantity is taken from, oldest first; the rest without one. Takes it from them."""
    found: list[tuple[int | None, Decimal]] = []
    rest = quantity
    for row in open_:
        if row.order_line_id != order_line_id or row.open <= 0 or (receipt and row.receipt != receipt):
            continue
        taken = min(rest, row.open)
        if taken <= 0:
            break
        row.open -= taken
        rest -= taken
        found.append((row.id, taken))
    return [*found, (None, rest)] if rest > 0 else found
