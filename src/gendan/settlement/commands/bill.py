"""Enter suppliers' invoices: draft, post (which matches), match again, void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.purchasing.steps import invoicing
from gendan.settlement.errors import BillHasPayments, ReasonRequired
from gendan.settlement.models import Bill
from gendan.settlement.queries.drafts import lines_to_copy
from gendan.settlement.rules.lines import BillLineIn
from gendan.settlement.rules.matching import Finding, state_of
from gendan.settlement.steps import bill as writing
from gendan.settlement.steps.lookup import HeadIn, Item, find

UPDATE, POST, MATCH, VOID = _("修改发票"), _("发票过账"), _("重新匹配"), _("作废发票")
DELETE = _("删除发票草稿")
SHOWN = 20
_OF_BILL = """
SELECT DISTINCT 'po:' || o.number FROM settlement_billline l JOIN settlement_billmatch m ON m.bill_line_id = l.id
JOIN purchasing_orderline ol ON ol.id = m.order_line_id JOIN purchasing_purchaseorder o ON o.id = ol.order_id
WHERE l.bill_id = %s::bigint
"""
_PAYMENT = """
SELECT p.number FROM settlement_paymentpart x JOIN settlement_payment p ON p.id = x.payment_id
WHERE x.bill_id = %s::bigint AND p.state = 'posted' AND p.reverses_id IS NULL ORDER BY p.id LIMIT 1
"""


@command("settlement.create_bill", _("登记供应商发票"))
def create_bill(
    *,
    actor: Actor,
    supplier: str,
    reference: str,
    lines: Sequence[BillLineIn],
    dated_on: date | None = None,
    due_on: date | None = None,
    currency: str = "",
    tax_included: bool = True,
    total: Decimal | None = None,
    note: str = "",
    post: bool = False,
) -> Done:
    """Write a supplier's invoice as a draft; ``post`` matches it at once. ``reference`` is the supplier's number;
    without ``due_on`` the supplier's days of payment count. ``total`` is the printed total, which the lines must meet.

    Errors: Invalid (by field), EmptyBill, ReferenceTaken, OtherSupplier, OtherCurrency, OrderNotInvoiceable, Forbidden.
    """
    if post:
        actor.must("settlement.post_bill")
    wanted = HeadIn(supplier, reference, dated_on, due_on, currency, tax_included, note)
    done_ = _write(actor, wanted, lines, total)
    return _post(actor, writing.hold(actor, done_.number)) if post else done_


@step
def write_bill(
    actor: Actor,
    *,
    supplier: str,
    reference: str,
    lines: Sequence[BillLineIn],
    dated_on: date | None = None,
    due_on: date | None = None,
    currency: str = "",
    note: str = "",
) -> Done:
    """A draft out of a file, whose prices include tax."""
    return _write(actor, HeadIn(supplier, reference, dated_on, due_on, currency, True, note), lines, None)


def _write(actor: Actor, wanted: HeadIn, lines: Sequence[BillLineIn], total: Decimal | None) -> Done:
    head, items = find(actor, wanted, lines, total)
    subject = writing.insert(actor, head, items)
    created = {"reference": head.reference, "amount": sum((i.amounts.gross for i in items), Decimal(0))}
    record("settlement.bill_created", subject, actor, _refs(wanted.supplier, items), **created)
    return Done("bill", subject.id, subject.number, "draft")


@command("settlement.update_bill", UPDATE, permission="settlement.create_bill")
def update_bill(
    *,
    actor: Actor,
    number: str,
    supplier: str,
    reference: str,
    lines: Sequence[BillLineIn],
    dated_on: date | None = None,
    due_on: date | None = None,
    currency: str = "",
    tax_included: bool = True,
    total: Decimal | None = None,
    note: str = "",
    version: int | None = None,
) -> Done:
    """Write a draft anew.

    Errors: NotFound, Stale, WrongState, Invalid (by field), EmptyBill, ReferenceTaken, OtherSupplier, OtherCurrency,
    OrderNotInvoiceable.
    """
    bill = Bill.lock(actor, number, version)
    bill.must_be({"draft"}, UPDATE)
    if fields.hides(actor, Bill.KIND, "note"):
        note = bill.note
    wanted = HeadIn(supplier, reference, dated_on, due_on, currency, tax_included, note)
    head, items = find(actor, wanted, lines, total, number)
    writing.replace(actor, bill, head, items)
    changes = {
        name: [str(getattr(bill, name) or ""), str(getattr(head, name) or "")]
        for name in ("reference", "dated_on", "due_on", "currency", "note")
        if getattr(bill, name) != getattr(head, name)
    }
    gross = sum((item.amounts.gross for item in items), Decimal(0))
    if gross != bill.gross:
        changes["amount"] = [str(bill.gross), str(gross)]
    record("settlement.bill_updated", bill.subject, actor, _refs(supplier, items), changes=changes)
    return Done("bill", bill.pk, number, "draft", bill.version + 1)


@command("settlement.copy_bill", _("复制发票"), permission="settlement.create_bill")
def copy_bill(*, actor: Actor, number: str, reference: str = "") -> Done:
    """A new draft like this one; the supplier's number stays when this one is void. Errors: NotFound, ReferenceTaken,
    Invalid.
    """
    bill = Bill.lock(actor, number)
    supplier, lines = lines_to_copy(bill.pk)
    wanted = HeadIn(
        supplier, reference or bill.reference, bill.dated_on, bill.due_on, bill.currency, bill.tax_included, bill.note
    )
    head, items = find(actor, wanted, lines)
    subject = writing.insert(actor, head, items)
    record("settlement.bill_created", subject, actor, (bill.subject.ref, *_refs(supplier, items)), copied=number)
    return Done("bill", subject.id, subject.number, "draft")


@command("settlement.delete_bill", DELETE, permission="settlement.create_bill")
def delete_bill(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Delete a draft. Errors: NotFound, Stale, WrongState."""
    bill = Bill.lock(actor, number, version)
    bill.must_be({"draft"}, DELETE)
    writing.forget(bill)
    record("settlement.bill_deleted", bill.subject, actor, reference=bill.reference)
    return Done("bill", bill.pk, number, "deleted", bill.version)


