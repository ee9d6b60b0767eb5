"""What a case stands on: its facts with their names, who waits for it, and where in the chain it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.alerts.queries.words import fact
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS
from gendan.kernel.subjects import page_of
from gendan.purchasing.queries.waiting import Waiter
from gendan.sales.queries.waiting import waiting

# What facts are called, in the order in which they are shown; a fact that is not here speaks only in the sentence.
FACTS: Mapping[str, str | Promise] = {
    "due": _("应于"),
    "since": _("自"),
    "on": _("下单日期"),
    "promised": _("首次承诺"),
    "expected": _("最新预计"),
    "ship_by": _("最晚发出"),
    "shipped_on": _("发货日期"),
    "arrived": _("到货日期"),
    "last": _("上次入库"),
    "silent": _("物流停滞自"),
    "expires": _("有效期至"),
    "empty_on": _("预计用完"),
    "days": _("约定天数"),
    "hours": _("已等待小时"),
    "ordered": _("订购"),
    "quantity": _("本行数量"),
    "shipped": _("已发"),
    "received": _("已收"),
    "reserved": _("已锁定"),
    "missing": _("还差"),
    "over": _("多收"),
    "uncovered": _("没有货源"),
    "on_hand": _("现存"),
    "free": _("可用"),
    "safety": _("安全库存"),
    "incoming": _("在途"),
    "other_incoming": _("其他在途"),
    "needed": _("客户待发"),
    "daily": _("每天出库"),
    "cover": _("够用天数"),
    "price": _("单价"),
    "last_price": _("上次单价"),
    "usual": _("平均单价"),
    "agreed": _("协议价"),
    "percent": _("相差 %%"),
    "amount": _("金额"),
    "limit": _("额度"),
    "used": _("已用额度"),
    "total": _("合计金额"),
    "count": _("张数"),
    "lately": _("最近平均天数"),
    "before": _("之前平均天数"),
    "slower": _("变长 %%"),
    "lines": _("行数"),
    "lot": _("批次"),
    "carrier": _("承运商"),
    "tracking": _("运单号"),
    "note": _("送货单"),
    "reference": _("发票号"),
    "other": _("对比单据"),
    "other_on": _("对比日期"),
    "other_reference": _("对比发票号"),
    "other_note": _("对比送货单"),
    "shipment": _("发货单"),
    "receipt": _("入库单"),
    "order": _("订单"),
    "orders": _("涉及订单"),
    "asked": _("等待谁"),
    "sent_to": _("发给谁"),
    "title": _("主题"),
    "used_up": _("已用 %%"),
    "paper": _("证件"),
    "reference_no": _("证号"),
    "problem": _("问题"),
    "contact": _("供应商负责人"),
    "same": _("相同的联系方式"),
    "person": _("员工"),
}
_NUMBER = re.compile(r"\b([A-Z]{2,4})-\d{6,}\b")
_LINES = """
SELECT l.id FROM purchasing_orderline l WHERE l.order_id = %s::bigint AND l.company_id = %s::bigint AND l.pegged > 0
 AND l.line_no = coalesce(%s::int, l.line_no) ORDER BY l.line_no LIMIT 200
"""
_WHERE = {"po": "purchasing:line_trace", "so": "sales:line_trace"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of the evidence; ``parts`` are texts and, where they name a document, its address."""

    label: str
    parts: tuple[tuple[str, str], ...]
    figure: bool


def evidence(case: Mapping[str, Any]) -> list[Fact]:
    """The facts that have a name, in their order; those that may not be seen are not among them already."""
    facts, units = case["facts"], (case["unit"], case.get("base_unit", ""))
    found = []
    for name, label in FACTS.items():
        value = facts.get(name)
        if value is None or value == "" or value == [] or (name == "uncovered" and not value):
            continue
        figure = isinstance(value, int | float) and not isinstance(value, bool)
        text = fact(name, facts, units, case.get("currency") or "")
        found.append(Fact(str(label).replace("%%", "%"), linked(text), figure))
    return found


def linked(text: str) -> tuple[tuple[str, str], ...]:
    """A text in pieces, each with the address of the document that it names."""
    pages = {kind.PREFIX: name for name, kind in KINDS.items()}
    parts: list[tuple[str, str]] = []
    at = 0
    for match in _NUMBER.finditer(text):
        if kind := pages.get(match.group(1)):
            parts += [(text[at : match.start()], ""), (match.group(), page_of(kind, match.group()))]
            at = match.end()
    return tuple(part for part in [*parts, (text[at:], "")] if part[0])


def waits(actor: Actor, case: Mapping[str, Any]) -> list[Waiter]:
    """Whose orders wait for the purchase lines of a case, by name; at most three statements."""
    if case["document_kind"] != "po" or not actor.may("sales.view"):
        return []
    lines = [row[0] for row in db.rows(_LINES, [case["document_id"], actor.company_id, case["line_no"]])]
    found = waiting(actor, "purchase", lines) if lines else []
    return [one for one in found if one.waiting > 0]


def where_is_it(case: Mapping[str, Any]) -> str:
    """The address of «where is it» of the line that a case concerns."""
    page = _WHERE.get(case["document_kind"])
    if page is None or not case["line_no"]:
        return ""
    try:
        return reverse(page, args=[case["document_number"], case["line_no"]])
    except NoReverseMatch:
        return ""
