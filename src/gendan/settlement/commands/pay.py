"""Money that goes out to suppliers and comes in from customers: in part, ahead, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, record, record_all
from gendan.kernel.unit import Done, command, step
from gendan.settlement.errors import AllocatedTooMuch, AlreadyReversed, IsReversal, ReasonRequired
from gendan.settlement.models import Payment
from gendan.settlement.rules.lines import PartIn
from gendan.settlement.steps import payment as writing
from gendan.settlement.steps.payment import Direction, Side, Target, Terms

ALLOCATE, REVERSE = _("分配收付款"), _("冲销收付款")


@command("settlement.pay_bill", _("登记付款"))
def pay_bill(
    *,
    actor: Actor,
    parts: Sequence[PartIn] = (),
    supplier: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    paid_on: date | None = None,
    method: str = "bank",
    reference: str = "",
    note: str = "",
    advance: bool = False,
) -> Done:
    """Pay a supplier: ``parts`` of bills; what is beyond them is an ``advance``, which has to be said.

    Errors: NotFound, Invalid, NotPayable, PaidTooMuch, NotAllocated, AllocatedTooMuch, OtherPartner, OtherCurrency,
    DutiesMixed.
    """
    terms = Terms(paid_on, method, reference, note)
    return _pay(actor, "out", supplier, parts, amount, currency, terms, advance)


@command("settlement.receive_payment", _("登记收款"))
def receive_payment(
    *,
    actor: Actor,
    parts: Sequence[PartIn] = (),
    customer: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    paid_on: date | None = None,
    method: str = "bank",
    reference: str = "",
    note: str = "",
    advance: bool = False,
) -> Done:
    """Take money of a customer: ``parts`` of sales orders; what is beyond them is an ``advance``, which has to be said.
    A signed order that is paid in full is completed.

    Errors: NotFound, Invalid, NotOwed, PaidTooMuch, NotAllocated, AllocatedTooMuch, OtherPartner, OtherCurrency.
    """
    terms = Terms(paid_on, method, reference, note)
    return _pay(actor, "in", customer, parts, amount, currency, terms, advance)


def _pay(
    actor: Actor,
    direction: Direction,
    partner: str,
    parts: Sequence[PartIn],
    amount: Decimal | None,
    currency: str,
    terms: Terms,
    advance: bool,
) -> Done:
    amounts = writing.sums(parts)
    targets = writing.hold(actor, direction, list(amounts))
    side = writing.side_of(actor, direction, partner, currency, targets)
    writing.check_amounts(targets, amounts)
    allocated = sum(amounts.values(), Decimal(0))
    total = writing.check_total(amount, parts, side.minor_units, advance=advance)
    if direction == "out":
        duties.check(actor, "pay", "partner", [side.partner])
    subject = writing.insert(actor, direction, side, total, allocated, terms)
    states = writing.allocate(actor, subject.id, targets, amounts)
    told = {"amount": total, "currency": side.currency, "parts": _told(amounts)}
    type_ = "settlement.bill_paid" if direction == "out" else "settlement.payment_received"
    record(type_, subject, actor, _refs(side, targets), **told)
    return Done("pay", subject.id, subject.number, "posted", 1, {"documents": states})


@command("settlement.allocate_payment", ALLOCATE)
def allocate_payment(*, actor: Actor, number: str, parts: Sequence[PartIn], version: int | None = None) -> Done:
    """Give what is left of a payment, an advance, to bills or sales orders.

    Errors: NotFound, Stale, WrongState, IsReversal, Invalid, NotPayable, NotOwed, PaidTooMuch, AllocatedTooMuch,
    OtherPartner, OtherCurrency.
    """
    amounts = writing.sums(parts)
    direction = _direction(actor, number)
    targets = writing.hold(actor, direction, list(amounts))
    payment = Payment.lock(actor, number, version)
    _must_stand(payment)
    writing.check_side(payment.partner_id, payment.currency, targets)
    writing.check_amounts(targets, amounts)
    allocated = sum(amounts.values(), Decimal(0))
    if payment.allocated + allocated > payment.amount:
        raise AllocatedTooMuch(allocated=allocated, amount=payment.amount - payment.allocated)
    writing.check_total(None, parts, payment.minor_units, advance=True)
    states = writing.allocate(actor, payment.pk, targets, amounts)
    payment.touch(allocated=payment.allocated + allocated)
    refs = [*(target.subject.ref for target in targets), f"partner:{payment.partner.code}"]
    record("settlement.payment_allocated", payment.subject, actor, refs, parts=_told(amounts))
    return Done("pay", payment.pk, number, payment.state, payment.version, {"documents": states})


@command("settlement.reverse_payment", REVERSE)
def reverse_payment(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """Take a payment back by a new one with opposite amounts, which is answered; what it paid is open again.

    Errors: NotFound, Stale, WrongState, ReasonRequired, IsReversal, AlreadyReversed.
    """
    if not reason.strip():
        raise ReasonRequired()
    direction = _direction(actor, number)
    targets = writing.hold(actor, direction, list(writing.given(actor, number)))
    payment = Payment.lock(actor, number, version)
    _must_stand(payment)
    amounts = {document: -amount for document, amount in writing.given(actor, number).items()}
    known = {target.number for target in targets}
    if set(amounts) - known:  # allocated between the two
        targets = writing.hold(actor, direction, list(amounts))
    side = Side(payment.partner_id, payment.partner.code, payment.currency, payment.rate, payment.minor_units)
    terms = Terms(None, payment.method, payment.reference, reason.strip()[:300])
    subject = writing.insert(actor, direction, side, -payment.amount, -payment.allocated, terms, payment.pk)
    states = writing.allocate(actor, subject.id, targets, amounts)
    payment.move_to("reversed", REVERSE)
    refs = _refs(side, targets)
    record_all(
        actor,
        [
            Entry(
                "settlement.payment_reversed",
                payment.subject,
                (subject.ref, *refs),
                {"reason": reason, "by": subject.number},
            ),
            Entry("settlement.payment_taken_back", subject, (payment.subject.ref, *refs), {"reverses": number}),
        ],
    )
    return Done("pay", subject.id, subject.number, "posted", 1, {"documents": states, "reverses": number})


@step
def _direction(actor: Actor, number: str) -> Direction:
    found = Payment.objects.filter(company_id=actor.company_id, number=number).values_list("direction", flat=True)
    return "in" if next(iter(found), "out") == "in" else "out"


def _must_stand(payment: Payment) -> None:
    if payment.reverses_id:
        raise IsReversal(number=payment.number)
    if payment.state == "reversed":
        by = Payment.objects.filter(reverses_id=payment.pk).values_list("number", flat=True).first()
        raise AlreadyReversed(number=payment.number, reversal=by or "")


def _told(amounts: dict[str, Decimal]) -> list[dict[str, object]]:
    return [{"number": number, "amount": amount} for number, amount in list(amounts.items())[:50]]


def _refs(side: Side, targets: Sequence[Target]) -> tuple[str, ...]:
    return (*(target.subject.ref for target in targets[:50]), f"partner:{side.partner}")
