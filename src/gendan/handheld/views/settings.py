"""How the company works with handheld devices."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.handheld import commands
from gendan.handheld.queries.tallies import is_blind
from gendan.kernel.http import actor_of, redirect_to


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Whether receiving is blind; and how to get the application onto a device."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.save_settings(actor=actor, blind="blind" in request.POST)
        messages.success(request, _("设置已保存。"))
        return redirect_to(request, reverse("handheld:settings"))
    actor.must("handheld.save_settings")
    address = request.build_absolute_uri(reverse("handheld:home"))
    return render(request, "handheld/settings.html", {"actor": actor, "blind": is_blind(actor), "address": address})
