"""How the company sells: settings, how the review answers, who is served first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing.posted import fields_of, version_of
from gendan.sales import commands
from gendan.sales.models import ReviewRule, SalesOrder
from gendan.sales.queries.policy import policy_of
from gendan.sales.rules.policy import FIELDS, KEYS, THRESHOLDS, PriorityIn, RuleIn
from gendan.sales.rules.review import DEFAULTS

FLAGS = [name for name, kind in FIELDS.items() if kind == "flag"]


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """The sales settings of the company."""
    actor = actor_of(request)
    if request.method == "POST":
        values: dict[str, Any] = {name: name in request.POST for name in FLAGS}
        numbers = fields_of(
            request, {"handling_days": to_integer, "discount_limit": lambda text: to_number(text, 3, 6)}
        )
        values |= {"handling_days": numbers["handling_days"] or 0, "back_order": request.POST.get("back_order", "")}
        if numbers["discount_limit"] is not None:
            values["discount_limit"] = numbers["discount_limit"]
        commands.save_settings(
            actor=actor,
            values=values,
            rules=_rules(request),
            priorities=_priorities(request),
            version=version_of(request),
        )
        messages.success(request, _("销售设置已保存。"))
        return redirect_to(request, reverse("sales:settings"))
    policy = policy_of(actor)
    chosen = [("-" if each["descending"] else "") + each["key"] for each in policy.priorities]
    context = {
        "actor": actor,
        "policy": policy,
        "settings": policy.settings,
        "answers": ReviewRule.Answer.choices,
        "asks": _asks(),
        "thresholds": THRESHOLDS,
        "back_orders": SalesOrder.BackOrder.choices,
        "criteria": [("", _("不用")), *_criteria()],
        "chosen": [*chosen, *[""] * (len(KEYS) - len(chosen))],
        "ranks": [_("先看"), _("其次"), _("再次"), _("最后")],
        "history": _history(actor),
    }
    return render(request, "sales/settings.html", context)


def _history(actor: Actor) -> list[dict[str, Any]]:
    """Who changed what, in words."""
    words = {**dict(ReviewRule.Answer.choices), **dict(SalesOrder.BackOrder.choices), **dict(_criteria())}
    found = entries(actor, [("salessettings", actor.company_id)], 30)
    for entry in found:
        entry["changes"] = [
            (name, *(_in_words(value, words) for value in values)) for name, *values in entry.get("changes") or []
        ]
    return found


def _in_words(value: str, words: Mapping[str, Any]) -> str:
    """«warn 5» and «-order_value、promised_on» as people say them."""
    parts = value.split("、")
    return "、".join(" ".join(str(words.get(word, word)) for word in part.split(" ")) for part in parts)


def _asks() -> dict[str, str]:
    """What each rule looks at."""
    return {
        "credit_limit": _("客户未结的订单加本单超过信用额度；没有额度的客户不查。"),
        "overdue": _("已发货未结的货款超过账期，再宽限所填的天数。"),
        "below_cost": _("不含税单价低于最近采购价；没有采购过的看标准成本。"),
        "below_floor": _("不含税单价低于产品的最低售价。"),
        "margin": _("整单毛利率低于所填的百分比。"),
        "discount": _("比客户价目让得多，超过提交人的折扣上限。"),
        "no_address": _("订单没有送货地址。"),
    }


def _criteria() -> list[tuple[str, str]]:
    return [
        ("customer_class", _("客户等级高的先")),
        ("-customer_class", _("客户等级低的先")),
        ("promised_on", _("承诺日期早的先")),
        ("-promised_on", _("承诺日期晚的先")),
        ("order_value", _("订单金额大的先")),
        ("-order_value", _("订单金额小的先")),
        ("ordered_on", _("下单早的先")),
        ("-ordered_on", _("下单晚的先")),
    ]


def _rules(request: HttpRequest) -> list[RuleIn]:
    found, problems = [], {}
    for code in DEFAULTS:
        text = request.POST.get(f"threshold.{code}", "").strip()
        try:
            threshold = to_number(text, 2) if text and code in THRESHOLDS else None
        except BadValue as bad:
            problems[f"threshold.{code}"] = bad.text
            threshold = None
        found.append(RuleIn(code, request.POST.get(f"rules.{code}", ""), threshold))
    if problems:
        raise Invalid({**problems})
    return found


def _priorities(request: HttpRequest) -> list[PriorityIn]:
    chosen = [text for text in request.POST.getlist("priority")[: len(KEYS)] if text]
    return [PriorityIn(text.removeprefix("-"), text.startswith("-")) for text in chosen]
