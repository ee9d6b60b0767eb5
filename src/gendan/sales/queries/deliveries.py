"""Deliveries and waves as pages and API show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.queries.cursors import id_after
from gendan.sales.models import Delivery
from gendan.sales.models.order import REFERENCE_KEY
from gendan.sales.permissions import VIEW

Row = dict[str, Any]
ZERO = Decimal(0)
CAP = 1000
OPEN = ("to_pick", "picking", "packed")


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries; ``state`` "" is what has not left, "all" every one, "late" what should have left, "unsigned"
    what has left and nobody signed for.
    """

    state: str = ""
    customer: str = ""
    warehouse: str = ""
    order: str = ""
    wave: str = ""
    carrier: str = ""
    q: str = ""
    shipped_from: date | None = None
    shipped_to: date | None = None
    numbers: tuple[str, ...] = ()


_HEADER = """
d.id, d.number, d.state, d.version, p.code AS customer, p.name AS customer_name, w.code AS warehouse,
 w.name AS warehouse_name, d.carrier, d.tracking_number, d.planned_on, d.shipped_on, d.expected_on, d.signed_on,
 d.signed_by, d.signed_via, d.sign_note, d.recorded_on, d.note, d.ship_to_code, d.ship_to_name, d.ship_to_phone,
 d.ship_to_address, d.ship_to_country, coalesce(v.number, '') AS wave, d.created_at,
 CASE WHEN d.is_open THEN greatest(%(today)s::date - d.planned_on, 0)
  WHEN d.state = 'shipped' THEN greatest(%(today)s::date - d.expected_on, 0) ELSE 0 END AS days_late
"""
_JOINS = """
JOIN catalog_partner p ON p.id = d.customer_id JOIN catalog_warehouse w ON w.id = d.warehouse_id
LEFT JOIN sales_wave v ON v.id = d.wave_id
"""
_PAGE = """
WITH page AS (SELECT d.id FROM sales_delivery d WHERE {where} ORDER BY d.id DESC LIMIT %(limit)s::int)
SELECT {header}, t.lines, t.orders, t.products, k.share, x.parcels, s.silent
FROM page JOIN sales_delivery d ON d.id = page.id {joins}
JOIN LATERAL (SELECT count(*) AS lines, string_agg(DISTINCT o.number, ' ' ORDER BY o.number) AS orders,
  string_agg(DISTINCT pr.code, ' ' ORDER BY pr.code) AS products
 FROM sales_deliveryline dl JOIN sales_salesline l ON l.id = dl.order_line_id
 JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
 WHERE dl.delivery_id = d.id) t ON true
LEFT JOIN LATERAL (SELECT avg(k.picked / k.quantity) AS share FROM sales_deliveryline dl
 JOIN sales_pick k ON k.delivery_line_id = dl.id WHERE dl.delivery_id = d.id) k ON true
LEFT JOIN LATERAL (SELECT count(*) AS parcels FROM sales_parcel WHERE delivery_id = d.id) x ON true
LEFT JOIN LATERAL (SELECT bool_or(tp.silent_since IS NOT NULL) AS silent FROM carriers_parceldocument pd
 JOIN carriers_trackedparcel tp ON tp.id = pd.parcel_id
 WHERE d.state = 'shipped' AND pd.kind = 'dn' AND pd.document_id = d.id) s ON true
ORDER BY d.id DESC
"""
_LINES = """
SELECT dl.id, dl.line_no AS line, o.number AS order_number, l.line_no AS order_line, pr.code AS product,
 pr.name AS product_name, pr.specification, u.code AS unit, u.name AS unit_name, u.decimals, dl.quantity, l.factor,
 dl.signed, dl.refused, dl.short, dl.refuse_reason, coalesce(k.picked, 0) / l.factor AS picked,
 coalesce(x.packed, 0) AS packed, coalesce(k.lots, '') AS lots, l.requested_on, l.promised_on, l.expected_on, l.due_on
FROM sales_deliveryline dl JOIN sales_salesline l ON l.id = dl.order_line_id
JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN LATERAL (SELECT sum(k.picked) AS picked, string_agg(DISTINCT lot.code, ' ') AS lots FROM sales_pick k
 JOIN inventory_balance b ON b.id = k.balance_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
 WHERE k.delivery_line_id = dl.id) k ON true
LEFT JOIN LATERAL (SELECT sum(pl.quantity) AS packed FROM sales_parcelline pl WHERE pl.delivery_line_id = dl.id) x
 ON true
WHERE dl.delivery_id = %s::bigint ORDER BY dl.line_no
"""
# By bin, as one walks.
_PICKS = """
SELECT k.id, d.number AS delivery, d.state, dl.line_no AS line, place.code AS bin, p.code AS product,
 p.name AS product_name, p.specification, u.name AS unit_name, u.decimals, coalesce(lot.code, '') AS lot,
 lot.expires_on, k.quantity, k.picked, coalesce(a.name, '') AS picked_by, k.picked_at
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_pick k ON k.delivery_line_id = dl.id JOIN inventory_balance b ON b.id = k.balance_id
JOIN catalog_location place ON place.id = b.location_id JOIN catalog_product p ON p.id = b.product_id
JOIN catalog_unit u ON u.id = p.unit_id LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
LEFT JOIN accounts_user a ON a.id = k.picked_by_id
WHERE {where} ORDER BY place.code, p.code, lot.code, d.number, k.id
"""
_PARCELS = """
SELECT x.id, x.parcel_no AS parcel, x.sscc, x.weight, x.tracking_number, pl.quantity, dl.line_no AS line,
 pr.code AS product, pr.name AS product_name, u.name AS unit_name
FROM sales_parcel x LEFT JOIN sales_parcelline pl ON pl.parcel_id = x.id
LEFT JOIN sales_deliveryline dl ON dl.id = pl.delivery_line_id LEFT JOIN sales_salesline l ON l.id = dl.order_line_id
LEFT JOIN catalog_product pr ON pr.id = l.product_id LEFT JOIN catalog_unit u ON u.id = l.unit_id
WHERE x.delivery_id = %s::bigint ORDER BY x.parcel_no, dl.line_no
"""


