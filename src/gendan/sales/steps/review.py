"""The review of an order inside a command: gather what the rules look at, refuse what the company forbids, keep what
was found and what the goods were worth.

Two orders of a customer cannot both pass under one credit limit: the customer's row is locked, where there is a limit,
before the other orders are summed up, and until the end of the command; where orders have an approval flow it is locked
always, so that pieces of one order that are submitted at once see each other. Lock order: sales orders → this row →
balances; an order is written only after it, so that two orders with one customer's number do not wait for each other
crosswise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from gendan.flow import steps as flow
from gendan.flow.queries.passed import Passed
from gendan.flow.queries.standing import HAS_FLOW
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import step
from gendan.sales.errors import FindingsChanged, ReviewStopped
from gendan.sales.permissions import OVERRIDE
from gendan.sales.queries.findings import stopped, tell
from gendan.sales.queries.review import NOTHING, Review, account_of, find, line_facts, lines_of, worth_of
from gendan.sales.queries.review import Header as Head
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.review import LineFacts, given
from gendan.sales.steps.lookup import Header, Item
from gendan.sales.steps.order import LockedOrder

ZERO = Decimal(0)
APPROVE = "sales.approve_order"

# Taken before the sums, in a statement of its own: the sums then see what another holder committed.
_HOLD = f"""
SELECT id FROM catalog_partner p WHERE id = %s::bigint AND (credit_limit IS NOT NULL
 OR {HAS_FLOW.format(company="p.company_id", kind="so", transition="submit")}) FOR NO KEY UPDATE
"""
_KEEP = """
WITH lines AS (
 UPDATE sales_salesline l SET unit_cost = t.cost FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, cost)
 WHERE l.id = t.id)
UPDATE sales_salesorder SET findings = %s::jsonb WHERE id = %s::bigint
"""


@step
def hold_customer(customer_id: int) -> None:
    """Queue the lock of the customer's row, for who writes an order before its review. See above."""
    db.later(_HOLD, [customer_id])


@step
def review_new(
    actor: Actor, header: Header, items: Sequence[Item], lines: Sequence[LineIn], sums: Sequence[Amounts], number: str
) -> Review:
    """Review an order before it is written; ``number`` is how a refusal calls it. Errors: ReviewStopped."""
    account, products = _gather(actor, header.customer_id, 0, worth_of(actor, [item.product_id for item in items]))
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
    review = find(actor, account, gross, facts, bool(header.address[3].strip()))
    _refuse_stops(actor, review, number)
    return review


@step
def review_order(actor: Actor, order: LockedOrder, *, keep: bool = True, without: frozenset[str] = NOTHING) -> Review:
    """Review a locked order as it stands in the database, and ``keep`` what was found with it.

    ``without`` names rules that are not asked again. Three statements; one more keeps. Errors: ReviewStopped.
    """
    header = Head(
        order.id,
        order.customer_id,
        order.currency,
        order.ordered_on,
        order.rate,
        order.company_amount,
        order.has_address,
    )
    account, lines = _gather(actor, order.customer_id, order.id, lines_of(actor, order.id))
    review = find(actor, account, header.amount, line_facts(actor, header, lines), header.has_address, without)
    _refuse_stops(actor, review, order.number)
    if keep:
        ids, costs = db.array(row[0] for row in lines), db.array(review.costs)
        db.later(_KEEP, [ids, costs, json.dumps(review.as_json), order.id])
    return review


def state_after(actor: Actor, review: Review, amount: Decimal, number: str = "") -> tuple[str, Passed | None]:
    """Where an order goes that is submitted: it passes at once if its sender may approve the amount (company currency)
    and nothing was found that somebody has to look at, or the sender may pass over that. With an approval flow its
    approval begins; an order that has no ``number`` yet waits until it has one. The flow that let it pass is told, too.
    """
    waits = bool(review.doubts) and not actor.may(OVERRIDE)
    if review.has_flow:
        passed = flow.passes(actor, "so", number) if number else None
        return ("to_ship", passed) if passed and not waits else ("pending_review", None)
    return "to_ship" if not waits and flow.submit(actor, APPROVE, amount).approved else "pending_review", None


def record_pass(actor: Actor, order: Subject, refs: Sequence[str], passed: Passed | None) -> None:
    """Say that its sender approved an order, or which flow let it pass."""
    if passed:
        record("sales.order_passed", order, actor, refs, **passed.told)
    else:
        record("sales.order_approved", order, actor, refs)


def check_seen(actor: Actor, review: Review, number: str, seen: set[str]) -> None:
    """Refuse with FindingsChanged when something was found that the approver has not ``seen`` (codes of rules)."""
    if unseen := [found for found in review.as_json if found["rule"] in review.doubts - seen]:
        told = tell(actor, unseen)
        raise FindingsChanged(number=number, finding="".join(t.text for t in told), rules=[t.rule for t in told])


def _gather(actor: Actor, customer_id: int, order_id: int, lines: db.Statement) -> tuple[db.Row, list[db.Row]]:
    _held, account, found = db.batch([(_HOLD, [customer_id]), account_of(actor, customer_id, order_id), lines])
    return account[0], found


def _refuse_stops(actor: Actor, review: Review, number: str) -> None:
    stops = [found for found in review.as_json if found["answer"] == "stop"]
    if stops:
        refusal = ReviewStopped(**stopped(actor, number, stops))
        refusal.findings = tuple(stops)
        raise refusal
