"""Scorecards: all suppliers in their order, and one in detail; a fixed number of statements each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gendan.insight.permissions import VIEW
from gendan.insight.queries.facts import Asked, facts, months, within
from gendan.insight.queries.periods import Period, period_asked
from gendan.insight.queries.terms import terms_of
from gendan.insight.rules.advice import Advice, Other, advice_of
from gendan.insight.rules.figures import FIGURES, Sum, cost_of, total, value_of
from gendan.insight.rules.scoring import LOWEST, Score, Terms, scored
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

Row = dict[str, Any]
VIEW_PRICE = "purchasing.view_price"
# What one supplier may learn of the others: nothing.
SECRET = frozenset({"price_market"})
_SUPPLIERS = "SELECT p.id, p.code, p.name FROM catalog_partner p WHERE p.company_id = %s::bigint AND {which}"
# Who else delivers, or offers in a price list, what somebody delivered in the period.
_OTHERS = """
WITH sold AS (SELECT DISTINCT l.supplier_id, l.product_id FROM purchasing_orderline l
 WHERE l.company_id = %(company)s::bigint AND l.supplier_id = ANY(%(poor)s::bigint[])
  AND l.completed_on BETWEEN %(first)s::date AND %(last)s::date{within}),
also AS (SELECT l.supplier_id, l.product_id FROM purchasing_orderline l
 WHERE l.company_id = %(company)s::bigint AND l.product_id IN (SELECT product_id FROM sold)
  AND l.completed_on BETWEEN %(first)s::date AND %(last)s::date{within}
 UNION SELECT sp.partner_id, sp.product_id FROM catalog_supplierprice sp
 WHERE sp.company_id = %(company)s::bigint AND sp.product_id IN (SELECT product_id FROM sold))
SELECT s.supplier_id, a.supplier_id, count(*) FROM sold s JOIN also a ON a.product_id = s.product_id
 AND a.supplier_id <> s.supplier_id GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""
_CATEGORIES = """
SELECT c.code, c.name, count(*) AS lines, count(coalesce(l.promised_on, l.required_on)) AS due,
 count(*) FILTER (WHERE l.completed_on <= coalesce(l.promised_on, l.required_on)) AS on_time,
 sum(l.net * o.rate) AS value
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id LEFT JOIN catalog_category c ON c.id = p.category_id
WHERE l.company_id = %(company)s::bigint AND l.completed_on BETWEEN %(first)s::date AND %(last)s::date{within}
GROUP BY 1, 2 ORDER BY 3 DESC, 1
"""


@dataclass(slots=True)
class Card:
    """A supplier's scorecard in a period: the score, its trend and that of each figure (None: no data), what poor
    delivery cost (company currency).
    """

    id: int
    code: str
    name: str
    score: Score
    trend: list[Decimal | None]
    trends: dict[str, list[Decimal | None]]
    cost: Decimal
    advice: Advice = field(default_factory=lambda: Advice("unknown"))

    @property
    def total(self) -> Decimal | None:
        return self.score.total


@dataclass(slots=True)
class Ranking:
    """Every supplier with figures in a period, the best first."""

    period: Period
    category: str
    terms: Terms
    version: int
    cards: list[Card]


def ranking(
    actor: Actor, period: str = "year", category: str = "", *, suppliers: Sequence[str] | None = None
) -> Ranking:
    """The scorecards of all suppliers (or of these); errors: Forbidden, Invalid."""
    actor.must(VIEW)
    asked = period_asked(actor, period)
    which = "p.is_supplier" if suppliers is None else "p.code = ANY(%s::text[])"
    terms, version = terms_of(actor.company_id)
    found = _named(actor, which, [] if suppliers is None else [list(suppliers)])
    cards = _cards(actor, asked, category, terms, found, None if suppliers is None else tuple(found))
    _advise(actor, asked, terms, cards)
    ranked = sorted(cards, key=lambda card: (not card.score.grade, -(card.total or 0), card.code))
    return Ranking(asked, category, terms, version, ranked)


def scores(actor: Actor, suppliers: Sequence[str]) -> dict[str, Decimal]:
    """The totals of suppliers in the last twelve months, of those that have one; for comparing offers. It asks for no
    permission: who may compare may know.
    """
    asked = period_asked(actor, "month")
    named = _named(actor, "p.code = ANY(%s::text[])", [list(suppliers)])
    whole = Period("", asked.earliest, asked.last, ())
    terms, _version = terms_of(actor.company_id)
    cards = _cards(actor, whole, "", terms, named, tuple(named))
    return {card.code: card.total for card in cards if card.total is not None and card.score.grade}


