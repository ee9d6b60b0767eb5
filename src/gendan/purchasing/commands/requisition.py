"""Ask for something to be bought: write a requisition, change it, copy it, throw the draft away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.requisition_flow import send
from gendan.purchasing.models import Requisition
from gendan.purchasing.queries.drafts import request_draft
from gendan.purchasing.rules.merging import changes, unique_ids
from gendan.purchasing.rules.requisitions import RequestDraft, RequestIn, moved_along
from gendan.purchasing.steps import pegs, request
from gendan.purchasing.steps.days import day_problems
from gendan.purchasing.steps.merging import merged, taken_over

CREATE, UPDATE, DELETE = _("新建采购申请"), _("修改采购申请"), _("删除采购申请草稿")


@command("purchasing.create_requisition", CREATE)
def create_requisition(
    *,
    actor: Actor,
    warehouse: str,
    lines: Sequence[RequestIn],
    required_on: date | None = None,
    reason: str = "",
    submit: bool = False,
) -> Done:
    """Write a requisition; ``submit`` sends it to approval at once. Errors: Invalid (by field), EmptyDocument."""
    return write_requisition(actor, warehouse, lines, required_on, reason, submit)


def write_requisition(
    actor: Actor, warehouse: str, lines: Sequence[RequestIn], required_on: date | None, reason: str, submit: bool
) -> Done:
    """What create_requisition does, for the commands that make requisitions in other ways."""
    if submit:
        actor.must("purchasing.submit_requisition")
    wrong = day_problems(actor, {"required_on": required_on})
    warehouse_id, items, suppliers = request.find_rows(actor, warehouse, lines, wrong)
    subject = request.insert_requisition(actor, warehouse_id, required_on, reason)
    fresh = [replace(line, id=None) for line in lines]
    request.write_lines(subject.id, fresh, items, suppliers, required_on, new=True)
    record("purchasing.requisition_created", subject, actor, lines=len(lines))
    if submit:
        return send(actor, Requisition.lock(actor, subject.number))
    return Done("requisition", subject.id, subject.number, "draft", 1)


def request_goods(actor: Actor, warehouse: str, lines: Sequence[RequestIn], reason: str) -> Done:
    """A requisition that another context's command makes, sent to approval at once; that command asks for the right."""
    made = write_requisition(actor, warehouse, lines, None, reason, submit=False)
    return send(actor, Requisition.lock(actor, made.number))


@command("purchasing.update_requisition", UPDATE)
def update_requisition(
    *,
    actor: Actor,
    number: str,
    warehouse: str,
    lines: Sequence[RequestIn],
    required_on: date | None = None,
    reason: str = "",
    version: int | None = None,
    base: RequestDraft | None = None,
    submit: bool = False,
) -> Done:
    """Replace header and lines of a draft or of a rejected requisition, which thereby becomes a draft again.

    Lines with an ``id`` stay themselves; those that had the header's date go with it. With ``base`` (what the form was
    opened with) and an older ``version``, what only others changed is taken over; DraftChanged lists what both changed.
    Without it an older version is Stale.
    Errors: NotFound, Stale, DraftChanged, WrongState, Invalid (by field), EmptyDocument.
    """
    if submit:
        actor.must("purchasing.submit_requisition")
    found = Requisition.lock(actor, number)
    found.must_be({"draft", "rejected"}, UPDATE)
    now = request_draft(actor, number, whole=True).draft
    mine = RequestDraft(warehouse, required_on, reason, unique_ids(lines))
    seen_now = fields.blank(actor, "requisition", found.state, now)
    mine = merged(found.subject, found.version, version, base, mine, seen_now)
    mine = fields.kept(actor, "requisition", found.state, mine, now)
    known = {line.id for line in now.lines}
    mine = replace(mine, lines=tuple(line if line.id in known else replace(line, id=None) for line in mine.lines))
    mine = moved_along(now.required_on, mine)
    told = {"merged": taken_over(found.version, version, base, seen_now)}
    wrong = day_problems(actor, {"required_on": mine.required_on})
    warehouse_id, items, suppliers = request.find_rows(actor, mine.warehouse, mine.lines, wrong)
    request.write_lines(found.pk, mine.lines, items, suppliers, mine.required_on)
    found.move_to("draft", UPDATE, warehouse_id=warehouse_id, required_on=mine.required_on, reason=mine.reason)
    pegs.requested_less(actor, [id_ for id_ in known if id_])
    record("purchasing.requisition_updated", found.subject, actor, changes=changes(now, mine)[:50])
    if submit:
        done = send(actor, found)
        return replace(done, data={**done.data, **told})
    return Done("requisition", found.pk, found.number, found.state, found.version, told)


@command("purchasing.copy_requisition", _("复制采购申请"), permission="purchasing.create_requisition")
def copy_requisition(*, actor: Actor, number: str) -> Done:
    """A new draft with the same lines, without their dates. Errors: NotFound, Invalid (what was discontinued)."""
    found = Requisition.lock(actor, number)
    rows = db.rows(
        "SELECT p.code, l.quantity, u.code, coalesce(s.code, ''), l.note FROM purchasing_requisitionline l"
        " JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id"
        " LEFT JOIN catalog_partner s ON s.id = l.supplier_id WHERE l.requisition_id = %s ORDER BY l.line_no",
        [found.pk],
    )
    lines = [
        RequestIn(product, quantity, unit, None, supplier, note) for product, quantity, unit, supplier, note in rows
    ]
    warehouse = db.row("SELECT code FROM catalog_warehouse WHERE id = %s", [found.warehouse_id])
    assert warehouse is not None
    return write_requisition(actor, warehouse[0], lines, None, found.reason, submit=False)


@command("purchasing.delete_requisition", DELETE, permission="purchasing.create_requisition")
def delete_requisition(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Throw a draft away; only its author may. Errors: NotFound, Stale, WrongState, Forbidden."""
    found = Requisition.lock(actor, number, version)
    found.must_be({"draft"}, DELETE)
    if found.created_by_id != actor.user_id:
        raise Forbidden(permission=str(DELETE), code="purchasing.delete_requisition")
    gone = db.rows("DELETE FROM purchasing_requisitionline WHERE requisition_id = %s::bigint RETURNING id", [found.pk])
    pegs.requested_less(actor, [id_ for (id_,) in gone])
    db.execute("DELETE FROM purchasing_requisition WHERE id = %s::bigint", [found.pk])
    record("purchasing.requisition_deleted", found.subject, actor)
    return Done("requisition", found.pk, found.number, "deleted", found.version)
