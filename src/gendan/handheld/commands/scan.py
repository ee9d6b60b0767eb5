"""One scan at the dock: it opens a delivery or counts goods; and one is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.handheld import rules
from gendan.handheld.errors import (
    AlreadyBooked,
    AnotherWarehouse,
    ChooseOrder,
    ExpiryAsked,
    LotAsked,
    LotUnknown,
    NothingExpected,
    NotReceivable,
    OtherOrder,
    OtherSupplier,
    PalletCounted,
    TallyClosed,
    TooMuch,
    UnknownCode,
    WholePieces,
)
from gendan.handheld.queries import meaning as reading
from gendan.handheld.queries.meaning import Meaning, Paper
from gendan.handheld.queries.tallies import Counting, DockLine, counted_before, lines_at_dock, must_exist, tally_named
from gendan.handheld.steps import tally as steps
from gendan.kernel import scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import AppError, Invalid, NotFound, decimal_text
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.models import PurchaseOrder, Shipment
from gendan.purchasing.models.order import LIVE_STATES

RECEIVE, OVER = "purchasing.receive_goods", "purchasing.receive_over_tolerance"
OPEN_SHIPMENTS = frozenset({"announced", "in_transit", "arrived"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with a scan. ``quantity`` is in the order line's unit; without one the code says how much it is."""

    key: str
    code: str
    quantity: Decimal | None
    lot: str
    expires_on: date | None
    order: str
    over: bool
    at: datetime | None


@command("handheld.scan_goods", _("扫描到货"), permission=RECEIVE)
def scan_goods(
    *,
    actor: Actor,
    work: str,
    key: str,
    code: str,
    quantity: Decimal | None = None,
    lot: str = "",
    expires_on: date | None = None,
    order: str = "",
    over: bool = False,
    at: datetime | None = None,
) -> Done:
    """Read a code at the dock. An order or shipment begins the delivery ``work`` or joins it; goods are counted on it.

    ``order`` names the order that the goods belong to, and lets it join. ``over`` counts beyond the tolerance and needs
    purchasing.receive_over_tolerance. ``key`` is the device's own name of the scan; ``at`` when it was made.
    Errors: UnknownCode, AlreadyBooked, NotReceivable, OtherSupplier, AnotherWarehouse, NothingExpected, ChooseOrder,
    OtherOrder, PalletCounted, LotUnknown, TooMuch, LotAsked, ExpiryAsked, WholePieces, TallyClosed, Forbidden, Invalid.
    """
    if over:
        actor.must(OVER)
    code = code.strip()
    if not code or len(code) > rules.LONGEST_CODE or not (0 < len(work) <= 64 and 0 < len(key) <= 64):
        raise Invalid({"code": _now("请扫描一个条码。")})
    tally = tally_named(actor, work, lock=True)
    if tally and tally.state != "open":
        raise TallyClosed(number=tally.receipt or work)
    found = reading.meaning(actor, code, tally.supplier_id if tally else None)
    if found.kind == "booked":
        raise AlreadyBooked(scanned=found.scanned.text, number=found.number)
    if found.kind == "unknown":
        raise UnknownCode(scanned=found.scanned.text)
    asked = Asked(key, code, quantity, lot.strip()[:80], expires_on, order.strip().upper(), over, at)
    if found.kind == "product":
        return _count(actor, work, tally, found, asked)
    tally = _receive(actor, work, tally, found.kind, found.number)
    if found.kind == "pallet":
        return _whole(actor, tally, found, asked)
    return _done(tally, did="opened", number=found.number)


@command("handheld.undo_scan", _("撤销一次扫描"), permission=RECEIVE)
def undo_scan(*, actor: Actor, work: str, key: str) -> Done:
    """Take a scan back; one that never counted is taken back, too. Errors: NotFound, TallyClosed."""
    tally = must_exist(tally_named(actor, work, lock=True), work)
    if tally.state != "open":
        raise TallyClosed(number=tally.receipt or work)
    if count := steps.undo(tally, key):
        record("handheld.scan_undone", steps.subject_of(tally), actor, key=key)
    return _done(tally, did="undone", lines=count)


def _receive(actor: Actor, work: str, tally: Counting | None, kind: str, number: str) -> Counting:
    """Begin with an order or shipment, or let it join."""
    kind = "shipment" if kind == "pallet" else kind
    scope.demand(actor, number)
    paper = reading.paper(actor, kind, number)
    if paper is None:
        raise NotFound(what=number)
    open_states = OPEN_SHIPMENTS if kind == "shipment" else LIVE_STATES
    if paper.state not in open_states:
        model = Shipment if kind == "shipment" else PurchaseOrder
        raise NotReceivable(number=number, state=state_label(model, paper.state))
    if tally is None:
        return steps.open_tally(actor, work, paper)
    _check_same(tally, paper)
    steps.join(tally, paper.orders, number if kind == "shipment" else "")
    return tally


def _check_same(tally: Counting, paper: Paper) -> None:
    if paper.supplier_id != tally.supplier_id:
        raise OtherSupplier(supplier=paper.supplier_name, number=paper.number, current=tally.supplier_name)
    if paper.warehouse_id != tally.warehouse_id:
        raise AnotherWarehouse(number=paper.number, warehouse=paper.warehouse)


