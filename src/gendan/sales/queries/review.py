"""What the review of an order looks at, read from the database, and what it finds there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.catalog.queries import sales_prices
from gendan.flow.queries.standing import HAS_FLOW
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.sales.permissions import OVERRIDE
from gendan.sales.rules.review import Facts, Finding, LineFacts, examine, given, rules_of

DISCOUNT_LIMIT = Decimal(10)  # percent, where the company says nothing
NOTHING: frozenset[str] = frozenset()
NOT_PRICES = frozenset({"credit_limit", "overdue", "no_address"})

_ACCOUNT = f"""
SELECT p.credit_limit, round(coalesce(c.gross, 0) - coalesce(x.gross, 0), 4), coalesce(d.amount, 0),
 coalesce(%(today)s::date - d.since - p.payment_days, 0), coalesce(d.number, ''),
 coalesce(m.discount_limit, s.discount_limit), r.rules::text,
 {HAS_FLOW.format(company="p.company_id", kind="so", transition="submit")}
FROM catalog_partner p
LEFT JOIN sales_salessettings s ON s.company_id = p.company_id
CROSS JOIN LATERAL (
 SELECT jsonb_object_agg(code, jsonb_build_array(answer, threshold::text)) AS rules,
  coalesce(max(threshold) FILTER (WHERE code = 'overdue'), 0)::int AS grace,
  coalesce(bool_or(code = 'overdue' AND answer = 'off'), false) AS ignore_overdue
 FROM sales_reviewrule WHERE company_id = p.company_id) r
LEFT JOIN LATERAL (
 SELECT max(coalesce(ro.discount_limit, s.discount_limit, %(default)s::numeric)) AS discount_limit
 FROM accounts_membership m JOIN accounts_membership_roles mr ON mr.membership_id = m.id
 JOIN accounts_role ro ON ro.id = mr.role_id
 WHERE m.company_id = p.company_id AND m.user_id = %(user)s::bigint) m ON true
LEFT JOIN LATERAL (
 SELECT sum((o.gross - o.credited - o.paid_amount) * o.rate) AS gross FROM sales_salesorder o
 WHERE p.credit_limit IS NOT NULL AND o.company_id = p.company_id AND o.customer_id = p.id AND o.is_open
  AND o.state IN ('to_ship', 'partly_shipped', 'shipped', 'signed') AND o.settled_at IS NULL
  AND o.id <> %(order)s::bigint) c ON true
LEFT JOIN LATERAL (
 SELECT sum(l.gross * l.cancelled / l.quantity * o.rate) AS gross
 FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
 WHERE p.credit_limit IS NOT NULL AND l.customer_id = p.id AND l.cancelled > 0 AND o.is_open
  AND o.state IN ('to_ship', 'partly_shipped', 'shipped', 'signed') AND o.settled_at IS NULL
  AND o.id <> %(order)s::bigint) x ON true
LEFT JOIN LATERAL (
 SELECT round(sum(q.amount), 4) AS amount, min(q.since) AS since,
  (array_agg(q.number ORDER BY q.since, q.id))[1] AS number
 FROM (
  SELECT o.id, o.number, min(d.shipped_on) AS since,
   (sum(l.gross * (dl.quantity - dl.refused - dl.short) / l.quantity) - o.credited
    - o.paid_amount) * o.rate AS amount
  FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
  JOIN sales_deliveryline dl ON dl.order_line_id = l.id AND dl.quantity > dl.refused + dl.short
  JOIN sales_delivery d ON d.id = dl.delivery_id AND d.state IN ('shipped', 'signed')
  WHERE NOT r.ignore_overdue AND o.company_id = p.company_id AND o.customer_id = p.id AND o.is_open
   AND o.state IN ('partly_shipped', 'shipped', 'signed') AND o.settled_at IS NULL
   AND o.ordered_on < %(today)s::date - p.payment_days - r.grace
   AND d.shipped_on < %(today)s::date - p.payment_days - r.grace
  GROUP BY o.id) q WHERE q.amount > 0) d ON true
WHERE p.id = %(customer)s::bigint
"""
# What a stock unit was bought for last, without tax; the standard cost stands in for what was never bought.
_COST = """
LEFT JOIN LATERAL (
 SELECT b.net / b.quantity / b.factor * bo.rate AS worth FROM purchasing_orderline b
 JOIN purchasing_purchaseorder bo ON bo.id = b.order_id
 WHERE b.product_id = pr.id AND b.company_id = %(company)s::bigint AND (b.live OR b.completed_on IS NOT NULL)
 ORDER BY b.id DESC LIMIT 1) last ON true
"""
_PRODUCTS = f"""
SELECT pr.floor_price, round(coalesce(last.worth, pr.standard_cost), 8)
FROM unnest(%(products)s::bigint[]) WITH ORDINALITY AS t(id, n) JOIN catalog_product pr ON pr.id = t.id
{_COST} ORDER BY t.n
"""
_LINES = f"""
SELECT l.id, l.line_no, pr.code, l.quantity * l.factor, l.net, pr.floor_price,
 round(coalesce(last.worth, pr.standard_cost), 8), l.product_id, l.unit_id, l.quantity, l.unit_price, l.discount
