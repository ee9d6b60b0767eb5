"""The rules: on or off, thresholds, severity, owner, changed in place."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.alerts import commands
from gendan.alerts.errors import UnknownRule
from gendan.alerts.permissions import SETUP
from gendan.alerts.queries.cases import remedies_shown
from gendan.alerts.queries.overview import lately, role_names
from gendan.alerts.queries.own_rules import choices
from gendan.alerts.queries.rules import rule_list
from gendan.alerts.queries.texts import SEVERITIES
from gendan.alerts.views.own_rules import telling_posted, telling_shown
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import whole


@require_GET
def rule_page_list(request: HttpRequest) -> HttpResponse:
    """The rules by group."""
    actor = actor_of(request)
    rules, seen = rule_list(actor), lately(actor)
    titles = {
        "purchasing": _("采购"),
        "warehouse": _("仓库"),
        "stock": _("库存"),
        "sales": _("销售"),
        "settlement": _("结算"),
        "control": _("审批与风险信号"),
        "own": _("自己的规则"),
    }
    areas: dict[str, list[dict[str, Any]]] = {}
    words = _owner_words(actor)
    for rule in rules:
        count, dismissed = seen.get(rule["code"], (0, 0))
        rule |= {"lately": count, "dismissed": dismissed, "remedies_shown": remedies_shown(tuple(rule["remedies"]))}
        rule["owners"] = [words.get(f"{by} {value}".strip(), value or by) for by, value in rule["owner"]]
        rule["first"] = " ".join(rule["owner"][0]).strip() if rule["owner"] else ""
        areas.setdefault(titles.get(rule["area"], rule["area"]), []).append(rule)
    context = {
        "actor": actor,
        "areas": areas,
        "words": words,
        "severities": list(SEVERITIES.items()),
        "may_save": actor.may(SETUP),
        "units": {"days": _("天"), "hours": _("小时"), "percent": "%"},
    }
    return render(request, "alerts/rule_list.html", context)


def _owner_words(actor: Actor) -> dict[str, str]:
    """How owners can be found, by the words of a rule."""
    found = {
        "buyer": _("采购员"),
        "seller": _("销售员"),
        "keeper": _("仓管员"),
        "author": _("制单人"),
    }
    return found | {f"role {code}": name for code, name in role_names(actor)}


@require_POST
def rule_save(request: HttpRequest, code: str) -> HttpResponse:
    """Change what was posted of a rule; what was not posted stays."""
    given = request.POST
    thresholds = {
        name.removeprefix("t_"): _number(name, given[name]) for name in given if name.startswith("t_") and given[name]
    }
    by, _space, value = given.get("owner", "").partition(" ")
    version = given.get("version", "")
    done = commands.save_rule(
        actor=actor_of(request),
        code=code,
        is_active={"on": True, "off": False}.get(given.get("active", "")),
        severity=given.get("severity", ""),
        thresholds=thresholds,
        owner=_owners(request, by, value) if by else None,
        answer_hours=_number("answer_hours", given["answer_hours"]) if given.get("answer_hours") else None,
        version=int(version) if version.isascii() and version.isdigit() else None,
    )
    messages.success(request, _("规则已保存，下次检查时生效"))
    # Back to the rule; another address than before, or the browser would only move to it and load nothing.
    return redirect_to(request, f"{reverse('alerts:rule_list')}?saved={code}.{done.version}#rule-{code}")


@require_http_methods(["GET", "POST"])
def rule_telling(request: HttpRequest, code: str) -> HttpResponse:
    """How people are told of a built-in rule's cases."""
    actor = actor_of(request)
    if request.method == "POST":
        hours = request.POST.get("answer_hours", "")
        commands.save_rule(
            actor=actor,
            code=code,
            reminding=telling_posted(request.POST),
            answer_hours=_number("answer_hours", hours) if hours else None,
            version=whole(request.POST.get("version")),
        )
        messages.success(request, _("规则已保存，下次检查时生效"))
        return redirect_to(request, reverse("alerts:rule_telling", args=[code]))
    rule = next((row for row in rule_list(actor) if row["code"] == code), None)
    if rule is None:
        raise UnknownRule(rule=code)
    known = choices(actor)
    context = {
        "actor": actor,
        "rule": rule,
        "known": known,
        "may_save": actor.may(SETUP),
        **telling_shown(rule, known),
    }
    return render(request, "alerts/rule_telling.html", context)


def _owners(request: HttpRequest, by: str, value: str) -> list[tuple[str, str]]:
    """The new first word, and the others that the rule had."""
    rest = [tuple(word.partition(" ")[::2]) for word in request.POST.getlist("rest")]
    return [(by, value), *((first, second) for first, second in rest if (first, second) != (by, value))]


def _number(name: str, text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation as bad:
        raise Invalid({name: _("请填写数字。")}) from bad
