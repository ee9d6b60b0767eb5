"""What the company tolerates in the match."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.kernel.http import actor_of, redirect_to
from gendan.purchasing.posted import version_of
from gendan.settlement import commands
from gendan.settlement.forms import tolerances
from gendan.settlement.queries.settings import settings_of


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Look at the tolerances and change them."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.save_settings(actor=actor, values=tolerances(request), version=version_of(request))
        messages.success(request, _("结算设置已保存"))
        return redirect_to(request, reverse("settlement:settings"))
    return render(request, "settlement/settings.html", {"actor": actor, "found": settings_of(actor)})
