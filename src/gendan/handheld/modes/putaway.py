"""Putting away: what was received is scanned, its bin is proposed, and the scan of the bin's label moves it there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import product_by_barcode
from gendan.catalog.queries.names import known_name
from gendan.handheld.errors import NothingToPutAway, UnknownBin, UnknownCode
from gendan.handheld.modes.answer import Answer, Operation, shown
from gendan.handheld.queries import putaway as queries
from gendan.handheld.queries.earlier import earlier
from gendan.handheld.queries.tallies import codes_of
from gendan.inventory import commands as inventory
from gendan.inventory.rules import TransferLineIn
from gendan.kernel import codes
from gendan.kernel.actor import Actor

Row = dict[str, Any]
PERMISSION = "inventory.create_transfer"


def work(actor: Actor, name: str) -> Row:
    """What waits in the receiving place of a warehouse, each with the proposed bin; six statements."""
    actor.must(PERMISSION)
    at = queries.warehouse(actor, name)
    rows = queries.waiting(actor, at)
    queries.propose(at, rows)
    known = codes_of([row["product_id"] for row in rows])
    return {
        "mode": "putaway",
        "id": at["code"],
        "title": at["name"],
        "about": at["place"],
        "state": "open",
        "rows": [
            {
                "id": str(row["id"]),
                "product": row["product"],
                "name": row["name"],
                "specification": row["specification"],
                "lot": row["lot"],
                "unit": known_name(row["unit"]),
                "place": row["bin"],
                "about": row["why"],
                "todo": shown(row["on_hand"]),
                "done": "0",
                "state": "none",
                "codes": [[code, shown(factor)] for code, factor in known.get(row["product_id"], ())]
                + ([[row["lot"], "1"]] if row["lot"] else []),
            }
            for row in rows
        ],
        "scans": [],
        "count": 0,
    }


def do(actor: Actor, asked: Operation) -> Answer:
    """Move what was scanned into the bin that was scanned, or back."""
    actor.must(PERMISSION)
    key = f"m:{asked.key}"
    if done := earlier(actor, key):
        return Answer(_("已上架：%(number)s") % {"number": done.number}, "moved")
    at = queries.warehouse(actor, asked.work)
    bin_ = queries.bin_code(actor, at, asked.place)
    if not bin_:
        raise UnknownBin(warehouse=at["code"], scanned=asked.place)
    if asked.do == "undo":
        back = TransferLineIn(asked.code, asked.quantity or Decimal(0), bin_, at["place"], asked.lot)
        inventory.create_transfer(
            actor=actor.with_key(key), warehouse=at["code"], lines=[back], reason=_("撤销上架"), post=True
        )
        return Answer(_("已放回收货位"), "undone")
    row = _waiting(actor, at, asked)
    quantity = row["on_hand"] if asked.quantity is None else asked.quantity
    line = TransferLineIn(row["product"], quantity, at["place"], bin_, row["lot"])
    inventory.create_transfer(
        actor=actor.with_key(key), warehouse=at["code"], lines=[line], reason=_("上架"), post=True
    )
    back_again = {
        "do": "undo",
        "code": row["product"],
        "lot": row["lot"],
        "place": bin_,
        "quantity": shown(quantity),
    }
    said = f"{row['product']} {row['name']} {shown(quantity)} {known_name(row['unit'])} → {bin_}"
    return Answer(said, "moved", undo=back_again)


def look(actor: Actor, name: str, code: str) -> Row:
    """What a scanned code is of what waits, with its proposed bin; the device asks when it does not know the code."""
    actor.must(PERMISSION)
    at = queries.warehouse(actor, name)
    row = _waiting(actor, at, Operation("look", "putaway", name, code=code))
    queries.propose(at, [row])
    return {"id": str(row["id"]), "product": row["product"], "lot": row["lot"], "place": row["bin"]}


def _waiting(actor: Actor, at: Row, asked: Operation) -> Row:
    """The row in the receiving place that a code means: its product, and its lot if the code names one."""
    read = codes.scanned(asked.code)
    product = product_by_barcode(actor, asked.code)
    lot = asked.lot or read.lot
    if product is None:
        rows = [row for row in queries.waiting(actor, at) if row["lot"] and row["lot"].upper() == read.text.upper()]
        if not rows:
            raise UnknownCode(scanned=read.text)
        return rows[0]
    rows = queries.waiting(actor, at, product_id=product["id"])
    found = next((row for row in rows if not lot or row["lot"] == lot), None)
    if found is None:
        raise NothingToPutAway(product=f"{product['code']} {product['name']}")
    return found
