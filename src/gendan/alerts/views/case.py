"""One exception: what is wrong, since when, how bad, what helps, what happened; and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gendan.alerts import commands
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.cases import case_detail
from gendan.alerts.queries.evidence import evidence, linked, waits, where_is_it
from gendan.alerts.queries.handling import may_deal, who_can_see
from gendan.alerts.queries.overview import siblings
from gendan.alerts.remedies.doing import remedies_of
from gendan.alerts.views.asked import username_of
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import attachments_of
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.timeline import entries
from gendan.kernel.unit import COMMENT, Done


@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    actor = actor_of(request)
    case = case_detail(actor, number)
    subjects = [("case", case["id"])]
    same, same_count = siblings(actor, case)
    deals, closes = may_deal(actor, case)
    context = {
        "actor": actor,
        "case": case,
        "text": linked(case["text"]),
        "facts": evidence(case),
        "waits": waits(actor, case),
        "where_url": where_is_it(case),
        "document_url": page_of(case["document_kind"], case["document_number"]),
        "partner_url": page_of("partner", case["partner"]) if case["partner"] else "",
        "product_url": page_of("product", case["product"]) if case["product"] else "",
        "help": remedies_of(actor, number),
        "may_handle": actor.may(HANDLE) and case["is_open"],
        "deals": deals,
        "closes": closes,
        "me": username_of(request),
        "may_reopen": deals and case["active"] and not case["is_open"],
        "same": same,
        "same_count": same_count,
        "today": actor.today(),
        "events": entries(actor, subjects),
        "files": attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "alerts/case_detail.html", context)


@require_GET
def case_people(request: HttpRequest, number: str) -> JsonResponse:
    """Colleagues to whom the case can be handed."""
    actor = actor_of(request)
    case = case_detail(actor, number)
    return JsonResponse({"items": who_can_see(actor, case, request.GET.get("q", "").strip()[:80])})


Verb = Callable[[Actor, HttpRequest, str], Done]
VERBS: dict[str, tuple[Verb, str | Promise]] = {
    "take": (
        lambda actor, request, number: commands.take_case(actor=actor, number=number, version=version_of(request)),
        gettext_lazy("异常已由您处理"),
    ),
    "assign": (
        lambda actor, request, number: commands.assign_case(
            actor=actor,
            number=number,
            to=request.POST.get("to", ""),
            note=note_of(request),
            version=version_of(request),
        ),
        gettext_lazy("异常已转交"),
    ),
    "snooze": (
        lambda actor, request, number: commands.snooze_case(
            actor=actor,
            number=number,
            until=until_of(request),
            note=note_of(request),
            version=version_of(request),
        ),
        gettext_lazy("异常已推迟"),
    ),
    "resolve": (
        lambda actor, request, number: commands.resolve_case(
            actor=actor, number=number, note=note_of(request), version=version_of(request)
        ),
        gettext_lazy("异常已标为已解决"),
    ),
    "dismiss": (
        lambda actor, request, number: commands.dismiss_case(
            actor=actor,
            number=number,
            reason=note_of(request),
            wrong=request.POST.get("wrong") == "1",
            version=version_of(request),
        ),
        gettext_lazy("异常已忽略"),
    ),
    "reopen": (
        lambda actor, request, number: commands.reopen_case(
            actor=actor, number=number, note=note_of(request), version=version_of(request)
        ),
        gettext_lazy("异常已放回待处理"),
    ),
    "escalate": (
        lambda actor, request, number: commands.escalate_case(
            actor=actor, number=number, note=note_of(request), version=version_of(request)
        ),
        gettext_lazy("异常已升级"),
    ),
}


@require_POST
def case_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something with a case."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    run(actor_of(request), request, number)
    messages.success(request, str(said))
    return redirect_to(request, page_of("case", number))


def version_of(request: HttpRequest) -> int | None:
    """The version of the case that the user saw."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else None


def note_of(request: HttpRequest) -> str:
    """The reason or remark that was posted."""
    return str(request.POST.get("reason") or request.POST.get("note") or "")


def until_of(request: HttpRequest) -> date:
    """Until when it is put off. Errors: Invalid."""
    try:
        found: Any = parse_date(request.POST.get("until", ""))
    except ValueError:
        found = None
    if found is None:
        raise Invalid({"until": _("请填写日期。")})
    return date(found.year, found.month, found.day)
