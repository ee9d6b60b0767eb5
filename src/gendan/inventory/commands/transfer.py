"""Move stock between bins at once, or between warehouses by way of transit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries import virtual_location
from gendan.flow import steps as flow
from gendan.inventory.errors import NothingInTransit, OverArrived, PlaceUnderInspection, UnknownLine
from gendan.inventory.models import Transfer
from gendan.inventory.rules import ArrivalIn, OnTheWay, TransferLineIn
from gendan.inventory.steps import transfer as steps
from gendan.inventory.steps.claims import move_claimed
from gendan.inventory.steps.ledger import Leg, move
from gendan.inventory.steps.lookup import Found, Wanted, find_lines, find_warehouses
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.unit import Done, command, step
from gendan.kernel.values import quantity_problem

UPDATE, POST, RECEIVE, RECALL = _("修改调拨单"), _("调拨过账"), _("调拨收货"), _("撤回在途调拨")
ZERO = Decimal(0)
SHOWN = 50


@command("inventory.create_transfer", _("新建调拨单"))
def create_transfer(
    *,
    actor: Actor,
    warehouse: str,
    lines: Sequence[TransferLineIn],
    to_warehouse: str = "",
    reason: str = "",
    post: bool = False,
) -> Done:
    """Write a transfer; ``to_warehouse`` empty stays in the warehouse (bin to bin). ``post`` books it at once.

    Errors: Invalid (by field), EmptyDocument, PlaceUnderInspection; with ``post`` also Forbidden, StockShort.
    """
    if post:
        actor.must("inventory.post_transfer")
    return _create(actor, warehouse, to_warehouse, lines, reason, post)


@command("inventory.copy_transfer", _("复制调拨单"), permission="inventory.create_transfer")
def copy_transfer(*, actor: Actor, number: str) -> Done:
    """A new draft with the same lines. Errors: NotFound, Invalid (what is gone)."""
    old = Transfer.lock(actor, number)
    warehouse, to_warehouse, lines = steps.lines_to_copy(old.pk)
    return _create(actor, warehouse, to_warehouse, lines, old.reason)


@command("inventory.update_transfer", UPDATE, permission="inventory.create_transfer")
def update_transfer(
    *, actor: Actor, number: str, lines: Sequence[TransferLineIn], reason: str | None = None, version: int | None = None
) -> Done:
    """Replace the lines of a draft.

    Errors: NotFound, Stale, WrongState, Invalid, EmptyDocument, PlaceUnderInspection, InApproval.
    """
    transfer = Transfer.lock(actor, number, version)
    transfer.must_be({"draft"}, UPDATE)
    flow.free(actor, transfer.subject)
    found = _find(actor, transfer.warehouse_id, transfer.to_warehouse_id, lines)
    steps.replace_lines(transfer.pk, lines, found)
    transfer.touch(reason=transfer.reason if reason is None else reason)
    record("inventory.transfer_updated", transfer.subject, actor, _refs(row.product for row in found), lines=len(lines))
    return _done(transfer)


@command("inventory.post_transfer", POST)
def post_transfer(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Book a draft: in one warehouse the goods are there at once; between warehouses they are in transit, when no flow
    has to approve that first.

    Errors: NotFound, Stale, WrongState, StockShort, InApproval.
    """
    transfer = Transfer.lock(actor, number, version)
    transfer.must_be({"draft"}, POST)
    if transfer.warehouse_id != transfer.to_warehouse_id and not flow.lets(actor, transfer.subject):
        return _done(transfer, approval="running")
    return post_locked(actor, transfer)


@step
def post_locked(actor: Actor, transfer: Transfer) -> Done:
    """Book a locked draft. Errors: WrongState, StockShort."""
    transfer.must_be({"draft"}, POST)
    rows = steps.lines_of(transfer.pk)
    inside = transfer.warehouse_id == transfer.to_warehouse_id
    state, entry = _send(actor, transfer.subject, rows, inside)
    transfer.move_to(state, POST, sent_at=Now(), **({"posted_at": Now()} if inside else {}))
    record_all(actor, [entry])
    return _done(transfer)


