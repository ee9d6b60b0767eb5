"""Book a delivery: receipt, counters, shipments, stock, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.inventory import steps as inventory
from gendan.inventory.errors import LotRequired
from gendan.inventory.steps import Leg
from gendan.kernel import db, duties
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import (
    DeliveryNoteReused,
    DifferentSuppliers,
    NothingToReceive,
    OverReceipt,
    UnknownLine,
)
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.lines import expected, is_complete, outstanding, receivable
from gendan.purchasing.rules.receipts import OpenShipmentLine, ReceiveIn, spread
from gendan.purchasing.steps import inspecting, pegs, progress, promises
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lock_with_lines, moment_of
from gendan.purchasing.steps.receipt import (
    Booked,
    Places,
    ReceiptHeader,
    as_places,
    book_shipments,
    insert_receipt,
    note_taken,
    open_shipment_lines,
    places_of_order,
)

LABEL = _("收货入库")
ZERO = Decimal(0)


@command("purchasing.receive_goods", LABEL)
def receive_goods(
    *,
    actor: Actor,
    order: str = "",
    shipment: str = "",
    lines: Sequence[ReceiveIn] | None = None,
    delivery_note: str = "",
    received_on: date | None = None,
    over: bool = False,
    note: str = "",
    version: int | None = None,
    external_key: str | None = None,
) -> Done:
    """Book goods in against an order (its number) or a shipment (its number); ``lines`` None books all that is open
    and that the supplier did not refuse.

    Quantities are in the order line's unit. Goods to be inspected go to the inspection area first. ``over`` books
    more than the tolerance allows and needs purchasing.receive_over_tolerance.
    Errors: NotFound, Stale, WrongState, UnknownLine, OverReceipt, LotRequired, UnknownPlace, DeliveryNoteReused,
    DutiesMixed, Invalid.
    """
    if over:
        actor.must("purchasing.receive_over_tolerance")
    day = _day(actor, received_on)
    delivery_note = delivery_note.strip()
    shipment_id, numbers = _concerned(actor, order, shipment, lines)
    bins = [entry.bin for entry in lines or []]
    beside = [open_shipment_lines(actor, numbers, shipment_id), places_of_order(actor, numbers[0], bins, delivery_note)]
    orders, all_lines, (parts, found) = lock_with_lines(actor, numbers, beside)
    _check_orders(actor, orders, version, day)
    duties.check(actor, "receive", "po", [found.number for found in orders])
    announced = [OpenShipmentLine(*row) for row in parts]
    if shipment and not announced:
        raise NothingToReceive(number=shipment)  # received, or cancelled meanwhile
    places = as_places(found, orders[0].number, delivery_note)
    wanted = _wanted(orders, all_lines, announced, lines, shipment_id)
    _check_quantities(orders, wanted, over)
    plans = inspecting.plans_of(actor, orders[0].supplier_id, places, [line for line, _entry in wanted])
    rows = _book(actor, wanted, places, announced, day, plans)
    subject, row_ids, state = _insert(actor, orders[0], rows, day, delivery_note, shipment_id, note, external_key)
    inspecting.open_inspection(actor, subject, orders[0], day, rows, row_ids, plans)
    changed = {line.id: line for line in (*(row.line for row in rows), *_dispatch(rows, all_lines, announced))}
    promises.refresh_due(list(changed.values()))
    states = progress.save(actor, orders, all_lines, list(changed.values()))
    book_shipments([row.shipment_line for row in rows if row.shipment_line], day)
    inventory.bring_in(actor, _legs(rows, row_ids, places), subject, moment_of(day, actor.today(), actor.zone))
    pegs.land(actor, [(row.line, _landed(row)) for row in rows])
    _record(actor, subject, orders, rows, delivery_note)
    return Done("gr", subject.id, subject.number, state, 1, {"orders": {o.number: states[o.id] for o in orders}})


def _day(actor: Actor, received_on: date | None) -> date:
    """The day of the receipt: today unless another is given, which cannot be in the future."""
    if received_on and received_on > actor.today():
        raise Invalid({"received_on": _now("入库日期不能晚于今天。")})
    return received_on or actor.today()


def _insert(
    actor: Actor,
    first: LockedOrder,
    rows: Sequence[Booked],
    day: date,
    delivery_note: str,
    shipment_id: int | None,
    note: str,
    external_key: str | None,
) -> tuple[Subject, list[int], str]:
    """The receipt, its lines' ids and its state."""
    state = "to_inspect" if any(row.accepted < row.quantity for row in rows) else "posted"
    header = ReceiptHeader(
        first.supplier_id, first.warehouse_id, state, day, delivery_note, shipment_id, note, external_key=external_key
    )
    try:
        return *insert_receipt(actor, header, rows), state
    except IntegrityError as error:
        if note_taken(error):
            raise DeliveryNoteReused(note=delivery_note, receipt=_now("另一张入库单")) from error
        raise


