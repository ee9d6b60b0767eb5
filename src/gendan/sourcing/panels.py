"""What sourcing adds to the page of a supplier: the way to its inquiries and documents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import Panel
from gendan.kernel.actor import Actor
from gendan.sourcing.permissions import VIEW


def panel(actor: Actor, kind: str, record: dict[str, Any]) -> Panel | None:
    """Links; nothing is read."""
    if kind != "partner" or not actor.may(VIEW) or not record.get("is_supplier"):
        return None
    only = urlencode({"supplier": record["code"]})
    links = [
        (_("询价单"), f"{reverse('sourcing:inquiry_list')}?{only}&state=all"),
        (_("框架合同"), f"{reverse('sourcing:contract_list')}?{only}&state=all"),
        (_("供应商资料"), f"{reverse('sourcing:paper_list')}?{only}"),
    ]
    return Panel(_("询价与资料"), "scale", links=links)
