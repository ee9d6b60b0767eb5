"""Framework contracts as they are asked for, kept as versions and compared; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.sourcing.rules.inquiry import BreakIn, price_for

ZERO = Decimal(0)
OVERS = ("stop", "approve", "warn")
MAX_LINES, MAX_BREAKS, MOST_DAYS, LEAD_DAYS = 1000, 20, 365, 1000
HEAD = (
    "title", "reference", "currency", "valid_from", "valid_to", "agreed_amount", "over", "remind_days",
    "remind_percent", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContractLineIn:
    """A product at agreed prices (the one from 0 on first); ``quantity`` None is as much as is needed."""

    product: str
    prices: tuple[BreakIn, ...] = ()
    quantity: Decimal | None = None
    unit: str = ""
    minimum: Decimal = ZERO
    lead_days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract as it is asked for; ``currency`` empty is the supplier's or the company's."""

    supplier: str
    valid_from: date | None = None
    valid_to: date | None = None
    title: str = ""
    reference: str = ""
    currency: str = ""
    agreed_amount: Decimal | None = None
    over: str = "stop"
    remind_days: int = 30
    remind_percent: int = 80
    note: str = ""
    lines: tuple[ContractLineIn, ...] = ()

    def stripped(self) -> ContractDraft:
        """The same without blanks around texts."""
        return replace(
            self, title=self.title.strip(), reference=self.reference.strip(), note=self.note.strip(),
            currency=self.currency.strip().upper(),
        )  # fmt: skip


def worth(draft: ContractDraft) -> Decimal:
    """What a contract comes to: the agreed amount, else the agreed quantities at their prices."""
    if draft.agreed_amount is not None:
        return draft.agreed_amount
    return sum((_worth(line) for line in draft.lines if line.quantity), ZERO)


def _worth(line: ContractLineIn) -> Decimal:
    assert line.quantity is not None
    price = price_for([(one.from_quantity, one.price) for one in line.prices], line.quantity) or ZERO
    return line.quantity * price


def as_content(draft: ContractDraft) -> dict[str, Any]:
    """A draft as a version keeps it: texts and lists."""
    head = {name: _text(getattr(draft, name)) for name in ("supplier", *HEAD)}
    lines = [
        {
            "product": line.product,
            "unit": line.unit,
            "quantity": _text(line.quantity),
            "minimum": _text(line.minimum),
            "lead_days": line.lead_days,
            "note": line.note,
            "prices": [[_text(one.from_quantity), _text(one.price)] for one in line.prices],
        }
        for line in draft.lines
    ]
    return {**head, "lines": lines}


def as_draft(content: Mapping[str, Any]) -> ContractDraft:
    """What a version keeps, as a draft again."""
    lines = tuple(
        ContractLineIn(
            line["product"],
            tuple(BreakIn(Decimal(start), Decimal(price)) for start, price in line["prices"]),
            None if line["quantity"] is None else Decimal(line["quantity"]),
            line["unit"],
            Decimal(line["minimum"]),
            line["lead_days"],
            line["note"],
        )
        for line in content["lines"]
    )
    amount = content["agreed_amount"]
    return ContractDraft(
        content["supplier"], date.fromisoformat(content["valid_from"]), date.fromisoformat(content["valid_to"]),
        content["title"], content["reference"], content["currency"], None if amount is None else Decimal(amount),
        content["over"], int(content["remind_days"]), int(content["remind_percent"]), content["note"], lines,
    )  # fmt: skip


def changes(before: ContractDraft, after: ContractDraft) -> list[list[Any]]:
    """What differs, as (field, before, after); of lines ("NUT price", before, after) in words: whoever may not see
    prices is not shown them.
    """
    old, new = as_content(before), as_content(after)
    found = [[name, old[name], new[name]] for name in HEAD if old[name] != new[name]]
    was, now = _by_product(before.lines), _by_product(after.lines)
    for key in dict.fromkeys([*was, *now]):
        told = [words(was[key]) if key in was else None, words(now[key]) if key in now else None]
        if told[0] != told[1]:
            found.append([f"{key[0]} price", *told])
    return found


def _by_product(lines: Sequence[ContractLineIn]) -> dict[tuple[str, str], ContractLineIn]:
    return {(line.product, line.unit): line for line in lines}


def words(line: ContractLineIn) -> str:
    """A line in short: 500 @ 1.8; 1000=1.75."""
    prices = "; ".join(
        _plain(one.price) if not one.from_quantity else f"{_plain(one.from_quantity)}={_plain(one.price)}"
        for one in line.prices
    )
    return f"{_plain(line.quantity) if line.quantity is not None else '∞'} @ {prices}"


def _text(value: Any) -> str | int | None:
    if isinstance(value, Decimal):
        return _plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