@command("inventory.receive_transfer", RECEIVE)
def receive_transfer(
    *, actor: Actor, number: str, lines: Sequence[ArrivalIn] | None = None, version: int | None = None
) -> Done:
    """Book what arrived, in part or (``lines`` None) all that is on its way; posted when nothing is left on the way.

    Errors: NotFound, Stale, WrongState, UnknownLine, OverArrived, NothingInTransit, Invalid.
    """
    transfer = Transfer.lock(actor, number, version)
    transfer.must_be({"in_transit"}, RECEIVE)
    rows = steps.lines_of(transfer.pk)
    if lines is None:
        lines = [ArrivalIn(row.line_no, row.open) for row in rows if row.open > 0]
    if not lines:
        raise NothingInTransit(number=number)
    arrived = _arrivals(actor, transfer, rows, lines)
    transit = virtual_location(actor.company_id, "transit")
    legs = [
        Leg(row.product_id, transit, place, quantity, row.lot_id, row.id)
        for row in arrived
        for quantity, place in row.arrivals
    ]
    move(actor, legs, transfer.subject)
    steps.save_counters(arrived)
    _settle(transfer, rows, RECEIVE)
    record(
        "inventory.transfer_received",
        transfer.subject,
        actor,
        _refs(row.product for row in arrived),
        lines=[
            {"product": row.product, "quantity": sum((q for q, _ in row.arrivals), ZERO)} for row in arrived[:SHOWN]
        ],
    )
    return _done(transfer)


