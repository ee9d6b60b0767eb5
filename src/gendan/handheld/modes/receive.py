"""Receiving: a delivery is counted scan by scan, then booked as one receipt."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries.names import known_name
from gendan.handheld import commands, rules
from gendan.handheld.errors import AlreadyBooked, NothingCounted, ScansMissing, TooMuch
from gendan.handheld.modes.answer import Answer, Operation, shown
from gendan.handheld.queries.earlier import earlier
from gendan.handheld.queries.tallies import (
    Counting,
    bookable,
    codes_of,
    counted_before,
    lines_at_dock,
    live_scans,
    must_exist,
    pallets_on,
    scans_of,
    tally_named,
)
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.unit import Done
from gendan.purchasing import commands as purchasing
from gendan.purchasing.errors import OverReceipt
from gendan.purchasing.rules.receipts import ReceiveIn

Row = dict[str, Any]
PERMISSION = "purchasing.receive_goods"


def work(actor: Actor, name: str) -> Row:
    """The delivery as the device shows it; blind, nothing says what is expected. Four statements."""
    actor.must(PERMISSION)
    tally = tally_named(actor, name)
    if tally is None:
        raise NotFound(what=name)
    lines = lines_at_dock(actor, tally)
    codes = codes_of([line.product_id for line in lines])
    rows = []
    for line in lines:
        todo = rules.expected(line) + line.counted
        if line.announced is not None and tally.shipment:
            todo = line.announced
        row: Row = {
            "id": f"{line.order}/{line.line}",
            "product": line.product,
            "name": line.name,
            "specification": line.specification,
            "about": line.order,
            "unit": known_name(line.unit),
            "done": shown(line.counted),
            "lot_tracked": line.lot_tracked,
            "codes": [[code, shown(factor / line.factor)] for code, factor in codes.get(line.product_id, ())],
        }
        if not tally.blind:
            row |= {"todo": shown(todo), "state": "over" if line.counted > todo else _state(line.counted, todo)}
        rows.append(row)
    return {
        "mode": "receive",
        "id": tally.work,
        "title": tally.supplier_name,
        "about": " ".join(filter(None, [tally.shipment, *tally.orders[:4], tally.warehouse])),
        "state": tally.state,
        "receipt": tally.receipt,
        "warehouse": tally.warehouse,
        "blind": tally.blind,
        "rows": rows,
        "scans": [_scan(row) for row in scans_of(tally)],
        "count": live_scans(tally.id),
    }


def _state(counted: Any, todo: Any) -> str:
    return "full" if counted >= todo > 0 else "some" if counted else "none"


def _scan(row: Row) -> Row:
    return {
        "key": row["key"],
        "text": f"{row['product']} {row['name']}" if row["products"] == 1 else row["code"],
        "quantity": shown(row["quantity"]),
        "unit": known_name(row["unit"]),
        "lot": row["lot"],
        "undone": row["undone"],
    }


def do(actor: Actor, asked: Operation) -> Answer:
    """Do what the device did."""
    verbs = {"scan": _scanned, "undo": _undo, "book": _book, "unbook": _unbook, "drop": _drop}
    return verbs[asked.do](actor, asked)


def _scanned(actor: Actor, asked: Operation) -> Answer:
    done = commands.scan_goods(
        actor=actor.with_key(f"m:{asked.key}"),
        work=asked.work,
        key=asked.key,
        code=asked.code,
        quantity=asked.quantity,
        lot=asked.lot,
        expires_on=asked.expires_on,
        order=asked.order,
        over=asked.over,
        at=asked.at,
    )
    told = done.data
    if told["did"] == "opened":
        return Answer(told["number"], "opened")
    if told["did"] == "pallet":
        said = _("托盘 %(sscc)s：%(n)s 行") % {"sscc": told["number"], "n": told["lines"]}
        return Answer(said, undo={"do": "undo", "target": asked.key})
    lot = f" {told['lot']}" if told["lot"] else ""
    said = f"{told['product']} {told['name']}{lot} +{told['quantity']} {known_name(told['unit'])}"
    return Answer(said, undo={"do": "undo", "target": asked.key})


def _undo(actor: Actor, asked: Operation) -> Answer:
    commands.undo_scan(actor=actor.with_key(f"m:{asked.key}"), work=asked.work, key=asked.target)
    return Answer(_("已撤销"), "undone")


def _drop(actor: Actor, asked: Operation) -> Answer:
    commands.drop_tally(actor=actor.with_key(f"m:{asked.key}"), work=asked.work)
    return Answer(_("已放弃，没有入库任何货物。"), "dropped")


def _book(actor: Actor, asked: Operation) -> Answer:
    """The receipt, then the tally's end; each under its own key, so that what was cut short goes on where it was."""
    actor.must(PERMISSION)
    tally = must_exist(tally_named(actor, asked.work), asked.work)
    if tally.state == "booked":
        return _booked(tally.receipt)
    key = f"m:{tally.work}:{tally.round}"
    done = earlier(actor, f"{key}:gr") or _receipt(actor, tally, asked, f"{key}:gr")
    commands.close_tally(actor=actor.with_key(f"{key}:end"), work=tally.work, receipt=done.number)
    return _booked(done.number)


def _receipt(actor: Actor, tally: Counting, asked: Operation, key: str) -> Done:
    counted = bookable(actor, tally)
    if asked.scans is not None and asked.scans != (live := live_scans(tally.id)):
        raise ScansMissing(device=asked.scans, server=live)
    if not counted:
        raise NothingCounted()
    if (pallets := pallets_on(tally.id)) and (twice := counted_before(actor, tally, pallets, here=False)):
        raise AlreadyBooked(scanned=twice[0], number=twice[1])
    shipment = tally.shipment if tally.shipment and all(part.shipped for part in counted) else ""
    try:
        return purchasing.receive_goods(
            actor=actor.with_key(key),
            order="" if shipment else counted[0].order,
            shipment=shipment,
            lines=[ReceiveIn(part.line, part.quantity, part.order, part.lot, "", part.expires_on) for part in counted],
            delivery_note=asked.note.strip(),
            over=any(part.over for part in counted) or asked.over,
        )
    except OverReceipt as refusal:
        # who counts blind is not told what was expected, and what came in meanwhile by another device counts, too
        raise TooMuch(product=refusal.data["product"], may=actor.may("purchasing.receive_over_tolerance")) from refusal


def _booked(receipt: str) -> Answer:
    return Answer(_("已入库：%(number)s") % {"number": receipt}, "booked", undo={"do": "unbook"}, data={"gr": receipt})


def _unbook(actor: Actor, asked: Operation) -> Answer:
    tally = must_exist(tally_named(actor, asked.work), asked.work)
    if tally.state != "booked":
        return Answer(_("已撤销"), "undone")
    key = f"m:{tally.work}:{tally.round}"
    if earlier(actor, f"{key}:back") is None:
        purchasing.reverse_receipt(actor=actor.with_key(f"{key}:back"), number=tally.receipt, reason=_("收货时撤销"))
    commands.reopen_tally(actor=actor.with_key(f"{key}:again"), work=tally.work)
    return Answer(_("入库已撤销，可以继续清点。"), "undone")
