"""What settlement adds to pages of contexts below: bills of a purchase order, payments of a sales order, a partner."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import Panel
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.panels import Panel as OrderPanel
from gendan.sales.queries.panels import Panel as SalesPanel
from gendan.settlement.models import Bill
from gendan.settlement.permissions import BUYING, VIEW
from gendan.settlement.queries.bills import bills_of
from gendan.settlement.queries.payments import received_for
from gendan.settlement.steps.lookup import INVOICEABLE


def partner_panel(actor: Actor, kind: str, record: dict[str, Any]) -> Panel | None:
    """Links to the bills and payments of a partner; nothing is read."""
    if kind != "partner" or not actor.may(VIEW):
        return None
    links = [(_("收付款"), f"{reverse('settlement:payment_list')}?{urlencode({'partner': record['code']})}")]
    if record.get("is_supplier"):
        found = f"{reverse('settlement:bill_list')}?{urlencode({'supplier': record['code']})}"
        links.insert(0, (_("供应商发票"), found))
    links.append((_("银行账户"), f"{reverse('settlement:accounts')}?{urlencode({'partner': record['code']})}"))
    return Panel(_("结算"), "receipt", links=links)


def order_panel(actor: Actor, order: dict[str, Any]) -> OrderPanel | None:
    """The bills of a purchase order, and the way to a new one."""
    if not actor.may(VIEW) or order["state"] not in INVOICEABLE:
        return None
    may = actor.may("settlement.create_bill") and actor.may(BUYING)
    new = f"{reverse('settlement:bill_new')}?order={order['number']}" if may else ""
    bills = bills_of(actor, order["number"])
    if not bills and not new:
        return None
    return OrderPanel("settlement/_order_panel.html", {"bills": bills, "new": new, "labels": dict(Bill.State.choices)})


def entries(actor: Actor, kind: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The way from an order, or from a receipt, to the invoice for it."""
    if not (actor.may(VIEW) and actor.may("settlement.create_bill") and actor.may(BUYING)):
        return []
    asked = {"po": "order", "gr": "receipt"}[kind]
    if kind == "po" and document["state"] not in INVOICEABLE:
        return []
    if kind == "gr" and (document["state"] == "reversed" or document["reverses"]):
        return []
    url = f"{reverse('settlement:bill_new')}?{asked}={document['number']}"
    return [{"label": _("登记发票"), "icon": "receipt", "url": url}]


def sales_panel(actor: Actor, order: dict[str, Any]) -> SalesPanel | None:
    """What is owed and paid of a sales order, and the way to a payment."""
    if not actor.may(VIEW):
        return None
    found = received_for(actor, order["number"])
    if found is None:
        return None
    may = actor.may("settlement.receive_payment") and (found["open"] is None or found["open"] > 0)
    new = f"{reverse('settlement:payment_new', args=['in'])}?order={order['number']}" if may else ""
    return SalesPanel("settlement/_sales_panel.html", {**found, "new": new})
