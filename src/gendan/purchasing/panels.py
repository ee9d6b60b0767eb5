"""What purchasing adds to the pages of products, suppliers and warehouses: the ways to their orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import Panel
from gendan.kernel.actor import Actor

FILTERS = {"product": "product", "partner": "supplier", "warehouse": "warehouse"}


def panel(actor: Actor, kind: str, record: dict[str, Any]) -> Panel | None:
    """Links to the open lines and the orders of a record; nothing is read."""
    if kind not in FILTERS or not actor.may("purchasing.view") or record.get("is_supplier") is False:
        return None
    only = urlencode({FILTERS[kind]: record["code"]})
    links = [(_("未交明细"), f"{reverse('purchasing:line_list')}?{only}")]
    if kind != "product":
        links.append((_("采购订单"), f"{reverse('purchasing:order_list')}?{only}"))
    return Panel(_("采购"), "shopping-cart", links=links)