def _count(actor: Actor, work: str, tally: Counting | None, found: Meaning, asked: Asked) -> Done:
    """Goods: to the lines of their product, on this tally or on one that begins with their order."""
    lines: Sequence[DockLine] = lines_at_dock(actor, tally, found.product_id) if tally else []
    if asked.order and not any(line.order == asked.order for line in lines):
        tally = _receive(actor, work, tally, "order", asked.order)
        lines = lines_at_dock(actor, tally, found.product_id)
    if not lines:
        tally, lines = _looked_for(actor, work, tally, found)
    assert tally is not None
    if asked.order:
        lines = [line for line in lines if line.order == asked.order]
    if not lines:
        raise NothingExpected(product=f"{found.product} {found.name}")
    quantity = _quantity(lines[0], found, asked)
    lot, expires_on = _lot(lines[0], found, asked)
    same = [line for line in lines if line.factor == lines[0].factor]
    parts, too_much = rules.spread(quantity, same)
    if too_much and not asked.over:
        raise TooMuch(product=f"{found.product} {found.name}", may=actor.may(OVER))
    counted = [(line, part) for line, part in zip(same, parts, strict=True) if part]
    added = [steps.Part(line.id, part, lot, expires_on) for line, part in counted]
    steps.add_scan(actor, tally, asked.key, asked.code, added, over=asked.over and too_much, at=asked.at)
    told = {"product": found.product, "quantity": decimal_text(quantity), "unit": same[0].unit, "lot": lot}
    refs = (*(f"po:{line.order}" for line, _part in counted), f"product:{found.product}")
    record("handheld.goods_scanned", steps.subject_of(tally), actor, refs, **told)
    return _done(tally, did="counted", name=found.name, **told)


def _whole(actor: Actor, tally: Counting, found: Meaning, asked: Asked) -> Done:
    """A pallet or parcel with all that was announced to be in it."""
    sscc = found.scanned.sscc
    if twice := counted_before(actor, tally, [sscc]):
        raise AlreadyBooked(scanned=twice[0], number=twice[1]) if twice[1] else PalletCounted(scanned=twice[0])
    lines = {line.id: line for line in lines_at_dock(actor, tally, line_ids=[one.line_id for one in found.contents])}
    total: dict[int, Decimal] = {}
    for one in found.contents:
        line = lines.get(one.line_id)
        if line is None:
            raise NotReceivable(number=found.number, state="–")
        total[line.id] = total.get(line.id, Decimal(0)) + one.quantity
        if total[line.id] > rules.tolerated(line) and not asked.over:
            raise TooMuch(product=f"{line.product} {line.name}", may=actor.may(OVER))
        if line.lot_tracked and not one.lot:
            raise LotUnknown(product=f"{line.product} {line.name}", scanned=sscc)
    over = any(total[id_] > rules.tolerated(lines[id_]) for id_ in total)
    parts = [
        steps.Part(one.line_id, one.quantity, one.lot if lines[one.line_id].lot_tracked else "", one.expires_on)
        for one in found.contents
    ]
    steps.add_scan(actor, tally, asked.key, sscc, parts, over=over, at=asked.at)
    refs = (f"asn:{found.number}", *(f"product:{line.product}" for line in lines.values()))
    record("handheld.goods_scanned", steps.subject_of(tally), actor, refs, sscc=sscc, lines=len(parts))
    return _done(tally, did="pallet", number=sscc, lines=len(parts))


def _looked_for(actor: Actor, work: str, tally: Counting | None, found: Meaning) -> tuple[Counting, Sequence[DockLine]]:
    """The only order that waits for the product begins the delivery; which of several, is asked."""
    waiting = reading.expecting(actor, found.product_id)
    product = f"{found.product} {found.name}"
    if not waiting:
        raise NothingExpected(product=product)
    choices = [{"order": row["number"], "supplier": row["supplier_name"]} for row in waiting]
    if tally is None:
        if len(waiting) > 1:
            raise ChooseOrder(product=product, count=len(waiting), choices=choices)
        tally = _receive(actor, work, None, "order", waiting[0]["number"])
        return tally, lines_at_dock(actor, tally, found.product_id)
    raise _not_here(tally, waiting, product)


def _not_here(tally: Counting, waiting: Sequence[dict[str, object]], product: str) -> AppError:
    here = (tally.supplier_id, tally.warehouse_id)
    mine = [str(row["number"]) for row in waiting if (row["supplier_id"], row["warehouse_id"]) == here]
    if mine:
        return OtherOrder(product=product, orders="、".join(mine[:3]), choices=[{"order": number} for number in mine])
    first = waiting[0]
    if first["supplier_id"] != tally.supplier_id:
        return OtherSupplier(supplier=first["supplier_name"], number=first["number"], current=tally.supplier_name)
    return AnotherWarehouse(number=first["number"], warehouse=first["warehouse"])


def _quantity(line: DockLine, found: Meaning, asked: Asked) -> Decimal:
    """In the order line's unit: as typed, else as many as the code stands for."""
    quantity = asked.quantity
    if quantity is None:
        quantity = (found.scanned.count or Decimal(1)) * found.factor / line.factor
    if not rules.fits(quantity, line.decimals):
        raise WholePieces(product=line.product, quantity=decimal_text(quantity), unit=line.unit)
    return quantity


def _lot(line: DockLine, found: Meaning, asked: Asked) -> tuple[str, date | None]:
    """Lot and expiry, from what was typed or the code; asked only of products that need them."""
    lot = asked.lot or found.scanned.lot[:80]
    if not line.lot_tracked:
        return "", None
    if not lot:
        raise LotAsked(product=f"{line.product} {line.name}", ask="lot")
    expires_on = asked.expires_on or found.scanned.expires_on
    if expires_on is None and reading.needs_expiry(line.product_id, lot):
        raise ExpiryAsked(product=f"{line.product} {line.name}", lot=lot, ask="expires_on")
    return lot, expires_on


def _done(tally: Counting, **data: object) -> Done:
    return Done("tally", tally.id, tally.work, tally.state, tally.round, data)
