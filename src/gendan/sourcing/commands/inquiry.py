"""Make an inquiry, change it before it is sent, throw it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, label_of
from gendan.sourcing.models import Inquiry
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.drafts import inquiry_draft
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import LineIn, SupplierIn
from gendan.sourcing.steps import lookup, writing

CREATE, UPDATE, DELETE = _("新建询价单"), _("修改询价单"), _("删除询价单草稿")


@command("sourcing.create_inquiry", CREATE)
def create_inquiry(
    *,
    actor: Actor,
    warehouse: str,
    lines: Sequence[LineIn],
    suppliers: Sequence[SupplierIn] = (),
    title: str = "",
    closes_at: datetime | None = None,
    sealed: bool = False,
    note: str = "",
) -> Done:
    """Write an inquiry to several suppliers; it is theirs only when it is sent. A ``sealed`` one, which needs a closing
    time, shows nobody the answers before.

    Errors: EmptyInquiry, NotFound, WrongState, RequisitionTaken, Invalid (by field).
    """
    draft = InquiryDraft(warehouse, title, closes_at, sealed, note, tuple(lines), tuple(suppliers))
    found = lookup.find(actor, draft)
    subject = writing.insert_inquiry(actor, draft, found)
    data = {"lines": len(found.lines), "suppliers": [s.code for s in found.suppliers]}
    record("sourcing.inquiry_created", subject, actor, refs_of(draft), **data)
    return Done("inquiry", subject.id, subject.number, "draft", 1)


def refs_of(draft: InquiryDraft) -> tuple[str, ...]:
    """What an inquiry concerns."""
    partners = (f"partner:{s.supplier}" for s in draft.suppliers)
    requisitions = (f"requisition:{source.requisition}" for line in draft.lines for source in line.sources)
    return tuple(dict.fromkeys([*partners, *requisitions]))[:50]


@command("sourcing.update_inquiry", UPDATE)
def update_inquiry(*, actor: Actor, number: str, draft: InquiryDraft, version: int | None = None) -> Done:
    """Make a draft what ``draft`` says. Errors: as create_inquiry, NotFound, Stale, WrongState."""
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"draft"}, UPDATE)
    if not actor.may(VIEW_PRICE):
        draft = _with_budgets(draft, inquiry_draft(actor, number, whole=True)[0])
    found = lookup.find(actor, draft)
    writing.replace_inquiry(actor, inquiry.pk, draft, found)
    changes = [
        [name, before, after]
        for name, before, after in (
            ("title", inquiry.title, draft.title.strip()),
            ("closes_at", inquiry.closes_at, draft.closes_at),
            ("sealed", inquiry.sealed, draft.sealed),
            ("note", inquiry.note, draft.note.strip()),
        )
        if before != after
    ]
    data = {"lines": len(found.lines), "suppliers": [s.code for s in found.suppliers], "changes": changes}
    record("sourcing.inquiry_updated", inquiry.subject, actor, refs_of(draft), **data)
    return Done("inquiry", inquiry.pk, number, "draft", inquiry.version + 1)


def _with_budgets(draft: InquiryDraft, held: InquiryDraft) -> InquiryDraft:
    """Budgets are not seen by who may not see prices, and so not lost by what they save."""
    known = {(line.product, line.unit): line.target_price for line in held.lines}
    lines = (replace(line, target_price=known.get((line.product, line.unit))) for line in draft.lines)
    return replace(draft, lines=tuple(lines))


@command("sourcing.delete_inquiry", DELETE, permission="sourcing.create_inquiry")
def delete_inquiry(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Throw one's own draft away. Errors: NotFound, Stale, WrongState, Forbidden."""
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"draft"}, DELETE)
    if inquiry.created_by_id != actor.user_id:
        raise Forbidden(permission=label_of("sourcing.delete_inquiry"), code="sourcing.delete_inquiry")
    subject = inquiry.subject
    inquiry.delete()
    record("sourcing.inquiry_deleted", subject, actor)
    return Done("inquiry", subject.id, number, "")
