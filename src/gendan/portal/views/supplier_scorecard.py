"""The supplier's own scorecard, where the company shows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from gendan.insight.queries import period_of
from gendan.insight.queries.display import rows_of, spark, trend_said
from gendan.insight.queries.offered import periods
from gendan.insight.queries.scorecard import own_scorecard
from gendan.insight.queries.terms import terms_of
from gendan.insight.rules.figures import FIGURES
from gendan.portal.queries.visitors import Visitor
from gendan.portal.views.door import door
from gendan.portal.views.supplier_order import SUPPLIERS, shown

TEMPLATE = "portal/supplier_scorecard.html"


@require_GET
@door("read", SUPPLIERS)
def scorecard(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """How the supplier is scored: its own figures with definition, goal and trend, nothing of others. What was paid is
    for who may see money.
    """
    actor = link.actor()
    if not terms_of(link.company_id)[0].shown:
        return shown(request, link, token, TEMPLATE, card=None)
    period = request.GET.get("period", "") or "year"
    period_of(period, actor.today())
    found, card = own_scorecard(actor, link.partner_id, period)
    rows = [row for row in rows_of(actor, card, ours=False) if link.may("money") or not FIGURES[row["code"]].priced]
    context = {
        "card": card,
        "found": found,
        "rows": rows,
        "spark": spark(card.trend),
        "said": trend_said(found.period.points, card.trend),
        "trends": {code: trend_said(found.period.points, values) for code, values in card.trends.items()},
        "period": period,
        "periods": periods(actor.today())[:12],
    }
    return shown(request, link, token, TEMPLATE, **context)
