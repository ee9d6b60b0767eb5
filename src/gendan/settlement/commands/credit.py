"""What a supplier credits for goods that went back is set against its invoices: a payment without money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.settlement.errors import CreditedBefore, NotCredited
from gendan.settlement.rules.lines import PartIn
from gendan.settlement.steps import payment as writing
from gendan.settlement.steps.payment import Terms

_RETURN = """
SELECT r.id, r.state, p.code, r.currency, r.credit, r.credit_note,
 (SELECT y.number FROM settlement_payment y WHERE y.purchase_return_id = r.id AND y.state = 'posted'
  AND y.reverses_id IS NULL)
FROM purchasing_purchasereturn r JOIN catalog_partner p ON p.id = r.supplier_id
WHERE r.company_id = %s::bigint AND r.number = %s::text
"""


@command("settlement.record_credit", _("登记供应商退款冲抵"))
def record_credit(*, actor: Actor, number: str, parts: Sequence[PartIn] = (), paid_on: date | None = None) -> Done:
    """Set the credit of a return (``number``), as purchasing wrote it down, against invoices of the supplier; what is
    left stays to be allocated, like an advance. Once for each return; reversed like a payment.

    Errors: NotFound, NotCredited, CreditedBefore, Invalid, NotPayable, PaidTooMuch, AllocatedTooMuch, OtherPartner,
    OtherCurrency.
    """
    amounts = writing.sums(parts)
    targets = writing.hold(actor, "out", list(amounts))
    found = db.row(_RETURN, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    return_id, state, supplier, currency, credit, note, before = found
    if state != "credited" or not credit:
        raise NotCredited(number=number)
    if before:
        raise CreditedBefore(number=number, payment=before)
    side = writing.side_of(actor, "out", supplier, currency, targets)
    writing.check_amounts(targets, amounts)
    allocated = sum(amounts.values(), Decimal(0))
    total = writing.check_total(credit, parts, side.minor_units, advance=True)
    terms = Terms(paid_on, "credit", note or number, number, return_id)
    try:
        subject = writing.insert(actor, "out", side, total, allocated, terms)
    except IntegrityError as error:  # another was first
        raise CreditedBefore(number=number, payment="") from error
    states = writing.allocate(actor, subject.id, targets, amounts)
    refs = (f"rtv:{number}", *(target.subject.ref for target in targets), f"partner:{supplier}")
    told = [{"number": bill, "amount": amount} for bill, amount in amounts.items()]
    record("settlement.credit_recorded", subject, actor, refs, amount=total, currency=side.currency, parts=told)
    return Done("pay", subject.id, subject.number, "posted", 1, {"documents": states})