def _concerned(
    actor: Actor, order: str, shipment: str, lines: Sequence[ReceiveIn] | None
) -> tuple[int | None, list[str]]:
    """The shipment's id and the numbers of the orders that the receipt touches."""
    if not shipment:
        return None, sorted({order, *(line.order for line in lines or [])} - {""}) or [order]
    found = db.rows(
        "SELECT DISTINCT s.id, o.number FROM purchasing_shipment s JOIN purchasing_shipmentline sl ON sl.shipment_id "
        "= s.id"
        " JOIN purchasing_orderline l ON l.id = sl.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id"
        " WHERE s.company_id = %s AND s.number = %s",
        [actor.company_id, shipment],
    )
    if not found:
        raise NotFound(what=shipment)
    return found[0][0], sorted({number for _id, number in found} | {line.order for line in lines or [] if line.order})


def _check_orders(actor: Actor, orders: Sequence[LockedOrder], version: int | None, day: date) -> None:
    if len(orders) == 1:
        check_version(orders[0].number, orders[0].version, version)
    for order in orders:
        order.must_be(LIVE_STATES, LABEL)
        if (order.supplier_id, order.warehouse_id) != (orders[0].supplier_id, orders[0].warehouse_id):
            raise DifferentSuppliers(number=order.number)
    if day < min(order.ordered_on for order in orders) and actor.via != "import":  # histories contradict themselves
        raise Invalid({"received_on": _now("入库日期早于下单日期。")})


