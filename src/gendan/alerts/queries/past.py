"""The tables of documents as they were known in the morning of a day, for statements that were written for today.

Each stands before a statement as a CTE with the name of its table, so that the same finder looks at what was known
then: what arrived, left or was agreed on that day or later is not known yet. Orders that were entered after their time
(histories) count from the day that they carry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from django.apps import apps

_THEN = "(%(today)s::date::timestamp AT TIME ZONE %(zone)s::text)"
_DAY_OF = "({} AT TIME ZONE %(zone)s::text)::date"
_LATE_ENTRY = f"o.ordered_on < {_DAY_OF.format('o.created_at')}"
# From when on an order was in force.
_SINCE = f"CASE WHEN {_LATE_ENTRY} THEN o.ordered_on ELSE {_DAY_OF.format('o.approved_at')} END"
_IN_FORCE = f"({_SINCE}) < %(today)s::date"
_NOT_ENDED = f"(o.closed_at IS NULL OR o.closed_at >= {_THEN})"
_CANCELLED = f"""CASE WHEN o.closed_at IS NULL OR o.closed_at < {_THEN} THEN l.cancelled
 WHEN o.state = 'cancelled' THEN 0 ELSE l.cancelled - l.closed_short END"""
_LIVE = f"((l.live OR o.closed_at >= {_THEN}) AND {_IN_FORCE} AND {_NOT_ENDED})"
# The lines that may have been open then: those that still are, and those that were completed or ended since.
_CANDIDATES = f"""(
 SELECT c.id FROM {{lines}} c WHERE c.company_id = %(company)s::bigint AND c.is_open
 UNION SELECT c.id FROM {{lines}} c WHERE c.company_id = %(company)s::bigint AND c.completed_on >= %(today)s::date
 UNION SELECT c.id FROM {{orders}} e JOIN {{lines}} c ON c.order_id = e.id
 WHERE e.company_id = %(company)s::bigint AND e.closed_at >= {_THEN}) ids"""
_RECEIVED = """CROSS JOIN LATERAL (SELECT coalesce(sum(x.quantity), 0) AS received
 FROM purchasing_receiptline x JOIN purchasing_goodsreceipt g ON g.id = x.receipt_id
 WHERE x.order_line_id = l.id AND x.return_line_id IS NULL AND g.received_on < %(today)s::date) r"""
_SENT = """CROSS JOIN LATERAL (SELECT coalesce(sum(x.quantity), 0) AS shipped
 FROM purchasing_shipmentline x JOIN purchasing_shipment h ON h.id = x.shipment_id
 WHERE x.order_line_id = l.id AND h.state NOT IN ('announced', 'cancelled')
  AND coalesce(h.shipped_on, h.arrived_on) < %(today)s::date) s"""
_KNOWN_WORD = f"(q.source = 'import' OR {_LATE_ENTRY} OR q.at < {_THEN})"
# The next date that was promised for something that had not come, as in purchasing: by the first schedule.
_DUE = f"""coalesce((SELECT y.promised_on FROM (
  SELECT p.promised_on, sum(p.quantity) OVER (ORDER BY p.promised_on NULLS LAST, p.id) AS upto
  FROM purchasing_promise p WHERE p.order_line_id = l.id AND p.kind = 'promise' AND p.revision = (
   SELECT coalesce(max(q.revision) FILTER (WHERE q.source = 'agreed'), min(q.revision)) FROM purchasing_promise q
   WHERE q.order_line_id = l.id AND q.kind = 'promise' AND {_KNOWN_WORD})) y
 WHERE y.upto > r.received ORDER BY y.upto LIMIT 1), l.required_on)"""
_ANSWERED = f"""EXISTS (SELECT 1 FROM public.purchasing_orderline pl
 JOIN purchasing_promise q ON q.order_line_id = pl.id WHERE pl.order_id = o.id AND {_KNOWN_WORD})"""
_SOLD = """CROSS JOIN LATERAL (SELECT coalesce(sum(x.quantity - x.short), 0) AS shipped
 FROM sales_deliveryline x JOIN sales_delivery d ON d.id = x.delivery_id
 WHERE x.order_line_id = l.id AND d.state <> 'cancelled' AND d.shipped_on < %(today)s::date) s"""

_SOME_LEFT = """EXISTS (SELECT 1 FROM public.purchasing_orderline pl
 WHERE pl.order_id = o.id AND (pl.completed_on IS NULL OR pl.completed_on >= %(today)s::date))"""

# What of a row was otherwise then: the column and how it is worked out.
_LINE: Mapping[str, str] = {
    "received": "r.received",
    "shipped": "s.shipped",
    "accepted": "least(l.accepted, r.received)",
    "rejected": "least(l.rejected, greatest(r.received - l.accepted, 0))",
    "cancelled": _CANCELLED,
    "due_on": _DUE,
    "completed_on": "CASE WHEN l.completed_on < %(today)s::date THEN l.completed_on END",
    "live": _LIVE,
    "is_open": f"{_LIVE} AND l.quantity > (r.received + {_CANCELLED}) * 100 / (100 - l.under_tolerance)",
    "incoming": f"(l.quantity - {_CANCELLED} - r.received) * l.factor",
}
_ORDER: Mapping[str, str] = {
    "approved_at": f"""CASE WHEN {_LATE_ENTRY} THEN o.ordered_on::timestamp AT TIME ZONE %(zone)s::text
 ELSE o.approved_at END""",
    "closed_at": f"CASE WHEN o.closed_at < {_THEN} THEN o.closed_at END",
    "state": f"""CASE WHEN {_ANSWERED} AND o.state IN ('approved', 'closed', 'cancelled') THEN 'confirmed'
 WHEN {_ANSWERED} THEN o.state ELSE 'approved' END""",
    "is_open": f"({_IN_FORCE} AND {_NOT_ENDED} AND {_SOME_LEFT})",
}
_SALES_LINE: Mapping[str, str] = {
    "shipped": "s.shipped",
    "cancelled": _CANCELLED,
    "live": _LIVE,
    "is_open": f"{_LIVE} AND l.quantity > s.shipped + {_CANCELLED}",
}
_SALES_ORDER: Mapping[str, str] = {"is_open": f"({_IN_FORCE} AND {_NOT_ENDED})"}
_BOOKED = "(SELECT max(g.received_on) FROM purchasing_goodsreceipt g WHERE g.shipment_id = o.id)"
_SHIPMENT: Mapping[str, str] = {
    "arrived_on": "CASE WHEN o.arrived_on < %(today)s::date THEN o.arrived_on END",
    "state": f"""CASE WHEN o.state = 'cancelled' THEN o.state WHEN {_BOOKED} < %(today)s::date THEN 'received'
 WHEN o.arrived_on < %(today)s::date THEN 'arrived' WHEN o.shipped_on < %(today)s::date THEN 'in_transit'
 ELSE 'announced' END""",
    "is_open": f"o.state <> 'cancelled' AND NOT coalesce({_BOOKED} < %(today)s::date, false)",
}
_SOURCES: Mapping[str, tuple[str, str, Mapping[str, str], str]] = {
    "purchasing_orderline": (
        "purchasing.OrderLine",
        "l",
        _LINE,
        f"{_CANDIDATES.format(lines='purchasing_orderline', orders='purchasing_purchaseorder')}"
        " JOIN purchasing_orderline l ON l.id = ids.id JOIN purchasing_purchaseorder o ON o.id = l.order_id"
        f" {_RECEIVED} {_SENT}",
    ),
    "sales_salesline": (
        "sales.SalesLine",
        "l",
        _SALES_LINE,
        f"{_CANDIDATES.format(lines='sales_salesline', orders='sales_salesorder')}"
        f" JOIN sales_salesline l ON l.id = ids.id JOIN sales_salesorder o ON o.id = l.order_id {_SOLD}",
    ),
    "purchasing_goodsreceipt": (
        "purchasing.GoodsReceipt",
        "g",
        {},
        "purchasing_goodsreceipt g WHERE g.company_id = %(company)s::bigint AND g.received_on < %(today)s::date",
    ),
    "purchasing_shipment": (
        "purchasing.Shipment",
        "o",
        _SHIPMENT,
        "purchasing_shipment o WHERE o.company_id = %(company)s::bigint",
    ),
    "purchasing_purchaseorder": (
        "purchasing.PurchaseOrder",
        "o",
        _ORDER,
        "purchasing_purchaseorder o WHERE o.company_id = %(company)s::bigint",
    ),
    "sales_salesorder": (
        "sales.SalesOrder",
        "o",
        _SALES_ORDER,
        "sales_salesorder o WHERE o.company_id = %(company)s::bigint",
    ),
}
# A receipt that was taken back later stood then; a line of a shipment had brought what was booked by then.
_RECEIPT: Mapping[str, str] = {
    "state": """CASE WHEN g.state = 'reversed' AND EXISTS (SELECT 1 FROM public.purchasing_goodsreceipt v
  WHERE v.reverses_id = g.id AND v.received_on >= %(today)s::date) THEN 'posted' ELSE g.state END""",
}
_SHIPMENT_LINE: Mapping[str, str] = {
    "received": """(SELECT coalesce(sum(r.quantity), 0) FROM purchasing_receiptline r
  JOIN public.purchasing_goodsreceipt g ON g.id = r.receipt_id
  WHERE r.shipment_line_id = x.id AND g.received_on < %(today)s::date)""",
}
# What lay in a place then: what lies there now without what moved since.
_BALANCE: Mapping[str, str] = {"on_hand": "b.on_hand - coalesce(m.moved, 0)"}
_MOVED = f"""(
 SELECT e.product_id, e.location_id, e.lot_id, sum(e.moved) AS moved FROM (
  SELECT product_id, to_location_id AS location_id, lot_id, quantity AS moved FROM inventory_stockmove
  WHERE company_id = %(company)s::bigint AND occurred_at >= {_THEN}
  UNION ALL SELECT product_id, from_location_id, lot_id, -quantity FROM inventory_stockmove
  WHERE company_id = %(company)s::bigint AND occurred_at >= {_THEN}) e GROUP BY 1, 2, 3)"""
_MORE_SOURCES: dict[str, tuple[str, str, Mapping[str, str], str]] = {
    "purchasing_shipmentline": (
        "purchasing.ShipmentLine",
        "x",
        _SHIPMENT_LINE,
        "purchasing_shipmentline x JOIN public.purchasing_shipment h ON h.id = x.shipment_id"
        " WHERE h.company_id = %(company)s::bigint",
    ),
    "receipts": ("purchasing.GoodsReceipt", "g", _RECEIPT, _SOURCES["purchasing_goodsreceipt"][3]),
    "completed lines": (
        "purchasing.OrderLine",
        "l",
        {},
        "purchasing_orderline l WHERE l.company_id = %(company)s::bigint AND l.completed_on < %(today)s::date",
    ),
    "inventory_balance": (
        "inventory.Balance",
        "b",
        _BALANCE,
        f"inventory_balance b LEFT JOIN {_MOVED} m ON m.product_id = b.product_id AND m.location_id = b.location_id"
        " AND m.lot_id IS NOT DISTINCT FROM b.lot_id WHERE b.company_id = %(company)s::bigint",
    ),
}
# A paper of a supplier that was there; what was sent by a link, and whether somebody had opened or answered it.
_MORE_SOURCES |= {
    "sourcing_supplierpaper": (
        "sourcing.SupplierPaper",
        "d",
        {"removed_at": f"CASE WHEN d.removed_at < {_THEN} THEN d.removed_at END"},
        f"sourcing_supplierpaper d WHERE d.company_id = %(company)s::bigint AND d.created_at < {_THEN}",
    ),
    "purchasing_sending": (
        "purchasing.Sending",
        "x",
        {name: f"CASE WHEN x.{name} < {_THEN} THEN x.{name} END" for name in ("seen_at", "answered_at")},
        f"purchasing_sending x WHERE x.company_id = %(company)s::bigint AND x.first_at < {_THEN}",
    ),
}
_DOCUMENTS = tuple(_SOURCES)
_STOCK = ("inventory_balance",)
# The built-in rules of which what they find is what they would have found that day, with the tables that have to be
# looked at as they were; the others that they read do not change, or say themselves from when on they count.
PAST: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "late_confirmation",
            "late_shipment",
            "overdue_receipt",
            "partial_stalled",
            "sales_not_shipped",
            "transit_stalled",
            "arrived_not_received",
        ),
        _DOCUMENTS,
    ),
    "short_delivery": ("purchasing_orderline", "purchasing_shipmentline", "purchasing_shipment",
                       "purchasing_purchaseorder"),
    "over_receipt": ("completed lines",),
    "duplicate_receipt": ("receipts",),
    "price_deviation": ("purchasing_purchaseorder",),
    "round_figure": ("purchasing_purchaseorder",),
    "paper_expiring": ("sourcing_supplierpaper",),
    "supplier_silent": ("purchasing_orderline", "purchasing_purchaseorder", "purchasing_sending"),
    "stage_slower": (),
    **dict.fromkeys(("overstock", "slow_mover", "expiring_lot", "failed_inspection"), _STOCK),
}  # fmt: skip
KNOWN = frozenset(PAST)
_NAMES = {"receipts": "purchasing_goodsreceipt", "completed lines": "purchasing_orderline"}


@cache
def _shadow(table: str) -> str:
    label, alias, otherwise, source = _SOURCES.get(table) or _MORE_SOURCES[table]
    columns = [field.column for field in apps.get_model(label)._meta.concrete_fields]
    told = ", ".join(f"{otherwise.get(column, f'{alias}.{column}')} AS {column}" for column in columns)
    return f"{_NAMES.get(table, table)} AS (SELECT {told} FROM {source})"


def as_of(sql: str, tables: Sequence[str] = _DOCUMENTS) -> str:
    """A statement on these tables as they were in the morning of %(today)s, in a company in %(zone)s.

    Tables that others are worked out from come later: each CTE sees what stands above it.
    """
    asked = [table for table in tables if _NAMES.get(table, table) in sql]
    return f"WITH {', '.join(_shadow(table) for table in asked)} SELECT * FROM ({sql}) was" if asked else sql
