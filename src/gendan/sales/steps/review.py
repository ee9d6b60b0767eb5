"""The review of an order inside a command: gather what the rules look at, refuse what the company forbids, keep what
was found and what the goods were worth.

Two orders of a customer cannot both pass under one credit limit: the customer's row is locked, where there is a limit,
before the other orders are summed up, and until the end of the command. Lock order: sales orders → this row → balances;
an order is written only after it, so that two orders with one customer's number do not wait for each other crosswise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.catalog.queries import sales_prices
from gendan.flow import steps as flow
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts
from gendan.kernel.unit import step
from gendan.sales.errors import FindingsChanged, ReviewStopped
from gendan.sales.permissions import OVERRIDE
from gendan.sales.queries.findings import tell
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.review import Facts, Finding, LineFacts, examine, given, rules_of
from gendan.sales.steps.lookup import Header, Item
from gendan.sales.steps.order import LockedOrder

ZERO = Decimal(0)
APPROVE = "sales.approve_order"
DISCOUNT_LIMIT = Decimal(10)

# Taken before the sums, in a statement of its own: the sums then see what another holder committed.
_HOLD = """
SELECT id FROM catalog_partner WHERE id = %s::bigint AND credit_limit IS NOT NULL FOR NO KEY UPDATE
"""
_ACCOUNT = """
SELECT p.credit_limit, coalesce(c.committed, 0), coalesce(d.amount, 0),
 coalesce(%(today)s::date - d.since - p.payment_days, 0), coalesce(d.number, ''),
 coalesce(m.discount_limit, s.discount_limit), r.rules::text
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
 SELECT round(sum(l.gross * (l.quantity - l.cancelled) / l.quantity * o.rate), 4) AS committed
 FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
 WHERE p.credit_limit IS NOT NULL AND o.company_id = p.company_id AND o.customer_id = p.id AND o.is_open
  AND o.state IN ('to_ship', 'partly_shipped', 'shipped', 'signed') AND o.settled_at IS NULL
  AND o.id <> %(order)s::bigint) c ON true
LEFT JOIN LATERAL (
 SELECT round(sum(l.gross * (dl.quantity - dl.refused) / l.quantity * o.rate), 4) AS amount, min(d.shipped_on) AS since,
  (array_agg(o.number ORDER BY d.shipped_on, o.id))[1] AS number
 FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
 JOIN sales_deliveryline dl ON dl.order_line_id = l.id AND dl.quantity > dl.refused
 JOIN sales_delivery d ON d.id = dl.delivery_id AND d.state IN ('shipped', 'signed')
 WHERE NOT r.ignore_overdue AND o.company_id = p.company_id AND o.customer_id = p.id AND o.is_open
  AND o.state IN ('partly_shipped', 'shipped', 'signed') AND o.settled_at IS NULL
  AND o.ordered_on < %(today)s::date - p.payment_days - r.grace
  AND d.shipped_on < %(today)s::date - p.payment_days - r.grace) d ON true
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
_KEEP = """
WITH lines AS (
 UPDATE sales_salesline l SET unit_cost = t.cost FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, cost)
 WHERE l.id = t.id)
UPDATE sales_salesorder SET findings = %s::jsonb WHERE id = %s::bigint
"""


@dataclass(frozen=True, slots=True)
class Review:
    """What was found, and what a stock unit of each line is worth (company currency), in the order of the lines."""

    findings: Sequence[Finding]
    costs: Sequence[Decimal | None]

    @property
    def as_json(self) -> list[dict[str, Any]]:
        return [found.as_json() for found in self.findings]

    @property
    def doubts(self) -> set[str]:
        """The rules that somebody has to let pass."""
        return {found.rule for found in self.findings if found.answer == "approve"}


@step
def hold_customer(customer_id: int) -> None:
    """Queue the lock of the customer's row, for who writes an order before its review. See above."""
    db.later(_HOLD, [customer_id])


