"""Rules of one's own: the list, the form, versions, files; and dry runs of any rule."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.alerts import commands
from gendan.alerts.permissions import SETUP, VIEW
from gendan.alerts.queries.own import SECONDS
from gendan.alerts.queries.own_rules import EMPTY, choices, own_rule, own_rules, versions
from gendan.alerts.queries.own_subjects import SUBJECTS
from gendan.alerts.queries.report import currency_of
from gendan.alerts.queries.texts import SEVERITIES
from gendan.alerts.queries.trying import LONGEST, name_of, rule_to_try, tried_at_once
from gendan.alerts.remedies.registry import REMEDIES
from gendan.flow.texts import DESIGNER, WORDS
from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.values import whole

DOCUMENTS = frozenset({"po", "requisition", "so", "co"})  # kinds that are approved
LADDER = 3  # steps that the form offers; the API takes more
MOST_BYTES = 1_000_000


@require_GET
def own_list(request: HttpRequest) -> HttpResponse:
    """The company's own rules."""
    actor = actor_of(request)
    context = {"actor": actor, "rules": own_rules(actor), "severities": SEVERITIES, "may_save": actor.may(SETUP)}
    return render(request, "alerts/own_list.html", context)


@require_http_methods(["GET", "POST"])
def own_new(request: HttpRequest) -> HttpResponse:
    """Write a new rule."""
    actor = actor_of(request)
    actor.must(SETUP)
    if request.method == "POST":
        done = commands.save_own_rule(actor=actor, definition=posted(request.POST))
        messages.success(request, _("规则已保存。可以先试算，再启用"))
        return redirect_to(request, reverse("alerts:own_rule", args=[done.number]))
    blank = {"trigger": "date", "field": "promised_on", "code": "", "version": 0, "rested_at": None}
    return _form(request, actor, {**EMPTY, **blank}, [])


@require_http_methods(["GET", "POST"])
def own_page(request: HttpRequest, code: str) -> HttpResponse:
    """One rule, to be changed."""
    actor = actor_of(request)
    if request.method == "POST":
        version = whole(request.POST.get("version"))
        commands.save_own_rule(actor=actor, code=code, definition=posted(request.POST), version=version)
        messages.success(request, _("规则已保存，下次检查时生效"))
        return redirect_to(request, reverse("alerts:own_rule", args=[code]))
    return _form(request, actor, own_rule(actor, code), versions(actor, code))


def _form(request: HttpRequest, actor: Actor, rule: dict[str, Any], earlier: list[dict[str, Any]]) -> HttpResponse:
    known = choices(actor)
    data = {
        "subjects": known["subjects"],
        "texts": {key: str(text) for key, text in {**WORDS, **DESIGNER}.items()} | {"condition": _("条件")},
        "field": rule["field"],
        "events": rule["events"],
        "remedies": {key: helping(key) for key in known["subjects"]},
    }
    by, value = rule["owner"][0] if rule["owner"] else ("buyer", "")
    context = {
        "actor": actor,
        "rule": rule,
        "known": {**known, "remedies": [[code, str(REMEDIES[code].label)] for code, _label in known["remedies"]]},
        "data": data,
        "subjects": [(key, one["label"]) for key, one in known["subjects"].items()],
        "severities": list(SEVERITIES.items()),
        "owners": _owners(known),
        "owner": by if by in {"person", "expression"} else f"{by} {value}".strip(),
        "owner_value": value if by in {"person", "expression"} else "",
        **telling_shown(rule, known),
        "versions": earlier,
        "may_save": actor.may(SETUP),
        "slow_seconds": round(SECONDS),
    }
    return render(request, "alerts/own_rule.html", context)


def helping(subject: str) -> list[str]:
    """What can help against cases of a subject; of an approval task, against those of any document."""
    kind = SUBJECTS[subject].kind
    return [code for code, remedy in REMEDIES.items() if (kind in remedy.kinds if kind else remedy.kinds >= DOCUMENTS)]


