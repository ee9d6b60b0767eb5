"""The form of a remedy, doing it, and the link that a supplier was given."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gendan.alerts.permissions import HANDLE
from gendan.alerts.remedies.doing import do, form_of, shown
from gendan.alerts.remedies.urging import URGE, urge_shown
from gendan.alerts.remedies.words import effect_in_words
from gendan.alerts.views.case import version_of
from gendan.kernel import codes
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of

PLAIN = {"_key", "version", "csrfmiddlewaretoken"}


@require_http_methods(["GET", "POST"])
def remedy(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """What a remedy asks; posted, it is done."""
    actor = actor_of(request)
    if request.method == "POST":
        actor.must(HANDLE)
        done = do(actor=actor, number=number, code=code, values=_posted(request), version=version_of(request))
        messages.success(request, effect_in_words(done.data["effect"]))
        # Without a mail the link has to be handed on in another way.
        unsent = "urge" in done.data and not request.POST.get("email", "").strip()
        return redirect_to(
            request, reverse("alerts:urge", args=[done.data["urge"]]) if unsent else page_of("case", number)
        )
    situation, found = form_of(actor, number, code)
    fields = found.fields(situation)
    context = {
        "actor": actor,
        "case": situation.case,
        "remedy": found,
        "fields": [{**shown(field), "pairs": field.options} for field in fields],
        "situation": situation,
        "impact_url": found.impact(situation) if found.impact else "",
        "why": found.offered(situation) or "",
    }
    return render(request, "alerts/remedy.html", context)


def _posted(request: HttpRequest) -> dict[str, Any]:
    """What the form gave; cases that are ticked are a list."""
    posted = request.POST
    found: dict[str, Any] = {name: posted.get(name, "") for name in posted if name not in PLAIN}
    if "cases" in found:
        found["cases"] = posted.getlist("cases")
    return found


@require_GET
def urge(request: HttpRequest, urge_id: int) -> HttpResponse:
    """The link of a supplier who was urged, to copy, and its QR code."""
    actor = actor_of(request)
    actor.must(URGE)
    found = urge_shown(actor, urge_id)
    context = {"actor": actor, "urge": found, "qr": codes.qr(found["url"])}
    return render(request, "alerts/urge.html", context)