@command("settlement.post_bill", POST)
def post_bill(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Match a draft with orders and receipts; from now on its quantities count as invoiced.

    Errors: NotFound, Stale, WrongState.
    """
    return _post(actor, writing.hold(actor, number, version))


@step
def _post(actor: Actor, bill: Bill) -> Done:
    """Match and count a held draft."""
    bill.must_be({"draft"}, POST)
    writing.spread_over_receipts(actor, bill)
    findings, quantities = writing.match(actor, bill, counted=False)
    writing.keep_findings(findings)
    invoicing.count("invoiced", quantities)
    bill.move_to(state_of(findings), POST, posted_at=Now(), matched_at=Now())
    record("settlement.bill_posted", bill.subject, actor, refs_of(bill), state=bill.state, found=told(findings))
    return done(bill, findings=sum(map(len, findings.values())))


@command("settlement.match_bill", MATCH, permission="settlement.post_bill")
def match_bill(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Compare a posted invoice again, after goods came in or an order was changed; says nothing when all is as before.

    Errors: NotFound, Stale, WrongState, InApproval.
    """
    bill = writing.hold(actor, number, version)
    bill.must_be({"matched", "mismatch"}, MATCH)
    flow.free(actor, bill.subject)
    rematch(actor, bill)
    return done(bill)


@step
def rematch(actor: Actor, bill: Bill) -> dict[int, list[Finding]]:
    """Match a held invoice that is not approved yet again; its state follows."""
    before = {line.pk: line.findings for line in bill.lines.all()}
    writing.spread_over_receipts(actor, bill)
    findings, _quantities = writing.match(actor, bill, counted=True)
    writing.matched(bill)
    if findings != before:
        writing.keep_findings(findings)
        bill.move_to(state_of(findings), MATCH)
        record("settlement.bill_matched", bill.subject, actor, refs_of(bill), state=bill.state, found=told(findings))
    return findings


@command("settlement.void_bill", VOID)
def void_bill(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """Void a posted invoice that nobody paid: its quantities are free to be invoiced again.

    Errors: NotFound, Stale, WrongState, ReasonRequired, BillHasPayments, InApproval.
    """
    bill = writing.hold(actor, number, version)
    if bill.state in {"partly_paid", "paid"} and bill.paid:
        paid = db.row(_PAYMENT, [bill.pk])
        raise BillHasPayments(number=number, payment=paid[0] if paid else "")
    bill.must_be({"matched", "mismatch", "approved"}, VOID)
    if not reason.strip():
        raise ReasonRequired()
    flow.free(actor, bill.subject)
    _findings, quantities = writing.match(actor, bill, counted=True)
    invoicing.count("invoiced", {line: -quantity for line, quantity in quantities.items()})
    refs = refs_of(bill)
    bill.move_to("void", VOID, void_reason=reason.strip()[:300])
    record("settlement.bill_voided", bill.subject, actor, refs, reason=reason.strip())
    return done(bill)


def told(findings: dict[int, list[Finding]]) -> list[Finding]:
    """What was found, for the event."""
    return [finding for found in findings.values() for finding in found][:SHOWN]


def refs_of(bill: Bill) -> list[str]:
    """What pages show of it beside its own: its orders, its supplier."""
    orders = [ref for (ref,) in db.rows(_OF_BILL, [bill.pk])][:SHOWN]
    return [*orders, f"partner:{bill.supplier.code}"]


def _refs(supplier: str, items: Sequence[Item]) -> list[str]:
    orders = sorted({f"po:{cover.order}" for item in items for cover in item.covers})[:SHOWN]
    return [*orders, f"partner:{supplier}"]


def done(bill: Bill, **data: Any) -> Done:
    """The answer about a bill."""
    return Done("bill", bill.pk, bill.number, bill.state, bill.version, data)
