"""What becomes of a quotation: sent, ordered from in one go or in parts, lost, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.flow.errors import NotApproved
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import ReasonRequired, UnknownLine
from gendan.purchasing.steps.days import check_days
from gendan.sales.commands.create import enter
from gendan.sales.errors import NothingLeftToOrder, OverQuoted, QuotationExpired
from gendan.sales.models import Quotation
from gendan.sales.rules.lines import ZERO, LineIn
from gendan.sales.rules.quotation import OrderedIn, is_expired
from gendan.sales.steps import lookup
from gendan.sales.steps.order import NewOrder
from gendan.sales.steps.quotation import QuotedLine, codes_of, quoted_lines

SEND, LOSE, CANCEL, ORDER = _("发出报价单"), _("报价未成交"), _("取消报价单"), _("报价转订单")
WRITE = "sales.update_quotation"


@command("sales.send_quotation", SEND, permission=WRITE)
def send_quotation(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Say that the customer has it, when no flow has to approve it first; one that was lost is open again.

    Errors: NotFound, Stale, WrongState, QuotationExpired, InApproval.
    """
    quotation = Quotation.lock(actor, number, version)
    quotation.must_be(frozenset({"draft", "lost"}), SEND)
    _check_valid(actor, quotation)
    if not flow.lets(actor, quotation.subject):
        data = {"approval": "running"}
        return Done("quotation", quotation.pk, quotation.number, quotation.state, quotation.version, data)
    return send_locked(actor, quotation)


@step
def send_locked(actor: Actor, quotation: Quotation) -> Done:
    """Say of a locked quotation that the customer has it."""
    quotation.must_be(frozenset({"draft", "lost"}), SEND)
    return _moved(actor, quotation, "sent", SEND, "")


