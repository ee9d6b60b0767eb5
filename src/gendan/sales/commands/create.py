"""Create a sales order, and submit it in the same breath when asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.events import Entry, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ExternalKeyReused
from gendan.purchasing.steps.days import day_problems
from gendan.sales.commands.reserve import reserve_lines
from gendan.sales.errors import ReferenceReused
from gendan.sales.models.order import REFERENCE_KEY, SalesOrder
from gendan.sales.queries.findings import tell
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.lines import LineIn
from gendan.sales.steps import lookup
from gendan.sales.steps.order import NewOrder, insert_order, lock_with_lines, set_state
from gendan.sales.steps.review import record_pass, review_new, state_after

_REFERENCE = f"""
SELECT number FROM sales_salesorder WHERE company_id = %s::bigint AND customer_id = %s::bigint
 AND {REFERENCE_KEY.format("customer_reference")} = {REFERENCE_KEY.format("%s::text")} AND customer_reference <> ''
 AND state <> 'cancelled' AND id <> %s::bigint LIMIT 1
"""


@command("sales.create_order", _("新建销售订单"))
def create_order(
    *,
    actor: Actor,
    customer: str,
    warehouse: str,
    lines: Sequence[LineIn],
    currency: str = "",
    ship_to: str = "",
    ordered_on: date | None = None,
    requested_on: date | None = None,
    tax_included: bool = True,
    customer_reference: str = "",
    external_key: str | None = None,
    note: str = "",
    back_order: str = "",
    submit: bool = False,
) -> Done:
    """Write an order; ``customer``, ``warehouse``, ``currency`` and ``ship_to`` are codes (currency empty: the
    customer's or company's; ship_to empty: the default address).

    With ``submit`` it goes to review, passes at once if the actor may approve its amount and nothing was found that
    somebody has to look at, and then takes stock. ``customer_reference`` is the customer's own number, booked once.
    ``back_order`` says what happens when goods are short (empty: as the company says).
    Errors: Invalid (by field), EmptyDocument, ReferenceReused, ExternalKeyReused, ReviewStopped.
    """
    return place(
        actor,
        customer,
        warehouse,
        lines,
        currency=currency,
        ship_to=ship_to,
        ordered_on=ordered_on,
        requested_on=requested_on,
        tax_included=tax_included,
        customer_reference=customer_reference,
        external_key=external_key,
        note=note,
        back_order=back_order,
        submit=submit,
    )


def place(
    actor: Actor,
    customer: str,
    warehouse: str,
    lines: Sequence[LineIn],
    *,
    currency: str = "",
    ship_to: str = "",
    ordered_on: date | None = None,
    requested_on: date | None = None,
    tax_included: bool = True,
    customer_reference: str = "",
    external_key: str | None = None,
    note: str = "",
    back_order: str = "",
    submit: bool = False,
) -> Done:
    """What create_order does, for the commands that make orders out of something else."""
    if submit:
        actor.must("sales.submit_order")
    day = ordered_on or actor.today()
    wrong = day_problems(actor, {"ordered_on": day, "requested_on": requested_on}) | back_order_problem(back_order)
    header, items = lookup.find(actor, customer, warehouse, currency, ship_to, lines, day, wrong)
    sums = [
        amounts(line.quantity, item.unit_price, item.discount, item.tax_rate, tax_included, header.minor_units)
        for line, item in zip(lines, items, strict=True)
    ]
    reference = customer_reference.strip()
    new = NewOrder(
        header, items, lines, sums, day, requested_on, tax_included, reference, external_key, note, back_order
    )
    return enter(actor, customer, new, submit)


def enter(actor: Actor, customer: str, new: NewOrder, submit: bool) -> Done:
    """Write an order that has its prices; submitted, it is reviewed first and takes stock when it passes."""
    if submit:
        actor.must("sales.submit_order")
    header, state = new.header, "draft"
    if submit:
        called = new.customer_reference or _now("新订单")
        review = review_new(actor, header, new.items, new.lines, new.amounts, called)
        new = replace(new, findings=review.as_json, costs=review.costs)
        state, _nobody = state_after(actor, review, new.gross * header.rate)
    check_reference(actor, new.header.customer_id, new.customer_reference)
    with numbers_once(new.customer_reference, new.external_key):
        subject = insert_order(actor, new, state)
    happened = ["sales.order_created"]
    happened += ["sales.order_submitted"] if submit else []
    happened += ["sales.order_approved"] if state == "to_ship" else []
    data = {"customer": customer, "gross": new.gross, "currency": header.currency, "lines": len(new.lines)}
    record_all(actor, [Entry(type_, subject, (f"partner:{customer}",), data) for type_ in happened])
    data, version = told(actor, new), 1
    if submit and review.has_flow:
        state, passed = state_after(actor, review, new.gross * header.rate, subject.number)
        if passed:
            version = 2
            set_state(actor, lock_with_lines(actor, subject.number)[0], state, passed=True)
            record_pass(actor, subject, (f"partner:{customer}",), passed)
    if state == "to_ship":
        order, rows = lock_with_lines(actor, subject.number)
        data["short"] = reserve_lines(actor, order, rows)
    return Done("so", subject.id, subject.number, state, version, data)


def back_order_problem(rule: str) -> dict[str, str]:
    """What is wrong with the rule for goods that are short ("" is the company's)."""
    if rule and rule not in SalesOrder.BackOrder.values:
        return {"back_order": "back_order: " + " | ".join(SalesOrder.BackOrder.values)}
    return {}


def check_reference(actor: Actor, customer_id: int, reference: str, own: int = 0) -> None:
    """Refuse a customer's number that another order (not ``own``) has; numbers_once catches who comes at once."""
    if not reference:
        return
    found = db.row(_REFERENCE, [actor.company_id, customer_id, reference, own])
    if found:
        raise ReferenceReused(reference=reference, number=found[0])


@contextmanager
def numbers_once(reference: str, external_key: str | None) -> Iterator[None]:
    """A customer's number or a caller's key that another order has is refused as such."""
    try:
        yield
    except IntegrityError as error:
        if "sales_order_reference_once" in str(error):
            raise ReferenceReused(reference=reference, number=_now("另一张订单")) from error
        if "sales_order_external_key_once" in str(error):
            raise ExternalKeyReused(key=external_key, number=_now("另一张订单")) from error
        raise


def told(actor: Actor, new: NewOrder) -> dict[str, Any]:
    """What the answer says of the amount and the review: no figures to those who may not see prices."""
    data: dict[str, Any] = {"currency": new.header.currency}
    if actor.may(VIEW_PRICE):
        data["gross"] = str(new.gross)
    if new.findings:
        data["findings"] = [asdict(found) for found in tell(actor, new.findings)]
    return data
