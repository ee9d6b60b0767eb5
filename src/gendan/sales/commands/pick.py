"""Picking by scan or by list, what was not there, parcels, and waves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, decimal_text
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import decimals_of
from gendan.purchasing.errors import EmptyDocument, ReasonRequired
from gendan.sales.errors import InAnotherWave, NotOnPickList, OtherWarehouse, PartlyPicked, ShortTooMuch
from gendan.sales.rules.outbound import MAX_DELIVERIES
from gendan.sales.steps import hard, packing, picking, promises, shipping, waves
from gendan.sales.steps.order import follow_many
from gendan.sales.steps.outbound import OPEN, Outbound, OutPick, lock_alone, lock_outbound
from gendan.sales.steps.packing import ParcelIn
from gendan.sales.steps.picking import PickIn

PICK, SHORT, PACK = _("拣货"), _("登记缺货"), _("装箱")
WAVE, DISSOLVE = _("新建波次"), _("取消波次")
PICKABLE = frozenset({"to_pick", "picking"})


@command("sales.pick_goods", PICK)
def pick_goods(
    *,
    actor: Actor,
    number: str,
    picks: Sequence[PickIn] = (),
    all: bool = False,  # noqa: A002 - the word that callers use
    version: int | None = None,
) -> Done:
    """Count what was picked of a delivery or of a wave (its number); a quantity below zero was put back. ``all`` counts
    everything as planned.

    Errors: NotFound, Stale, WrongState, NotOnPickList, OtherBin, OtherLot, LotNeeded, PickedEnough, Invalid.
    """
    work = lock_alone(actor, picking.deliveries_of(actor, number), version)
    if number.startswith("WV-"):  # one that is packed already keeps nobody from picking the others
        work = [outbound for outbound in work if outbound.delivery.state in PICKABLE]
    for outbound in work:
        outbound.delivery.must_be(PICKABLE, PICK)
    if not work:
        raise NotOnPickList(product=picks[0].product if picks else "", number=number)
    if all:
        changed = [pick for outbound in work for pick in outbound.picks if pick.open]
        for pick in changed:
            pick.picked = pick.quantity
    else:
        _check(picks)
        found = [(entry, picking.find(work, number, entry)) for entry in picks]
        touched = [pick for entry, at in found for pick in picking.count(at, entry)]
        for pick in touched:
            if decimals_of(pick.picked) > pick.decimals:
                raise Invalid({"quantity": _now("该单位最多 %(places)s 位小数。") % {"places": pick.decimals}})
        changed = list({pick.id: pick for pick in touched}.values())
    picking.save(actor, work, changed)
    ids = {pick.id for pick in changed}
    counted: list[dict[str, str]] = []
    full = True
    for outbound in work:
        mine = [pick for pick in outbound.picks if pick.id in ids]
        counted += [_told(outbound, pick) for pick in mine]
        done = not any(pick.open for pick in outbound.picks)
        full = full and done
        if mine:
            event = "sales.delivery_picked" if done else "sales.goods_counted"
            told = [{"product": pick.product, "bin": pick.bin, "picked": pick.picked} for pick in mine[:50]]
            wave = (f"wave:{outbound.delivery.wave}",) if outbound.delivery.wave else ()
            record(event, outbound.delivery.subject, actor, wave, lines=told)
    shipping.close_waves([o.delivery.wave_id for o in work if not any(pick.open for pick in o.picks)])
    head = work[0].delivery
    data = {"picked": counted, "full": full}
    return Done("dn", head.id, head.number, head.state, head.version, data)


def _told(outbound: Outbound, pick: OutPick) -> dict[str, str]:
    """What was counted so far, as callers know it."""
    what = {"delivery": outbound.delivery.number, "product": pick.product, "bin": pick.bin, "lot": pick.lot}
    return {**what, "picked": decimal_text(pick.picked)}


def _check(picks: Sequence[PickIn]) -> None:
    if not picks:
        raise EmptyDocument()
    for n, entry in enumerate(picks):
        if not entry.quantity.is_finite() or not entry.quantity or abs(entry.quantity) >= 10**12:
            raise Invalid({f"picks.{n}.quantity": _now("数量必须大于 0。")})


@command("sales.short_pick", SHORT, permission="sales.pick_goods")
def short_pick(
    *,
    actor: Actor,
    number: str,
    product: str,
    quantity: Decimal,
    reason: str,
    bin: str = "",  # noqa: A002 - as in PickIn
    lot: str = "",
    elsewhere: bool = True,
    version: int | None = None,
) -> Done:
    """Say that a quantity (stock units) of a pick of a delivery is not there. With ``elsewhere`` it is taken from other
    free stock as far as there is any; what is still missing goes back to the order. The bin's stock that was not there
    is blocked (in the place for rejected goods) until it is found or written off.

    Errors: NotFound, Stale, WrongState, ReasonRequired, NotOnPickList, OtherBin, OtherLot, ShortTooMuch, OverPacked,
    Invalid.
    """
    if not reason.strip():
        raise ReasonRequired()
    outbound = lock_outbound(actor, number, version)
    delivery = outbound.delivery
    delivery.must_be(PICKABLE, SHORT)
    pick = _pick_of(outbound, product, bin, lot)
    _check_missing(pick, quantity)
    owner = outbound.part(pick, quantity).line_id
    moved = picking.pick_elsewhere(actor, outbound, pick, quantity, search=elsewhere)
    back = quantity - moved
    before = {p.id: p.quantity for p in outbound.picks}
    pick.quantity -= quantity
    if back:
        hard.let_go([outbound.part(pick, back)])
    replaced = {pick.line_id: moved} if moved else {}
    hard.soften(picking.cut(outbound, before, replaced))
    if outbound.lines:
        packing.save_state(outbound, "picking")
    else:
        shipping.give_up(outbound)
        delivery.state = "cancelled"
    shipping.set_apart(actor, outbound, pick, quantity)
    shipping.close_waves([delivery.wave_id])
    states = follow_many(outbound.orders)
    if back:
        promises.follow_supply(actor, [owner], _now("拣货时没有找到"))
    told = {"product": product, "bin": pick.bin, "lot": pick.lot, "quantity": quantity, "elsewhere": moved}
    record("sales.goods_missing", delivery.subject, actor, outbound.refs, reason=reason.strip()[:300], **told)
    data = {"elsewhere": f"{moved.normalize():f}", "back": f"{back.normalize():f}", "orders": states}
    return Done("dn", delivery.id, number, delivery.state, delivery.version, data)


def _check_missing(pick: OutPick, quantity: Decimal) -> None:
    if quantity <= 0:
        raise Invalid({"quantity": _now("数量必须大于 0。")})
    if quantity > pick.open:
        raise ShortTooMuch(product=pick.product, open=pick.open, quantity=quantity)


def _pick_of(outbound: Outbound, product: str, bin_: str, lot: str) -> OutPick:
    """The pick of a product (in a bin, of a lot, if named) of which most is still open; NotOnPickList."""
    same = [p for p in outbound.picks if p.product == product and bin_ in {"", p.bin} and lot in {"", p.lot}]
    if not same:
        raise NotOnPickList(product=product, number=outbound.delivery.number)
    return max(same, key=lambda p: p.open)


@command("sales.pack_delivery", PACK, permission="sales.pick_goods")
def pack_delivery(
    *,
    actor: Actor,
    number: str,
    parcels: Sequence[ParcelIn] = (),
    finish: bool = True,
    version: int | None = None,
) -> Done:
    """Say what is in which parcel; with ``finish`` the delivery is ready to leave. Parcels that are there keep their
    numbers; ``data.ssccs`` are the numbers in their order.

    Errors: NotFound, Stale, WrongState, UnknownLine, OverPacked, PartlyPicked, Invalid.
    """
    outbound = lock_alone(actor, [number], version)[0]
    delivery = outbound.delivery
    delivery.must_be(OPEN, PACK)
    if len(parcels) > MAX_DELIVERIES:
        raise Invalid({"parcels": _now("一张出库单最多 %(count)s 件。") % {"count": MAX_DELIVERIES}})
    missing = {pick.line_id for pick in outbound.picks if pick.open}
    if finish and missing:
        raise PartlyPicked(number=number, count=len(missing))
    ssccs = packing.pack(actor, outbound, parcels)
    packing.save_state(outbound, "packed" if finish else delivery.state if delivery.state != "packed" else "picking")
    record("sales.delivery_packed", delivery.subject, actor, parcels=len(ssccs), finished=finish)
    return Done("dn", delivery.id, number, delivery.state, delivery.version, {"ssccs": ssccs})


@command("sales.create_wave", WAVE)
def create_wave(*, actor: Actor, deliveries: Sequence[str], picker: int | None = None, note: str = "") -> Done:
    """Have several deliveries of a warehouse picked together, bin by bin.

    Errors: NotFound, WrongState, InAnotherWave, OtherWarehouse, EmptyDocument, Invalid.
    """
    numbers = list(dict.fromkeys(deliveries))
    if not numbers:
        raise EmptyDocument()
    if len(numbers) > MAX_DELIVERIES:
        raise Invalid({"deliveries": _now("一个波次最多 %(count)s 张出库单。") % {"count": MAX_DELIVERIES}})
    work = lock_alone(actor, numbers)
    first = work[0].delivery
    for outbound in work:
        outbound.delivery.must_be(PICKABLE, WAVE)
        if outbound.delivery.wave_id:
            raise InAnotherWave(number=outbound.delivery.number, wave=outbound.delivery.wave)
        if outbound.delivery.warehouse_id != first.warehouse_id:
            raise OtherWarehouse(number=outbound.delivery.number, other=first.number)
    if picker is not None and not _is_colleague(actor, picker):
        raise Invalid({"picker": _now("没有这个人。")})
    wave = waves.insert_wave(actor, work, picker, note.strip()[:300])
    record("sales.wave_created", wave, actor, [o.delivery.subject.ref for o in work], deliveries=numbers[:50])
    return Done("wave", wave.id, wave.number, "picking", 1, {"deliveries": len(numbers)})


def _is_colleague(actor: Actor, user_id: int) -> bool:
    found = db.row(
        "SELECT 1 FROM accounts_membership WHERE company_id = %s::bigint AND user_id = %s::bigint",
        [actor.company_id, user_id],
    )
    return found is not None


@command("sales.cancel_wave", DISSOLVE, permission="sales.create_wave")
def cancel_wave(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Pick the deliveries of a wave one by one after all; what was picked stays counted.

    Errors: NotFound, Stale, WrongState.
    """
    inside = picking.deliveries_of(actor, number)
    work = lock_alone(actor, inside) if inside else []
    wave, seen = waves.lock_wave(actor, number, version, DISSOLVE)
    waves.dissolve(wave)
    record("sales.wave_cancelled", wave, actor, [o.delivery.subject.ref for o in work])
    return Done("wave", wave.id, number, "cancelled", seen + 1)
