"""How the form of a sales order's change looks: the order's own fields and grid (gendan.changes.doors)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import choices
from gendan.changes.doors import Field, Form
from gendan.changes.rules import Content
from gendan.changes.targets import Order
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.names import warehouse_choices
from gendan.sales.models import SalesOrder
from gendan.sales.queries.change import changeable
from gendan.sales.queries.drafts import address_name
from gendan.sales.queries.orders import VIEW_PRICE


def change_form(actor: Actor, order: Order, content: Content) -> Form:
    """See gendan.changes.doors."""
    prices = actor.may(VIEW_PRICE)
    taxes = [[row["code"], row["name"]] for row in choices(actor, "taxes")]
    terms = changeable(actor, order.subject.number).terms
    priced: list[dict[str, object]] = [
        {"key": "unit_price", "label": _("单价"), "kind": "money", "width": "8%"},
        {"key": "discount", "label": _("折扣 %"), "kind": "number", "width": "6%"},
    ]
    amount: dict[str, object] = {"key": "amount", "label": _("金额"), "kind": "show", "right": True, "width": "8%"}
    columns: list[dict[str, object]] = [
        {"key": "product", "label": _("产品"), "kind": "product", "required": True, "width": "20%"},
        {"key": "quantity", "label": _("数量"), "kind": "number", "required": True, "width": "7%"},
        {"key": "unit", "label": _("单位"), "kind": "text", "width": "5%"},
        *(priced if prices else []),
        {"key": "tax", "label": _("税率"), "kind": "select", "options": taxes, "width": "7%"},
        {"key": "requested_on", "label": _("客户要求"), "kind": "date", "width": "9%"},
        {"key": "available", "label": _("最早发货"), "kind": "show", "width": "12%"},
        *([amount] if prices else []),
        {"key": "note", "label": _("备注"), "kind": "text"},
    ]
    shown = address_name(actor, order.partner, content["ship_to"])
    addresses = reverse("catalog:address_lookup", args=["-"])
    fields = [
        Field("customer_reference", _("客户单号")),
        Field("ship_to", _("收货地址"), lookup=addresses, shown=shown, size="wide"),
        Field("requested_on", _("客户要求日期"), "date"),
        Field("warehouse", _("发货仓库"), "select", warehouse_choices(actor)),
        Field("payment_terms", _("付款条件")),
        Field("back_order", _("缺货时"), "select", [(code, str(name)) for code, name in SalesOrder.BackOrder.choices]),
        Field("note", _("备注"), "textarea", size="full"),
    ]
    hidden = {
        "customer": order.partner,
        "currency": order.currency,
        "ordered_on": terms.ordered_on.isoformat(),
        "tax_included": "1" if terms.tax_included else "0",
    }
    return Form(fields, columns, reverse("sales:order_totals"), hidden, style="sales/promise.css")