def _wanted(
    orders: Sequence[LockedOrder],
    all_lines: Sequence[LockedLine],
    announced: Sequence[OpenShipmentLine],
    asked: Sequence[ReceiveIn] | None,
    shipment_id: int | None,
) -> list[tuple[LockedLine, ReceiveIn]]:
    """Each entry with its line. Without entries: all that is expected of the shipment, else of the order."""
    numbers = {order.id: order.number for order in orders}
    if asked is None:
        on_the_way: dict[int, Decimal] = {}
        for part in announced:
            on_the_way[part.order_line_id] = on_the_way.get(part.order_line_id, ZERO) + part.open
        open_of = (lambda line: on_the_way.get(line.id, ZERO)) if shipment_id else expected
        found = [(line, ReceiveIn(line.line_no, open_of(line))) for line in all_lines if open_of(line) > 0]
        if not found:
            raise NothingToReceive(number=orders[0].number)
        return found
    known = {(numbers[line.order_id], line.line_no): line for line in all_lines}
    shipped = {part.order_line_id for part in announced}
    wanted = []
    for n, entry in enumerate(asked):
        if not entry.order and len(orders) > 1:
            raise Invalid({f"lines.{n}.order": _now("涉及多张订单，请注明订单号。")})
        number = entry.order or orders[0].number
        line = known.get((number, entry.line))
        if line is None or (shipment_id and line.id not in shipped):
            raise UnknownLine(number=number, line=entry.line)
        if problem := quantity_problem(entry.quantity, line.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        wanted.append((line, entry))
    if not wanted:
        raise NothingToReceive(number=orders[0].number)
    return wanted


def _check_quantities(
    orders: Sequence[LockedOrder], wanted: Sequence[tuple[LockedLine, ReceiveIn]], over: bool
) -> None:
    numbers = {order.id: order.number for order in orders}
    total: dict[int, Decimal] = {}
    for line, entry in wanted:
        total[line.id] = total.get(line.id, ZERO) + entry.quantity
        if line.lot_tracked and not entry.lot:
            raise LotRequired(product=line.product)
        if total[line.id] > receivable(line) and not over:
            raise OverReceipt(
                number=numbers[line.order_id],
                line=line.line_no,
                product=line.product,
                open=outstanding(line),
                quantity=total[line.id],
            )


def _book(
    actor: Actor,
    wanted: Sequence[tuple[LockedLine, ReceiveIn]],
    places: Places,
    announced: Sequence[OpenShipmentLine],
    day: date,
    plans: inspecting.Plans | None,
) -> list[Booked]:
    """The receipt's rows; raises the counters of lines and shipment lines in memory."""
    expiry = {(line.product_id, e.lot): e.expires_on for line, e in wanted if e.lot and e.expires_on}
    lots = inventory.ensure_lots(actor.company_id, [(line.product_id, e.lot) for line, e in wanted if e.lot], expiry)
    rows = []
    for line, entry in wanted:
        mine = [part for part in announced if part.order_line_id == line.id]
        for shipment_line, quantity in spread(entry.quantity, mine):
            if shipment_line:
                shipment_line.received += quantity
            seen = inspecting.look_at(plans, line, quantity)
            accepted = ZERO if seen.inspect else quantity
            place = places.inspection_id if seen.inspect else places.bin(entry.bin)
            lot_id = lots.get((line.product_id, entry.lot))
            rows.append(Booked(line, quantity, accepted, place, lot_id, shipment_line, look=seen, lot=entry.lot))
            line.accepted += accepted
        line.received += entry.quantity
        if is_complete(line) and line.completed_on is None:
            line.completed_on = day
    return rows


def _dispatch(
    rows: Sequence[Booked], all_lines: Sequence[LockedLine], announced: Sequence[OpenShipmentLine]
) -> list[LockedLine]:
    """What was only announced has evidently been sent when some of it comes in: its lines count as shipped now."""
    sent = {row.shipment_line.shipment_id for row in rows if row.shipment_line and row.shipment_line.announced}
    known = {line.id: line for line in all_lines}
    parts = [part for part in announced if part.shipment_id in sent]
    for part in parts:
        known[part.order_line_id].shipped += part.quantity
    return [known[part.order_line_id] for part in parts]


def _legs(rows: Sequence[Booked], row_ids: Sequence[int], places: Places) -> list[Leg]:
    return [
        Leg(
            row.line.product_id,
            places.supplier_id,
            row.location_id,
            row.quantity * row.line.factor,
            row.lot_id,
            row_id,
        )
        for row, row_id in zip(rows, row_ids, strict=True)
    ]


def _landed(row: Booked) -> pegs.Landed:
    quantity = row.accepted * row.line.factor
    return pegs.Landed(row.line.id, row.line.product_id, row.location_id, row.lot_id, quantity)


def _record(
    actor: Actor, subject: Subject, orders: Sequence[LockedOrder], rows: Sequence[Booked], delivery_note: str
) -> None:
    shipments = {row.shipment_line.shipment_number for row in rows if row.shipment_line}
    refs = [
        *(order.subject.ref for order in orders),
        *(f"asn:{number}" for number in sorted(shipments)),
        *(f"product:{product}" for product in sorted({row.line.product for row in rows})[:50]),
    ]
    record(
        "purchasing.goods_received",
        subject,
        actor,
        refs,
        orders=[order.number for order in orders],
        delivery_note=delivery_note,
        lines=[{"product": row.line.product, "quantity": row.quantity} for row in rows[:50]],
    )
