"""The comparison as a page and programs read it: lines × suppliers, proposals with their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from gendan.kernel.actor import Actor
from gendan.sourcing.errors import StillSealed
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.comparison import Quote, offers, quotes_of, records_of
from gendan.sourcing.queries.inquiries import InquiryDetail, inquiry_detail
from gendan.sourcing.queries.policy import policy_of
from gendan.sourcing.rules.comparison import ZERO, Offer, Record, best, scored
from gendan.sourcing.rules.policy import WEIGHTS
from gendan.sourcing.rules.proposals import WAYS, Proposal, propose

Row = dict[str, Any]


@dataclass(slots=True)
class Matrix:
    """An inquiry with its offers; ``cells`` by (line, supplier). ``weights`` are what the score counts, in percent."""

    detail: InquiryDetail
    cells: dict[tuple[int, str], Row] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)


def matrix(actor: Actor, number: str, *, suppliers: int = 2, most: Decimal = Decimal(60)) -> Matrix:
    """Everything for comparing; a fixed number of statements. Errors: NotFound, Forbidden, StillSealed."""
    actor.must(VIEW_PRICE)
    detail = inquiry_detail(actor, number)
    header = detail.header
    if header["sealed_now"]:
        raise StillSealed(number=number, closes=f"{header['closes_at'].astimezone(actor.zone):%Y-%m-%d %H:%M}")
    quotes = quotes_of(actor, header["id"])
    records = records_of(actor, [row["supplier"] for row in detail.suppliers])
    policy, _version = policy_of(actor.company_id)
    weights = {name: getattr(policy, name) for name in WEIGHTS}
    # Before everything is awarded the open quantity is what is compared, afterwards what was asked.
    shown = {row["line"]: row["open"] if row["open"] > 0 else row["quantity"] for row in detail.lines}
    found = Matrix(detail, records=records, weights=weights)
    found.cells = _cells(actor, quotes, offers(quotes, records, shown), weights, shown)
    wanted = {row["line"]: (row["open"], row["decimals"]) for row in detail.lines if row["open"] > 0}
    if wanted and header["state"] == "answered":
        still = offers(quotes, records, {line: quantity for line, (quantity, _d) in wanted.items()})
        found.proposals = [
            propose(way, wanted, still, weights, suppliers=suppliers, most=most) for way in WAYS if still
        ]
    return found


def _cells(
    actor: Actor,
    quotes: Sequence[Quote],
    found: Sequence[Offer],
    weights: dict[str, int],
    shown: dict[int, Decimal],
) -> dict[tuple[int, str], Row]:
    by_line: dict[int, list[Offer]] = defaultdict(list)
    for offer in found:
        by_line[offer.line].append(offer)
    points = {(o.line, o.supplier): o for line in by_line.values() for o in scored(line, weights)}
    marks = {line: best(many) for line, many in by_line.items()}
    cells = {}
    for quote in quotes:
        cost = quote.cost(shown.get(quote.line, ZERO))
        cheap, fast = marks.get(quote.line, (set(), set()))
        point = points.get((quote.line, quote.supplier))
        cells[quote.line, quote.supplier] = {
            "quoted": cost is not None,
            "currency": quote.currency,
            "tax_included": quote.tax_included,
            "tax_rate": quote.tax_rate,
            "prices": quote.prices,
            "delivery_days": quote.delivery_days,
            "minimum": quote.minimum,
            "pack": quote.pack,
            "substitute": quote.substitute,
            "note": quote.note,
            "late": quote.late,
            "expired": quote.valid_to is not None and quote.valid_to < actor.today(),
            "cost": asdict(cost) if cost else None,
            "freight_named": bool(quote.freight),
            "freight_percent": quote.freight_percent,
            "best_price": quote.supplier in cheap,
            "best_date": quote.supplier in fast,
            "score": point.score if point else None,
            "points": asdict(point) if point else None,
        }
    return cells