@command("inventory.recall_transfer", RECALL, permission="inventory.receive_transfer")
def recall_transfer(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """All that is still on its way goes back to the bins it left; cancelled when nothing had arrived.

    Errors: NotFound, Stale, WrongState, NothingInTransit.
    """
    transfer = Transfer.lock(actor, number, version)
    transfer.must_be({"in_transit"}, RECALL)
    rows = steps.lines_of(transfer.pk)
    back = [row for row in rows if row.open > 0]
    if not back:
        raise NothingInTransit(number=number)
    transit = virtual_location(actor.company_id, "transit")
    move(
        actor,
        [Leg(row.product_id, transit, row.from_id, row.open, row.lot_id, row.id) for row in back],
        transfer.subject,
    )
    for row in back:
        row.returned += row.open
    steps.save_counters(back)
    _settle(transfer, rows, RECALL)
    record("inventory.transfer_recalled", transfer.subject, actor, _refs(row.product for row in back), reason=reason)
    return _done(transfer)


def _create(
    actor: Actor, warehouse: str, to_warehouse: str, lines: Sequence[TransferLineIn], reason: str, post: bool = False
) -> Done:
    ids = find_warehouses(actor, warehouse=warehouse, to_warehouse=to_warehouse or warehouse)
    found = _find(actor, ids["warehouse"], ids["to_warehouse"], lines)
    subject = steps.insert_transfer(actor, ids["warehouse"], ids["to_warehouse"], reason, lines, found)
    created = Entry(
        "inventory.transfer_created",
        subject,
        _refs(row.product for row in found),
        {"lines": len(lines), "reason": reason},
    )
    waits = post and ids["warehouse"] != ids["to_warehouse"] and flow.guarded(actor, Transfer.KIND)
    if not post or waits:
        record_all(actor, [created])
        if waits and flow.passes(actor, subject.kind, subject.number, told=True):
            return post_locked(actor, Transfer.lock(actor, subject.number))
        data = {"approval": "running"} if waits else {}
        return Done(Transfer.KIND, subject.id, subject.number, "draft", 1, data)
    rows = steps.lines_of(subject.id)
    state, entry = _send(actor, subject, rows, ids["warehouse"] == ids["to_warehouse"])
    db.execute(
        "UPDATE inventory_transfer SET state = %s, sent_at = now(), posted_at = CASE WHEN %s THEN now() END"
        " WHERE id = %s",
        [state, state == "posted", subject.id],
    )
    record_all(actor, [created, entry])
    return Done(Transfer.KIND, subject.id, subject.number, state)


def _find(actor: Actor, from_id: int, to_id: int, lines: Sequence[TransferLineIn]) -> list[Found]:
    wanted = [Wanted(x.product, x.quantity, x.lot, x.from_bin, x.to_bin) for x in lines]
    negative = {f"lines.{n}.quantity": _now("数量必须大于 0。") for n, x in enumerate(lines) if x.quantity <= 0}
    if negative:
        raise Invalid(negative)
    found = find_lines(actor, from_id, wanted, to_id)
    same = {}
    for n, (row, line) in enumerate(zip(found, lines, strict=True)):
        if row.place_kind == "inspection":
            raise PlaceUnderInspection(place=line.from_bin, product=row.product)
        if row.place_id == row.to_place_id:
            same[f"lines.{n}.to_bin"] = _now("调出和调入是同一个库位。")
    if same:
        raise Invalid(same)
    return found


def _send(actor: Actor, subject: Subject, rows: list[OnTheWay], inside: bool) -> tuple[str, Entry]:
    """Book the departure; the new state and the event."""
    transit = None if inside else virtual_location(actor.company_id, "transit")
    legs = [
        Leg(row.product_id, row.from_id, row.to_id if transit is None else transit, row.quantity, row.lot_id, row.id)
        for row in rows
    ]
    (move_claimed if inside else move)(actor, legs, subject)
    if inside:
        for row in rows:
            row.received = row.quantity
        steps.save_counters(rows)
    lines = [{"product": row.product, "quantity": row.quantity} for row in rows[:SHOWN]]
    refs = _refs(row.product for row in rows)
    return "posted" if inside else "in_transit", Entry(
        "inventory.transfer_posted" if inside else "inventory.transfer_sent", subject, refs, {"lines": lines}
    )


def _arrivals(actor: Actor, transfer: Transfer, rows: Sequence[OnTheWay], lines: Sequence[ArrivalIn]) -> list[OnTheWay]:
    """The lines that received something, with their counters raised in memory."""
    known = {row.line_no: row for row in rows}
    places = _places(actor, transfer.to_warehouse_id, [line.bin for line in lines if line.bin])
    problems: dict[str, str] = {}
    for n, line in enumerate(lines):
        row = known.get(line.line)
        if row is None:
            raise UnknownLine(number=transfer.number, line=line.line)
        if problem := quantity_problem(line.quantity, row.decimals):
            problems[f"lines.{n}.quantity"] = problem
            continue
        if line.bin and line.bin not in places:
            problems[f"lines.{n}.bin"] = _now("库位 %(code)s 不存在或已停用。") % {"code": line.bin}
            continue
        if line.quantity > row.open:
            raise OverArrived(
                number=transfer.number, line=line.line, product=row.product, open=row.open, quantity=line.quantity
            )
        row.received += line.quantity
        row.arrivals.append((line.quantity, places[line.bin] if line.bin else row.to_id))
    if problems:
        raise Invalid(problems)
    return [row for row in rows if row.arrivals]


def _places(actor: Actor, warehouse_id: int, codes: Sequence[str]) -> dict[str, int]:
    if not codes:
        return {}
    found: dict[str, int] = dict(
        db.rows(
            "SELECT code, id FROM catalog_location WHERE company_id = %s AND warehouse_id = %s AND is_active"
            " AND code = ANY(%s::text[])",
            [actor.company_id, warehouse_id, sorted({*codes, *(code.upper() for code in codes)})],
        )
    )
    return {code: place for code in codes if (place := found.get(code) or found.get(code.upper()))}


def _settle(transfer: Transfer, rows: Sequence[OnTheWay], action: object) -> None:
    """Posted when nothing is left on its way (cancelled when all went back), else still in transit."""
    if any(row.open > 0 for row in rows):
        transfer.move_to("in_transit", str(action))
    elif any(row.received > 0 for row in rows):
        transfer.move_to("posted", str(action), posted_at=Now())
    else:
        transfer.move_to("cancelled", str(action))


def _refs(products: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"product:{code}" for code in sorted(set(products))[:SHOWN])


def _done(transfer: Transfer, **data: object) -> Done:
    return Done(Transfer.KIND, transfer.pk, transfer.number, transfer.state, transfer.version, data)
