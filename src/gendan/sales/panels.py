"""What sales adds to the pages of products, customers and warehouses: the ways to their orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import Panel
from gendan.kernel.actor import Actor

FILTERS = {"product": "product", "partner": "customer", "warehouse": "warehouse"}


def panel(actor: Actor, kind: str, record: dict[str, Any]) -> Panel | None:
    """Links to the open lines and the orders of a record; nothing is read."""
    if kind not in FILTERS or not actor.may("sales.view") or record.get("is_customer") is False:
        return None
    only = urlencode({FILTERS[kind]: record["code"]})
    links = [(_("未发明细"), f"{reverse('sales:line_list')}?{only}")]
    if kind != "product":
        links.append((_("销售订单"), f"{reverse('sales:order_list')}?{only}"))
    if kind == "partner" and actor.may("sales.create_order"):
        links.append((_("新建销售订单"), f"{reverse('sales:order_new')}?{only}"))
    return Panel(_("销售"), "tag", links=links)