def _capped(condition: str) -> str:
    return (
        "(SELECT count(*) FROM (SELECT 1 FROM sales_delivery d WHERE d.company_id = %(company)s::bigint"
        f" AND {condition}{{within}} LIMIT %(cap)s::int) c)"
    )


_STATES = {
    "": "d.is_open",
    "to_pick": "d.is_open AND d.state = 'to_pick'",
    "picking": "d.is_open AND d.state = 'picking'",
    "packed": "d.is_open AND d.state = 'packed'",
    "late": "d.is_open AND d.planned_on < %(today)s::date",
    "unsigned": "d.state = 'shipped'",
    "silent": "d.state = 'shipped' AND EXISTS (SELECT 1 FROM carriers_parceldocument pd"
    " JOIN carriers_trackedparcel tp ON tp.id = pd.parcel_id"
    " WHERE pd.kind = 'dn' AND pd.document_id = d.id AND tp.silent_since IS NOT NULL)",
}
_COUNTS = f"SELECT {', '.join(_capped(condition) for condition in _STATES.values())}"
# What can still be put on a delivery: as rules.lines.deliverable.
_DELIVERABLE = """
SELECT o.number AS order_number, o.state, o.back_order, c.code AS customer, c.name AS customer_name,
 w.code AS warehouse, o.ship_to_name, o.ship_to_address, o.ship_to_phone,
 concat_ws(chr(31), o.ship_to_code, o.ship_to_name, o.ship_to_phone, o.ship_to_address, o.ship_to_country) AS ship_to,
 l.line_no AS line, pr.code AS product, pr.name AS product_name, pr.specification, u.name AS unit_name, u.decimals,
 l.quantity - l.cancelled AS ordered, l.shipped, l.delivering,
 l.quantity - l.cancelled - l.shipped - l.delivering AS open, l.factor, l.due_on, l.expected_on,
 greatest(%(today)s::date - l.due_on, 0) AS days_late,
 least(coalesce(g.soft, 0), (l.quantity - l.cancelled - l.shipped - l.delivering) * l.factor) / l.factor AS held,
 coalesce(f.free, 0) / l.factor AS free
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_partner c ON c.id = l.customer_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN LATERAL (SELECT sum(g.quantity - g.hard) AS soft FROM sales_peg g
 WHERE g.line_id = l.id AND g.balance_id IS NOT NULL) g ON true
LEFT JOIN LATERAL (SELECT sum(b.on_hand - b.reserved) AS free FROM inventory_balance b
 JOIN catalog_location place ON place.id = b.location_id AND place.kind = 'bin' AND place.is_active
 WHERE b.product_id = l.product_id AND place.warehouse_id = l.warehouse_id AND b.on_hand > b.reserved) f ON true
WHERE l.company_id = %(company)s::bigint AND l.is_open AND o.state IN ('to_ship', 'partly_shipped')
 AND l.quantity - l.cancelled - l.shipped - l.delivering > 0 AND {condition}
ORDER BY o.id, l.line_no LIMIT 500
"""


