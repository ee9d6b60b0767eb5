"""Let an invoice be paid: one that matches, or one with differences and a reason."""

from __future__ import annotations

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.purchasing.steps import invoicing
from gendan.settlement.commands.bill import done, refs_of, rematch, told
from gendan.settlement.errors import ReasonRequired
from gendan.settlement.models import Bill
from gendan.settlement.permissions import MISMATCH
from gendan.settlement.rules.matching import paid_state
from gendan.settlement.steps import bill as writing

APPROVE = _("批准付款")


@command("settlement.approve_bill", APPROVE)
def approve_bill(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Let a posted invoice be paid. It is matched again first; one with differences needs settlement.approve_mismatch
    and a reason. Where a company has a flow for invoices, its approval begins.

    Errors: NotFound, Stale, WrongState, Forbidden, ReasonRequired, DutiesMixed, InApproval.
    """
    bill = writing.hold(actor, number, version)
    bill.must_be({"matched", "mismatch"}, APPROVE)
    duties.check(actor, "approve", "bill", [number])
    rematch(actor, bill)
    if bill.state == "mismatch":
        actor.must(MISMATCH)
        if not reason.strip():
            raise ReasonRequired()
    bill.approve_reason = reason.strip()[:300]
    bill.save(update_fields=["approve_reason"])
    if not flow.lets(actor, bill.subject):
        return done(bill, approval="running")
    return approve_held(actor, Bill.lock(actor, number))


@step
def approve_found(actor: Actor, bill: Bill, note: str) -> Done:
    """Let a held invoice be paid whose approval ended well. It is matched again: what was asked about an invoice that
    matched does not let one be paid that differs; that stays, to be submitted again with a reason. Errors: WrongState.
    """
    bill.must_be({"matched", "mismatch"}, APPROVE)
    matched = bill.state == "matched"
    findings = rematch(actor, bill)
    if matched and bill.state == "mismatch":
        record("settlement.bill_held_back", bill.subject, actor, refs_of(bill), found=told(findings))
        return done(bill)
    return approve_held(actor, bill, note)


@step
def approve_held(actor: Actor, bill: Bill, note: str = "") -> Done:
    """Let a held invoice be paid. Errors: WrongState."""
    bill.must_be({"matched", "mismatch"}, APPROVE)
    differs = bill.state == "mismatch"
    reason = bill.approve_reason or note.strip()[:300]
    bill.move_to("approved", APPROVE, approved_at=Now(), approved_by_id=actor.user_id, approve_reason=reason)
    if paid_state(bill.gross, bill.paid) == "paid":  # an invoice over nothing
        bill.move_to("paid", APPROVE)
        _findings, quantities = writing.match(actor, bill, counted=True)
        invoicing.count("paid", quantities)
    record("settlement.bill_approved", bill.subject, actor, refs_of(bill), differs=differs, reason=reason)
    return done(bill)
