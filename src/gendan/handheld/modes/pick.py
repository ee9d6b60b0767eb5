"""Picking: the pick list of a delivery or a wave; the rules are those of the picker's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries.names import known_name
from gendan.handheld.errors import UnknownCode
from gendan.handheld.modes.answer import Answer, Operation, shown
from gendan.handheld.queries.earlier import earlier
from gendan.handheld.queries.tallies import codes_of_products
from gendan.kernel import codes
from gendan.kernel.actor import Actor
from gendan.sales import commands as sales
from gendan.sales.queries import picking
from gendan.sales.steps.picking import PickIn

Row = dict[str, Any]
PERMISSION = "sales.pick_goods"


def work(actor: Actor, name: str) -> Row:
    """The pick list as the picker walks; three statements."""
    actor.must(PERMISSION)
    found = picking.work(actor, name)
    known = codes_of_products(actor, [row["product"] for row in found["rows"]])
    rows = [
        {
            "id": f"{row['bin']}/{row['product']}/{row['lot']}",
            "product": row["product"],
            "name": row["product_name"],
            "specification": row["specification"],
            "lot": row["lot"],
            "unit": known_name(row["unit_name"]),
            "place": row["bin"],
            "todo": shown(row["quantity"]),
            "done": shown(row["picked"]),
            "state": "full" if not row["open"] else "some" if row["picked"] else "none",
            "codes": known[row["product"]] + ([[row["lot"], "1"]] if row["lot"] else []),
        }
        for row in found["rows"]
    ]
    return {
        "mode": "pick",
        "id": found["number"],
        "title": found["about"] or found["number"],
        "about": f"{found['number']} {found['label']}",
        "state": "open" if found["pickable"] else "done",
        "rows": rows,
        "scans": [],
        "count": 0,
    }


def do(actor: Actor, asked: Operation) -> Answer:
    """Count what was taken, or put it back."""
    actor.must(PERMISSION)
    if done := earlier(actor, f"m:{asked.key}"):
        return _counted(asked, done.data)
    if asked.do == "undo":
        return _undone(actor, asked)
    found = picking.read_code(actor, picking.work(actor, asked.work), asked.code)
    if found.kind == "work":
        return Answer(found.number, "opened", goto=found.number)
    if found.kind == "bin":
        return Answer(found.bin, "place", place=found.bin)
    if found.kind == "unknown":
        raise UnknownCode(scanned=asked.code)
    quantity = _quantity(asked, found)
    picked = PickIn(found.product, quantity, asked.place, asked.lot or found.lot)
    done = sales.pick_goods(actor=actor.with_key(f"m:{asked.key}"), number=asked.work, picks=[picked])
    return _counted(asked, done.data, quantity)


def _quantity(asked: Operation, found: picking.Read) -> Decimal:
    return asked.quantity or found.quantity * (codes.scanned(asked.code).count or Decimal(1))


def _undone(actor: Actor, asked: Operation) -> Answer:
    """Put back what a scan counted: what the server said of it, or, by the device's name of the scan (``target``), what
    became of it; one that never counted is taken back, too.
    """
    back = PickIn(asked.code, -(asked.quantity or Decimal(0)), asked.place, asked.lot)
    if asked.target:
        done = earlier(actor, f"m:{asked.target}")
        if done is None or not done.data.get("picked"):
            return Answer(_("已撤销"), "undone")
        hit = done.data["picked"][0]
        found = picking.read_code(actor, picking.work(actor, asked.work), asked.code)
        back = PickIn(hit["product"], -_quantity(asked, found), hit["bin"], hit["lot"])
    sales.pick_goods(actor=actor.with_key(f"m:{asked.key}"), number=asked.work, picks=[back])
    return Answer(_("已撤销"), "undone")


def _counted(asked: Operation, data: Row, quantity: Decimal | None = None) -> Answer:
    hit = data["picked"][0] if data.get("picked") else {"product": asked.code, "bin": "", "lot": "", "picked": ""}
    undo: Row | None = None
    if quantity is not None:
        undo = {"do": "undo", "code": hit["product"], "place": hit["bin"], "lot": hit["lot"]}
        undo["quantity"] = shown(quantity)
    did = "done" if data.get("full") else "counted"
    return Answer(f"{hit['product']} {hit['bin']} {hit['picked']}", did, undo=undo)
