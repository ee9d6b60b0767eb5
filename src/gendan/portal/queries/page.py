"""What a customer sees of an order: dates, quantities, parcels, papers; no prices, no costs, no notes of ours.

Every statement asks for the order behind the link by its id, so nothing of another order can come along.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gendan.carriers.queries import parcels_of
from gendan.kernel import db
from gendan.kernel.documents import state_label
from gendan.portal.queries.links import Link, messages_of
from gendan.sales.models import Delivery, ReturnLine, SalesOrder, SalesReturn

Row = dict[str, Any]
ZERO = Decimal(0)

_ORDER = """
SELECT o.number, o.state, o.customer_reference, o.ordered_on, o.requested_on, o.approved_at, o.ship_to_name,
 o.ship_to_phone, o.ship_to_address, o.ship_to_country, p.name AS customer, o.close_reason <> '' AS closed
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id WHERE o.id = %s::bigint
"""
_LINES = """
SELECT l.id, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, l.description,
 u.name AS unit_name, l.quantity - l.cancelled AS quantity, l.cancelled, l.shipped, l.signed, l.refused,
 least(l.reserved / l.factor, l.quantity - l.cancelled - l.shipped) AS ready, l.requested_on, l.promised_on,
 l.expected_on, coalesce(l.expected_on, l.promised_on) AS due, l.is_open
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint ORDER BY l.line_no
"""
_PROMISES = """
SELECT h.line_id, h.revision, h.source, h.promised_on, CASE WHEN h.source = 'hand' THEN h.reason ELSE '' END AS reason,
 h.at
FROM sales_salespromise h JOIN sales_salesline l ON l.id = h.line_id WHERE l.order_id = %s::bigint
ORDER BY h.line_id, h.revision
"""
_DELIVERIES = """
SELECT d.id, d.number, d.state, d.carrier, d.tracking_number, d.shipped_on, d.expected_on, d.signed_on, d.signed_by,
 d.signed_via, EXISTS (SELECT 1 FROM sales_deliveryline x JOIN sales_salesline y ON y.id = x.order_line_id
  WHERE x.delivery_id = d.id AND y.order_id <> %(order)s::bigint) AS shared
FROM sales_delivery d WHERE d.state IN ('shipped', 'signed', 'refused') AND d.id IN (
 SELECT dl.delivery_id FROM sales_salesline l JOIN sales_deliveryline dl ON dl.order_line_id = l.id
 WHERE l.order_id = %(order)s::bigint) ORDER BY d.id DESC
"""
_DELIVERED = """
SELECT dl.delivery_id, dl.line_no AS line, l.line_no AS order_line, p.name AS product_name, p.code AS product,
 u.name AS unit_name, u.decimals, dl.quantity, dl.signed, dl.refused, dl.short, dl.refuse_reason
FROM sales_salesline l JOIN sales_deliveryline dl ON dl.order_line_id = l.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.order_id = %s::bigint ORDER BY dl.delivery_id, dl.line_no
"""
_RETURNS = """
SELECT r.id, r.number, r.state, r.created_at, r.settlement,
 CASE WHEN r.state = 'rejected' THEN r.decision_note ELSE '' END AS answer, p.name AS product_name, rl.quantity,
 rl.received, rl.reason, u.name AS unit_name
FROM sales_salesline l JOIN sales_returnline rl ON rl.order_line_id = l.id
JOIN sales_salesreturn r ON r.id = rl.sales_return_id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id WHERE l.order_id = %s::bigint ORDER BY r.id DESC, rl.line_no
"""
_RETURNABLE = """
SELECT l.line_no AS line, p.code AS product, p.name AS product_name, u.name AS unit_name, u.decimals,
 l.signed + l.refused - coalesce(a.quantity, 0) AS open
FROM sales_salesline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN LATERAL (SELECT sum(CASE r.state WHEN 'settled' THEN rl.received ELSE rl.quantity END) AS quantity
 FROM sales_returnline rl JOIN sales_salesreturn r ON r.id = rl.sales_return_id
 WHERE rl.order_line_id = l.id AND r.state NOT IN ('rejected', 'cancelled')) a ON true
