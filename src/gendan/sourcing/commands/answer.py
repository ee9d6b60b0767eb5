"""Take what a supplier answers: by the link, entered for them, or out of their file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel import notices
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.sourcing.models import Inquiry
from gendan.sourcing.rules.inquiry import ANSWER, AnswerLineIn
from gendan.sourcing.steps.answers import AnswerIn, take

LABEL = _("登记供应商报价")
OPEN = frozenset({"sent", "answered"})


@command(ANSWER, LABEL)
def answer_inquiry(
    *,
    actor: Actor,
    number: str,
    supplier: str,
    lines: Sequence[AnswerLineIn],
    currency: str = "",
    tax_included: bool = True,
    freight: Decimal = Decimal(0),
    valid_to: date | None = None,
    note: str = "",
    files: Sequence[Content] = (),
    source: str = "",
) -> Done:
    """What a supplier offers for an inquiry. Every answer is kept, the last one counts; after the closing time it is
    refused or marked late, as the company wishes. A fixed number of statements, however many lines.

    Errors: NotFound, WrongState, UnknownSupplier, AnswerTooLate, NothingAnswered, Invalid (by field).
    """
    inquiry = Inquiry.lock(actor, number)
    inquiry.must_be(OPEN, LABEL)
    given = AnswerIn(lines, currency.strip().upper(), tax_included, freight, valid_to, note, tuple(files))
    via = source or ("link" if actor.via == "portal" else "entered")
    taken = take(actor, inquiry, supplier, given, via)
    inquiry.move_to("answered", LABEL)
    quoted = sum(not line.no_quote for line in lines)
    told = {"supplier": supplier, "version": taken.version, "lines": quoted, "late": taken.late, "source": via}
    name = "sourcing.inquiry_declined" if taken.declined else "sourcing.inquiry_answered"
    record(name, inquiry.subject, actor, (f"partner:{supplier}",), **told)
    if via == "link" and inquiry.buyer_id is not None:
        said = _("%(partner)s 不报价：%(number)s") if taken.declined else _("%(partner)s 已报价：%(number)s")
        text = str(said) % {"partner": taken.partner, "number": number}
        notices.notify(actor.company_id, [inquiry.buyer_id], "inquiry", text, inquiry.subject)
    data = {"version": taken.version, "late": taken.late, "declined": taken.declined}
    return Done("inquiry", inquiry.pk, number, inquiry.state, inquiry.version, data)
