"""How the company scores its suppliers: the terms in force, and what was changed when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.insight import commands
from gendan.insight.permissions import VIEW
from gendan.insight.queries.terms import terms_of, versions
from gendan.insight.queries.words import COSTS, DEFINITIONS, GROUPS, LABELS, ORIGINS, UNITS
from gendan.insight.rules.figures import FIGURES
from gendan.kernel.errors import plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.purchasing.posted import version_of

NAMES = ("weight", "goal", "zero")


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Weights, goals, grades, costs, and whether suppliers see theirs."""
    actor = actor_of(request)
    actor.must(VIEW)
    if request.method == "POST":
        commands.set_scorecard(actor=actor, values=_posted(request), version=version_of(request))
        messages.success(request, _("已保存"))
        return redirect_to(request, reverse("insight:scorecard_terms"))
    terms, version = terms_of(actor.company_id)
    context = {
        "actor": actor,
        "terms": terms,
        "version": version,
        "groups": [(label, [_measure(code, terms.measures[code]) for code in codes]) for label, codes in GROUPS],
        "grades": {grade: plain(limit) for grade, limit in terms.grades.items()},
        "costs": [(name, label, plain(terms.costs[name])) for name, label in COSTS.items()],
        "versions": versions(actor),
        "words": _words(),
        "may_save": actor.may("insight.set_scorecard"),
    }
    return render(request, "insight/scorecard_terms.html", context)


def _measure(code: str, measure: Any) -> dict[str, Any]:
    return {
        "code": code,
        "label": LABELS[code],
        "definition": DEFINITIONS[code],
        "origin": ORIGINS[code],
        "unit": UNITS[FIGURES[code].unit],
        "sign": "≥" if FIGURES[code].more_is_better else "≤",
        **{name: plain(getattr(measure, name)) for name in NAMES},
    }


def _words() -> dict[str, str]:
    """What the single values of terms are called."""
    parts = {"weight": _("权重"), "goal": _("目标"), "zero": _("零分线")}
    found = {f"{code}.{name}": f"{LABELS[code]} {word}" for code in FIGURES for name, word in parts.items()}
    found |= {f"costs.{name}": str(label) for name, label in COSTS.items()}
    return {**found, "shown": _("给供应商看"), "least": _("评级至少要有多少数据（%）")}


def _posted(request: HttpRequest) -> dict[str, Any]:
    """The fields of the form, as they are named in refusals; an empty one is refused, not taken for what it was."""
    posted = request.POST
    return {
        "measures": {code: {name: posted.get(f"measures.{code}.{name}", "") for name in NAMES} for code in FIGURES},
        "grades": {grade: posted.get(f"grades.{grade}", "") for grade in "ABC"},
        "costs": {name: posted.get(f"costs.{name}", "") for name in COSTS},
        "least": posted.get("least", ""),
        "shown": posted.get("shown") == "on",
    }
