"""What a review found, in words, as far as the reader may know the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries import figure
from gendan.kernel.actor import Actor
from gendan.kernel.fields import HIDDEN, rights

VIEW_PRICE, VIEW_COST = "sales.view_price", "sales.view_cost"
NAMED = 3
RULES: Mapping[str, str | Promise] = {
    "credit_limit": _("信用额度"),
    "overdue": _("逾期未付"),
    "below_cost": _("低于成本"),
    "below_floor": _("低于最低售价"),
    "margin": _("毛利率过低"),
    "discount": _("折扣超限"),
    "no_address": _("没有送货地址"),
}
REMEDIES: Mapping[str, str | Promise] = {
    "credit_limit": _("请先收款，或由有权限的人提高客户的信用额度。"),
    "overdue": _("请先收回逾期货款，并把已付清的订单登记完成。"),
    "below_cost": _("请提高单价或减少折扣。"),
    "below_floor": _("请提高单价或减少折扣。"),
    "margin": _("请提高单价或减少折扣。"),
    "discount": _("请减少折扣，或由折扣上限更高的人提交。"),
    "no_address": _("请填写送货地址。"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as somebody reads it."""

    rule: str
    answer: str
    name: str
    text: str
    remedy: str


def tell(actor: Actor, findings: Iterable[Mapping[str, Any]]) -> list[Told]:
    """The findings as ``actor`` may read them: no cost, price or limit without the right to see it."""
    return [
        Told(
            found["rule"],
            found["answer"],
            str(RULES[found["rule"]]),
            _sentence(actor, found["rule"], found.get("data") or {}),
            str(REMEDIES[found["rule"]]),
        )
        for found in findings
        if found["rule"] in RULES
    ]


def stopped(actor: Actor, number: str, findings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What ReviewStopped says to this reader."""
    told = tell(actor, findings)
    return {
        "number": number,
        "rule": "、".join(t.name for t in told),
        "finding": "".join(t.text for t in told),
        "remedy": "".join(dict.fromkeys(t.remedy for t in told)),
        "rules": [t.rule for t in told],
    }


def sees_credit(actor: Actor) -> bool:
    """Whether the actor may know what a customer owes and how much it may owe."""
    closed = rights(actor, "partner", None, HIDDEN) if actor.fields else []
    return actor.may(VIEW_PRICE) and all(field.name != "credit_limit" for field in closed)


def _sentence(actor: Actor, rule: str, data: Mapping[str, Any]) -> str:
    prices, costs = actor.may(VIEW_PRICE), actor.may(VIEW_COST)
    if rule == "credit_limit":
        exact = _now("超出信用额度 %(over)s：额度 %(limit)s，其他未结订单 %(committed)s，本单 %(amount)s（本位币）。")
        return exact % _grouped(data) if sees_credit(actor) else _now("超出客户的信用额度。")
    if rule == "overdue":
        exact = _now("客户逾期未付 %(amount)s（本位币），最久的 %(order)s 已逾期 %(days)s 天。")
        plain = _now("客户有逾期未付的货款，最久的已逾期 %(days)s 天。")
        return exact % _grouped(data) if sees_credit(actor) else plain % data
    if rule == "margin":
        return _now("毛利率 %(margin)s%%，低于要求的 %(least)s%%。") % data if costs else _now("毛利率低于公司的要求。")
    if rule == "no_address":
        return _now("没有送货地址。")
    return _of_lines(rule, data, prices, costs)


def _grouped(data: Mapping[str, Any]) -> dict[str, Any]:
    """The amounts with thousands separators; they are kept as plain numbers."""
    amounts = {"over", "limit", "committed", "amount"}
    return {key: figure(Decimal(value)) if key in amounts else value for key, value in data.items()}


def _of_lines(rule: str, data: Mapping[str, Any], prices: bool, costs: bool) -> str:
    if rule == "discount":
        each = _now("第 %(line)s 行 %(product)s 让价 %(given)s%%") if prices else _now("第 %(line)s 行 %(product)s")
        exact, plain = _now("%(lines)s，超过提交人可给的 %(limit)s%%。"), _now("%(lines)s 的折扣超过提交人可给的上限。")
        what = exact if prices else plain
    elif rule == "below_floor":
        each = (
            _now("第 %(line)s 行 %(product)s 净价 %(price)s（最低 %(floor)s）")
            if prices and costs
            else _now("第 %(line)s 行 %(product)s")
        )
        what = _now("%(lines)s 低于最低售价。")
    else:
        each = (
            _now("第 %(line)s 行 %(product)s 净价 %(price)s（成本 %(cost)s）")
            if prices and costs
            else _now("第 %(line)s 行 %(product)s")
        )
        what = _now("%(lines)s 低于成本。")
    named = _now("、").join(each % line for line in data["lines"][:NAMED])
    if data["count"] > NAMED:
        named = _now("%(lines)s 等 %(count)s 行") % {"lines": named, "count": data["count"]}
    return what % {"lines": named, "limit": data.get("limit", "")}
