"""What an offer costs until the goods are here, and how offers stand against each other; pure, with the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

HUNDRED, ZERO, ONE = Decimal(100), Decimal(0), Decimal(1)
CENT6 = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Cost:
    """The parts of a landed price: ``price`` as answered, ``net`` without tax, both in the answer's currency; ``value``
    in company currency, then what comes on top of it per unit, and the sum.
    """

    price: Decimal
    tax_rate: Decimal
    net: Decimal
    rate: Decimal
    value: Decimal
    freight: Decimal
    duty_percent: Decimal
    duty: Decimal
    landed: Decimal


def landed(
    price: Decimal, tax_rate: Decimal, included: bool, rate: Decimal, freight: Decimal, duty_percent: Decimal
) -> Cost:
    """What a unit costs. ``freight`` is per unit in company currency; duty is on value and freight."""
    net = price / (ONE + tax_rate / HUNDRED) if included else price
    value = net * rate
    duty = (value + freight) * duty_percent / HUNDRED
    total = value + freight + duty
    parts = (part.quantize(CENT6) for part in (net, value, freight, duty, total))
    net, value, freight, duty, total = parts
    return Cost(price, tax_rate, net, rate, value, freight, duty_percent, duty, total)


def freight_share(freight: Decimal, value: Decimal, all_value: Decimal, quantity: Decimal) -> Decimal:
    """What a unit of a line bears of a freight that was named for a whole answer: by value."""
    return freight * value / all_value / quantity if all_value and quantity else ZERO


@dataclass(frozen=True, slots=True)
class Record:
    """How a supplier delivered in the last year; None: no data. Where there is a ``score`` it counts."""

    lines: int = 0
    on_time: Decimal | None = None  # percent of the lines that were due
    accepted: Decimal | None = None  # percent of the quantity that was inspected or received
    score: Decimal | None = None

    @property
    def points(self) -> Decimal | None:
        """Between 0 and 100: the scorecard, else what is known of punctuality and quality; None without any."""
        if self.score is not None:
            return self.score
        known = [part for part in (self.on_time, self.accepted) if part is not None]
        return sum(known, ZERO) / len(known) if known else None


@dataclass(frozen=True, slots=True)
class Offer:
    """What one supplier offers for one line; ``score`` and its parts are points between 0 and 100."""

    line: int
    supplier: str
    quantity: Decimal
    landed: Decimal
    delivery_days: int | None
    minimum: Decimal = ZERO
    pack: Decimal = ZERO
    record: Record = Record()
    price_points: Decimal = ZERO
    date_points: Decimal = ZERO
    record_points: Decimal = ZERO
    score: Decimal = ZERO


def scored(offers: Sequence[Offer], weights: Mapping[str, int]) -> list[Offer]:
    """The offers of one line with their points: the cheapest and the fastest have 100, others in proportion; what is
    not known of a supplier counts as the middle of the field, so that nobody is favoured for having no record.
    """
    prices = [offer.landed for offer in offers if offer.landed > 0]
    days = [offer.delivery_days for offer in offers if offer.delivery_days is not None]
    known = [points for offer in offers if (points := offer.record.points) is not None]
    middle = sum(known, ZERO) / len(known) if known else Decimal(50)
    total = sum(weights.values()) or 1
    found = []
    for offer in offers:
        price = HUNDRED * min(prices) / offer.landed if prices and offer.landed > 0 else HUNDRED
        fast = _date_points(offer.delivery_days, days)
        record = offer.record.points if offer.record.points is not None else middle
        score = (
            price * weights["weight_price"] + fast * weights["weight_date"] + record * weights["weight_record"]
        ) / total
        tenth = Decimal("0.1")
        found.append(
            replace(
                offer,
                price_points=price.quantize(tenth),
                date_points=fast.quantize(tenth),
                record_points=record.quantize(tenth),
                score=score.quantize(tenth),
            )
        )
    return found


def _date_points(days: int | None, known: Sequence[int]) -> Decimal:
    if days is None or not known:
        return ZERO if known else HUNDRED
    return HUNDRED * Decimal(min(known) + 1) / Decimal(days + 1)


def best(offers: Sequence[Offer]) -> tuple[set[str], set[str]]:
    """The suppliers with the lowest landed price and those with the shortest delivery."""
    cheap = min((offer.landed for offer in offers), default=None)
    fast = min((offer.delivery_days for offer in offers if offer.delivery_days is not None), default=None)
    return (
        {offer.supplier for offer in offers if offer.landed == cheap},
        {offer.supplier for offer in offers if fast is not None and offer.delivery_days == fast},
    )
