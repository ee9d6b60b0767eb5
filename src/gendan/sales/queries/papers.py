"""What the papers of deliveries show: a fixed number of statements for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from gendan.kernel import codes, db, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import NotFound
from gendan.sales.models import Delivery, Wave

VIEW = "sales.view"
Row = dict[str, Any]

_DELIVERIES = """
SELECT d.id, d.number, d.state, d.carrier, d.tracking_number, d.planned_on, d.shipped_on, d.expected_on, d.note,
 d.ship_to_name, d.ship_to_phone, d.ship_to_address, d.ship_to_country, c.code AS customer, c.name AS customer_name,
 w.code AS warehouse, w.name AS warehouse_name, w.address AS warehouse_address, coalesce(v.number, '') AS wave
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN sales_delivery d ON d.company_id = %s::bigint AND d.number = asked.number
JOIN catalog_partner c ON c.id = d.customer_id JOIN catalog_warehouse w ON w.id = d.warehouse_id
LEFT JOIN sales_wave v ON v.id = d.wave_id
ORDER BY asked.place
"""
_LINES = """
SELECT dl.id, dl.delivery_id, dl.line_no AS line, dl.quantity, o.number AS order_number, o.customer_reference,
 l.line_no AS order_line, l.note, p.code AS product, p.name AS product_name, p.specification, l.description,
 u.name AS unit_name,
 (SELECT string_agg(DISTINCT lot.code, ', ') FROM sales_pick k JOIN inventory_balance b ON b.id = k.balance_id
  JOIN inventory_lot lot ON lot.id = b.lot_id WHERE k.delivery_line_id = dl.id) AS lots
FROM sales_deliveryline dl JOIN sales_salesline l ON l.id = dl.order_line_id
JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE dl.delivery_id = ANY(%s::bigint[]) ORDER BY dl.delivery_id, dl.line_no
"""
_PARCELS = """
SELECT x.id, x.delivery_id, x.parcel_no, x.sscc, x.weight, x.carrier, x.tracking_number,
 count(*) OVER (PARTITION BY x.delivery_id) AS parcels
FROM sales_parcel x WHERE x.delivery_id = ANY(%s::bigint[]) ORDER BY x.delivery_id, x.parcel_no
"""
_CONTENTS = """
SELECT pl.parcel_id, pl.delivery_line_id, pl.quantity FROM sales_parcelline pl
JOIN sales_parcel x ON x.id = pl.parcel_id WHERE x.delivery_id = ANY(%s::bigint[])
"""
# By bin, as one walks; what is the same product and lot stands together.
_PICKS = """
SELECT k.id, d.id AS delivery_id, d.number AS delivery, d.wave_id, place.code AS bin, p.code AS product,
 p.name AS product_name, p.specification, u.name AS unit_name, coalesce(lot.code, '') AS lot,
 lot.expires_on, k.quantity, k.picked
FROM sales_pick k JOIN sales_deliveryline dl ON dl.id = k.delivery_line_id
JOIN sales_delivery d ON d.id = dl.delivery_id JOIN inventory_balance b ON b.id = k.balance_id
JOIN catalog_location place ON place.id = b.location_id JOIN catalog_product p ON p.id = b.product_id
JOIN catalog_unit u ON u.id = p.unit_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE {where} ORDER BY place.code, p.code, lot.code, d.number
"""
_WAVES = """
SELECT v.id, v.number, v.state, v.note, w.code AS warehouse, w.name AS warehouse_name, coalesce(u.name, '') AS picker
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN sales_wave v ON v.company_id = %s::bigint AND v.number = asked.number
JOIN catalog_warehouse w ON w.id = v.warehouse_id LEFT JOIN accounts_user u ON u.id = v.picker_id
ORDER BY asked.place
"""


def notes_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Deliveries with their lines and parcels, as customers get them."""
    found = _found(actor, _DELIVERIES, numbers)
    ids = [row["id"] for row in found]
    found = fields.mask_of(actor, "so", found, "address")
    lines = _by(fields.mask_of(actor, "so", db.dicts(_LINES, [ids])), "delivery_id")
    parcels = _by(db.dicts(_PARCELS, [ids]), "delivery_id")
    for row in found:
        row["title"] = row["customer_name"]
        row["cancelled"] = row["state"] == "cancelled"
        row["state_label"] = state_label(Delivery, row["state"])
        row["lines"], row["parcels"] = lines[row["id"]], parcels[row["id"]]
        row["weight"] = sum((parcel["weight"] or 0 for parcel in row["parcels"]), 0)
        row["references"] = list(dict.fromkeys(line["customer_reference"] or "" for line in row["lines"]))
    return found


