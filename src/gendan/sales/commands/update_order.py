"""Change an order that has not left yet, together with others who have it open; a remark on a line; throw a draft
away; copy an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from gendan.changes import steps as changes_steps
from gendan.flow import steps as flow
from gendan.flow.queries.standing import judged
from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.errors import Forbidden
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import UnknownLine
from gendan.purchasing.rules.merging import changes, unique_ids
from gendan.purchasing.steps.days import day_problems
from gendan.purchasing.steps.merging import merged, taken_over
from gendan.sales.commands.create import back_order_problem, check_reference, numbers_once, place, told
from gendan.sales.commands.reserve import reserve_lines
from gendan.sales.errors import OnceApproved, OrderHasOpenDeliveries
from gendan.sales.queries.drafts import draft_of
from gendan.sales.queries.findings import tell
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.draft import Draft, DraftLine, without_prices
from gendan.sales.rules.lines import ZERO, LineIn, outstanding
from gendan.sales.steps import lookup, pegs
from gendan.sales.steps.order import LockedLine, LockedOrder, NewOrder, lock_beside, lock_with_lines, set_state
from gendan.sales.steps.redraft import replace_order
from gendan.sales.steps.review import hold_customer, record_pass, review_order, state_after

UPDATE, DELETE, COPY, NOTE = _("修改销售订单"), _("删除销售订单草稿"), _("复制销售订单"), _("修改行备注")
EDITABLE = frozenset({"draft", "rejected", "pending_review", "to_ship"})
DRAFT = frozenset({"draft", "rejected"})
D = TypeVar("D", bound=Draft)


@command("sales.update_order", UPDATE)
def update_order(
    *, actor: Actor, number: str, draft: Draft, version: int | None = None, base: Draft | None = None
) -> Done:
    """Make an order of which nothing left what ``draft`` says. Lines are matched by their ``id``; one without is new.

    A draft stays a draft, a rejected order becomes one. An order in review stays there and is looked at again; one
    that had passed passes again (and takes its stock again) or goes back to review and lets its stock go.
    With ``base`` (what the form was opened with) and an older ``version``, what only others changed is taken over and
    what only the actor changed is kept; DraftChanged lists what both changed. Without it an older version is Stale.
    Errors: NotFound, WrongState, Stale, DraftChanged, Invalid (by field), EmptyDocument, OrderHasOpenDeliveries,
    ReferenceReused, ReviewStopped.
    """
    order, rows = lock_with_lines(actor, number)
    order.must_be(EDITABLE, UPDATE)
    if any(row.shipped or row.delivering for row in rows):
        raise OrderHasOpenDeliveries(number=number)
    now = draft_of(actor, number, whole=True).draft
    was = changes_steps.begin_direct(actor, "so", number) if order.state not in DRAFT else None
    seen_now = fields.blank(actor, "so", order.state, now if actor.may(VIEW_PRICE) else without_prices(now))
    mine = merged(order.subject, order.version, version, base, replace(draft, lines=unique_ids(draft.lines)), seen_now)
    mine = fields.kept(actor, "so", order.state, unseen_kept(actor, mine, now), now)
    new, ids = _priced(actor, order, mine, now)
    state = "draft" if order.state in DRAFT else order.state
    if state != "draft":
        hold_customer(new.header.customer_id)
        if shrunk := _shrunk(order, rows, new, ids):
            products = {row.product_id for row in rows} | {item.product_id for item in new.items}
            pegs.hold_to_take_again(actor, order, rows, new.header.warehouse_id, products)
            pegs.release(actor, order, shrunk)
    check_reference(actor, new.header.customer_id, new.customer_reference, order.id)
    with numbers_once(new.customer_reference, None):
        replace_order(order.id, new, ids, state)
    refs = tuple(dict.fromkeys((*order.refs, f"partner:{mine.customer}")))
    changed = [
        [own_name(name), before, after]
        for name, before, after in changes(now, replace(mine, ordered_on=new.ordered_on))[:50]
    ]
    record("sales.order_updated", order.subject, actor, refs, changes=changed)
    data = told(actor, new) | {"merged": taken_over(order.version, version, base, seen_now)}
    version_now = order.version + 1
    if state != "draft":
        state, version_now = _looked_at_again(actor, order, data)
        data["change"] = changes_steps.finish_direct(actor, "so", was)
    return Done("so", order.id, number, state, version_now, data)


def _priced(actor: Actor, order: LockedOrder, mine: Draft, now: Draft) -> tuple[NewOrder, list[int | None]]:
    """The order as it shall be, and the id of each line that it has already (of the same product)."""
    day = mine.ordered_on or order.ordered_on
    wrong = day_problems(actor, {"ordered_on": day, "requested_on": mine.requested_on})
    wrong |= back_order_problem(mine.back_order)
    lines = [_line_in(line) for line in mine.lines]
    header, items = lookup.find(actor, mine.customer, mine.warehouse, mine.currency, mine.ship_to, lines, day, wrong)
    sums = [
        amounts(line.quantity, item.unit_price, item.discount, item.tax_rate, mine.tax_included, header.minor_units)
        for line, item in zip(lines, items, strict=True)
    ]
    new = NewOrder(
        header,
        items,
        lines,
        sums,
        day,
        mine.requested_on,
        mine.tax_included,
        mine.customer_reference.strip(),
        None,
        mine.note,
        mine.back_order,
    )
    known = {line.id: line.product for line in now.lines}
    return new, [line.id if line.id is not None and known.get(line.id) == line.product else None for line in mine.lines]


def own_name(field: str) -> str:
    """What prices are called in events: those of sales are for others to see than those of purchasing."""
    line, blank, name = field.rpartition(" ")
    return line + blank + {"unit_price": "sales_price", "discount": "sales_discount"}.get(name, name)


def _shrunk(
    order: LockedOrder, rows: Sequence[LockedLine], new: NewOrder, ids: Sequence[int | None]
) -> list[LockedLine]:
    """The lines that cannot keep what they hold: gone, less than before, or of another warehouse."""
    if new.header.warehouse_id != order.warehouse_id:
        return list(rows)
    needs = {id_: line.quantity * item.factor for id_, line, item in zip(ids, new.lines, new.items, strict=True) if id_}
    return [row for row in rows if needs.get(row.id, ZERO) < outstanding(row) * row.factor]


def _looked_at_again(actor: Actor, order: LockedOrder, data: dict[str, object]) -> tuple[str, int]:
    """Review what was written; the state and version that follow, and what there is to tell in ``data``."""
    changed, rows, judged_rows = lock_beside(actor, order.number, None, judged(actor, "so", order.number))
    review = review_order(actor, changed)
    data["findings"] = [asdict(found) for found in tell(actor, review.as_json)]
    edit = flow.edited(actor, order.subject, judged_rows)
    if changed.state == "pending_review" and not (edit.void and review.has_flow):
        return changed.state, changed.version
    passed = None
    if edit.judged and not edit.void and not review.doubts - order.seen:
        state = "to_ship"
    else:
        state, passed = state_after(actor, review, changed.company_amount, order.number)
    if state != "to_ship":
        pegs.release(actor, changed, rows)
    set_state(actor, changed, state, passed=passed is not None)
    if state == "to_ship":
        data["short"] = reserve_lines(actor, changed, rows)
        if passed:
            record_pass(actor, order.subject, order.refs, passed)
    else:
        record("sales.order_submitted", order.subject, actor, order.refs)
    return state, changed.version + 1


def unseen_kept(actor: Actor, mine: D, now: Draft) -> D:
    """Who does not see prices cannot change them: lines keep theirs, new lines and products take the price list's."""
    if actor.may(VIEW_PRICE):
        return mine
    before = {line.id: line for line in now.lines if line.id is not None}

    def kept(line: DraftLine) -> DraftLine:
        old = before.get(line.id) if line.id is not None else None
        if old is None or old.product != line.product or line.unit not in {"", old.unit}:
            return replace(line, unit_price=None, discount=None)
        return replace(line, unit_price=old.unit_price, discount=old.discount, unit=old.unit)

    return replace(mine, lines=tuple(kept(line) for line in mine.lines))


