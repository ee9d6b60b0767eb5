"""Whom to award what: by price, by date, by score, or split; pure. A proposal says how it was reckoned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from gendan.sourcing.rules.comparison import HUNDRED, ZERO, Offer, scored

WAYS = ("price", "date", "score", "split")
FAR = 10**6


@dataclass(frozen=True, slots=True)
class Share:
    """A proposed award; ``cost`` is quantity × landed price in company currency."""

    line: int
    supplier: str
    quantity: Decimal
    landed: Decimal
    cost: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Shares with their sum; ``left`` are lines (quantity) that nobody offers or whose minimum is too high."""

    way: str
    shares: tuple[Share, ...]
    left: tuple[tuple[int, Decimal], ...]
    cost: Decimal

    @property
    def suppliers(self) -> list[str]:
        return sorted({share.supplier for share in self.shares})


_ORDER: dict[str, Callable[[Offer], tuple[Any, ...]]] = {
    "price": lambda o: (o.landed, _days(o), o.supplier),
    "date": lambda o: (_days(o), o.landed, o.supplier),
    "score": lambda o: (-o.score, o.landed, o.supplier),
    "split": lambda o: (o.landed, _days(o), o.supplier),
}


def _days(offer: Offer) -> int:
    return FAR if offer.delivery_days is None else offer.delivery_days


def propose(
    way: str,
    wanted: Mapping[int, tuple[Decimal, int]],
    offers: Sequence[Offer],
    weights: Mapping[str, int],
    *,
    suppliers: int = 2,
    most: Decimal = Decimal(60),
) -> Proposal:
    """A proposal for ``wanted``: quantity and decimals of its unit by line. Split: at least so many suppliers for a
    line, none with more than ``most`` percent of it.
    """
    shares: list[Share] = []
    left: list[tuple[int, Decimal]] = []
    for line, (quantity, decimals) in wanted.items():
        mine = scored([offer for offer in offers if offer.line == line], weights)
        ranked = sorted(mine, key=_ORDER[way])
        parts = _split(ranked, quantity, decimals, suppliers, most) if way == "split" else _whole(ranked, quantity)
        shares += [
            Share(line, offer.supplier, part, offer.landed, part * offer.landed, offer.score) for offer, part in parts
        ]
        missing = quantity - sum((part for _offer, part in parts), ZERO)
        if missing > 0:
            left.append((line, missing))
    return Proposal(way, tuple(shares), tuple(left), sum((share.cost for share in shares), ZERO))


def _whole(ranked: Sequence[Offer], quantity: Decimal) -> list[tuple[Offer, Decimal]]:
    """All to the first whose minimum is met."""
    return next(([(offer, quantity)] for offer in ranked if offer.minimum <= quantity), [])


def _split(
    ranked: Sequence[Offer], quantity: Decimal, decimals: int, suppliers: int, most: Decimal
) -> list[tuple[Offer, Decimal]]:
    """The cheapest gets as much as one may have, the next as much of the rest, and so on; of so few suppliers that the
    shares cannot cover it, the rest stays open rather than breaking the rule.
    """
    step = Decimal(1).scaleb(-decimals)
    equal = HUNDRED / max(suppliers, 1)
    cap = (quantity * min(max(most, equal), HUNDRED) / HUNDRED).quantize(step, ROUND_DOWN)
    found: list[tuple[Offer, Decimal]] = []
    rest = quantity
    for offer in ranked:
        still = max(suppliers - len(found) - 1, 0)  # who else must get something
        part = min(cap, rest - step * still)
        if part <= 0 or part < offer.minimum:
            continue
        found.append((offer, part))
        rest -= part
        if rest <= 0:
            break
    return found
