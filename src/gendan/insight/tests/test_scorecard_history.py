"""With the imported history the scorecards say what the file says, reckoned here by hand with plain Python."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from gendan.catalog.tests.make import make_actor, make_company
from gendan.insight.queries.scorecard import Card, ranking, scorecard
from gendan.integrations.history.load import load_history
from gendan.integrations.history.mapping import load_mapping

FILE = Path(__file__).resolve().parents[2] / "integrations" / "data" / "scms_delivery_history.csv"
YEAR, CENT = "2012", Decimal("0.01")
DELIVERY = ("on_time_first", "on_time_last", "in_full", "accuracy", "lead", "spread", "cost")
PRICES = ("price_market", "price_year")
OTHER_DAYS = ("pq first sent to client date", "delivered to client date", "delivery recorded date")
PRODUCT = ("item description", "brand", "dosage", "dosage form", "unit of measure (per pack)", "product group")


class Row(NamedTuple):
    """A line of the file with the days that count."""

    vendor: str
    product: tuple[str, ...]
    sent: date
    due: date
    came: date
    quantity: int
    value: Decimal

    @property
    def month(self) -> int:
        return self.came.year * 12 + self.came.month - 1


def day(text: str) -> date | None:
    for form in ("%d-%b-%y", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def rows_of_file() -> list[Row]:
    """The purchases. An order was sent once; where that is not known, on the earliest day known of any of its lines,
    and never after the day that it promises.
    """
    with FILE.open(encoding="utf-8-sig", newline="") as source:
        bought = [row for row in csv.DictReader(source) if row["fulfill via"] == "Direct Drop"]
    orders = defaultdict(list)
    for row in bought:
        orders[row["po / so #"]].append(row)
    sent = {}
    for number, lines in orders.items():
        known = [day(row["po sent to vendor date"]) for row in lines]
        dues = [day(row["scheduled delivery date"]) for row in lines]
        others = [day(row[name]) for row in lines for name in OTHER_DAYS]
        days = [one for one in known if one] or [one for one in [*dues, *others] if one]
        sent[number] = min([*days, *(one for one in dues if one)])
    return [
        Row(
            " ".join(row["vendor"].split()),
            tuple(row[name] for name in PRODUCT),
            sent[row["po / so #"]],
            day(row["scheduled delivery date"]) or date.min,
            day(row["delivered to client date"]) or date.min,
            int(row["line item quantity"]),
            Decimal(row["line item value"]),
        )
        for row in bought
    ]


def two(value: Decimal | float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(CENT, ROUND_HALF_UP)


def delivery_by_hand(rows: list[Row]) -> dict[str, Decimal | None]:
    """The figures of one supplier's lines."""
    n, days = len(rows), [max((row.came - row.sent).days, 0) for row in rows]
    on_time = two(Decimal(100 * sum(row.came <= row.due for row in rows)) / n)
    value = sum((row.value for row in rows), Decimal(0))
    late = sum((row.value * max((row.came - row.due).days, 0) for row in rows), Decimal(0))
    mean = sum(days) / n
    return {
        "on_time_first": on_time,
        "on_time_last": on_time,
        "in_full": Decimal(100),
        "accuracy": Decimal(100),
        "lead": two(Decimal(sum(days)) / n),
        "spread": two(math.sqrt(sum((one - mean) ** 2 for one in days) / n)) if n > 1 else None,
        "cost": two(late / 1000 / value * 100) if value else None,
    }


def price_by_hand(mine: list[Row], rows: list[Row], vendor: str, figure: str) -> Decimal | None:
    """What was paid over what it would have cost at the others' prices of the year that ends with each month, or at
    the supplier's own of the year before.
    """
    paid, measure = Decimal(0), Decimal(0)
    by_product = defaultdict(list)
    for row in rows:
        by_product[row.product].append(row)
    for row in mine:
        if not row.value:
            continue
        back = (0, 11) if figure == "price_market" else (12, 23)
        others = [
            one
            for one in by_product[row.product]
            if one.value and (one.vendor != vendor) == (figure == "price_market")
            and back[0] <= row.month - one.month <= back[1]
        ]  # fmt: skip
        if others:
            paid += row.value
            price = sum((one.value for one in others), Decimal(0)) / sum(one.quantity for one in others)
            measure += price * row.quantity
    return two(100 * (paid / measure - 1)) if measure else None


@pytest.mark.django_db
def test_the_figures_are_those_of_the_file() -> None:
    company = make_company()
    actor = make_actor(company=company)
    load_history(actor=actor, path=FILE, mapping=load_mapping("scms"))
    rows = rows_of_file()
    assert len(rows) == 4920
    for period, wanted in (("all", rows), (YEAR, [row for row in rows if row.came.year == int(YEAR)])):
        found = {card.name: card for card in ranking(actor, period).cards}
        vendors = {row.vendor for row in wanted}
        assert set(found) == vendors
        for vendor in vendors:
            mine = [row for row in wanted if row.vendor == vendor]
            compare(found[vendor], mine, rows)
    card = max(found.values(), key=lambda one: one.score.of("lead").n)
    _ranking, alone = scorecard(actor, card.code, YEAR)
    assert (alone.score, alone.trend) == (card.score, card.trend)
    month, by_month = "2012-05", [row for row in rows if (row.came.year, row.came.month) == (2012, 5)]
    for card in ranking(actor, month).cards:
        compare(card, [row for row in by_month if row.vendor == card.name], rows)
    quarter = {card.name: card.score.of("lead").n for card in ranking(actor, "2012-Q2").cards}
    assert sum(quarter.values()) == sum(row.came.year == 2012 and 4 <= row.came.month <= 6 for row in rows)


def compare(card: Card, mine: list[Row], rows: list[Row]) -> None:
    """Every figure that the file knows; what it does not know has no value and no points, and the others count more."""
    by_hand = delivery_by_hand(mine)
    for code in DELIVERY:
        assert card.score.of(code).value == by_hand[code], (card.name, code)
    for code in PRICES:
        value, wanted = card.score.of(code).value, price_by_hand(mine, rows, card.name, code)
        assert value == wanted, (card.name, code)
    for code in ("lots", "defects", "actions", "confirming", "changes", "urging", "papers"):
        one = card.score.of(code)
        assert (one.value, one.points, one.share, one.n) == (None, None, 0, 0)
    known = [one for one in card.score.figures if one.points is not None]
    weighed = sum((one.points or 0) * one.weight for one in known) / sum(one.weight for one in known)
    assert card.total == Decimal(weighed).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert card.score.covered == Decimal(sum(one.weight for one in known)).quantize(Decimal("0.1"))
    assert card.score.of("lead").n == len(mine)
