"""Write awards under the inquiry's lock, and make orders out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel import db, tables
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import step
from gendan.kernel.values import quantity_problem
from gendan.sourcing.errors import NothingAwarded, NotOffered, OverAwarded
from gendan.sourcing.models import Inquiry
from gendan.sourcing.queries.comparison import Quote, quotes_of
from gendan.sourcing.rules.comparison import ZERO, Cost
from gendan.sourcing.rules.inquiry import AwardIn

_LINES = """
SELECT l.line_no, l.id, l.quantity - l.awarded, u.decimals, p.code, l.last_price, l.target_price
FROM sourcing_inquiryline l JOIN catalog_unit u ON u.id = l.unit_id JOIN catalog_product p ON p.id = l.product_id
WHERE l.inquiry_id = %s::bigint
"""
_AWARD = {
    "company_id": "bigint",
    "line_id": "bigint",
    "answer_line_id": "bigint",
    "invitation_id": "bigint",
    "quantity": "numeric",
    "unit_price": "numeric",
    "net_price": "numeric",
    "landed_price": "numeric",
    "last_price": "numeric",
    "average_price": "numeric",
    "target_price": "numeric",
    "awarded_by_id": "bigint",
}
_SUM = """
UPDATE sourcing_inquiryline l SET awarded = (SELECT coalesce(sum(a.quantity), 0) FROM sourcing_award a
 WHERE a.line_id = l.id) WHERE l.inquiry_id = %s::bigint
"""
_DROP = """
DELETE FROM sourcing_award a USING sourcing_inquiryline l
WHERE a.line_id = l.id AND l.inquiry_id = %s::bigint AND a.order_id IS NULL
"""
# What waits for its order: one row per award, with what an order line needs.
_WAITING = """
SELECT a.id, s.code, an.currency, an.tax_included, w.code, p.code, u.code, a.quantity, a.unit_price,
 coalesce((SELECT x.code FROM catalog_tax x WHERE x.company_id = a.company_id AND x.rate = al.tax_rate
  AND x.id <> coalesce(p.tax_id, 0) AND NOT EXISTS (SELECT 1 FROM catalog_tax y WHERE y.id = p.tax_id
   AND y.rate = al.tax_rate) ORDER BY x.id LIMIT 1), ''),
 l.required_on, al.substitute, l.id
FROM sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id
JOIN sourcing_answerline al ON al.id = a.answer_line_id JOIN sourcing_answer an ON an.id = al.answer_id
JOIN sourcing_invitation i ON i.id = a.invitation_id JOIN catalog_partner s ON s.id = i.partner_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.inquiry_id = %s::bigint AND a.order_id IS NULL ORDER BY s.code, l.line_no, a.id
"""
_LOCK_REQUISITIONS = """
SELECT r.id FROM purchasing_requisition r WHERE r.id IN (SELECT rl.requisition_id FROM sourcing_inquirysource s
 JOIN sourcing_inquiryline l ON l.id = s.line_id JOIN purchasing_requisitionline rl ON rl.id = s.requisition_line_id
 WHERE l.inquiry_id = %s::bigint) ORDER BY r.id FOR NO KEY UPDATE OF r
"""
# What of each source may still be ordered: what was asked for it, and what its requisition still lacks.
_SOURCES = """
SELECT s.id, s.line_id, s.requisition_line_id,
 least(s.quantity - s.ordered, CASE WHEN r.state IN ('approved', 'partly_ordered')
  THEN rl.quantity - rl.ordered - rl.cancelled ELSE 0 END)
