"""The offers of an inquiry with what they cost until the goods are here; a fixed number of statements."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sourcing.queries.policy import rates_of
from gendan.sourcing.rules.comparison import HUNDRED, ZERO, Cost, Offer, Record, freight_share, landed
from gendan.sourcing.rules.inquiry import price_for
from gendan.sourcing.rules.policy import RateIn

Row = dict[str, Any]
# Contexts above register here who knows suppliers' scores of the last year (0 to 100) by code.
SCORES: list[Callable[[Actor, Sequence[str]], Mapping[str, Decimal]]] = []
YEAR = timedelta(days=365)
_OFFERS = """
SELECT i.id, p.code, p.country, a.currency, a.rate, a.tax_included, a.freight, a.late, a.valid_to, al.id, l.id,
 l.line_no, l.quantity, u.decimals, al.quoted, al.tax_rate, al.delivery_days, al.minimum, al.pack, al.substitute,
 al.note, coalesce((SELECT jsonb_agg(jsonb_build_array(x.from_quantity::text, x.price::text) ORDER BY x.from_quantity)
  FROM sourcing_answerprice x WHERE x.answer_line_id = al.id), '[]')::text
FROM sourcing_invitation i JOIN sourcing_answer a ON a.invitation_id = i.id AND a.current
JOIN sourcing_answerline al ON al.answer_id = a.id JOIN sourcing_inquiryline l ON l.id = al.line_id
JOIN catalog_unit u ON u.id = l.unit_id JOIN catalog_partner p ON p.id = i.partner_id
WHERE i.company_id = %s::bigint AND i.inquiry_id = %s::bigint ORDER BY l.line_no, i.id
"""
_RECORDS = """
SELECT s.code, count(*), count(*) FILTER (WHERE l.completed_on <= coalesce(l.promised_on, l.required_on)),
 count(*) FILTER (WHERE coalesce(l.promised_on, l.required_on) IS NOT NULL), sum(l.accepted), sum(l.rejected)
FROM catalog_partner s JOIN purchasing_orderline l ON l.company_id = s.company_id AND l.supplier_id = s.id
 AND l.completed_on >= %s::date
WHERE s.company_id = %s::bigint AND s.code = ANY(%s::text[]) GROUP BY 1
"""


@dataclass(slots=True)
class Quote:
    """What a supplier says about a line. ``share`` is the named freight that a unit bears, in company currency; without
    one ``freight_percent`` of the value.
    """

    invitation: int
    supplier: str
    country: str
    currency: str
    rate: Decimal
    tax_included: bool
    freight: Decimal
    late: bool
    valid_to: date | None
    answer_line: int
    line_id: int
    line: int
    asked: Decimal
    decimals: int
    quoted: bool
    tax_rate: Decimal
    delivery_days: int | None
    minimum: Decimal
    pack: Decimal
    substitute: str
    note: str
    prices: list[tuple[Decimal, Decimal]]
    share: Decimal = ZERO
    freight_percent: Decimal = ZERO
    duty_percent: Decimal = ZERO

    def cost(self, quantity: Decimal) -> Cost | None:
        """What a unit costs when so many are bought; None for what is not offered."""
        price = price_for(self.prices, quantity)
        if not self.quoted or price is None:
            return None
        bare = landed(price, self.tax_rate, self.tax_included, self.rate, ZERO, ZERO)
        freight = self.share if self.freight else bare.value * self.freight_percent / HUNDRED
        return landed(price, self.tax_rate, self.tax_included, self.rate, freight, self.duty_percent)


def quotes_of(actor: Actor, inquiry: int) -> list[Quote]:
    """What counts of every supplier's answers, by line; two statements."""
    rates = {rate.country.strip().lower(): rate for rate in rates_of(actor.company_id)}
    other = rates.get("", RateIn())
    found = []
    for row in db.rows(_OFFERS, [actor.company_id, inquiry]):
        prices = [(Decimal(start), Decimal(price)) for start, price in json.loads(row[-1])]
        quote = Quote(*(*row[:-1], prices))
        rate = rates.get(quote.country.strip().lower(), other)
        quote.freight_percent, quote.duty_percent = rate.freight_percent, rate.duty_percent
        found.append(quote)
    _spread_freight(found)
    return found


def _spread_freight(quotes: Sequence[Quote]) -> None:
    """A freight that was named for all of an answer is borne by its lines by value, as they were asked for."""
    values: dict[int, Decimal] = {}
    total: dict[int, Decimal] = defaultdict(Decimal)
    for quote in quotes:
        price = price_for(quote.prices, quote.asked) if quote.quoted else None
        if price is not None and quote.freight:
            bare = landed(price, quote.tax_rate, quote.tax_included, quote.rate, ZERO, ZERO)
            values[quote.answer_line] = bare.value * quote.asked
            total[quote.invitation] += values[quote.answer_line]
    for quote in quotes:
        if quote.answer_line in values:
            freight, value = quote.freight * quote.rate, values[quote.answer_line]
            quote.share = freight_share(freight, value, total[quote.invitation], quote.asked)


def records_of(actor: Actor, suppliers: Sequence[str]) -> dict[str, Record]:
    """How suppliers delivered what was completed in the last year, by purchasing's own lines, with their scores; one
    statement and what scores take.
    """
    since = actor.today() - YEAR
    found = {}
    for code, lines, on_time, due, accepted, rejected in db.rows(_RECORDS, [since, actor.company_id, list(suppliers)]):
        tenth = Decimal("0.1")
        checked = (accepted or ZERO) + (rejected or ZERO)
        found[code] = Record(
            lines,
            (HUNDRED * on_time / due).quantize(tenth) if due else None,
            (HUNDRED * (accepted or ZERO) / checked).quantize(tenth) if checked else None,
        )
    for scores_of in SCORES:
        for code, score in scores_of(actor, suppliers).items():
            found[code] = replace(found.get(code, Record()), score=score)
    return found


def offers(quotes: Sequence[Quote], records: dict[str, Record], open_of: dict[int, Decimal]) -> list[Offer]:
    """The offers for what is still open of the lines, as proposals want them."""
    found = []
    for quote in quotes:
        quantity = open_of.get(quote.line, ZERO)
        cost = quote.cost(quantity) if quantity > 0 else None
        if cost is not None:
            record = records.get(quote.supplier, Record())
            found.append(
                Offer(
                    quote.line,
                    quote.supplier,
                    quantity,
                    cost.landed,
                    quote.delivery_days,
                    quote.minimum,
                    quote.pack,
                    record,
                )
            )
    return found


def is_sealed(sealed: bool, closes_at: datetime | None, now: datetime) -> bool:
    """Whether nobody may see the answers yet."""
    return sealed and closes_at is not None and now < closes_at
