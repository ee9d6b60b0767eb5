"""What roles and people offer for safety: the second step of signing in, duties kept apart, looking as a role."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.accounts import commands, duties_report, queries
from gendan.accounts.views.posted import version_of
from gendan.kernel import duties
from gendan.kernel.audit.queries import must_see_all
from gendan.kernel.exports import excel
from gendan.kernel.http import LOOKING, actor_of, redirect_to
from gendan.kernel.subjects import page_of

SHOWN = 200


@require_http_methods(["GET", "POST"])
def duties_page(request: HttpRequest) -> HttpResponseBase:
    """The rules, who holds both duties, and where one person did both."""
    actor = actor_of(request)
    if request.method == "POST":
        given = {code: request.POST[code] for code in duties.RULES if code in request.POST}
        commands.set_duties(actor=actor, rules=given)
        messages.success(request, _("已保存。"))
        return redirect_to(request, reverse("accounts:duties"))
    must_see_all(actor)
    days = duties_report.days_in(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, duties_report.NAME, {"days": str(days)})
    chosen = duties.chosen(actor)
    context = {
        "actor": actor,
        "rules": [(rule.code, rule.label, chosen[rule.code]) for rule in duties.RULES.values()],
        "modes": list(duties.MODES.items()),
        "holders": {found["rule"]: found["people"] for found in duties.holders(actor)},
        "happened": list(duties.happened(actor, days, SHOWN)),
        "days": days,
        "periods": [(30, _("30 天")), (90, _("90 天")), (365, _("一年"))],
        "page_of": page_of,
    }
    return render(request, "accounts/duties.html", context)


@require_POST
def role_second_factor(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the second step, or not."""
    required = request.POST.get("required") == "1"
    commands.require_second_factor(actor=actor_of(request), code=code, required=required, version=version_of(request))
    messages.success(request, _("已要求两步验证，还没有开启的成员下次操作前须先开启。") if required else _("已保存。"))
    return redirect_to(request, reverse("accounts:role", args=[code]))


@require_POST
def user_second_factor(request: HttpRequest, username: str) -> HttpResponse:
    """For who has lost the phone."""
    done = commands.reset_second_factor(actor=actor_of(request), username=username)
    messages.success(request, _("两步验证已重置，本人下次登录只需密码，之后请重新开启。"))
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_POST
def look_as_role(request: HttpRequest, code: str) -> HttpResponse:
    """From now on pages are those that the role's holders see."""
    actor = actor_of(request)
    done = commands.look_as_role(actor=actor, code=code)
    request.session[LOOKING] = [actor.company_id, done.number]
    return redirect_to(request, "/")


@require_POST
def stop_looking(request: HttpRequest) -> HttpResponse:
    """Back to one's own rights."""
    actor = actor_of(request)
    asked = request.session.pop(LOOKING, None)
    own = queries.actor_by_user(actor.user_id or 0, actor.company_id)
    if asked and own is not None:
        commands.stop_looking(actor=replace(own, address=actor.address), code=asked[1])
        return redirect(reverse("accounts:role", args=[asked[1]]) if own.may(queries.VIEW) else "/")
    return redirect("/")