FROM sourcing_inquirysource s JOIN sourcing_inquiryline l ON l.id = s.line_id
JOIN purchasing_requisitionline rl ON rl.id = s.requisition_line_id
JOIN purchasing_requisition r ON r.id = rl.requisition_id
WHERE l.inquiry_id = %s::bigint ORDER BY l.line_no, s.id
"""
_ORDERED = """
UPDATE sourcing_award a SET order_id = t.order_id, order_line_id = o.id
FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS t(id, order_id, line_no)
JOIN purchasing_orderline o ON o.order_id = t.order_id AND o.line_no = t.line_no WHERE a.id = t.id
"""
_TAKEN = """
UPDATE sourcing_inquirysource s SET ordered = s.ordered + t.quantity
FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, quantity) WHERE s.id = t.id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An award that is not ordered yet, with the requisition lines that it serves."""

    id: int
    supplier: str
    currency: str
    tax_included: bool
    warehouse: str
    product: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax: str
    required_on: Any
    substitute: str
    line_id: int
    wanted_by: tuple[tuple[int, Decimal], ...] = ()


@step
def propose(actor: Actor, inquiry: Inquiry, awards: Sequence[AwardIn]) -> list[dict[str, Any]]:
    """Write awards of a locked inquiry; what is told of each.

    Errors: NothingAwarded, NotFound, NotOffered, OverAwarded, Invalid.
    """
    if not awards:
        raise NothingAwarded()
    known = {row[0]: row[1:] for row in db.rows(_LINES, [inquiry.pk])}
    quotes = quotes_of(actor, inquiry.pk)
    by_pair = {(quote.line, quote.supplier): quote for quote in quotes}
    average = _averages(quotes)
    taken: dict[int, Decimal] = defaultdict(Decimal)
    rows, told = [], []
    for n, award in enumerate(awards):
        if award.line not in known:
            raise NotFound(what=f"{inquiry.number} #{award.line}")
        line_id, left, decimals, product, last, target = known[award.line]
        if problem := quantity_problem(award.quantity, decimals):
            raise Invalid({f"awards.{n}.quantity": problem})
        quote = by_pair.get((award.line, award.supplier))
        cost = quote.cost(award.quantity) if quote else None
        if quote is None or cost is None:
            raise NotOffered(supplier=award.supplier, number=inquiry.number, line=award.line)
        if quote.minimum > award.quantity:
            least = _("低于供应商的最小起订量 %(minimum)s。") % {"minimum": f"{quote.minimum.normalize():f}"}
            raise Invalid({f"awards.{n}.quantity": least})
        taken[award.line] += award.quantity
        if taken[award.line] > left:
            names = {"number": inquiry.number, "line": award.line, "product": product}
            raise OverAwarded(**names, open=left - taken[award.line] + award.quantity, quantity=award.quantity)
        rows.append(_row(actor, line_id, quote, award.quantity, cost, (last, average[award.line], target)))
        told.append({"line": award.line, "product": product, "supplier": award.supplier, "quantity": award.quantity})
    tables.insert("sourcing_award", _AWARD, rows)
    db.later(_SUM, [inquiry.pk])
    return told


def _averages(quotes: Sequence[Quote]) -> dict[int, Decimal]:
    """The average of all offers for each line as it was asked for: without tax, in company currency."""
    values: dict[int, list[Decimal]] = defaultdict(list)
    for quote in quotes:
        cost = quote.cost(quote.asked)
        if cost is not None:
            values[quote.line].append(cost.value)
    return {line: sum(found, ZERO) / len(found) for line, found in values.items()}


def _row(
    actor: Actor, line_id: int, quote: Quote, quantity: Decimal, cost: Cost, compared: tuple[Any, Decimal, Any]
) -> dict[str, Any]:
    last, average, target = compared
    return {
        "company_id": actor.company_id,
        "line_id": line_id,
        "answer_line_id": quote.answer_line,
        "invitation_id": quote.invitation,
        "quantity": quantity,
        "unit_price": cost.price,
        "net_price": cost.value,
        "landed_price": cost.landed,
        "last_price": last,
        "average_price": average.quantize(Decimal("0.000001")),
        "target_price": target,
        "awarded_by_id": actor.user_id,
    }


@step
def drop_proposed(inquiry: int) -> None:
    """Take back the awards that are not ordered."""
    db.later(_DROP, [inquiry])
    db.later(_SUM, [inquiry])


@step
def waiting(inquiry: int) -> list[Waiting]:
    """The awards that are not ordered, each with its share of requisition lines, which are locked; the shares are
    written down.
    """
    found = [Waiting(*row) for row in db.rows(_WAITING, [inquiry])]
    db.rows(_LOCK_REQUISITIONS, [inquiry])
    left: dict[int, list[list[Any]]] = defaultdict(list)
    for source_id, line_id, requisition_line, quantity in db.rows(_SOURCES, [inquiry]):
        left[line_id].append([source_id, requisition_line, quantity])
    used: dict[int, Decimal] = defaultdict(Decimal)
    result = []
    for award in found:
        rest, wanted = award.quantity, []
        for source in left[award.line_id]:
            part = min(rest, source[2])
            if part > 0:
                source[2] -= part
                rest -= part
                used[source[0]] += part
                wanted.append((source[1], part))
        result.append(replace(award, wanted_by=tuple(wanted)))
    if used:
        db.later(_TAKEN, [list(used), list(used.values())])
    return result


@step
def ordered(awards: Sequence[tuple[int, int, int]]) -> None:
    """Write down which order line each award became: (award, order, line number)."""
    ids, orders, numbers = zip(*awards, strict=True)
    db.later(_ORDERED, [list(ids), list(orders), list(numbers)])
