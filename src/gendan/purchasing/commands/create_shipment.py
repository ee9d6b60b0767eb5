"""Announce goods that a supplier sends: lines of several orders, with carrier and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import LARGEST, quantity_problem
from gendan.purchasing.errors import (
    DifferentSuppliers,
    EmptyDocument,
    ExternalKeyReused,
    NothingToShip,
    OverShipped,
    UnknownLine,
)
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.permissions import OVER
from gendan.purchasing.rules.lines import refused_open
from gendan.purchasing.rules.shipments import Announced, ParcelIn, ShipIn, shippable, shippable_at_most
from gendan.purchasing.steps import packing, progress, shipment, tracking
from gendan.purchasing.steps.days import check_days
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lines_of, lock_orders

LABEL = _("登记发货")
ZERO = Decimal(0)
NOTHING = Announced()


@command("purchasing.create_shipment", LABEL)
def create_shipment(
    *,
    actor: Actor,
    orders: Sequence[str] = (),
    lines: Sequence[ShipIn] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    mode: str = "",
    packages: int | None = None,
    weight: Decimal | None = None,
    supplier_reference: str = "",
    shipped_on: date | None = None,
    expected_on: date | None = None,
    note: str = "",
    source: str = "",
    external_key: str | None = None,
    over: bool = False,
    parcels: Sequence[ParcelIn] = (),
) -> Done:
    """Write a shipment of one supplier's orders to one warehouse; ``lines`` None takes all that is outstanding
    and not refused.

    Without ``shipped_on`` it is only announced; with it it is on the way, and its lines count as shipped.
    ``expected_on`` becomes the newest word on its lines, in the promise ledger; ``source`` says whose.
    ``parcels`` (of ``lines``) are numbered (SSCC) where they have no number.
    ``over`` goes beyond the tolerance and needs purchasing.receive_over_tolerance.
    Errors: NotFound, WrongState, DifferentSuppliers, UnknownLine, OverShipped, NothingToShip, EmptyDocument,
    ExternalKeyReused, Invalid.
    """
    check_dates(actor, shipped_on, expected_on)
    check_measures(packages, weight)
    locked, all_lines, wanted = _read(actor, orders, lines, over)
    way = {"carrier": carrier, "tracking_number": tracking_number, "mode": mode, "packages": packages, "weight": weight}
    days = {"shipped_on": shipped_on, "expected_on": expected_on}
    header: dict[str, Any] = {**way, **days, "state": "in_transit" if shipped_on else "announced", "note": note}
    header |= {"supplier_reference": supplier_reference, "external_key": external_key}
    subject = _insert(actor, locked[0], header, wanted)
    total = totals(wanted)
    if _on_lines(actor, total, header, source or ("carrier" if carrier else "supplier"), subject.number):
        progress.save(actor, locked, all_lines, [line for line, _quantity in total])
    packing.pack(actor, subject.id, lines or (), parcels)
    tracking.follow(actor, subject, header)
    _record(actor, subject, locked, total, header)
    return Done("asn", subject.id, subject.number, header["state"], 1, {"orders": [order.number for order in locked]})


def _on_lines(
    actor: Actor,
    total: Sequence[tuple[LockedLine, Decimal]],
    header: Mapping[str, Any],
    source: str,
    number: str,
) -> bool:
    """Let the order lines know what has left and when it comes; whether there was anything to say."""
    if header["shipped_on"]:
        for line, quantity in total:
            line.shipped += quantity
    if header["expected_on"]:
        shipment.expect(actor, total, header["expected_on"], source, number)
    return bool(header["shipped_on"] or header["expected_on"])


def _read(
    actor: Actor, orders: Sequence[str], lines: Sequence[ShipIn] | None, over: bool
) -> tuple[list[LockedOrder], list[LockedLine], list[tuple[LockedLine, Decimal, str]]]:
    """The orders, locked, all their lines, and what is to be sent of which."""
    if over:
        actor.must(OVER)
    locked = _lock(actor, orders, lines)
    all_lines = lines_of([order.id for order in locked])
    announced = shipment.announced_by_line([line.id for line in all_lines])
    wanted = _wanted(locked, all_lines, announced, lines)
    if not over:
        _check_quantities(locked, wanted, announced)
    return locked, all_lines, wanted


def _lock(actor: Actor, orders: Sequence[str], lines: Sequence[ShipIn] | None) -> list[LockedOrder]:
    """The orders that are named, locked; all of one supplier and warehouse, all live."""
    numbers = [number for number in dict.fromkeys([*orders, *(line.order for line in lines or [])]) if number]
    if not numbers:
        raise EmptyDocument()
    locked = lock_orders(actor, numbers)
    for order in locked:
        order.must_be(LIVE_STATES, LABEL)
        if (order.supplier_id, order.warehouse_id) != (locked[0].supplier_id, locked[0].warehouse_id):
            raise DifferentSuppliers(number=order.number)
    return locked


def _insert(
    actor: Actor, first: LockedOrder, header: dict[str, Any], wanted: Sequence[tuple[LockedLine, Decimal, str]]
) -> Subject:
    """Write the shipment; ExternalKeyReused when its key exists."""
    places = {"supplier": first.supplier_id, "warehouse": first.warehouse_id}
    try:
        return shipment.insert_shipment(actor, {**header, **places}, wanted)
    except IntegrityError as error:
        if header["external_key"] and "shipment_external_key_once" in str(error):
            raise ExternalKeyReused(key=header["external_key"], number=_now("另一张发货单")) from error
        raise


def _record(
    actor: Actor,
    subject: Subject,
    orders: Sequence[LockedOrder],
    total: Sequence[tuple[LockedLine, Decimal]],
    header: dict[str, Any],
) -> None:
    numbers = {order.id: order.number for order in orders}
    record(
        "purchasing.shipment_created",
        subject,
        actor,
        refs=(
            *(order.subject.ref for order in orders),
            f"partner:{orders[0].supplier_code}",
            *(f"product:{code}" for code in sorted({line.product for line, _quantity in total})[:50]),
        ),
        **{
            name: str(header[name] or "")
            for name in ("state", "carrier", "tracking_number", "shipped_on", "expected_on")
        },
        lines=[
            {"order": numbers[line.order_id], "line": line.line_no, "product": line.product, "quantity": quantity}
            for line, quantity in total[:50]
        ],
    )


def check_dates(actor: Actor, shipped_on: date | None, expected_on: date | None) -> None:
    """Refuse absurd days, a dispatch in the future and an arrival before the dispatch."""
    check_days(actor, {"shipped_on": shipped_on, "expected_on": expected_on})
    if shipped_on and shipped_on > actor.today():
        raise Invalid({"shipped_on": _now("发货日期不能晚于今天；尚未发出时请留空。")})
    if shipped_on and expected_on and expected_on < shipped_on:
        raise Invalid({"expected_on": _now("预计到货不能早于发货日期。")})


def check_measures(packages: int | None, weight: Decimal | None) -> None:
    """Refuse packages and weights that cannot be."""
    problems: dict[str, str | Promise] = {}
    if packages is not None and not 0 <= packages < 2**31:
        problems["packages"] = _now("件数应为 0 或正整数。")
    if weight is not None and not (weight.is_finite() and weight >= 0):
        problems["weight"] = _now("重量应为 0 或正数。")
    elif weight is not None and weight >= LARGEST:
        problems["weight"] = _now("重量太大，应小于 %(limit)s。") % {"limit": f"{LARGEST:,}"}
    if problems:
        raise Invalid(problems)


def totals(wanted: Sequence[tuple[LockedLine, Decimal, str]]) -> list[tuple[LockedLine, Decimal]]:
    """Each order line once, with all that goes into the shipment."""
    total: dict[int, tuple[LockedLine, Decimal]] = {}
    for line, quantity, _lot in wanted:
        total[line.id] = (line, total[line.id][1] + quantity if line.id in total else quantity)
    return list(total.values())


def _wanted(
    orders: Sequence[LockedOrder],
    all_lines: Sequence[LockedLine],
    announced: dict[int, Announced],
    asked: Sequence[ShipIn] | None,
) -> list[tuple[LockedLine, Decimal, str]]:
    numbers = {order.id: order.number for order in orders}
    if asked is None:
        found = [
            (line, shippable(line, announced.get(line.id, NOTHING)) - refused_open(line), "") for line in all_lines
        ]
        found = [entry for entry in found if entry[1] > 0]
        if not found:
            raise NothingToShip(number=orders[0].number)
        return found
    if not asked:
        raise EmptyDocument()
    known = {(numbers[line.order_id], line.line_no): line for line in all_lines}
    wanted: list[tuple[LockedLine, Decimal, str]] = []
    problems: dict[str, str | Promise] = {}
    for n, entry in enumerate(asked):
        number = entry.order or orders[0].number
        line = known.get((number, entry.line))
        if line is None:
            raise UnknownLine(number=number, line=entry.line)
        if problem := quantity_problem(entry.quantity, line.decimals):
            problems[f"lines.{n}.quantity"] = problem
        wanted.append((line, entry.quantity, entry.lot))
    if problems:
        raise Invalid(problems)
    return wanted


def _check_quantities(
    orders: Sequence[LockedOrder], wanted: Sequence[tuple[LockedLine, Decimal, str]], announced: dict[int, Announced]
) -> None:
    numbers = {order.id: order.number for order in orders}
    for line, quantity in totals(wanted):
        before = announced.get(line.id, NOTHING)
        if quantity > shippable_at_most(line, before):
            raise OverShipped(
                number=numbers[line.order_id], line=line.line_no, open=shippable(line, before), quantity=quantity
            )
