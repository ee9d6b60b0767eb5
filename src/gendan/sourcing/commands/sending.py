"""Send an inquiry, ask one more, move its end, close it."""

from __future__ import annotations

from datetime import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from gendan.flow import steps as flow
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ReasonRequired
from gendan.sourcing.errors import AlreadyInvited, NobodyAsked
from gendan.sourcing.models import Inquiry
from gendan.sourcing.rules.inquiry import SupplierIn
from gendan.sourcing.steps import lookup, writing

SEND, INVITE, MOVE, CLOSE = _("发出询价"), _("再邀请供应商"), _("改截止时间"), _("关闭询价")
LETTER = "sourcing.send_letter"
ASKED = frozenset({"sent", "answered"})
_KNOWN = """
SELECT 1 FROM sourcing_invitation i JOIN catalog_partner p ON p.id = i.partner_id
WHERE i.inquiry_id = %s::bigint AND p.code = %s::text
"""


@command("sourcing.send_inquiry", SEND)
def send_inquiry(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Give every supplier a link to answer by, and a letter with it to those of whom an address is known.

    Errors: NotFound, Stale, WrongState, NobodyAsked, Invalid (the closing time is over).
    """
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"draft"}, SEND)
    if problem := lookup.closing_problem(inquiry.closes_at):
        raise Invalid({"closes_at": problem})
    asked = _open(inquiry)
    if not asked:
        raise NobodyAsked(number=number)
    writing.keep_last_prices(inquiry.pk)
    inquiry.move_to("sent", SEND, sent_at=Now())
    refs = tuple(f"partner:{supplier}" for supplier in asked)
    record("sourcing.inquiry_sent", inquiry.subject, actor, refs, suppliers=asked)
    return Done("inquiry", inquiry.pk, number, "sent", inquiry.version, {"suppliers": asked})


def _open(inquiry: Inquiry) -> list[str]:
    """Make the links of who has none, let the letters be sent; the suppliers."""
    found = writing.open_links(inquiry.pk, inquiry.closes_at)
    for invitation, email, _supplier in found:
        if email:
            letter = app.configure_task(LETTER, allow_unknown=False)
            letter.defer(company_id=inquiry.company_id, invitation_id=invitation)
    return [supplier for _id, _email, supplier in found]


@command("sourcing.invite_supplier", INVITE, permission="sourcing.send_inquiry")
def invite_supplier(
    *,
    actor: Actor,
    number: str,
    supplier: str,
    email: str = "",
    recipient: str = "",
    language: str = "",
    version: int | None = None,
) -> Done:
    """Ask one more supplier the same. Errors: NotFound, Stale, WrongState, AlreadyInvited, Invalid."""
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be(ASKED, INVITE)
    if db.row(_KNOWN, [inquiry.pk, supplier]):
        raise AlreadyInvited(number=number, supplier=supplier)
    found = lookup.find_suppliers(actor, [SupplierIn(supplier, email, recipient, language)])
    writing.insert_invitations(actor, inquiry.pk, found)
    _open(inquiry)
    inquiry.touch()
    record("sourcing.supplier_invited", inquiry.subject, actor, (f"partner:{supplier}",), supplier=supplier)
    return Done("inquiry", inquiry.pk, number, inquiry.state, inquiry.version)


@command("sourcing.move_closing", MOVE, permission="sourcing.send_inquiry")
def move_closing(*, actor: Actor, number: str, closes_at: datetime, version: int | None = None) -> Done:
    """Give suppliers more or less time. One that is sealed can be moved later only: nobody opens it early.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be(ASKED, MOVE)
    problem = lookup.closing_problem(closes_at)
    if not problem and inquiry.sealed and inquiry.closes_at is not None and closes_at < inquiry.closes_at:
        problem = str(_("密封询价的截止时间只能推迟。"))
    if problem:
        raise Invalid({"closes_at": problem})
    changes = [["closes_at", inquiry.closes_at, closes_at]]
    inquiry.touch(closes_at=closes_at)
    record("sourcing.closing_moved", inquiry.subject, actor, changes=changes)
    return Done("inquiry", inquiry.pk, number, inquiry.state, inquiry.version)


@command("sourcing.close_inquiry", CLOSE)
def close_inquiry(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """End an inquiry; what is not awarded will not be.

    Errors: NotFound, Stale, WrongState, ReasonRequired, InApproval.
    """
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"draft", *ASKED}, CLOSE)
    if not reason.strip():
        raise ReasonRequired()
    flow.free(actor, inquiry.subject)
    inquiry.move_to("closed", CLOSE, close_reason=reason.strip()[:300])
    record("sourcing.inquiry_closed", inquiry.subject, actor, reason=reason.strip()[:300])
    return Done("inquiry", inquiry.pk, number, "closed", inquiry.version)
