"""How the form of a purchase order's change looks: the order's own fields and grid (gendan.changes.doors)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import choices
from gendan.changes.doors import Field, Form
from gendan.changes.rules import Content
from gendan.changes.targets import Order
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.change import changeable
from gendan.purchasing.queries.names import warehouse_choices
from gendan.purchasing.queries.orders import VIEW_PRICE


def change_form(actor: Actor, order: Order, content: Content) -> Form:
    """See gendan.changes.doors."""
    prices = actor.may(VIEW_PRICE)
    taxes = [[row["code"], row["name"]] for row in choices(actor, "taxes")]
    terms = changeable(actor, order.subject.number).terms
    priced: list[dict[str, object]] = [
        {"key": "unit_price", "label": _("单价"), "kind": "money", "width": "10%"},
        {"key": "discount", "label": _("折扣 %"), "kind": "number", "width": "7%"},
    ]
    amount: dict[str, object] = {"key": "amount", "label": _("金额"), "kind": "show", "right": True, "width": "9%"}
    columns: list[dict[str, object]] = [
        {"key": "product", "label": _("产品"), "kind": "product", "required": True, "width": "24%"},
        {"key": "quantity", "label": _("数量"), "kind": "number", "required": True, "width": "9%"},
        {"key": "unit", "label": _("单位"), "kind": "text", "width": "7%"},
        *(priced if prices else []),
        {"key": "tax", "label": _("税率"), "kind": "select", "options": taxes, "width": "9%"},
        {"key": "required_on", "label": _("需求日"), "kind": "date", "width": "10%"},
        *([amount] if prices else []),
        {"key": "note", "label": _("备注"), "kind": "text"},
    ]
    fields = [
        Field("warehouse", _("收货仓库"), "select", warehouse_choices(actor)),
        Field("payment_terms", _("付款条件")),
        Field("supplier_reference", _("供应商单号")),
        Field("note", _("备注"), "textarea", size="full"),
    ]
    hidden = {
        "supplier": order.partner,
        "currency": order.currency,
        "ordered_on": terms.ordered_on.isoformat(),
        "tax_included": "1" if terms.tax_included else "0",
    }
    totals = reverse("purchasing:order_totals")
    return Form(fields, columns, totals, hidden, "purchasing/impact.css")
