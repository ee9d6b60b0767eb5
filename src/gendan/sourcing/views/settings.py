"""How the company compares offers: one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.kernel.errors import Invalid, plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import to_integer, to_number, to_text
from gendan.purchasing.forms import CellReader, posted_lines
from gendan.purchasing.posted import fields_of, version_of
from gendan.sourcing import commands
from gendan.sourcing.permissions import VIEW
from gendan.sourcing.queries.policy import policy_of, rates_of
from gendan.sourcing.rules.policy import WEIGHTS, RateIn


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Late answers, weights of the score, freight and duty by country, price lists."""
    actor = actor_of(request)
    actor.must(VIEW)
    if request.method == "POST":
        problems: dict[str, str] = {}
        numbers = fields_of(request, dict.fromkeys(WEIGHTS, lambda text: to_integer(text, 0, 100)), problems)
        if problems:
            raise Invalid({**problems})
        values: dict[str, Any] = {name: number or 0 for name, number in numbers.items()}
        values["late_answers"] = request.POST.get("late_answers", "")
        values["feed_prices"] = request.POST.get("feed_prices") == "on"
        reader = CellReader()
        rates = [
            RateIn(
                reader.cell(n, row, "country", lambda text: to_text(text, 80), ""),
                reader.cell(n, row, "freight_percent", to_number, to_number("0")),
                reader.cell(n, row, "duty_percent", to_number, to_number("0")),
            )
            for n, row in enumerate(posted_lines(request))
        ]
        reader.check()
        commands.save_settings(actor=actor, values=values, rates=rates, version=version_of(request))
        messages.success(request, _("已保存"))
        return redirect_to(request, reverse("sourcing:settings"))
    policy, version = policy_of(actor.company_id)
    context = {
        "actor": actor,
        "policy": policy,
        "version": version,
        "rates": [
            {
                "country": rate.country,
                "freight_percent": str(plain(rate.freight_percent)),
                "duty_percent": str(plain(rate.duty_percent)),
            }
            for rate in rates_of(actor.company_id)
        ],
        "may_save": actor.may("sourcing.save_settings"),
    }
    return render(request, "sourcing/settings.html", context)
