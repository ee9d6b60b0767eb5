"""Correct stock with a reason, and take a correction back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.inventory.errors import AlreadyReversed, IsReversal, ReasonRequired
from gendan.inventory.models import Adjustment
from gendan.inventory.rules import NEEDS_REASON, SIGNS, AdjustmentLineIn, fits_kind
from gendan.inventory.steps.adjustment import (
    Change,
    Header,
    book,
    insert_adjustment,
    lines_of,
    lines_to_copy,
    replace_lines,
)
from gendan.inventory.steps.ledger import ensure_lots
from gendan.inventory.steps.lookup import Wanted, find_lines, find_warehouses
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.unit import Done, command, step

UPDATE, POST, REVERSE = _("修改调整单"), _("调整过账"), _("冲销调整单")
SHOWN = 50


@command("inventory.create_adjustment", _("新建调整单"))
def create_adjustment(
    *,
    actor: Actor,
    warehouse: str,
    kind: str,
    lines: Sequence[AdjustmentLineIn],
    reason: str = "",
    post: bool = False,
    at: datetime | None = None,
) -> Done:
    """Write a correction of a ``kind`` (opening, found, lost, broken, scrap, correction); ``post`` books it at once,
    or, for an import, at a time that has passed (``at``).

    A reason is required except for an opening balance. Lots that come in are made where missing.
    Errors: Invalid (by field), EmptyDocument, ReasonRequired; with ``post`` also Forbidden, StockShort.
    """
    if post:
        actor.must("inventory.post_adjustment")
    return _create(actor, warehouse, kind, lines, reason, post, at if actor.via == "import" else None)


@command("inventory.copy_adjustment", _("复制调整单"), permission="inventory.create_adjustment")
def copy_adjustment(*, actor: Actor, number: str) -> Done:
    """A new draft with the same kind, reason and lines. Errors: NotFound, IsReversal, Invalid (what is gone)."""
    old = Adjustment.lock(actor, number)
    if old.reverses_id:
        raise IsReversal(number=number)
    warehouse, lines = lines_to_copy(old.pk)
    return _create(actor, warehouse, old.kind, lines, old.reason)


@command("inventory.update_adjustment", UPDATE, permission="inventory.create_adjustment")
def update_adjustment(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[AdjustmentLineIn],
    kind: str | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> Done:
    """Replace the lines of a draft. Errors: NotFound, Stale, WrongState, Invalid, EmptyDocument, ReasonRequired,
    InApproval, IsReversal.
    """
    adjustment = Adjustment.lock(actor, number, version)
    adjustment.must_be({"draft"}, UPDATE)
    if adjustment.reverses_id:
        raise IsReversal(number=number)
    flow.free(actor, adjustment.subject)
    kind = adjustment.kind if kind is None else kind
    reason = adjustment.reason if reason is None else reason.strip()
    _check_header(kind, reason)
    changes = _changes(actor, adjustment.warehouse_id, kind, lines)
    replace_lines(adjustment.pk, changes)
    adjustment.touch(kind=kind, reason=reason)
    record("inventory.adjustment_updated", adjustment.subject, actor, _refs(changes), kind=kind, lines=_shown(changes))
    return _done(adjustment)


@command("inventory.post_adjustment", POST)
def post_adjustment(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Book a draft, when no flow has to approve it first.

    Errors: NotFound, Stale, WrongState, StockShort, InApproval.
    """
    adjustment = Adjustment.lock(actor, number, version)
    adjustment.must_be({"draft"}, POST)
    if not flow.lets(actor, adjustment.subject):
        return _done(adjustment, approval="running")
    return post_locked(actor, adjustment)


@step
def post_locked(actor: Actor, adjustment: Adjustment) -> Done:
    """Book a locked draft. Errors: WrongState, StockShort."""
    adjustment.must_be({"draft"}, POST)
    changes = lines_of(adjustment.pk)
    book(actor, adjustment.kind, adjustment.subject, changes, [row.id for row in changes])
    adjustment.move_to("posted", POST, posted_at=Now())
    record(
        "inventory.adjustment_posted",
        adjustment.subject,
        actor,
        _refs(changes),
        kind=adjustment.kind,
        reason=adjustment.reason,
        lines=_shown(changes),
    )
    return _done(adjustment)


