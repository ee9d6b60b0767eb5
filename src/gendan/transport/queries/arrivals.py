"""Shipments under way: when each arrives and by whose word, what its carrier said last, which dock waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.transport.permissions import VIEW
from gendan.transport.rules.forecast import Usual, expected

Row = dict[str, Any]
MOST = 2000  # shipments under way that a board or calendar shows
SAMPLE = 20  # past shipments of a supplier that say what is usual
_OPEN = """
SELECT s.id, s.number, s.state, s.version, s.supplier_id, p.code AS supplier, p.name AS supplier_name,
 w.code AS warehouse, w.name AS warehouse_name, s.carrier, s.tracking_number, s.mode, s.packages, s.shipped_on,
 s.expected_on AS stated_on, s.arrived_on, d.code AS dock, b.starts_at, b.ends_at, t.lines, t.orders, t.received,
 k.carrier_on, k.silent_since, e.at AS event_at, e.place AS event_place, e.text AS event_text
FROM purchasing_shipment s JOIN catalog_partner p ON p.id = s.supplier_id
JOIN catalog_warehouse w ON w.id = s.warehouse_id
LEFT JOIN transport_booking b ON b.company_id = s.company_id AND b.shipment_id = s.id
LEFT JOIN transport_dock d ON d.id = b.dock_id
CROSS JOIN LATERAL (SELECT count(*) AS lines, coalesce(sum(x.received), 0) > 0 AS received,
  string_agg(DISTINCT o.number, ' ' ORDER BY o.number) AS orders
 FROM purchasing_shipmentline x JOIN purchasing_orderline l ON l.id = x.order_line_id
 JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE x.shipment_id = s.id) t
CROSS JOIN LATERAL (SELECT max(q.expected_on) AS carrier_on, min(q.silent_since) AS silent_since
 FROM carriers_parceldocument pd JOIN carriers_trackedparcel q ON q.id = pd.parcel_id
 WHERE pd.kind = 'asn' AND pd.document_id = s.id AND q.company_id = s.company_id) k
LEFT JOIN LATERAL (SELECT v.at, v.place, v.text FROM carriers_parceldocument pd
 JOIN carriers_trackingevent v ON v.parcel_id = pd.parcel_id
 WHERE pd.kind = 'asn' AND pd.document_id = s.id ORDER BY v.at DESC, v.id DESC LIMIT 1) e ON true
WHERE s.company_id = %(company)s::bigint{where} ORDER BY s.id LIMIT %(most)s::int
"""
# What took how long before, for the suppliers of what is under way: with this carrier, and with any.
_USUAL = """
SELECT y.supplier, lower(r.carrier), grouping(lower(r.carrier)) = 1,
 percentile_cont(0.5) WITHIN GROUP (ORDER BY r.days), count(*)
FROM (SELECT DISTINCT unnest(%(suppliers)s::bigint[]) AS supplier) y
CROSS JOIN LATERAL (SELECT h.carrier, h.arrived_on - h.shipped_on AS days FROM purchasing_shipment h
 WHERE h.supplier_id = y.supplier AND h.company_id = %(company)s::bigint AND h.state = 'received'
  AND h.arrived_on >= h.shipped_on ORDER BY h.id DESC LIMIT %(sample)s::int) r
GROUP BY GROUPING SETS ((y.supplier, lower(r.carrier)), (y.supplier))
"""


@dataclass(frozen=True, slots=True)
class ArrivalFilter:
    """Which shipments under way."""

    supplier: str = ""
    warehouse: str = ""
    q: str = ""


def arrivals(actor: Actor, wanted: ArrivalFilter | None = None) -> list[Row]:
    """Every shipment under way that somebody sees, each with ``expected_on``, its ``source``, ``days_late``, and
    whether its place at a dock is ``too_early``; two statements.
    """
    actor.must(VIEW)
    wanted = wanted or ArrivalFilter()
    conditions = ["s.is_open", *scope.conditions(actor, "asn", "s")]
    params: Row = {"company": actor.company_id, "most": MOST}
    for name, column in (("supplier", "p.code"), ("warehouse", "w.code")):
        if value := getattr(wanted, name):
            conditions.append(f"{column} = %({name})s::text")
            params[name] = value
    if wanted.q.strip():
        conditions.append(
            "(s.number = upper(%(q)s::text) OR s.tracking_number = %(q)s::text OR p.name ILIKE %(like)s::text)"
        )
        params |= {"q": wanted.q.strip(), "like": f"%{wanted.q.strip()}%"}
    return _forecast(actor, db.dicts(_OPEN.format(where="".join(f" AND {one}" for one in conditions)), params))


def arrival(actor: Actor, number: str) -> Row:
    """One shipment, also one that is received. Errors: NotFound."""
    actor.must(VIEW)
    where = f" AND s.number = %(number)s::text{scope.also(actor, 'asn', 's')}"
    params = {"company": actor.company_id, "number": number, "most": 1}
    found = _forecast(actor, db.dicts(_OPEN.format(where=where), params))
    if not found:
        raise NotFound(what=number)
    return found[0]


def _forecast(actor: Actor, rows: list[Row]) -> list[Row]:
    usual = _usual(actor, {row["supplier_id"] for row in rows if row["state"] in {"in_transit", "announced"}})
    today = actor.today()
    for row in rows:
        known = usual.get((row["supplier_id"], row["carrier"].lower())) or usual.get((row["supplier_id"], None))
        found = expected(
            arrived=row["arrived_on"],
            carrier=row["carrier_on"],
            shipped=row["shipped_on"] if row["state"] == "in_transit" else None,
            stated=row["stated_on"],
            usual=known,
        )
        row["expected_on"], row["source"] = found.on, found.source
        row["usual"] = known if found.source == "usual" else None
        under_way = row["state"] in {"announced", "in_transit"}
        row["days_late"] = max((today - found.on).days, 0) if found.on and under_way else 0
        begins = row["starts_at"] and row["starts_at"].astimezone(actor.zone).date()
        row["too_early"] = bool(begins and found.on and under_way and begins < found.on)
        row["column"] = "receiving" if row["state"] == "arrived" and row["received"] else row["state"]
    return rows


def _usual(actor: Actor, suppliers: Iterable[int]) -> dict[tuple[int, str | None], Usual]:
    wanted = sorted(suppliers)
    if not wanted:
        return {}
    asked = {"suppliers": db.array(wanted), "company": actor.company_id, "sample": SAMPLE}
    found: dict[tuple[int, str | None], Usual] = {}
    for supplier, carrier, of_any, days, count in db.rows(_USUAL, asked):
        if of_any:
            found[supplier, None] = Usual(round(days), count)
        elif carrier and count >= 3:
            found[supplier, carrier] = Usual(round(days), count, carrier)
    return found


COLUMNS = ("announced", "in_transit", "arrived", "receiving")


def by_column(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """For the board: what comes first stands first, what has no day last."""
    last = date.max
    ordered = sorted(rows, key=lambda row: (row["expected_on"] or last, row["id"]))
    return {column: [row for row in ordered if row["column"] == column] for column in COLUMNS}


def by_day(rows: Sequence[Row]) -> dict[date | None, list[Row]]:
    """For the calendar: what is still on its way, by the day on which it arrives."""
    days: dict[date | None, list[Row]] = {}
    for row in rows:
        if row["state"] in {"announced", "in_transit"}:
            days.setdefault(row["expected_on"], []).append(row)
    return days
