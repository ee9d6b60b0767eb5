"""Pages of inspection plans."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, json_body, redirect_to
from gendan.kernel.timeline import entries
from gendan.kernel.values import BadValue, to_flag, to_integer, to_number, whole
from gendan.quality import commands
from gendan.quality.models import Method, PlanCheck
from gendan.quality.queries import plans as queries
from gendan.quality.rules.aql import AQLS, LEVELS
from gendan.quality.rules.inspection import CheckIn
from gendan.quality.rules.plan import PlanIn

SAVE = "quality.save_plan"
EMPTY: dict[str, Any] = {
    "code": "", "name": "", "product": "", "product_name": "", "category": "", "category_name": "", "supplier": "",
    "supplier_name": "", "method": "aql", "level": "II", "aql": "1.0", "allow_reduced": False, "skip_after": 0,
    "skip_every": 0, "needs_photo": False, "note": "", "is_active": True, "version": None, "checks": [],
}  # fmt: skip


@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """The company's plans, the most specific first."""
    actor, asked = actor_of(request), request.GET
    method = asked.get("method", "")
    context = {
        "actor": actor,
        "plans": queries.plans(actor, method=method if method in Method.values else "", q=asked.get("q", "")[:100]),
        "methods": Method.choices,
    }
    return render(request, "quality/plan_list.html", context)


@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Make a plan."""
    actor = actor_of(request)
    actor.must(SAVE)
    if request.method == "POST":
        return _save(request, actor, request.POST.get("code", "").strip(), new=True)
    return _form(request, actor, EMPTY)


@require_http_methods(["GET", "POST"])
def plan_edit(request: HttpRequest, code: str) -> HttpResponse:
    """One plan: its scope, how much is looked at, its characteristics, what was changed."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, actor, code, new=False)
    return _form(request, actor, queries.plan(actor, code))


def _form(request: HttpRequest, actor: Actor, row: dict[str, Any]) -> HttpResponse:
    yes = {True: "1", False: "0"}
    context = {
        "actor": actor,
        "plan": row,
        "may": actor.may(SAVE),
        "methods": Method.choices,
        "levels": [(level, level) for level in LEVELS],
        "aqls": [(aql, aql) for aql in AQLS],
        "kinds": [[value, str(label)] for value, label in PlanCheck.Kind.choices],
        "yes_no": [["1", _("必检")], ["0", _("可不检")]],
        "checks": [{**check, "required": yes[bool(check["required"])]} for check in row["checks"]],
        "history": entries(actor, [("qplan", row["id"])], 30) if row.get("id") else [],
    }
    return render(request, "quality/plan_form.html", context)


def _save(request: HttpRequest, actor: Actor, code: str, *, new: bool) -> HttpResponse:
    posted = request.POST
    problems: dict[str, str] = {}
    checks = _checks(request, problems)
    numbers = {}
    for name in ("skip_after", "skip_every"):
        try:
            numbers[name] = to_integer(posted.get(name, "").strip() or "0", 0, 1000)
        except BadValue as bad:
            problems[name] = bad.text
    if problems:
        raise Invalid({**problems})
    plan = PlanIn(
        code,
        posted.get("name", "").strip(),
        posted.get("product", "").strip(),
        posted.get("category", "").strip(),
        posted.get("supplier", "").strip(),
        posted.get("method", ""),
        posted.get("level", "II"),
        posted.get("aql", ""),
        "allow_reduced" in posted,
        numbers["skip_after"],
        numbers["skip_every"],
        "needs_photo" in posted,
        posted.get("note", "").strip(),
        "is_active" in posted,
        checks,
    )
    done = commands.save_plan(actor=actor, plan=plan, new=new, version=whole(posted.get("version", "")))
    messages.success(request, _("检验方案 %(code)s 已保存。") % {"code": done.number})
    return redirect_to(request, reverse("quality:plan_list"))


def _checks(request: HttpRequest, problems: dict[str, str]) -> tuple[CheckIn, ...]:
    """The characteristics of the grid."""
    checks = []
    for n, row in enumerate(json_body(request)):
        limits = {}
        for end in ("low", "high"):
            try:
                limits[end] = to_number(row[end]) if str(row.get(end) or "").strip() else None
            except BadValue as bad:
                problems[f"lines.{n}.{end}"] = bad.text
        if not str(row.get("name") or "").strip():
            continue
        needed = to_flag(row.get("required") or "1")
        kind, unit = str(row.get("kind") or "yesno"), str(row.get("unit") or "")
        checks.append(
            CheckIn(str(row["name"]).strip(), kind, limits.get("low"), limits.get("high"), unit.strip(), needed)
        )
    return tuple(checks)