FROM sales_salesline l JOIN catalog_product pr ON pr.id = l.product_id {_COST}
WHERE l.order_id = %(order)s::bigint ORDER BY l.line_no
"""
_OFFERED = f"""
SELECT l.id, l.line_no, pr.code, l.quantity * l.factor, l.net, pr.floor_price,
 round(coalesce(last.worth, pr.standard_cost), 8), l.product_id, l.unit_id, l.quantity, l.unit_price, l.discount
FROM sales_quotationline l JOIN catalog_product pr ON pr.id = l.product_id {_COST}
WHERE l.quotation_id = %(order)s::bigint ORDER BY l.line_no
"""
_OFFER = """
SELECT id, customer_id, currency, quoted_on, rate, gross * rate, true FROM sales_quotation
WHERE company_id = %s::bigint AND number = %s::text
"""
_HEADER = """
SELECT id, customer_id, currency, ordered_on, rate, gross * rate, ship_to_address <> '' FROM sales_salesorder
WHERE company_id = %s::bigint AND number = %s::text
"""


@dataclass(frozen=True, slots=True)
class Review:
    """What was found, and what a stock unit of each line is worth (company currency), in the order of the lines;
    whether the company has an approval flow for orders.
    """

    findings: Sequence[Finding]
    costs: Sequence[Decimal | None]
    has_flow: bool = False

    @property
    def as_json(self) -> list[dict[str, Any]]:
        return [found.as_json() for found in self.findings]

    @property
    def doubts(self) -> set[str]:
        """The rules that somebody has to let pass."""
        return {found.rule for found in self.findings if found.answer == "approve"}


@dataclass(frozen=True, slots=True)
class Header:
    """What the review needs to know of an order's header; ``amount`` in company currency."""

    id: int
    customer_id: int
    currency: str
    ordered_on: date
    rate: Decimal
    amount: Decimal
    has_address: bool


def account_of(actor: Actor, customer_id: int, order_id: int = 0) -> db.Statement:
    """How the customer stands, ``order_id`` apart, and what the company asks."""
    params = {
        "customer": customer_id,
        "order": order_id,
        "today": actor.today(),
        "user": actor.user_id,
        "default": DISCOUNT_LIMIT,
    }
    return _ACCOUNT, params


def worth_of(actor: Actor, product_ids: Sequence[int]) -> db.Statement:
    """Floor price and cost of each product, in this order."""
    return _PRODUCTS, {"company": actor.company_id, "products": db.array(product_ids)}


def lines_of(actor: Actor, order_id: int) -> db.Statement:
    """The lines of an order with the same."""
    return _LINES, {"company": actor.company_id, "order": order_id}


def line_facts(actor: Actor, header: Header, lines: Sequence[db.Row]) -> list[LineFacts]:
    """What ``lines_of`` found, beside the customer's listed prices; one statement."""
    wanted = [(n, row[7], row[8], row[9]) for n, row in enumerate(lines)]
    offers = sales_prices(actor.company_id, header.customer_id, header.currency, header.ordered_on, wanted)
    facts = []
    for n, (_id, line_no, product, quantity, net, floor, cost, *_keys, price, discount) in enumerate(lines):
        offer = offers.get(n)
        less = given(price, discount, offer.price, offer.discount) if offer else discount
        facts.append(LineFacts(line_no, product, quantity, net * header.rate, less, floor, cost))
    return facts


def find(
    actor: Actor,
    account: db.Row,
    amount: Decimal,
    lines: Sequence[LineFacts],
    has_address: bool,
    without: frozenset[str] = NOTHING,
) -> Review:
    """What the rules find (but for those in ``without``) in an order of this amount (company currency)."""
    limit, committed, overdue, days, oldest, discount_limit, rows, has_flow = account
    allowed = None if actor.may(OVERRIDE) else DISCOUNT_LIMIT if discount_limit is None else discount_limit
    facts = Facts(amount, lines, has_address, limit, committed, overdue, days, oldest, allowed)
    stored: Mapping[str, Any] = json.loads(rows) if rows else {}
    known = rules_of({code: (answer, None if at is None else Decimal(at)) for code, (answer, at) in stored.items()})
    asked = {code: rule for code, rule in known.items() if code not in without}
    return Review(examine(facts, asked), [line.cost for line in lines], has_flow)


def look(actor: Actor, number: str) -> list[dict[str, Any]]:
    """What a review of an order would find now, for who has to decide about it; four statements. Errors: NotFound."""
    found = db.row(_HEADER, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    header = Header(*found)
    account, lines = db.batch([account_of(actor, header.customer_id, header.id), lines_of(actor, header.id)])
    facts = line_facts(actor, header, lines)
    return find(actor, account[0], header.amount, facts, header.has_address).as_json


def look_at_offer(actor: Actor, number: str) -> list[dict[str, Any]]:
    """What a review would find in the prices of a quotation, were it ordered now; four statements. Errors: NotFound."""
    found = db.row(_OFFER, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    header = Header(*found)
    params = {"company": actor.company_id, "order": header.id}
    account, lines = db.batch([account_of(actor, header.customer_id), (_OFFERED, params)])
    facts = line_facts(actor, header, lines)
    return find(actor, account[0], header.amount, facts, header.has_address, NOT_PRICES).as_json