def delivery_list(
    actor: Actor, wanted: DeliveryFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of deliveries, newest first; one statement."""
    actor.must(VIEW)
    size = paging.limited(limit)
    where, params = _conditions(actor, wanted or DeliveryFilter())
    if (last := id_after(after)) is not None:
        where.append("d.id < %(after)s::bigint")
        params["after"] = last
    params["limit"] = size + 1
    rows = db.dicts(_PAGE.format(where=" AND ".join(where), header=_HEADER, joins=_JOINS), params)
    return paging.cut(fields.mask_of(actor, "so", rows, "address"), size, lambda row: [row["id"]])


def _conditions(actor: Actor, wanted: DeliveryFilter) -> tuple[list[str], Row]:
    where = ["d.company_id = %(company)s::bigint", *scope.conditions(actor, "dn", "d")]
    params: Row = {"company": actor.company_id, "today": actor.today()}
    if wanted.q:
        key = REFERENCE_KEY.format("d.tracking_number")
        where.append(
            "(d.number = upper(%(q)s::text) OR (d.tracking_number <> ''"
            f" AND {key} = {REFERENCE_KEY.format('%(q)s::text')}))"
        )
        params["q"] = wanted.q.strip()
    elif wanted.state in _STATES:
        where.append(_STATES[wanted.state])
    else:
        where += state_where("d", wanted.state, Delivery.State.values, params)
    for name, table, code in (
        ("customer", "catalog_partner", wanted.customer),
        ("warehouse", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"d.{name}_id = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({name})s::text)"
            )
            params[name] = code
    if wanted.order:
        where.append(
            "d.id IN (SELECT dl.delivery_id FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id"
            " JOIN sales_deliveryline dl ON dl.order_line_id = l.id"
            " WHERE o.company_id = %(company)s::bigint AND o.number = %(order)s::text)"
        )
        params["order"] = wanted.order
    if wanted.wave:
        where.append(
            "d.wave_id = (SELECT id FROM sales_wave WHERE company_id = %(company)s::bigint AND number = %(wave)s::text)"
        )
        params["wave"] = wanted.wave
    if wanted.carrier:
        where.append("d.carrier = %(carrier)s::text")
        params["carrier"] = wanted.carrier
    if wanted.numbers:
        where.append("d.number = ANY(%(numbers)s::text[])")
        params["numbers"] = list(wanted.numbers)
    for name, sign, day in (("shipped_from", ">=", wanted.shipped_from), ("shipped_to", "<=", wanted.shipped_to)):
        if day:
            where.append(f"d.shipped_on {sign} %({name})s::date")
            params[name] = day
    return where, params


def delivery_counts(actor: Actor) -> dict[str, int]:
    """How many deliveries wait at each step, each up to a cap; one statement."""
    actor.must(VIEW)
    found = db.row(
        _COUNTS.format(within=scope.also(actor, "dn", "d")),
        {"company": actor.company_id, "cap": CAP, "today": actor.today()},
    )
    assert found is not None
    return dict(zip(_STATES, found, strict=True))


def delivery_detail(actor: Actor, number: str) -> Row:
    """A delivery with its ``lines``, ``picks`` by bin, ``parcels`` and the ``orders`` it serves; four statements."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER}, coalesce(u.name, '') AS created_by FROM sales_delivery d {_JOINS}"
        " LEFT JOIN accounts_user u ON u.id = d.created_by_id"
        " WHERE d.company_id = %(company)s::bigint AND d.number = %(number)s::text",
        {"company": actor.company_id, "number": number, "today": actor.today()},
    )
    if not found:
        raise NotFound(what=number)
    (delivery,) = fields.mask_of(actor, "so", found, "address")
    lines = fields.mask_of(actor, "so", db.dicts(_LINES, [delivery["id"]]))
    return {
        **delivery,
        "lines": lines,
        "picks": db.dicts(_PICKS.format(where="d.id = %s::bigint"), [delivery["id"]]),
        "parcels": _parcels(delivery["id"]),
        "orders": list(dict.fromkeys(line["order_number"] for line in lines)),
    }


