"""Make a quotation, change it together with others who have it open, copy it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel import fields
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.rules.merging import changes, unique_ids
from gendan.purchasing.steps.days import day_problems
from gendan.purchasing.steps.merging import merged, taken_over
from gendan.sales.commands.create import told
from gendan.sales.commands.update_order import own_name, unseen_kept
from gendan.sales.models import Quotation
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.queries.quotations import quote_draft
from gendan.sales.rules.draft import without_prices
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.quotation import QuoteDraft
from gendan.sales.steps import lookup
from gendan.sales.steps.order import NewOrder
from gendan.sales.steps.quotation import insert_quotation, replace_quotation

CREATE, UPDATE, COPY = _("新建报价单"), _("修改报价单"), _("复制报价单")
EDITABLE = frozenset({"draft", "sent"})


@command("sales.create_quotation", CREATE)
def create_quotation(
    *,
    actor: Actor,
    customer: str,
    warehouse: str,
    lines: Sequence[LineIn],
    currency: str = "",
    ship_to: str = "",
    quoted_on: date | None = None,
    valid_to: date | None = None,
    requested_on: date | None = None,
    tax_included: bool = True,
    customer_reference: str = "",
    note: str = "",
) -> Done:
    """Write an offer; codes and prices are looked up as for an order. ``valid_to`` is its last day (None: no end).

    Errors: Invalid (by field), EmptyDocument.
    """
    draft = QuoteDraft(
        customer, warehouse, currency, ship_to, quoted_on, requested_on, tax_included, customer_reference, note,
        valid_to=valid_to,
    )  # fmt: skip
    return _write(actor, draft, lines)


def _write(actor: Actor, draft: QuoteDraft, lines: Sequence[LineIn]) -> Done:
    new = _priced(actor, draft, lines, draft.ordered_on or actor.today())
    subject = insert_quotation(actor, new, draft.valid_to)
    data = {"customer": draft.customer, "gross": new.gross, "currency": new.header.currency, "lines": len(lines)}
    record("sales.quotation_created", subject, actor, (f"partner:{draft.customer}",), **data)
    return Done("quotation", subject.id, subject.number, "draft", 1, told(actor, new))


def _priced(actor: Actor, draft: QuoteDraft, lines: Sequence[LineIn], day: date) -> NewOrder:
    """The rows and prices behind a draft."""
    named = {"ordered_on": day, "requested_on": draft.requested_on, "valid_to": draft.valid_to}
    wrong = day_problems(actor, named)
    if draft.valid_to is not None and draft.valid_to < day:
        wrong.setdefault("valid_to", _now("有效期不能早于报价日期。"))
    header, items = lookup.find(
        actor, draft.customer, draft.warehouse, draft.currency, draft.ship_to, lines, day, wrong
    )
    sums = [
        amounts(line.quantity, item.unit_price, item.discount, item.tax_rate, draft.tax_included, header.minor_units)
        for line, item in zip(lines, items, strict=True)
    ]
    reference = draft.customer_reference.strip()
    return NewOrder(
        header, items, lines, sums, day, draft.requested_on, draft.tax_included, reference, None, draft.note
    )


@command("sales.update_quotation", UPDATE)
def update_quotation(
    *, actor: Actor, number: str, draft: QuoteDraft, version: int | None = None, base: QuoteDraft | None = None
) -> Done:
    """Make a quotation out of which nothing was ordered what ``draft`` says; one that was sent is a draft again.

    Lines are matched by their ``id``. Merging with others works as for orders (``base``).
    Errors: NotFound, WrongState, Stale, DraftChanged, Invalid (by field), EmptyDocument, InApproval.
    """
    quotation = Quotation.lock(actor, number)
    quotation.must_be(EDITABLE, UPDATE)
    flow.free(actor, quotation.subject)
    now = quote_draft(actor, number, whole=True).draft
    shown = now if actor.may(VIEW_PRICE) else without_prices(now)
    seen_now = fields.blank(actor, "quotation", quotation.state, shown)
    wanted = replace(draft, lines=unique_ids(draft.lines))
    mine = merged(quotation.subject, quotation.version, version, base, wanted, seen_now)
    mine = fields.kept(actor, "quotation", quotation.state, unseen_kept(actor, mine, now), now)
    lines = [LineIn(**{k: v for k, v in asdict(line).items() if k != "id"}) for line in mine.lines]
    new = _priced(actor, mine, lines, mine.ordered_on or quotation.quoted_on)
    known = {line.id for line in now.lines}
    replace_quotation(quotation.pk, new, mine.valid_to, [n.id if n.id in known else None for n in mine.lines])
    changed = [
        [own_name(name).replace("ordered_on", "quoted_on"), before, after]
        for name, before, after in changes(now, replace(mine, ordered_on=new.ordered_on))[:50]
    ]
    refs = tuple(dict.fromkeys((f"partner:{now.customer}", f"partner:{mine.customer}")))
    record("sales.quotation_updated", quotation.subject, actor, refs, changes=changed)
    data = told(actor, new) | {"merged": taken_over(quotation.version, version, base, seen_now)}
    return Done("quotation", quotation.pk, number, "draft", quotation.version + 1, data)


@command("sales.copy_quotation", COPY, permission="sales.create_quotation")
def copy_quotation(*, actor: Actor, number: str) -> Done:
    """A new draft with the same lines and prices, made today; valid for as many days as the old one was.

    Errors: NotFound, Invalid (what was discontinued).
    """
    old = quote_draft(actor, number).draft
    today, valid_to = actor.today(), None
    if old.valid_to is not None and old.ordered_on is not None:
        valid_to = today + (old.valid_to - old.ordered_on)
    lines = [
        replace(LineIn(**{k: v for k, v in asdict(line).items() if k != "id"}), requested_on=None) for line in old.lines
    ]
    return _write(actor, replace(old, ordered_on=today, requested_on=None, valid_to=valid_to), lines)
