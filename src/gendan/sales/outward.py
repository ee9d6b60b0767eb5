"""When customers can be told, and what: their goods have left, or will be late."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.notices.outward import Happened, Occasion, Told, Variable, day, declare, listed

_SHIPPED = """
SELECT d.id, d.number, d.customer_id, d.carrier, d.tracking_number, d.shipped_on, d.expected_on, d.ship_to_name,
 d.ship_to_address, o.number, o.customer_reference, p.code || ' ' || p.name, trim_scale(dl.quantity)::text, u.name
FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id
JOIN sales_salesline l ON l.id = dl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE d.company_id = %s::bigint AND d.id = ANY(%s::bigint[]) AND d.state IN ('shipped', 'signed')
ORDER BY d.id, dl.line_no
"""
# Lines of which the latest word is later than the promise that the customer has.
_LATE = """
SELECT o.id, o.number, o.customer_id, o.customer_reference, l.line_no, p.code || ' ' || p.name,
 trim_scale(l.quantity - l.cancelled - l.shipped)::text, u.name, l.promised_on, l.expected_on
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE o.company_id = %s::bigint AND o.id = ANY(%s::bigint[]) AND l.live AND l.expected_on > l.promised_on
 AND l.quantity - l.cancelled - l.shipped > 0 ORDER BY o.id, l.line_no
"""
COMMON = (
    Variable("company", _("公司名称"), _("示例公司")),
    Variable("partner", _("客户名称"), _("示例客户")),
    Variable("contact", _("联系人"), _("李经理")),
    Variable("lines", _("明细"), "P0001 M8×20 × 500"),
    Variable("reference", _("客户单号"), "KH-2026-11"),
)
SHIPPED = (
    *COMMON,
    Variable("number", _("出库单号"), "DN-000123"),
    Variable("orders", _("订单号"), "SO-000123"),
    Variable("carrier", _("承运商"), _("顺丰速运")),
    Variable("tracking_number", _("运单号"), "SF1234567890"),
    Variable("shipped_on", _("发货日期"), "2026-11-22"),
    Variable("expected_on", _("预计送达"), "2026-11-25"),
    Variable("ship_to", _("收货地址"), _("上海市浦东新区示例路 1 号")),
)
DELAYED = (*COMMON, Variable("number", _("订单号"), "SO-000123"))


def shipped(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """Deliveries that left, each once."""
    found: dict[int, dict[str, Any]] = {}
    for row in db.rows(_SHIPPED, [company_id, db.array(sorted({event.document_id for event in happened}))]):
        id_, number, customer, carrier, tracking, sent, expected, name, address, order, reference, *line = row
        one = found.setdefault(
            id_,
            {
                "number": number,
                "customer": customer,
                "orders": {},
                "references": {},
                "lines": [],
                "values": {
                    "carrier": carrier or "—",
                    "tracking_number": tracking or "—",
                    "shipped_on": day(sent),
                    "expected_on": day(expected),
                    "ship_to": f"{name} {address}".strip() or "—",
                },
            },
        )
        one["orders"][order] = one["references"][reference] = True
        one["lines"].append(f"{line[0]} × {line[1]} {line[2]}")
    return [
        Told(
            f"dn{id_}",
            one["customer"],
            "dn",
            one["number"],
            {
                **one["values"],
                "lines": listed(one["lines"]),
                "orders": ", ".join(one["orders"]),
                "reference": ", ".join(filter(None, one["references"])) or "—",
            },
        )
        for id_, one in found.items()
    ]


def delayed(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """Orders with lines that will leave later than promised; again only when the days are others."""
    found: dict[int, dict[str, Any]] = {}
    for row in db.rows(_LATE, [company_id, db.array(sorted({event.document_id for event in happened}))]):
        id_, number, customer, reference, no, product, quantity, unit, promised, expected = row
        one = found.setdefault(
            id_, {"number": number, "customer": customer, "reference": reference, "lines": [], "days": []}
        )
        one["lines"].append(f"{no}. {product} × {quantity} {unit}：{day(promised)} → {day(expected)}")
        one["days"].append(f"{no}:{expected}")
    return [
        Told(
            f"so{id_}:{hashlib.sha256(','.join(one['days']).encode()).hexdigest()[:16]}",
            one["customer"],
            "so",
            one["number"],
            {"lines": listed(one["lines"]), "reference": one["reference"] or "—"},
        )
        for id_, one in found.items()
    ]


def register() -> None:
    """Let companies choose to tell their customers."""
    declare(
        Occasion(
            "shipped",
            _("货物已发出"),
            "customer",
            ("sales.goods_shipped",),
            SHIPPED,
            _("{{ company }} 已发货：{{ orders }}"),
            _(
                "{{ contact }}，您好：\n\n"
                "您的订单 {{ orders }}（客户单号 {{ reference }}）已于 {{ shipped_on }} 发出：\n\n"
                "{{ lines }}\n\n承运商：{{ carrier }}\n运单号：{{ tracking_number }}\n预计送达：{{ expected_on }}\n"
                "收货地址：{{ ship_to }}\n\n{{ company }}"
            ),
            shipped,
        )
    )
    declare(
        Occasion(
            "delayed",
            _("订单要晚发货"),
            "customer",
            ("sales.promise_moved",),
            DELAYED,
            _("{{ company }}：订单 {{ number }} 将晚于承诺"),
            _(
                "{{ contact }}，您好：\n\n"
                "很抱歉，您的订单 {{ number }}（客户单号 {{ reference }}）中以下货物将晚于承诺发出：\n\n"
                "{{ lines }}\n\n{{ company }}"
            ),
            delayed,
        )
    )