WHERE l.order_id = %s::bigint AND l.signed + l.refused > coalesce(a.quantity, 0) ORDER BY l.line_no
"""


def customer_page(link: Link) -> Row:
    """Everything that the page shows, in a fixed number of statements."""
    one = [link.order_id]
    order, lines, promises, deliveries, delivered, returned, returnable = (
        db.dicts(sql, params)
        for sql, params in (
            (_ORDER, one),
            (_LINES, one),
            (_PROMISES, one),
            (_DELIVERIES, {"order": link.order_id}),
            (_DELIVERED, one),
            (_RETURNS, one),
            (_RETURNABLE, one),
        )
    )
    header = order[0]
    for line in lines:
        line["moves"] = _moves([word for word in promises if word["line_id"] == line["id"]])
    parcels = _parcels(link, [d["id"] for d in deliveries]) if deliveries else {}
    for delivery in deliveries:
        delivery["state_label"] = state_label(Delivery, delivery["state"])
        delivery["lines"] = [row for row in delivered if row["delivery_id"] == delivery["id"]]
        delivery["parcels"] = parcels.get(delivery["id"], [])
        delivery["may_sign"] = delivery["state"] == "shipped" and not delivery["shared"]
    return {
        "order": {**header, "state_label": _state(header["state"])},
        "lines": lines,
        "steps": _steps(header, lines, deliveries),
        "deliveries": deliveries,
        "returns": _returns(returned),
        "returnable": returnable,
        "talk": messages_of(link.company_id, link.order_id),
        "expected": _expected(lines),
    }


def _state(state: str) -> str:
    """An order's state in a customer's words."""
    again = pgettext("customer", "待确认")  # it was changed and is looked at anew
    words = {
        "to_ship": _("备货中"),
        "completed": _("已完成"),
        "pending_review": again,
        "rejected": again,
        "draft": again,
    }
    return words.get(state) or state_label(SalesOrder, state)


def _moves(words: list[Row]) -> list[Row]:
    """Each time the date moved: from, to, why; what we wrote for ourselves (orders at suppliers) is said in general."""
    found = []
    for before, word in pairwise(words):
        if before["promised_on"] == word["promised_on"]:
            continue
        general = {"supply": _("供货日期有变化"), "atp": _("按库存与在途重新计算")}.get(word["source"], "")
        found.append(
            {
                "before": before["promised_on"],
                "after": word["promised_on"],
                "why": word["reason"] or general or _("销售员调整了日期"),
                "at": word["at"],
            }
        )
    return found[::-1]


def _expected(lines: list[Row]) -> date | None:
    """When the last of what is still to come leaves us; None while one line has no day."""
    days = [line["due"] for line in lines if line["is_open"]]
    return max(days) if days and all(days) else None


def _steps(order: Row, lines: list[Row], deliveries: list[Row]) -> list[Row]:
    """Ordered, confirmed, made ready, shipped, signed: with the day on which each was reached."""
    wanted = sum((line["quantity"] for line in lines), ZERO)
    shipped = sum((line["shipped"] for line in lines), ZERO)
    ready = shipped + sum((line["ready"] for line in lines if line["ready"] > 0), ZERO)
    answered = sum((line["signed"] + line["refused"] for line in lines), ZERO)
    confirmed = order["approved_at"] is not None
    steps = [
        {"label": _("已下单"), "state": "done", "date": order["ordered_on"]},
        {"label": _("已确认"), "state": "done" if confirmed else "now", "date": _day(order["approved_at"])},
    ]
    for label, reached, day in (
        (pgettext("customer", "备货"), ready, None),
        (
            pgettext("customer", "发货"),
            shipped,
            max((d["shipped_on"] for d in deliveries if d["shipped_on"]), default=None),
        ),
        (
            pgettext("customer", "签收"),
            answered,
            max((d["signed_on"] for d in deliveries if d["signed_on"]), default=None),
        ),
    ):
        full = bool(wanted) and reached >= wanted
        state = "done" if full else "part" if reached > 0 else "todo"
        steps.append({"label": label, "state": state, "date": day if reached > 0 else None})
    if order["state"] == "cancelled":
        return [*steps[:1], {"label": _("已取消"), "state": "bad", "date": None}]
    following = next((step for step in steps if step["state"] == "todo"), None)
    if following and not any(step["state"] in {"part", "now"} for step in steps):
        following["state"] = "now"
    return steps


def _day(moment: Any) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _parcels(link: Link, ids: list[int]) -> dict[int, list[Row]]:
    """The parcels of deliveries with their events; who of us wrote an event, and what is wrong with our access to the
    carrier, is nobody else's business.
    """
    found: dict[int, list[Row]] = {}
    numbers: dict[int, list[int]] = {id_: [] for id_ in ids}
    of = db.rows(
        "SELECT parcel_id, document_id FROM carriers_parceldocument"
        " WHERE kind = 'dn' AND document_id = ANY(%s::bigint[])",
        [db.array(ids)],
    )
    for parcel_id, document_id in of:
        numbers[document_id].append(parcel_id)
    known = {parcel["id"]: parcel for parcel in parcels_of(link.actor(), "dn", ids)}
    for parcel in known.values():
        parcel.update(problem_label="", last_checked_at=None)
        parcel["events"] = [{**event, "user": "", "source": "poll"} for event in parcel["events"]]
    for document_id, parcel_ids in numbers.items():
        found[document_id] = [known[parcel_id] for parcel_id in parcel_ids if parcel_id in known]
    return found


def _returns(rows: list[Row]) -> list[Row]:
    """The returns of the order with their lines."""
    reasons = dict(ReturnLine.Reason.choices)
    found: dict[int, Row] = {}
    for row in rows:
        one = found.setdefault(row["id"], {**row, "state_label": state_label(SalesReturn, row["state"]), "lines": []})
        one["lines"].append({**row, "reason_label": str(reasons[row["reason"]])})
    return list(found.values())
