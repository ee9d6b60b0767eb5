"""The pick list of a delivery or a wave as the picker walks it, and what a scanned code means there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.catalog.queries import product_by_barcode
from gendan.kernel import codes, db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.sales.models import Delivery, Wave
from gendan.sales.permissions import VIEW

Row = dict[str, Any]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Read:
    """What a code stands for. ``kind``: work (another pick list), bin, product, lot, unknown."""

    kind: str
    number: str = ""
    bin: str = ""
    product: str = ""
    quantity: Decimal = ZERO
    lot: str = ""


_HEAD = """
SELECT 'dn' AS kind, d.id, d.number, d.state, d.version, p.name AS about, w.id AS warehouse_id, w.code AS warehouse,
 coalesce(v.number, '') AS wave
FROM sales_delivery d JOIN catalog_partner p ON p.id = d.customer_id JOIN catalog_warehouse w ON w.id = d.warehouse_id
LEFT JOIN sales_wave v ON v.id = d.wave_id WHERE d.company_id = %(company)s::bigint AND d.number = %(number)s::text
UNION ALL
SELECT 'wave', v.id, v.number, v.state, v.version, v.note, w.id, w.code, ''
FROM sales_wave v JOIN catalog_warehouse w ON w.id = v.warehouse_id
WHERE v.company_id = %(company)s::bigint AND v.number = %(number)s::text
"""
_PICKS = """
SELECT d.number AS delivery, d.state, place.code AS bin, p.code AS product, p.name AS product_name, p.specification,
 u.name AS unit_name, u.decimals, coalesce(lot.code, '') AS lot, lot.expires_on, k.quantity, k.picked
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_pick k ON k.delivery_line_id = dl.id JOIN inventory_balance b ON b.id = k.balance_id
JOIN catalog_location place ON place.id = b.location_id JOIN catalog_product p ON p.id = b.product_id
JOIN catalog_unit u ON u.id = p.unit_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE d.is_open AND {} = %s::bigint ORDER BY place.code, p.code, lot.code, d.id, k.id
"""
_LATEST = """
SELECT d.number, d.state, p.name AS customer_name, d.planned_on, count(k.id) AS picks,
 count(k.id) FILTER (WHERE k.picked >= k.quantity) AS done, string_agg(DISTINCT place.code, ' ') AS bins
FROM (SELECT * FROM sales_delivery WHERE company_id = %s::bigint AND is_open AND state IN ('to_pick', 'picking')
 ORDER BY planned_on NULLS LAST, id LIMIT 12) d
JOIN catalog_partner p ON p.id = d.customer_id LEFT JOIN sales_deliveryline dl ON dl.delivery_id = d.id
LEFT JOIN sales_pick k ON k.delivery_line_id = dl.id LEFT JOIN inventory_balance b ON b.id = k.balance_id
LEFT JOIN catalog_location place ON place.id = b.location_id
GROUP BY d.id, d.number, d.state, p.name, d.planned_on ORDER BY d.planned_on NULLS LAST, d.id
"""
_WORK = """
SELECT number FROM sales_delivery WHERE company_id = %(company)s::bigint AND number IN (%(code)s::text, %(dn)s::text)
UNION ALL SELECT number FROM sales_wave WHERE company_id = %(company)s::bigint AND number = %(code)s::text LIMIT 1
"""


def work(actor: Actor, number: str) -> Row:
    """The pick list of a delivery (DN-…) or wave (WV-…): ``rows`` by bin, the same product and lot of a bin once, with
    ``parts`` by delivery; two statements. NotFound.
    """
    actor.must(VIEW)
    found = db.dicts(_HEAD, {"company": actor.company_id, "number": number})
    if not found:
        raise NotFound(what=number)
    head = found[0]
    rows: dict[tuple[str, str, str], Row] = {}
    for pick in db.dicts(_PICKS.format("d.id" if head["kind"] == "dn" else "d.wave_id"), [head["id"]]):
        key = (pick["bin"], pick["product"], pick["lot"])
        row = rows.setdefault(key, {**pick, "quantity": ZERO, "picked": ZERO, "parts": []})
        row["quantity"] += pick["quantity"]
        row["picked"] += pick["picked"]
        row["parts"].append({name: pick[name] for name in ("delivery", "quantity", "picked")})
    shown = list(rows.values())
    for row in shown:
        row["open"] = row["quantity"] - row["picked"]
        last = next((p for p in reversed(row["parts"]) if p["picked"] < p["quantity"]), None)
        row["short_of"] = last["delivery"] if last else ""
        row["short_open"] = last["quantity"] - last["picked"] if last else ZERO
    label = state_label(Delivery if head["kind"] == "dn" else Wave, head["state"])
    return {
        **head,
        "label": label,
        "rows": shown,
        "done": sum(1 for row in shown if not row["open"]),
        "pickable": head["state"] in {"to_pick", "picking"},
    }


def to_pick_first(actor: Actor) -> list[Row]:
    """Deliveries that wait to be picked, the earliest planned first; one statement."""
    actor.must(VIEW)
    return db.dicts(_LATEST, [actor.company_id])


def read_code(actor: Actor, at: Row | None, code: str) -> Read:
    """What a scanned or typed code means, on the pick list ``at`` (None: on none yet)."""
    text = codes.scanned(code)
    plain = text.text.strip()
    if at is not None and not text.gtin:
        lots = {row["product"] for row in at["rows"] if row["lot"] and row["lot"].upper() == plain.upper()}
        if len(lots) == 1:
            lot = next(row["lot"] for row in at["rows"] if row["lot"].upper() == plain.upper())
            return Read("lot", product=lots.pop(), quantity=Decimal(1), lot=lot)
        place = db.row(
            "SELECT code FROM catalog_location WHERE warehouse_id = %s::bigint AND kind = 'bin'"
            " AND upper(code) = upper(%s::text)",
            [at["warehouse_id"], plain],
        )
        if place:
            return Read("bin", bin=place[0])
    number = plain.upper()
    delivery = f"DN-{int(plain):06d}" if plain.isdecimal() and plain.isascii() and len(plain) <= 6 else number
    found = db.row(_WORK, {"company": actor.company_id, "code": number, "dn": delivery})
    product = None if found else product_by_barcode(actor, code)
    if product is not None:
        return Read("product", product=product["code"], quantity=product["factor"], lot=text.lot)
    return Read("work", number=found[0]) if found else Read("unknown")
