"""The list of inquiries as an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.exports import Columns, Export, register
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.inquiries import InquiryFilter, list_inquiries

INQUIRIES = "sourcing.inquiries"
_COLUMNS = (
    ("number", _("单号")),
    ("title", _("主题")),
    ("state_label", _("状态")),
    ("lines", _("行数")),
    ("products", _("产品")),
    ("suppliers", _("邀请")),
    ("answers", _("已报价")),
    ("closes_at", _("截止时间")),
    ("buyer", _("采购员")),
    ("created_at", _("创建时间")),
)
_PRICES = (("awarded", _("定标金额")), ("saving", _("节省金额")))


def inquiry_filter(asked: Mapping[str, str]) -> InquiryFilter:
    """What a list is narrowed to, from its address."""
    return InquiryFilter(
        asked.get("state", "") or "open",
        asked.get("supplier", "")[:64],
        asked.get("product", "")[:64],
        "me" if asked.get("view") == "mine" else "",
        asked.get("q", "")[:100],
    )


def _rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while after != "":
        page = list_inquiries(actor, inquiry_filter(filters), after, 1000)
        yield from page.items
        after = page.after


def _columns(actor: Actor) -> Columns:
    return [*_COLUMNS, *(_PRICES if actor.may(VIEW_PRICE) else ())]


register(Export(INQUIRIES, _("询价单"), _rows, _columns))
