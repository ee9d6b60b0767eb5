"""What waits: deliveries to come, goods to put away, pick lists, counts that run."""

from __future__ import annotations

from typing import Any

from gendan.handheld.queries import putaway
from gendan.inventory.queries import documents
from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor
from gendan.sales.queries import picking

Row = dict[str, Any]
MOST = 12

_DELIVERIES = """
SELECT * FROM (
 (SELECT 0 AS rank, h.number, s.name AS title,
   concat_ws(' ', nullif(h.carrier, ''), nullif(h.tracking_number, '')) AS about, h.expected_on AS day
  FROM purchasing_shipment h JOIN catalog_partner s ON s.id = h.supplier_id
  WHERE h.company_id = %(company)s::bigint AND h.is_open{shipments}
  ORDER BY h.expected_on NULLS LAST, h.id LIMIT %(most)s)
 UNION ALL
 (SELECT 1, o.number, s.name, '', min(l.due_on) FROM (SELECT l.order_id, l.due_on FROM purchasing_orderline l
   WHERE l.company_id = %(company)s::bigint AND l.is_open{lines} ORDER BY l.due_on, l.id LIMIT 60) l
  JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_partner s ON s.id = o.supplier_id
  GROUP BY o.id, s.id ORDER BY min(l.due_on) NULLS LAST, o.number LIMIT %(most)s)) x
ORDER BY rank, day NULLS LAST, number
"""
_MINE = """
SELECT t.work AS number, s.name AS title, array_to_string(t.orders[1:3], ' ') AS about FROM handheld_tally t
JOIN catalog_partner s ON s.id = t.supplier_id
WHERE t.company_id = %s::bigint AND t.user_id = %s::bigint AND t.state = 'open' ORDER BY t.id DESC LIMIT 10
"""


def waiting(actor: Actor, modes: list[str]) -> dict[str, list[Row]]:
    """For each kind of work what is next, ``number``, ``title`` and ``about``; at most two statements for each."""
    found: dict[str, list[Row]] = {}
    if "receive" in modes and actor.may("purchasing.view"):
        found["receive"] = _deliveries(actor)
    if "putaway" in modes and actor.may("inventory.view"):
        found["putaway"] = [
            {"number": row["code"], "title": row["name"], "about": str(row["waiting"]) if row["waiting"] else ""}
            for row in putaway.warehouses(actor)
        ]
    if "pick" in modes and actor.may("sales.view"):
        found["pick"] = [
            {"number": row["number"], "title": row["customer_name"], "about": f"{row['done']}/{row['picks']}"}
            for row in picking.to_pick_first(actor)
        ]
    if "count" in modes and actor.may("inventory.view"):
        page = documents(actor, "count", state="counting", limit=MOST)
        found["count"] = [
            {"number": row["number"], "title": row["warehouse_name"], "about": row["reason"]} for row in page.items
        ]
    return found


def _deliveries(actor: Actor) -> list[Row]:
    mine = db.dicts(_MINE, [actor.company_id, actor.user_id])
    sql = _DELIVERIES.format(shipments=scope.also(actor, "asn", "h"), lines=scope.also(actor, "po_line", "l"))
    rows = db.dicts(sql, {"company": actor.company_id, "most": MOST})
    no_days = fields.hides(actor, "po", "promised_on", "required_on")
    for row in rows:
        row["day"] = row["day"].isoformat() if row["day"] and not (no_days and row["rank"]) else ""
    return [{**row, "mine": True, "day": ""} for row in mine] + rows
