"""Create a purchase order, and submit it in the same breath when asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.events import Entry, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.approve import make_live
from gendan.purchasing.errors import ExternalKeyReused
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.steps import contracts, lookup, pegs, requisition
from gendan.purchasing.steps.days import day_problems
from gendan.purchasing.steps.order import NewOrder, insert_order


@command("purchasing.create_order", _("新建采购订单"))
def create_order(
    *,
    actor: Actor,
    supplier: str,
    warehouse: str,
    lines: Sequence[LineIn],
    currency: str = "",
    ordered_on: date | None = None,
    tax_included: bool = True,
    supplier_reference: str = "",
    external_key: str | None = None,
    note: str = "",
    submit: bool = False,
) -> Done:
    """Write an order; ``supplier``, ``warehouse`` and ``currency`` are codes (currency empty: the supplier's or
    company's).

    With ``submit`` it goes to approval at once, and is approved at once if the actor may approve its amount, or if the
    company's approval flow needs nobody.
    ``external_key`` is
    the caller's own number, which cannot be used twice. Lines with ``wanted_by`` are allocated to requisition lines.
    Errors: Invalid (by field), EmptyDocument, ExternalKeyReused, OverOrdered.
    """
    return place(
        actor,
        supplier,
        warehouse,
        lines,
        currency=currency,
        ordered_on=ordered_on,
        tax_included=tax_included,
        supplier_reference=supplier_reference,
        external_key=external_key,
        note=note,
        submit=submit,
    )


def place(
    actor: Actor,
    supplier: str,
    warehouse: str,
    lines: Sequence[LineIn],
    *,
    currency: str = "",
    ordered_on: date | None = None,
    tax_included: bool = True,
    supplier_reference: str = "",
    external_key: str | None = None,
    note: str = "",
    submit: bool = False,
) -> Done:
    """What create_order does, for the commands that make orders out of something else."""
    if submit:
        actor.must("purchasing.submit_order")
    day = ordered_on or actor.today()
    wrong = day_problems(actor, {"ordered_on": day})
    header, items = lookup.find(actor, supplier, warehouse, currency, lines, day, wrong, submits=submit)
    sums = [
        amounts(line.quantity, item.unit_price, line.discount, item.tax_rate, tax_included, header.minor_units)
        for line, item in zip(lines, items, strict=True)
    ]
    new = NewOrder(header, items, lines, sums, day, tax_included, supplier_reference, external_key, note)
    amount = new.gross * header.rate
    state = "pending_approval" if submit else "draft"
    if submit and not header.has_flow and flow.submit(actor, "purchasing.approve_order", amount).approved:
        state = "approved"
    try:
        subject, line_ids = insert_order(actor, new, state)
    except IntegrityError as error:
        if external_key and "order_external_key_once_per_company" in str(error):
            raise ExternalKeyReused(key=external_key, number=_("另一张订单")) from error
        raise
    contracts.called_off(actor, subject, items)
    requisition.allocate(actor, lines, line_ids, subject)
    if state == "approved" and any(line.wanted_by for line in lines):
        pegs.went_live(actor, subject)
    refs = (f"partner:{supplier}",)
    data = {"supplier": supplier, "gross": new.gross, "currency": header.currency, "lines": len(lines)}
    happened = ["purchasing.order_created", *(["purchasing.order_submitted"] if submit else [])]
    happened += ["purchasing.order_approved"] if state == "approved" else []
    record_all(actor, [Entry(type_, subject, refs, data) for type_ in happened])
    version = 1
    if submit and header.has_flow and (passed := flow.passes(actor, "po", subject.number)):
        state, version = "approved", 2
        make_live(actor, subject, passed=True)
        record_all(actor, [Entry("purchasing.order_passed", subject, refs, {**data, **passed.told})])
    return Done("po", subject.id, subject.number, state, version, told(actor, new))


def told(actor: Actor, new: NewOrder) -> dict[str, Any]:
    """What the answer says of the amount: nothing to those who may not see prices."""
    currency = {"currency": new.header.currency}
    return {"gross": str(new.gross), **currency} if actor.may(VIEW_PRICE) else currency