def packing_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Deliveries with what is in each of their parcels, and what is in none."""
    found = notes_on_paper(actor, numbers)
    contents = _by(db.dicts(_CONTENTS, [[row["id"] for row in found]]), "parcel_id")
    for row in found:
        lines = {line["id"]: line for line in row["lines"]}
        rest = {line["id"]: line["quantity"] for line in row["lines"]}
        for parcel in row["parcels"]:
            parcel["internal"] = bool(parcel["sscc"]) and codes.is_internal(parcel["sscc"])
            parcel["contents"] = []
            for part in contents[parcel["id"]]:
                rest[part["delivery_line_id"]] -= part["quantity"]
                parcel["contents"].append({**lines[part["delivery_line_id"]], "quantity": part["quantity"]})
        row["loose"] = [{**lines[id_], "quantity": left} for id_, left in rest.items() if left > 0]
    return found


def papers_of_deliveries(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """What goes with each delivery, one after the other: its note and, when it is packed, what is in its parcels."""
    found = []
    for row in packing_on_paper(actor, numbers):
        found.append({**row, "paper": "note"})
        if row["parcels"]:
            found.append({**row, "paper": "packing"})
    return found


def parcels_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Parcels, for labels: all of a delivery («DN-000001») or one of them («DN-000001 2»)."""
    asked = [(given, *given.partition(" ")[::2]) for given in numbers]
    deliveries = packing_on_paper(actor, list(dict.fromkeys(number for _given, number, _no in asked)))
    known = {row["number"]: row for row in deliveries}
    found = []
    for given, number, wanted in asked:
        delivery = known[number]
        parcels = [p for p in delivery["parcels"] if not wanted or str(p["parcel_no"]) == wanted]
        if not parcels:
            raise NotFound(what=f"{number} {wanted}".strip())
        shared = {name: value for name, value in delivery.items() if name not in {"parcels", "lines", "loose"}}
        for parcel in parcels:
            sent = {name: parcel[name] or shared[name] for name in ("carrier", "tracking_number")}
            found.append({**shared, **parcel, **sent, "number": f"{number} {parcel['parcel_no']}", "asked": given})
    return found


def picks_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """What is to be picked for deliveries, bin by bin."""
    found = fields.mask_of(actor, "so", _found(actor, _DELIVERIES, numbers), "address")
    picks = _by(
        db.dicts(_PICKS.format(where="d.id = ANY(%s::bigint[])"), [[row["id"] for row in found]]), "delivery_id"
    )
    for row in found:
        row["title"] = row["customer_name"]
        row["state_label"] = state_label(Delivery, row["state"])
        row["lines"], row["picker"], row["several"] = picks[row["id"]], "", False
    return found


def waves_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """What is to be picked for all deliveries of waves, bin by bin."""
    found = _found(actor, _WAVES, numbers)
    picks = _by(db.dicts(_PICKS.format(where="d.wave_id = ANY(%s::bigint[])"), [[r["id"] for r in found]]), "wave_id")
    for row in found:
        row["title"] = row["warehouse_name"]
        row["state_label"] = state_label(Wave, row["state"])
        row["lines"], row["several"] = picks[row["id"]], True
        row["deliveries"] = sorted({pick["delivery"] for pick in row["lines"]})
    return found


def _found(actor: Actor, sql: str, numbers: Sequence[str]) -> list[Row]:
    actor.must(VIEW)
    found = db.dicts(sql, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    return found


def _by(rows: list[Row], key: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found