def _line_in(line: DraftLine) -> LineIn:
    return LineIn(
        line.product,
        line.quantity,
        line.unit_price,
        line.unit,
        line.requested_on,
        line.discount,
        line.tax,
        line.note,
        line.description,
    )


@command("sales.set_line_note", NOTE, permission="sales.update_order")
def set_line_note(*, actor: Actor, number: str, line: int, note: str, version: int | None = None) -> Done:
    """Write a remark on a line, in any state. Errors: NotFound, Stale, UnknownLine."""
    note = note.strip()[:300]
    order, rows = lock_with_lines(actor, number, version)
    if line not in {row.line_no for row in rows}:
        raise UnknownLine(number=number, line=line)
    db.later(
        "WITH l AS (UPDATE sales_salesline SET note = %(note)s::text"
        "  WHERE order_id = %(order)s::bigint AND line_no = %(line)s::int)"
        " UPDATE sales_salesorder SET version = version + 1, updated_at = now() WHERE id = %(order)s::bigint",
        {"note": note, "order": order.id, "line": line},
    )
    record("sales.line_noted", order.subject, actor, line=line, note=note)
    return Done("so", order.id, number, order.state, order.version + 1)


@command("sales.delete_order", DELETE, permission="sales.create_order")
def delete_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Throw a draft away; only its author may. Errors: NotFound, Stale, WrongState, Forbidden, OnceApproved."""
    order, _rows = lock_with_lines(actor, number, version)
    order.must_be(DRAFT, DELETE)
    found = db.row(
        "SELECT o.created_by_id, bool_or(l.promise_revision > 0 OR d.id IS NOT NULL"
        "  OR EXISTS (SELECT 1 FROM sales_arrival a WHERE a.line_id = l.id))"
        " FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id"
        " LEFT JOIN sales_deliveryline d ON d.order_line_id = l.id WHERE o.id = %s::bigint GROUP BY o.id",
        [order.id],
    )
    assert found is not None
    if found[0] != actor.user_id:
        raise Forbidden(permission=str(DELETE), code="sales.delete_order")
    if found[1]:
        raise OnceApproved(number=number)
    db.execute(
        "WITH lines AS (DELETE FROM sales_salesline WHERE order_id = %(id)s::bigint)"
        " DELETE FROM sales_salesorder WHERE id = %(id)s::bigint",
        {"id": order.id},
    )
    record("sales.order_deleted", order.subject, actor)
    return Done("so", order.id, number, "deleted", order.version)


@command("sales.copy_order", COPY, permission="sales.create_order")
def copy_order(*, actor: Actor, number: str, current_prices: bool = False) -> Done:
    """A new draft with the same lines, without their dates and the customer's number; ``current_prices``: the price
    list decides where it can. The address is the customer's, as it stands now.

    Errors: NotFound, Invalid (what was discontinued).
    """
    old = draft_of(actor, number).draft
    lines = [replace(_line_in(line), requested_on=None) for line in old.lines]
    if current_prices:
        lines = _at_current_prices(actor, old, lines)
    return place(
        actor,
        old.customer,
        old.warehouse,
        lines,
        currency=old.currency,
        ship_to=old.ship_to,
        tax_included=old.tax_included,
        note=old.note,
        back_order=old.back_order,
    )


def _at_current_prices(actor: Actor, old: Draft, lines: list[LineIn]) -> list[LineIn]:
    """The lines with list prices; the old price where the list has none."""
    _header, items = lookup.find(actor, old.customer, old.warehouse, old.currency, old.ship_to, lines, actor.today())
    return [
        line if item.listed is None else replace(line, unit_price=item.listed, discount=item.listed_discount)
        for line, item in zip(lines, items, strict=True)
    ]
