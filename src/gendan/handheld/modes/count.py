"""Counting: the list of a stock-take; the rules are those of the counting page, blind or not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import product_by_barcode
from gendan.catalog.queries.names import known_name
from gendan.handheld.modes.answer import Answer, Operation, shown
from gendan.handheld.queries.earlier import earlier
from gendan.handheld.queries.tallies import codes_of_products
from gendan.inventory import commands as inventory
from gendan.inventory import queries
from gendan.kernel import codes
from gendan.kernel.actor import Actor
from gendan.kernel.values import whole

Row = dict[str, Any]
PERMISSION = "inventory.count_line"
MOST = 60


def work(actor: Actor, name: str) -> Row:
    """What I counted last and the places that are still to be counted; four statements."""
    actor.must(PERMISSION)
    found = queries.counting(actor, name, limit=MOST)
    counted = {row["line_no"]: row for row in found["entries"] if row["counted"] is not None}
    lines = [*counted.values(), *(row for row in found["todo"] if row["line_no"] not in counted)]
    known = codes_of_products(actor, [row["product"] for row in lines])
    rows = []
    for row in lines:
        shown_row: Row = {
            "id": str(row["line_no"]),
            "line": row["line_no"],
            "product": row["product"],
            "name": row["name"],
            "lot": row["lot"],
            "unit": known_name(row["unit_name"]),
            "place": row["bin"],
            "done": "0" if row["counted"] is None else shown(row["counted"]),
            "state": "none" if row["counted"] is None else "some",
            "codes": known[row["product"]] + ([[row["lot"], "1"]] if row["lot"] else []),
        }
        if row["expected"] is not None:
            shown_row["todo"] = shown(row["expected"])
        rows.append(shown_row)
    return {
        "mode": "count",
        "id": found["number"],
        "title": found["warehouse_name"],
        "about": found["number"],
        "state": "open" if found["state"] == "counting" else "done",
        "blind": found["blind"],
        "rows": rows,
        "progress": [found["counted"], found["lines"]],
        "scans": [
            {
                "key": str(entry["id"]),
                "text": f"{entry['product']} {entry['name']} {entry['bin']}",
                "quantity": shown(entry["quantity"]),
                "unit": known_name(entry["unit_name"]),
                "lot": entry["lot"],
                "undone": False,
            }
            for entry in found["entries"]
        ],
        "count": len(found["entries"]),
    }


def do(actor: Actor, asked: Operation) -> Answer:
    """A bin is where one stands; a product, lot or number of pieces counts there."""
    actor.must(PERMISSION)
    keyed = actor.with_key(f"m:{asked.key}")
    if done := earlier(actor, f"m:{asked.key}"):
        return _counted(done.data)
    if asked.do == "undo":
        return _undone(actor, keyed, asked)
    if asked.line is not None:
        line = asked.line
        done = inventory.count_line(actor=keyed, number=asked.work, quantity=asked.quantity or Decimal(0), line=line)
        return _counted(done.data)
    read = codes.scanned(asked.code)
    found = queries.scanned(actor, asked.work, read.text)
    if found and found["what"] == "bin":
        return Answer(found["code"], "place", place=found["code"])
    lot, product = asked.lot or read.lot, asked.code
    if found and found["what"] == "lot":
        lot, product = found["lot"], found["code"]
    elif (read.gtin or read.own) and (known := product_by_barcode(actor, asked.code)):
        product = known["code"]
    done = inventory.count_line(
        actor=keyed,
        number=asked.work,
        quantity=asked.quantity or read.count or Decimal(1),
        product=product,
        place=asked.place,
        lot=lot,
        add=True,
        new=asked.new,
    )
    return _counted(done.data)


def _undone(actor: Actor, keyed: Actor, asked: Operation) -> Answer:
    """Take an entry back, by its id or by the device's name of the scan; one that never counted is taken back, too."""
    entry = whole(asked.target)
    if entry is None:
        done = earlier(actor, f"m:{asked.target}")
        entry = done.data.get("entry") if done else None
    if entry is not None:
        inventory.undo_count_entry(actor=keyed, number=asked.work, entry=entry)
    return Answer(_("已撤销"), "undone")


def _counted(data: Row) -> Answer:
    what = " ".join(filter(None, (data.get("product"), data.get("lot"), data.get("bin"))))
    undo = {"do": "undo", "target": str(data["entry"])} if data.get("entry") else None
    return Answer(f"{what} {data.get('counted') or ''}".strip(), undo=undo)
