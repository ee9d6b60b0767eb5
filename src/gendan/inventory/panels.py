"""What stock adds to the pages of products and warehouses: the ways to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import Panel
from gendan.kernel.actor import Actor


def panel(actor: Actor, kind: str, record: dict[str, Any]) -> Panel | None:
    """Links to the stock and the moves of a product or a warehouse; nothing is read."""
    if kind not in {"product", "warehouse"} or not actor.may("inventory.view"):
        return None
    only = urlencode({kind: record["code"]})
    stock = (
        reverse("inventory:stock_detail", args=[record["code"]])
        if kind == "product"
        else f"{reverse('inventory:stock_list')}?{only}"
    )
    links = [(_("库存"), stock), (_("库存流水"), f"{reverse('inventory:move_list')}?{only}")]
    return Panel(_("库存"), "packages", links=links)