@step
def review_new(
    actor: Actor, header: Header, items: Sequence[Item], lines: Sequence[LineIn], sums: Sequence[Amounts], number: str
) -> Review:
    """Review an order before it is written; ``number`` is how a refusal calls it. Errors: ReviewStopped."""
    params = {"company": actor.company_id, "products": db.array(item.product_id for item in items)}
    account, products = _gather(actor, header.customer_id, 0, (_PRODUCTS, params))
    facts = [
        LineFacts(
            n,
            line.product,
            line.quantity * item.factor,
            amounts.net * header.rate,
            given(item.unit_price, item.discount, item.listed, item.listed_discount),
            floor,
            cost,
        )
        for n, (line, item, amounts, (floor, cost)) in enumerate(zip(lines, items, sums, products, strict=True), 1)
    ]
    gross = sum((amounts.gross for amounts in sums), ZERO) * header.rate
    review = _found(actor, account, gross, facts, bool(header.address[3].strip()))
    _refuse_stops(actor, review, number)
    return review


@step
def review_order(
    actor: Actor, order: LockedOrder, *, keep: bool = True, without: frozenset[str] = frozenset()
) -> Review:
    """Review a locked order as it stands in the database, and ``keep`` what was found with it.

    ``without`` names rules that are not asked again. Three statements; one more keeps. Errors: ReviewStopped.
    """
    params = {"company": actor.company_id, "order": order.id}
    account, lines = _gather(actor, order.customer_id, order.id, (_LINES, params))
    wanted = [(n, row[7], row[8], row[9]) for n, row in enumerate(lines)]
    offers = sales_prices(actor.company_id, order.customer_id, order.currency, order.ordered_on, wanted)
    facts = []
    for n, (_id, line_no, product, quantity, net, floor, cost, *_keys, price, discount) in enumerate(lines):
        offer = offers.get(n)
        less = given(price, discount, offer.price, offer.discount) if offer else discount
        facts.append(LineFacts(line_no, product, quantity, net * order.rate, less, floor, cost))
    review = _found(actor, account, order.company_amount, facts, order.has_address, without)
    _refuse_stops(actor, review, order.number)
    if keep:
        ids, costs = db.array(row[0] for row in lines), db.array(review.costs)
        db.later(_KEEP, [ids, costs, json.dumps(review.as_json), order.id])
    return review


def state_after(actor: Actor, review: Review, amount: Decimal) -> str:
    """Where an order goes that is submitted: it passes at once if its sender may approve the amount (company currency)
    and nothing was found that somebody has to look at, or the sender may pass over that.
    """
    waits = bool(review.doubts) and not actor.may(OVERRIDE)
    return "to_ship" if not waits and flow.submit(actor, APPROVE, amount).approved else "pending_review"


def check_seen(actor: Actor, review: Review, number: str, seen: set[str]) -> None:
    """Refuse with FindingsChanged when something was found that the approver has not ``seen`` (codes of rules)."""
    if unseen := [found for found in review.as_json if found["rule"] in review.doubts - seen]:
        told = tell(actor, unseen)
        raise FindingsChanged(number=number, finding="".join(t.text for t in told), rules=[t.rule for t in told])


def _gather(actor: Actor, customer_id: int, order_id: int, lines: db.Statement) -> tuple[db.Row, list[db.Row]]:
    params = {
        "customer": customer_id,
        "order": order_id,
        "today": actor.today(),
        "user": actor.user_id,
        "default": DISCOUNT_LIMIT,
    }
    _held, account, found = db.batch([(_HOLD, [customer_id]), (_ACCOUNT, params), lines])
    return account[0], found


def _found(
    actor: Actor,
    account: db.Row,
    amount: Decimal,
    lines: Sequence[LineFacts],
    has_address: bool,
    without: frozenset[str] = frozenset(),
) -> Review:
    limit, committed, overdue, days, oldest, discount_limit, rows = account
    allowed = None if actor.may(OVERRIDE) else DISCOUNT_LIMIT if discount_limit is None else discount_limit
    facts = Facts(amount, lines, has_address, limit, committed, overdue, days, oldest, allowed)
    stored: Mapping[str, Any] = json.loads(rows) if rows else {}
    known = rules_of({code: (answer, None if at is None else Decimal(at)) for code, (answer, at) in stored.items()})
    asked = {code: rule for code, rule in known.items() if code not in without}
    return Review(examine(facts, asked), [line.cost for line in lines])


def _refuse_stops(actor: Actor, review: Review, number: str) -> None:
    stops = [found for found in review.as_json if found["answer"] == "stop"]
    if stops:
        told = tell(actor, stops)
        raise ReviewStopped(
            number=number,
            rule="、".join(t.name for t in told),
            finding="".join(t.text for t in told),
            remedy="".join(dict.fromkeys(t.remedy for t in told)),
            rules=[t.rule for t in told],
        )
