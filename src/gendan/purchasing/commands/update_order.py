"""Change a draft, together with others who have it open; a remark on a line; throw a draft away; copy an order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.errors import Forbidden
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.create import place, told
from gendan.purchasing.errors import UnknownLine
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.rules.draft import Draft, DraftLine, without_prices
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.merging import changes, unique_ids
from gendan.purchasing.steps import allocation, contracts, lookup, preview
from gendan.purchasing.steps.days import day_problems
from gendan.purchasing.steps.merging import merged, taken_over
from gendan.purchasing.steps.order import NewOrder, lock_order
from gendan.purchasing.steps.redraft import replace_draft

UPDATE, DELETE, COPY, NOTE = _("修改采购订单"), _("删除采购订单草稿"), _("复制采购订单"), _("修改行备注")
DRAFT = frozenset({"draft"})


@command("purchasing.update_order", UPDATE)
def update_order(
    *, actor: Actor, number: str, draft: Draft, version: int | None = None, base: Draft | None = None
) -> Done:
    """Make a draft what ``draft`` says. Lines are matched by their ``id``; a line without one is new.

    With ``base`` (what the form was opened with) and an older ``version``, what only others changed is taken over and
    what only the actor changed is kept; DraftChanged lists what both changed. Without it an older version is Stale.
    Errors: NotFound, WrongState, Stale, DraftChanged, Invalid (by field), EmptyDocument.
    """
    order = lock_order(actor, number)
    order.must_be(DRAFT, UPDATE)
    now = draft_of(actor, number, whole=True).draft
    seen_now = fields.blank(actor, "po", order.state, now if actor.may(VIEW_PRICE) else without_prices(now))
    mine = replace(draft, lines=unique_ids(draft.lines))
    mine = merged(order.subject, order.version, version, base, mine, seen_now)
    mine = fields.kept(actor, "po", order.state, _unseen_kept(actor, mine, now), now)
    day = mine.ordered_on or order.ordered_on
    lines, wrong = [_line_in(line) for line in mine.lines], day_problems(actor, {"ordered_on": day})
    header, items = lookup.find(actor, mine.supplier, mine.warehouse, mine.currency, lines, day, wrong)
    sums = [
        amounts(line.quantity, item.unit_price, line.discount, item.tax_rate, mine.tax_included, header.minor_units)
        for line, item in zip(lines, items, strict=True)
    ]
    new = NewOrder(header, items, lines, sums, day, mine.tax_included, mine.supplier_reference, None, mine.note)
    known = {line.id: line.product for line in now.lines}
    ids = [line.id if line.id in known else None for line in mine.lines]
    kept = dict.fromkeys((id_ for id_ in known if id_ is not None), Decimal(0))
    for id_, line, item in zip(ids, lines, items, strict=True):
        if id_ is not None and known[id_] == line.product:
            kept[id_] = line.quantity * item.factor
    allocation.release(actor, order.subject, kept)
    replace_draft(order.id, new, ids)
    contracts.called_off(actor, order.subject, items)
    record(
        "purchasing.order_updated",
        order.subject,
        actor,
        (f"partner:{mine.supplier}",),
        changes=changes(now, replace(mine, ordered_on=day))[:50],
    )
    data = told(actor, new) | {"merged": taken_over(order.version, version, base, seen_now)}
    return Done("po", order.id, order.number, "draft", order.version + 1, data)


def _unseen_kept(actor: Actor, mine: Draft, now: Draft) -> Draft:
    """Who does not see prices cannot change them: lines keep theirs, new lines and products take the price list's."""
    if actor.may(VIEW_PRICE):
        return mine
    before = {line.id: line for line in now.lines if line.id is not None}

    def kept(line: DraftLine) -> DraftLine:
        old = before.get(line.id) if line.id is not None else None
        if old is None or old.product != line.product or line.unit not in {"", old.unit}:
            return replace(line, unit_price=None, discount=Decimal(0))
        return replace(line, unit_price=old.unit_price, discount=old.discount, unit=old.unit)

    return replace(mine, lines=tuple(kept(line) for line in mine.lines))


def _line_in(line: DraftLine) -> LineIn:
    return LineIn(
        line.product,
        line.quantity,
        line.unit_price,
        line.unit,
        line.required_on,
        line.discount,
        line.tax,
        line.note,
        line.description,
    )


@command("purchasing.set_line_note", NOTE, permission="purchasing.update_order")
def set_line_note(*, actor: Actor, number: str, line: int, note: str, version: int | None = None) -> Done:
    """Write a remark on a line, in any state. Errors: NotFound, Stale, UnknownLine."""
    note = note.strip()[:300]
    order = lock_order(actor, number, version)
    touched = db.execute(
        "WITH l AS (UPDATE purchasing_orderline SET note = %(note)s::text"
        "  WHERE order_id = %(order)s::bigint AND line_no = %(line)s::int RETURNING id)"
        " UPDATE purchasing_purchaseorder SET version = version + 1, updated_at = now()"
        " WHERE id = %(order)s::bigint AND EXISTS (SELECT 1 FROM l)",
        {"note": note, "order": order.id, "line": line},
    )
    if not touched:
        raise UnknownLine(number=number, line=line)
    record("purchasing.line_noted", order.subject, actor, line=line, note=note)
    return Done("po", order.id, order.number, order.state, order.version + 1)


@command("purchasing.delete_order", DELETE, permission="purchasing.create_order")
def delete_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Throw a draft away; only its author may. Its requisitions are free again.

    Errors: NotFound, Stale, WrongState, Forbidden.
    """
    order = lock_order(actor, number, version)
    order.must_be(DRAFT, DELETE)
    found = db.rows(
        "SELECT o.created_by_id, l.id FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id"
        " WHERE o.id = %s::bigint",
        [order.id],
    )
    if any(author != actor.user_id for author, _line in found):
        raise Forbidden(permission=str(DELETE), code="purchasing.delete_order")
    allocation.release(actor, order.subject, {line: Decimal(0) for _author, line in found})
    db.execute(
        "WITH shares AS (DELETE FROM purchasing_requisitionallocation"
        "  WHERE order_line_id IN (SELECT id FROM purchasing_orderline WHERE order_id = %(id)s::bigint)),"
        " lines AS (DELETE FROM purchasing_orderline WHERE order_id = %(id)s::bigint)"
        " DELETE FROM purchasing_purchaseorder WHERE id = %(id)s::bigint",
        {"id": order.id},
    )
    record("purchasing.order_deleted", order.subject, actor)
    return Done("po", order.id, order.number, "deleted", order.version)


@command("purchasing.copy_order", COPY, permission="purchasing.create_order")
def copy_order(*, actor: Actor, number: str, current_prices: bool = False) -> Done:
    """A new draft with the same lines, without their dates; ``current_prices``: the price list decides where it can.

    Errors: NotFound, Invalid (what was discontinued).
    """
    old = draft_of(actor, number).draft
    lines = [replace(_line_in(line), required_on=None) for line in old.lines]
    if current_prices:
        lines = _at_current_prices(actor, old, lines)
    return place(
        actor, old.supplier, old.warehouse, lines, currency=old.currency, tax_included=old.tax_included, note=old.note
    )


def _at_current_prices(actor: Actor, old: Draft, lines: list[LineIn]) -> list[LineIn]:
    """The lines with list prices; the old price where the list has none."""
    header = lookup.find_header(actor, old.supplier, old.warehouse, old.currency)
    offers = preview.offers(actor, header, lines, actor.today())
    return [
        replace(line, unit_price=offer.price if offer else line.unit_price)
        for line, offer in zip(lines, offers, strict=True)
    ]
