"""Suppliers in the order of their scores, one scorecard, the rows behind a figure."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.insight.exports import CARD, RANKING, export_of, narrow
from gendan.insight.prints import CARD as PAPER
from gendan.insight.prints import number_of
from gendan.insight.queries.behind import behind
from gendan.insight.queries.display import advice_shown, reasons, rows_of, spark, trend_said
from gendan.insight.queries.offered import periods
from gendan.insight.queries.scorecard import VIEW_PRICE, Card, Ranking, categories, category_names, ranking, scorecard
from gendan.insight.queries.terms import terms_of
from gendan.insight.queries.words import DEFINITIONS, LABELS, goal_shown, shown
from gendan.insight.rules.figures import FIGURES
from gendan.kernel import prints
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of
from gendan.kernel.values import whole
from gendan.purchasing.queries.names import name_of

# The figures that the list of suppliers shows; the others are on each card.
FIRST = ("on_time_first", "in_full", "defects", "confirming", "price_market")
TONES = {"develop": "done", "keep": "run", "improve": "wait", "leave": "bad", "unknown": "quiet"}


@require_GET
def supplier_performance(request: HttpRequest) -> HttpResponse | FileResponse:
    """All suppliers by their score."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, RANKING, asked.dict())
    found = ranking(actor, asked.get("period", "") or "year", asked.get("category", "")[:64])
    context = {
        "actor": actor,
        "found": found,
        "rows": [_row(actor, found, card) for card in found.cards],
        "first": [(code, LABELS[code]) for code in FIRST if actor.may(VIEW_PRICE) or not FIGURES[code].priced],
        "period": asked.get("period", "") or "year",
        "periods": periods(actor.today()),
        "categories": category_names(actor),
        "advice": _advice(found),
    }
    return render(request, "insight/supplier_performance.html", context)


def _row(actor: Actor, found: Ranking, card: Card) -> dict[str, Any]:
    return {
        "supplier": card.code,
        "name": card.name,
        "total": card.total,
        "grade": card.score.grade,
        "covered": card.score.covered,
        "spark": spark(card.trend),
        "said": trend_said(found.period.points, card.trend),
        "figures": {code: shown(code, card.score.of(code).value) for code in FIRST},
        "known": {code: card.score.of(code).value is not None for code in FIRST},
        "advice": advice_shown(card),
        "tone": TONES[card.advice.kind],
        "reasons": reasons(actor, card),
    }


def _advice(found: Ranking) -> dict[str, int]:
    counts = dict.fromkeys(TONES, 0)
    for card in found.cards:
        counts[card.advice.kind] += 1
    return counts


@require_GET
def supplier_scorecard(request: HttpRequest, supplier: str) -> HttpResponse | FileResponse:
    """One supplier's scorecard."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, CARD, {**asked.dict(), "supplier": supplier})
    period, category = asked.get("period", "") or "year", asked.get("category", "")[:64]
    found, card = scorecard(actor, supplier, period, category, version=whole(asked.get("version")))
    context = {
        "actor": actor,
        "found": found,
        "card": card,
        "rows": rows_of(actor, card, category),
        "spark": spark(card.trend),
        "said": trend_said(found.period.points, card.trend),
        "trends": {code: trend_said(found.period.points, values) for code, values in card.trends.items()},
        "advice": advice_shown(card),
        "tone": TONES[card.advice.kind],
        "reasons": reasons(actor, card),
        "by_category": categories(actor, card, found.period),
        "cost": card.cost if actor.may(VIEW_PRICE) else None,
        "period": period,
        "category": category,
        "periods": periods(actor.today()),
        "categories": category_names(actor),
        "pdf_url": prints.address(PAPER, number_of(supplier, period)),
        "partner_url": actor.may("catalog.view"),
    }
    return render(request, "insight/supplier_scorecard.html", context)


@require_GET
def completed_lines(request: HttpRequest) -> HttpResponse | FileResponse:
    """The rows behind a figure."""
    actor, asked = actor_of(request), request.GET
    wanted = narrow(asked.dict())
    if wanted.figure not in FIGURES:
        raise NotFound(what=wanted.figure)
    if asked.get("export") == "xlsx":
        return excel(request, actor, export_of(wanted.figure), asked.dict())
    page = behind(actor, wanted, asked.get("after"))
    terms, _version = terms_of(actor.company_id)
    figure = FIGURES[wanted.figure]
    context = {
        "actor": actor,
        "page": page,
        "figure": figure,
        "label": LABELS[figure.code],
        "definition": DEFINITIONS[figure.code],
        "goal": goal_shown(figure.code, terms.measures[figure.code].goal),
        "figures": [(code, str(label)) for code, label in LABELS.items()],
        "supplier": wanted.supplier,
        "supplier_name": name_of(actor, "partner", wanted.supplier),
        "periods": periods(actor.today()),
        "categories": category_names(actor),
        "only": [("", _("全部"), None), ("good", _("达标"), None), ("bad", _("未达标"), None)]
        + ([("unmeasured", _("无日期"), None)] if figure.code.startswith("on_time") else []),
        "sees_price": actor.may(VIEW_PRICE),
    }
    return render(request, "insight/completed_lines.html", context)
