"""What the supplier does about goods that went back: a credit, or goods instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.inventory.errors import LotRequired
from gendan.inventory.steps import Leg
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import DeliveryNoteReused, NothingToReceive, UnknownLine
from gendan.purchasing.errors_returned import CreditTooHigh, NotWanted, OverReplaced
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.rules.returned import ZERO, InsteadIn, to_replace, worth
from gendan.purchasing.steps import inspecting
from gendan.purchasing.steps import returned as steps
from gendan.purchasing.steps.order import LockedLine as OrderLine
from gendan.purchasing.steps.order import lines_of, moment_of
from gendan.purchasing.steps.receipt import Booked, Places, ReceiptHeader, find_places, insert_receipt, note_taken
from gendan.purchasing.steps.returned import LockedLine, LockedReturn

CREDIT, REPLACE = _("登记退货退款"), _("补货入库")
POSTED = frozenset({"posted"})


@command("purchasing.credit_return", CREDIT)
def credit_return(
    *, actor: Actor, number: str, credit: Decimal, credit_note: str = "", version: int | None = None
) -> Done:
    """Write the supplier's credit for what went back and was not replaced, up to what it cost; needs the right to see
    prices. A return that waits for goods may be credited for the rest.

    Errors: NotFound, Stale, WrongState, CreditTooHigh, Forbidden, Invalid.
    """
    actor.must(VIEW_PRICE)
    found, lines = steps.lock(actor, number, version)
    found.must_be(POSTED, CREDIT)
    most = sum((worth(to_replace(line), line.ordered, line.gross, found.minor_units) for line in lines), ZERO)
    if not credit.is_finite() or credit <= 0 or credit != round(credit, found.minor_units):
        text = _now("退款金额应大于 0，最多 %(places)s 位小数。")
        raise Invalid({"credit": text % {"places": found.minor_units}})
    if credit > most:
        raise CreditTooHigh(number=number, worth=most, currency=found.currency)
    db.later(
        "UPDATE purchasing_purchasereturn SET state = 'credited', version = version + 1, updated_at = now(),"
        " credit = %s::numeric, credit_note = %s::text WHERE id = %s::bigint",
        [credit, credit_note.strip()[:80], found.id],
    )
    # the amount stands among the changes, which timelines show only to who may see prices
    changes = {"credit": [None, str(credit)]}
    record("purchasing.return_credited", found.subject, actor, found.refs, changes=changes, credit_note=credit_note)
    return Done("rtv", found.id, number, "credited", found.version + 1)


@command("purchasing.receive_replacement", REPLACE, permission="purchasing.receive_goods")
def receive_replacement(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[InsteadIn] | None = None,
    delivery_note: str = "",
    received_on: date | None = None,
    version: int | None = None,
) -> Done:
    """Book what the supplier sent instead of goods that went back, with a receipt of its own; ``lines`` None books all
    that is still to come. It counts as replaced, never as received; it is inspected as any goods are.

    Errors: NotFound, Stale, WrongState, NotWanted, UnknownLine, OverReplaced, NothingToReceive, LotRequired,
    UnknownPlace, DeliveryNoteReused, Invalid.
    """
    day = received_on or actor.today()
    if day > actor.today():
        raise Invalid({"received_on": _now("入库日期不能晚于今天。")})
    found, rows = steps.lock(actor, number, version)
    found.must_be(POSTED, REPLACE)
    if found.settlement != "replace":
        label = str(dict(PurchaseReturn.Settlement.choices)[found.settlement])
        raise NotWanted(number=number, settlement=label)
    if lines is None:
        lines = [InsteadIn(row.line_no, to_replace(row)) for row in rows if to_replace(row) > 0]
    wanted = _wanted(found, rows, lines)
    places = find_places(actor, found.warehouse_id, [entry.bin for _row, entry in wanted])
    behind = _order_lines(found, rows)
    plans = inspecting.plans_of(actor, found.supplier_id, places, [behind[row.order_line_id] for row, _e in wanted])
    booked = _book(actor, wanted, places, behind, plans)
    state = "to_inspect" if any(row.accepted < row.quantity for row in booked) else "posted"
    header = ReceiptHeader(found.supplier_id, found.warehouse_id, state, day, delivery_note.strip())
    try:
        subject, ids = insert_receipt(actor, header, booked)
    except IntegrityError as error:
        if note_taken(error):
            raise DeliveryNoteReused(note=delivery_note, receipt=_now("另一张入库单")) from error
        raise
    inspecting.open_inspection(actor, subject, found, day, booked, ids, plans)
    _count(booked)
    legs = [
        Leg(row.line.product_id, places.supplier_id, row.location_id, row.quantity * row.line.factor, row.lot_id, id_)
        for row, id_ in zip(booked, ids, strict=True)
    ]
    inventory.bring_in(actor, legs, subject, moment_of(day, actor.today(), actor.zone))
    told = [{"product": row.line.product, "quantity": row.quantity} for row in booked[:50]]
    refs = [found.subject.ref, *found.refs, *(f"product:{row.line.product}" for row in booked[:50])]
    record("purchasing.replacement_received", subject, actor, refs, lines=told, delivery_note=delivery_note)
    return Done("gr", subject.id, subject.number, state, 1, {"return": number})


def _wanted(
    found: LockedReturn, rows: Sequence[LockedLine], lines: Sequence[InsteadIn]
) -> list[tuple[LockedLine, InsteadIn]]:
    known = {row.line_no: row for row in rows}
    total: dict[int, Decimal] = {}
    wanted = []
    for n, entry in enumerate(lines):
        row = known.get(entry.line)
        if row is None:
            raise UnknownLine(number=found.number, line=entry.line)
        if problem := quantity_problem(entry.quantity, row.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        total[row.id] = total.get(row.id, ZERO) + entry.quantity
        if total[row.id] > to_replace(row):
            open_ = to_replace(row)
            raise OverReplaced(number=found.number, line=row.line_no, open=open_, quantity=total[row.id])
        wanted.append((row, entry))
    if not wanted:
        raise NothingToReceive(number=found.number)
    return wanted


def _order_lines(found: LockedReturn, rows: Sequence[LockedLine]) -> Mapping[int, OrderLine]:
    """The order lines behind the return; their orders are held."""
    ids = [
        row[0]
        for row in db.rows(
            "SELECT DISTINCT order_id FROM purchasing_orderline WHERE id = ANY(%s::bigint[])",
            [db.array(row.order_line_id for row in rows)],
        )
    ]
    return {line.id: line for line in lines_of(ids)}


def _book(
    actor: Actor,
    wanted: Sequence[tuple[LockedLine, InsteadIn]],
    places: Places,
    behind: Mapping[int, OrderLine],
    plans: inspecting.Plans | None,
) -> list[Booked]:
    """The rows of the receipt."""
    for row, entry in wanted:
        if behind[row.order_line_id].lot_tracked and not entry.lot:
            raise LotRequired(product=row.product)
    lots = inventory.ensure_lots(actor.company_id, [(row.product_id, e.lot) for row, e in wanted if e.lot])
    booked = []
    for row, entry in wanted:
        line = behind[row.order_line_id]
        seen = inspecting.look_at(plans, line, entry.quantity)
        place = places.inspection_id if seen.inspect else places.bin(entry.bin)
        booked.append(
            Booked(
                line,
                entry.quantity,
                ZERO if seen.inspect else entry.quantity,
                place,
                lots.get((row.product_id, entry.lot)),
                look=seen,
                lot=entry.lot,
                return_line_id=row.id,
            )
        )
    return booked


def _count(booked: Sequence[Booked]) -> None:
    """Count what came instead, on the return and the order, then what of it is good already."""
    came: dict[int, Decimal] = {}
    good: dict[int, Decimal] = {}
    for row in booked:
        assert row.return_line_id is not None
        came[row.return_line_id] = came.get(row.return_line_id, ZERO) + row.quantity
        if row.accepted:
            good[row.line.id] = good.get(row.line.id, ZERO) + row.accepted
    steps.replace(came)
    if good:
        db.later(
            "UPDATE purchasing_orderline l SET accepted = l.accepted + t.quantity"
            " FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, quantity) WHERE l.id = t.id",
            [db.array(good), db.array(good.values())],
        )
