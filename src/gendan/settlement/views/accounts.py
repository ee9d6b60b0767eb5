"""Bank accounts of a partner, of a colleague, or of all: by their last digits, in full for who may see them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.accounts.secret import Secret
from gendan.kernel.http import actor_of, redirect_to
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import name_of
from gendan.settlement import commands
from gendan.settlement.queries.accounts import accounts_of

GIVEN = ("partner", "user", "holder", "bank", "note")


@require_http_methods(["GET", "POST"])
def accounts_page(request: HttpRequest) -> HttpResponse:
    """The accounts; posted, one more."""
    actor = actor_of(request)
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip()[:400] for name in GIVEN}
        number = Secret(request.POST.get("number", "").strip()[:400])
        done = commands.save_account(actor=actor, number=number, **given)
        messages.success(request, _("已登记尾号 %(tail)s 的账户") % {"tail": done.data["tail"]})
        return redirect_to(request, _page(given["partner"], given["user"]))
    partner, user = request.GET.get("partner", "")[:64], request.GET.get("user", "")[:150]
    context = {
        "actor": actor,
        "accounts": accounts_of(actor, partner=partner, user=user),
        "partner": partner,
        "user": user,
        "partner_shown": name_of(actor, "partner", partner) if partner else "",
    }
    return render(request, "settlement/accounts.html", context)


@require_POST
def account_remove(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take one out of use."""
    commands.remove_account(actor=actor_of(request), account_id=account_id, version=version_of(request))
    messages.success(request, _("账户已删除"))
    return redirect_to(request, _page(request.POST.get("partner", "")[:64], request.POST.get("user", "")[:150]))


def _page(partner: str, user: str) -> str:
    asked = {name: value for name, value in (("partner", partner), ("user", user)) if value}
    return f"{reverse('settlement:accounts')}?{urlencode(asked)}" if asked else reverse("settlement:accounts")
