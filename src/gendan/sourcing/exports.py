"""The lists of inquiries and of contracts as Excel files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.exports import Columns, Export, register
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.contracts import ContractFilter, list_contracts
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

CONTRACTS = "sourcing.contracts"
_CONTRACT_COLUMNS = (
    ("number", _("单号")),
    ("reference", _("合同编号")),
    ("title", _("合同名称")),
    ("state_label", _("状态")),
    ("supplier", _("供应商编码")),
    ("supplier_name", _("供应商")),
    ("valid_from", _("生效日")),
    ("valid_to", _("到期日")),
    ("lines", _("行数")),
    ("over_label", _("超出约定")),
    ("buyer", _("采购员")),
)
_AMOUNTS = (
    ("currency", _("币种")),
    ("agreed_amount", _("约定金额")),
    ("called_amount", _("已执行金额")),
    ("used_percent", _("已用 %")),
)


def contract_filter(asked: Mapping[str, str]) -> ContractFilter:
    """What a list of contracts is narrowed to, from its address."""
    return ContractFilter(
        asked.get("state", "") or "open",
        asked.get("supplier", "")[:64],
        asked.get("product", "")[:64],
        "me" if asked.get("view") == "mine" else "",
        asked.get("q", "")[:100],
        asked.get("view") == "ending",
    )


def _contracts(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while after != "":
        page = list_contracts(actor, contract_filter(filters), after, 1000)
        yield from page.items
        after = page.after


def _contract_columns(actor: Actor) -> Columns:
    return [*_CONTRACT_COLUMNS, *(_AMOUNTS if actor.may(VIEW_PRICE) else ())]


register(Export(CONTRACTS, _("框架合同"), _contracts, _contract_columns))