@command("inventory.reverse_adjustment", REVERSE, permission="inventory.post_adjustment")
def reverse_adjustment(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """Book the opposite of a posted adjustment as a new one, which is answered; where a flow approves adjustments, it
    is a draft until then.

    Errors: NotFound, Stale, WrongState, ReasonRequired, AlreadyReversed, IsReversal, StockShort.
    """
    if not reason.strip():
        raise ReasonRequired()
    original = Adjustment.lock(actor, number, version)
    original.must_be({"posted"}, REVERSE)
    if original.reverses_id:
        raise IsReversal(number=number)
    if earlier := Adjustment.objects.filter(reverses_id=original.pk).values_list("number", flat=True).first():
        raise AlreadyReversed(number=number, reversal=earlier)
    changes = [replace(row, change=-row.change) for row in lines_of(original.pk, with_moves=True)]
    waits = flow.guarded(actor, Adjustment.KIND)
    header = Header(original.warehouse_id, original.kind, reason.strip(), "draft" if waits else "posted", original.pk)
    subject, line_ids = insert_adjustment(actor, header, changes)
    original.touch()
    refs = _refs(changes)
    told = {"kind": original.kind, "reason": reason.strip(), "reverses": number, "lines": _shown(changes)}
    if waits:
        record("inventory.adjustment_created", subject, actor, (original.subject.ref, *refs), **told)
        done = _submitted(actor, subject)
        return replace(done, data={**done.data, "reverses": number})
    book(actor, original.kind, subject, changes, line_ids)
    record_all(
        actor,
        [
            Entry("inventory.adjustment_reversed", original.subject, (subject.ref, *refs), {"reason": reason.strip()}),
            Entry(
                "inventory.adjustment_posted",
                subject,
                (original.subject.ref, *refs),
                told,
            ),
        ],
    )
    return Done(Adjustment.KIND, subject.id, subject.number, "posted", 1, {"reverses": number})


def _create(
    actor: Actor,
    warehouse: str,
    kind: str,
    lines: Sequence[AdjustmentLineIn],
    reason: str,
    post: bool = False,
    at: datetime | None = None,
) -> Done:
    _check_header(kind, reason)
    warehouse_id = find_warehouses(actor, warehouse=warehouse)["warehouse"]
    changes = _changes(actor, warehouse_id, kind, lines)
    waits = post and flow.guarded(actor, Adjustment.KIND)
    header = Header(warehouse_id, kind, reason.strip(), "posted" if post and not waits else "draft")
    subject, line_ids = insert_adjustment(actor, header, changes)
    happened = ["inventory.adjustment_created"]
    if post and not waits:
        book(actor, kind, subject, changes, line_ids, at)
        happened.append("inventory.adjustment_posted")
    data = {"kind": kind, "reason": reason.strip(), "lines": _shown(changes)}
    record_all(actor, [Entry(type_, subject, _refs(changes), data) for type_ in happened])
    return _submitted(actor, subject) if waits else Done(Adjustment.KIND, subject.id, subject.number, header.state)


def _submitted(actor: Actor, subject: Subject) -> Done:
    """A new draft that a flow has to approve, on its way; it is booked when nobody has to be asked."""
    if flow.passes(actor, subject.kind, subject.number, told=True):
        return post_locked(actor, Adjustment.lock(actor, subject.number))
    return Done(Adjustment.KIND, subject.id, subject.number, "draft", 1, {"approval": "running"})


def _check_header(kind: str, reason: str) -> None:
    if kind not in SIGNS:
        raise Invalid({"kind": _now("类型应为：%(kinds)s。") % {"kinds": ", ".join(SIGNS)}})
    if kind in NEEDS_REASON and not reason.strip():
        raise ReasonRequired()


def _changes(actor: Actor, warehouse_id: int, kind: str, lines: Sequence[AdjustmentLineIn]) -> list[Change]:
    """The lines with their rows; lots that come in are made where missing."""
    found = find_lines(actor, warehouse_id, [Wanted(x.product, x.change, x.lot, x.bin) for x in lines], new_lots=True)
    problems: dict[str, str] = {}
    for n, (line, row) in enumerate(zip(lines, found, strict=True)):
        if not fits_kind(kind, line.change):
            sign = _now("增加") if SIGNS[kind] > 0 else _now("减少")
            problems[f"lines.{n}.quantity"] = _now("「%(kind)s」只能%(sign)s库存。") % {
                "kind": Adjustment.Kind(kind).label,
                "sign": sign,
            }
        elif line.change < 0 and line.lot and row.lot_id is None:
            problems[f"lines.{n}.lot"] = _now("%(product)s 没有批次 %(lot)s。") % {
                "product": row.product,
                "lot": line.lot,
            }
    if problems:
        raise Invalid(problems)
    missing = [
        (row.product_id, line.lot) for line, row in zip(lines, found, strict=True) if line.lot and row.lot_id is None
    ]
    lots = ensure_lots(actor.company_id, missing)
    return [
        Change(
            row.product_id, row.product, row.lot_id or lots.get((row.product_id, line.lot)), row.place_id, line.change
        )
        for line, row in zip(lines, found, strict=True)
    ]


def _shown(changes: Sequence[Change]) -> list[dict[str, object]]:
    return [{"product": row.product, "change": row.change} for row in changes[:SHOWN]]


def _refs(changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(f"product:{code}" for code in sorted({row.product for row in changes})[:SHOWN])


def _done(adjustment: Adjustment, **data: object) -> Done:
    return Done(Adjustment.KIND, adjustment.pk, adjustment.number, adjustment.state, adjustment.version, data)