@command("sales.lose_quotation", LOSE, permission=WRITE)
def lose_quotation(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Say that nothing came of it, and why. Errors: NotFound, Stale, WrongState, ReasonRequired."""
    quotation = Quotation.lock(actor, number, version)
    quotation.must_be(frozenset({"sent"}), LOSE)
    if not reason.strip():
        raise ReasonRequired()
    return _moved(actor, quotation, "lost", LOSE, reason)


@command("sales.cancel_quotation", CANCEL, permission=WRITE)
def cancel_quotation(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Take a quotation back out of which nothing was ordered. Errors: NotFound, Stale, WrongState, InApproval."""
    quotation = Quotation.lock(actor, number, version)
    quotation.must_be(frozenset({"draft", "sent"}), CANCEL)
    flow.free(actor, quotation.subject)
    return _moved(actor, quotation, "cancelled", CANCEL, reason)


def _moved(actor: Actor, quotation: Quotation, state: str, action: object, reason: str) -> Done:
    note = reason.strip()[:300]
    quotation.move_to(state, str(action), decision_note=note)
    customer, _warehouse = codes_of(quotation.customer_id, quotation.warehouse_id)
    told = {"reason": note} if note else {}
    record(f"sales.quotation_{state}", quotation.subject, actor, (f"partner:{customer}",), **told)
    return Done("quotation", quotation.pk, quotation.number, state, quotation.version)


@command("sales.order_quotation", ORDER, permission="sales.create_order")
def order_quotation(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[OrderedIn] | None = None,
    ordered_on: date | None = None,
    requested_on: date | None = None,
    customer_reference: str = "",
    submit: bool = False,
    version: int | None = None,
) -> Done:
    """An order out of a quotation, at its prices, taxes and address; ``lines`` None is all that is not ordered yet.

    Several orders may come out of one; together they take no more of a line than was offered. Where a flow approves
    quotations, one that was never sent gives no order.
    Errors: NotFound, Stale, WrongState, QuotationExpired, UnknownLine, OverQuoted, NothingLeftToOrder, Invalid,
    ReferenceReused, ReviewStopped, NotApproved, InApproval.
    """
    quotation = Quotation.lock(actor, number, version)
    quotation.must_be(frozenset({"draft", "sent", "lost", "won"}), ORDER)
    if quotation.state == "draft" and flow.free(actor, quotation.subject):
        raise NotApproved(number=number)
    _check_valid(actor, quotation)
    wanted = _wanted(quotation, quoted_lines(quotation.pk), lines)
    day, wish = ordered_on or actor.today(), requested_on or quotation.requested_on
    check_days(actor, {"ordered_on": day, "requested_on": wish})
    customer, warehouse = codes_of(quotation.customer_id, quotation.warehouse_id)
    reference = customer_reference.strip()
    done = enter(actor, customer, _order(actor, quotation, wanted, (customer, warehouse, reference), day, wish), submit)
    quotation.move_to("won", str(ORDER), decision_note="")
    refs = (f"partner:{customer}", f"so:{done.number}")
    listed = [{"line": line.line_no, "product": line.product, "quantity": quantity} for line, quantity in wanted[:50]]
    record("sales.quotation_won", quotation.subject, actor, refs, order=done.number, lines=listed)
    return replace(done, data={**done.data, "quotation": number})


def _check_valid(actor: Actor, quotation: Quotation) -> None:
    if is_expired(quotation.valid_to, actor.today()):
        raise QuotationExpired(number=quotation.number, valid_to=quotation.valid_to)


def _wanted(
    quotation: Quotation, quoted: Sequence[QuotedLine], asked: Sequence[OrderedIn] | None
) -> list[tuple[QuotedLine, Decimal]]:
    """Which quantity of which line, in the order of the quotation."""
    if asked is None:
        found = [(line, line.open) for line in quoted if line.open > 0]
        if not found:
            raise NothingLeftToOrder(number=quotation.number)
        return found
    known = {line.line_no: line for line in quoted}
    total: dict[int, Decimal] = {}
    for n, entry in enumerate(asked):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=quotation.number, line=entry.line)
        if problem := quantity_problem(entry.quantity, line.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        total[entry.line] = total.get(entry.line, ZERO) + entry.quantity
        if total[entry.line] > line.open:
            told = {"product": line.product, "open": line.open, "quantity": total[entry.line]}
            raise OverQuoted(number=quotation.number, line=entry.line, **told)
    if not total:
        raise NothingLeftToOrder(number=quotation.number)
    return [(line, total[line.line_no]) for line in quoted if line.line_no in total]


def _address(quotation: Quotation) -> tuple[str, str, str, str, str]:
    """Where the goods were offered to be sent."""
    return (
        quotation.ship_to_code,
        quotation.ship_to_name,
        quotation.ship_to_phone,
        quotation.ship_to_address,
        quotation.ship_to_country,
    )


def _line_in(line: QuotedLine, quantity: Decimal, wish: date | None) -> LineIn:
    return LineIn(
        line.product,
        quantity,
        line.unit_price,
        line.unit,
        line.requested_on or wish,
        line.discount,
        "",
        line.note,
        line.description,
    )


def _order(
    actor: Actor,
    quotation: Quotation,
    wanted: Sequence[tuple[QuotedLine, Decimal]],
    names: tuple[str, str, str],
    day: date,
    wish: date | None,
) -> NewOrder:
    """The order with everything that was offered; codes that were switched off since are refused."""
    customer, warehouse, reference = names
    lines = [_line_in(line, quantity, wish) for line, quantity in wanted]
    header, items = lookup.find(actor, customer, warehouse, quotation.currency, "", lines, day)
    header = replace(
        header,
        payment_terms=quotation.payment_terms,
        salesperson_id=quotation.salesperson_id,
        address=_address(quotation) if quotation.ship_to_address else header.address,
    )
    kept = [
        replace(item, tax_rate=line.tax_rate, source=line.source)
        for item, (line, _quantity) in zip(items, wanted, strict=True)
    ]
    sums = [
        amounts(
            line.quantity, item.unit_price, item.discount, item.tax_rate, quotation.tax_included, header.minor_units
        )
        for line, item in zip(lines, kept, strict=True)
    ]
    return NewOrder(
        header,
        kept,
        lines,
        sums,
        day,
        wish,
        quotation.tax_included,
        reference,
        note=quotation.note,
        quotation_id=quotation.pk,
        quoted=[line.id for line, _quantity in wanted],
    )
