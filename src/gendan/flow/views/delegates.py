"""Who stands in for whom: everybody's own, and for those who may, everybody's."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.flow.commands.delegates import end_substitute, name_substitute
from gendan.flow.permissions import DELEGATE_OTHERS
from gendan.flow.queries.delegates import delegates_of, kinds
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_date


@require_http_methods(["GET", "POST"])
def substitutes(request: HttpRequest) -> HttpResponse:
    """My substitutes and those for whom I stand in; ``?view=all`` is everybody's, ``?over=1`` also what is over."""
    actor = actor_of(request)
    if request.method == "POST":
        name_substitute(
            actor=actor,
            person=request.POST.get("person", ""),
            substitute=request.POST.get("substitute", ""),
            first=_day(request, "first"),
            last=_day(request, "last"),
            kinds=request.POST.getlist("kinds"),
            note=request.POST.get("note", ""),
        )
        messages.success(request, _("委托已生效，到期自动收回。"))
        return redirect_to(request, request.get_full_path())
    everybody = request.GET.get("view") == "all"
    context = {
        "actor": actor,
        "rows": delegates_of(actor, everybody, request.GET.get("over") == "1"),
        "kinds": kinds(),
        "today": actor.today(),
        "may_others": actor.may(DELEGATE_OTHERS),
        "everybody": everybody,
    }
    return render(request, "flow/substitutes.html", context)


@require_POST
def substitute_end(request: HttpRequest, delegate_id: int) -> HttpResponse:
    """End a substitution."""
    end_substitute(actor=actor_of(request), delegate_id=delegate_id)
    messages.success(request, _("委托已结束。"))
    view = "?view=all" if request.POST.get("view") == "all" else ""
    return redirect_to(request, reverse("flow:substitutes") + view)


def _day(request: HttpRequest, name: str) -> date:
    try:
        return to_date(request.POST.get(name, ""))
    except BadValue as problem:
        raise Invalid({name: problem.text}) from None