def scorecard(
    actor: Actor, supplier: str, period: str = "year", category: str = "", *, version: int | None = None
) -> tuple[Ranking, Card]:
    """One supplier's scorecard, by the terms in force or of a version. Errors: NotFound, Forbidden, Invalid."""
    actor.must(VIEW)
    asked = period_asked(actor, period)
    terms, held = terms_of(actor.company_id, version)
    found = _named(actor, "p.code = %s::text", [supplier])
    if not found:
        raise NotFound(what=supplier)
    cards = _cards(actor, asked, category, terms, found, tuple(found), always=True)
    _advise(actor, asked, terms, cards)
    return Ranking(asked, category, terms, held, cards), cards[0]


def own_scorecard(actor: Actor, supplier: int, period: str = "year") -> tuple[Ranking, Card]:
    """A supplier's scorecard as the supplier sees it: without what would tell of others, and only if the company shows
    it. Errors: NotFound, Invalid. Its caller knows that the actor is of this supplier.
    """
    asked = period_asked(actor, period)
    terms, version = terms_of(actor.company_id)
    found = _named(actor, "p.id = %s::bigint", [supplier])
    if not terms.shown or not found:
        raise NotFound(what="")
    codes = frozenset(FIGURES) - SECRET
    cards = _cards(actor, asked, "", terms, found, (supplier,), always=True, codes=codes)
    return Ranking(asked, "", terms, version, cards), cards[0]


def categories(actor: Actor, card: Card, period: Period) -> list[Row]:
    """What of a supplier's lines belongs to which category; one statement."""
    actor.must(VIEW)
    asked = Asked(period.first, period.last, (card.id,))
    rows = db.dicts(_CATEGORIES.format(within=within(actor, asked, "po_line")), asked.params(actor))
    for row in rows:
        row["rate"] = value_of("on_time_first", {"on_time_first": Sum(row["due"], row["due"], row["on_time"])})
        row["value"] = row["value"] if actor.may(VIEW_PRICE) else None
    return rows


def category_names(actor: Actor) -> list[tuple[str, str]]:
    """Categories of products to choose from."""
    sql = "SELECT c.code, c.name FROM catalog_category c WHERE c.company_id = %s::bigint AND c.is_active"
    found = db.rows(
        f"{sql}{scope.also(actor, 'categories', 'c')} ORDER BY c.name, c.code LIMIT 300", [actor.company_id]
    )
    return [(code, name) for code, name in found]


def _named(actor: Actor, which: str, params: list[Any]) -> dict[int, tuple[str, str]]:
    sql = _SUPPLIERS.format(which=which) + scope.also(actor, "partners", "p")
    return {row[0]: (row[1], row[2]) for row in db.rows(sql, [actor.company_id, *params])}


def _cards(
    actor: Actor,
    period: Period,
    category: str,
    terms: Terms,
    named: Mapping[int, tuple[str, str]],
    ids: tuple[int, ...] | None,
    *,
    always: bool = False,
    codes: frozenset[str] | None = None,
) -> list[Card]:
    """A card for each of the suppliers that has sums in the period, or for each (``always``)."""
    first = period.earliest if period.points else period.first
    found = facts(actor, Asked(first, period.last, ids, category))
    cards = []
    for supplier, (code, name) in named.items():
        sums = total(months(found.get(supplier, {}), period.first, period.last))
        if sums or always:
            points = [total(months(found.get(supplier, {}), point.first, point.last)) for point in period.points]
            cards.append(
                Card(
                    supplier,
                    code,
                    name,
                    scored(sums, terms, codes),
                    [scored(point, terms, codes).total for point in points],
                    {code: [value_of(code, point, terms.costs) for point in points] for code in terms.measures},
                    cost_of(sums, terms.costs),
                )
            )
    return cards


def _advise(actor: Actor, period: Period, terms: Terms, cards: list[Card]) -> None:
    """Say of each card what to do with its supplier; two exchanges more where one of them is poor."""
    poor = [card.id for card in cards if card.score.grade == LOWEST]
    others: dict[int, list[Other]] = defaultdict(list)
    if poor:
        asked = Asked(period.first, period.last)
        sql = _OTHERS.format(within=within(actor, asked, "po_line"))
        pairs = db.rows(sql, {**asked.params(actor), "poor": poor})
        known = {card.id: card for card in cards}
        missing = {other for _supplier, other, _n in pairs if other not in known}
        if missing:
            named = _named(actor, "p.id = ANY(%s::bigint[])", [list(missing)])
            whole = Period("", period.first, period.last, ())
            known |= {card.id: card for card in _cards(actor, whole, "", terms, named, tuple(missing))}
        for supplier, other, products in pairs:
            card = known.get(other)
            if card is not None and card.total is not None and card.score.grade:
                others[supplier].append(Other(card.code, card.name, products, card.total))
    for card in cards:
        best = sorted(others[card.id], key=lambda one: (-one.products, -one.total, one.code))
        card.advice = advice_of(card.score, card.trend, best)