def telling_shown(rule: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What the form asks of how people are told: the steps of the ladder, and who can stand on one."""
    steps = [(str(Decimal(hours).normalize()), f"{to} {who}".strip()) for hours, to, who in rule["ladder"]]
    return {
        "ladder": [*steps, *[("", "")] * LADDER][: max(LADDER, len(steps))],
        "above": [("", "—"), ("superior", _("负责人的上级")), ("head", _("部门负责人")), *_roles(known)],
    }


def _roles(known: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"role {code}", name) for code, name in known["roles"]]


def _owners(known: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("buyer", _("采购员")),
        ("seller", _("销售员")),
        ("keeper", _("仓管员")),
        ("superior", _("经办人的上级")),
        ("head", _("部门负责人")),
        *_roles(known),
        ("person", _("指定的人（用户名）")),
        ("expression", _("表达式")),
    ]


def posted(given: QueryDict) -> dict[str, Any]:
    """The form as a definition."""
    by, _space, value = given.get("owner", "").partition(" ")
    if by in {"person", "expression"}:
        value = given.get("owner_value", "").strip()
    names = ("name", "subject", "trigger", "field", "condition", "message", "severity", "answer_hours")
    before = given.get("when") == "before"
    return {
        **{name: given.get(name, "") for name in names},
        "is_active": given.get("is_active") == "on",
        "offset": f"-{given.get('offset', '0')}"
        if before and given.get("offset", "0") != "0"
        else given.get("offset", ""),
        "working": given.get("working") == "on",
        "events": given.getlist("events"),
        "remedies": given.getlist("remedies"),
        "owner": [[by, value]],
        **telling_posted(given),
    }


def telling_posted(given: QueryDict) -> dict[str, Any]:
    """The part of the form that says how people are told."""
    ladder = []
    for hours, to in zip(given.getlist("ladder_hours"), given.getlist("ladder_to"), strict=False):
        if hours.strip() or to:
            who, _gap, which = to.partition(" ")
            ladder.append([hours.strip() or "0", who, which])
    names = ("repeat_hours", "quiet_from", "quiet_to")
    return {**{name: given.get(name, "") for name in names}, "channels": given.getlist("channels"), "ladder": ladder}


@require_POST
def own_restore(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Go back to what a rule said in an earlier version."""
    commands.restore_own_rule(actor=actor_of(request), code=code, to=version)
    messages.success(request, _("已恢复到第 %(n)s 版") % {"n": version})
    return redirect_to(request, reverse("alerts:own_rule", args=[code]))


@require_GET
def own_export(request: HttpRequest) -> HttpResponse:
    """All own rules as a file that can be brought in here or elsewhere."""
    actor = actor_of(request)
    found = [{"code": row["code"], **row["definition"]} for row in own_rules(actor)]
    response = JsonResponse({"rules": found}, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="rules.json"'
    return response


@require_POST
def own_import(request: HttpRequest) -> HttpResponse:
    """Bring in rules out of such a file."""
    actor = actor_of(request)
    actor.must(SETUP)
    done = commands.import_own_rules(actor=actor, rules=_rules_in(request))
    messages.success(request, _("导入了 %(n)s 条规则；新的规则还没有启用") % {"n": len(done.data["rules"])})
    return redirect_to(request, reverse("alerts:own_list"))


def _rules_in(request: HttpRequest) -> list[dict[str, Any]]:
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        raise Invalid({"file": _("请选择导出的规则文件（JSON，1 MB 以内）。")})
    try:
        found = json.loads(file.read().decode("utf-8-sig"))
        rules = found["rules"] if isinstance(found, dict) else found
        if isinstance(rules, list) and all(isinstance(rule, dict) for rule in rules):
            return rules
    except (ValueError, KeyError):
        pass
    raise Invalid({"file": _("这个文件不是导出的规则。")})


@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """What a rule would have found lately: at once where that is quick, else by the worker (POST)."""
    actor = actor_of(request)
    rule = rule_to_try(actor, code)
    days = min(max(whole(request.GET.get("days") or request.POST.get("days")) or 90, 1), LONGEST)
    if request.method == "POST":
        title = _("试算规则：%(rule)s") % {"rule": name_of(rule)}
        job = jobs.start(actor, "rule_trial", title, "alerts.try_rule", code=code, days=days)
        return redirect_to(request, reverse("kernel:job", args=[job.pk]))
    found = _kept(actor, request, code) or tried_at_once(actor, rule, days)
    rows = [_shown(row) for row in found["cases"]] if found else []
    context = {
        "actor": actor,
        "code": code,
        "name": name_of(rule),
        "is_own": rule.own is not None,
        "is_active": rule.is_active,
        "days": found["days"] if found else days,
        "found": found,
        "rows": rows,
        "currency": currency_of(actor),
    }
    return render(request, "alerts/trial.html", context)


def _kept(actor: Actor, request: HttpRequest, code: str) -> dict[str, Any] | None:
    """What the worker found, for who asked for it."""
    actor.must(VIEW)
    number = whole(request.GET.get("job"))
    if number is None:
        return None
    job = jobs.visible_job(actor, number)
    kept = (job.result or {}).get("trial")
    return kept if isinstance(kept, dict) and kept.get("rule") == code and job.user_id == actor.user_id else None


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    url = page_of(row["kind"], row["number"])
    dates = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("first", "last", "due_on")}
    amount = Decimal(row["amount"]) if row["amount"] is not None else None
    line = f"{row['number']} · {row['line_no']}" if row["line_no"] else row["number"]
    return {**row, **dates, "amount": amount, "url": url, "label": line}