def _parcels(delivery_id: int) -> list[Row]:
    parcels: dict[int, Row] = {}
    for row in db.dicts(_PARCELS, [delivery_id]):
        parcel = parcels.setdefault(
            row["id"],
            {name: row[name] for name in ("parcel", "sscc", "weight", "tracking_number")} | {"lines": []},
        )
        if row["line"] is not None:
            parcel["lines"].append(
                {name: row[name] for name in ("line", "product", "product_name", "unit_name", "quantity")}
            )
    return list(parcels.values())


def deliverable_lines(
    actor: Actor, *, orders: Sequence[str] = (), customer: str = "", warehouse: str = ""
) -> list[Row]:
    """Lines that something can still be delivered of, of orders or of a customer: what is ``open``, what of it the line
    ``held`` already, and what else is ``free`` in the warehouse, in the line's unit; one statement.
    """
    actor.must(VIEW)
    params: Row = {"company": actor.company_id, "today": actor.today()}
    conditions = []
    if orders:
        conditions.append("o.number = ANY(%(orders)s::text[])")
        params["orders"] = list(orders)
    if customer:
        conditions.append("c.code = %(customer)s::text")
        params["customer"] = customer
    if warehouse:
        conditions.append("w.code = %(warehouse)s::text")
        params["warehouse"] = warehouse
    if not conditions:
        return []
    conditions += scope.conditions(actor, "so_line", "l")
    found = fields.mask_of(actor, "so", db.dicts(_DELIVERABLE.format(condition=" AND ".join(conditions)), params))
    free: dict[tuple[str, str], Decimal] = {}
    for row in found:  # several lines of a product share what is free of it in their warehouse
        key = row["warehouse"], row["product"]
        left = free.setdefault(key, row["free"] * row["factor"])
        more = min(left, max(row["open"] - row["held"], ZERO) * row["factor"])
        free[key] = left - more
        there = row["held"] + more / row["factor"]
        step = Decimal(1).scaleb(-row["decimals"])
        row["there"] = min(row["open"], there).quantize(step, "ROUND_DOWN")
        row["suggested"] = row["there"] if row["back_order"] == "partial" or row["there"] == row["open"] else ZERO
    return found


_WAVES = """
SELECT v.id, v.number, v.state, v.version, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(u.name, '') AS picker, v.note, v.created_at, coalesce(m.name, '') AS created_by, t.deliveries,
 t.quantity, t.share, t.picks
FROM sales_wave v JOIN catalog_warehouse w ON w.id = v.warehouse_id LEFT JOIN accounts_user u ON u.id = v.picker_id
LEFT JOIN accounts_user m ON m.id = v.created_by_id
LEFT JOIN LATERAL (SELECT count(DISTINCT d.id) AS deliveries, sum(k.quantity) AS quantity, count(k.id) AS picks,
  avg(k.picked / k.quantity) AS share
 FROM sales_delivery d LEFT JOIN sales_deliveryline dl ON dl.delivery_id = d.id
 LEFT JOIN sales_pick k ON k.delivery_line_id = dl.id WHERE d.wave_id = v.id) t ON true
WHERE v.company_id = %(company)s::bigint AND {where} ORDER BY v.id DESC LIMIT %(limit)s::int
"""


def wave_list(actor: Actor, state: str = "", *, after: str | None = None, limit: int | None = None) -> Page[Row]:
    """A page of waves, newest first; ``state`` "" is those being picked, "all" every one; one statement."""
    actor.must(VIEW)
    size = paging.limited(limit)
    params: Row = {"company": actor.company_id, "limit": size + 1, "state": state or "picking"}
    where = ("true" if state == "all" else "v.state = %(state)s::text") + scope.also(actor, "wave", "v")
    if (last := id_after(after)) is not None:
        where += " AND v.id < %(after)s::bigint"
        params["after"] = last
    return paging.cut(db.dicts(_WAVES.format(where=where), params), size, lambda row: [row["id"]])


def wave_detail(actor: Actor, number: str) -> Row:
    """A wave with its ``deliveries`` and its ``picks`` bin by bin; three statements."""
    actor.must(VIEW)
    params = {"company": actor.company_id, "number": number, "limit": 1}
    found = db.dicts(_WAVES.format(where="v.number = %(number)s::text"), params)
    if not found:
        raise NotFound(what=number)
    wave = found[0]
    wanted = DeliveryFilter(state="all", wave=number)
    return {
        **wave,
        "inside": delivery_list(actor, wanted, limit=200).items,
        "picks": db.dicts(_PICKS.format(where="d.wave_id = %s::bigint"), [wave["id"]]),
    }
