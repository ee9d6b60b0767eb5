"""The list of exceptions, one of them, the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gendan.alerts import commands
from gendan.alerts.models import OPEN_STATES, Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.cases import Wanted, case_counts, case_detail, case_list, remedies_shown
from gendan.alerts.queries.rules import rule_list, rules_of
from gendan.alerts.queries.texts import NAMES, SEVERITIES
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import attachments_of
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.timeline import entries
from gendan.kernel.unit import COMMENT, Done

LABELS = dict(Case.State.choices)


@require_GET
def case_page_list(request: HttpRequest) -> HttpResponse:
    """Cases, those that matter most first."""
    actor, given = actor_of(request), request.GET
    names = ("state", "rule", "severity", "partner", "product", "document", "cause")
    mine = given.get("view") == "mine"
    wanted = Wanted(
        **{name: given.get(name, "")[:80] for name in names},
        owner=_username(request) if mine else given.get("owner", "")[:150],
        snoozed=given.get("snoozed") == "1",
    )
    page = case_list(actor, wanted, after=given.get("after"))
    counts = case_counts(actor)
    chips: list[tuple[str, Any, int | None]] = [("", _("未关闭"), counts["all"])]
    chips += [(state, LABELS[state], counts["states"].get(state, 0)) for state in OPEN_STATES]
    chips += [(state, LABELS[state], None) for state in ("resolved", "dismissed")]
    context = {
        "actor": actor,
        "page": page,
        "counts": counts,
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "rules": [(code, str(NAMES[code])) for code in counts["rules"]],
        "severities": list(SEVERITIES.items()),
    }
    return render(request, "alerts/case_list.html", context)


@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what is wrong, since when, what helps, what happened."""
    actor = actor_of(request)
    case = case_detail(actor, number)
    subjects = [("case", case["id"])]
    rule = rules_of(actor.company_id).get(case["rule"])
    context = {
        "actor": actor,
        "case": case,
        "document_url": page_of(case["document_kind"], case["document_number"]),
        "remedies": remedies_shown(rule.remedies) if rule else [],
        "may_handle": actor.may(HANDLE) and case["is_open"],
        "events": entries(actor, subjects),
        "files": attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "alerts/case_detail.html", context)


@require_GET
def rule_page_list(request: HttpRequest) -> HttpResponse:
    """The rules: on or off, thresholds, when they looked last."""
    actor = actor_of(request)
    context = {"actor": actor, "rules": rule_list(actor), "severities": SEVERITIES}
    return render(request, "alerts/rule_list.html", context)


Verb = Callable[[Actor, HttpRequest, str], Done]
VERBS: dict[str, tuple[Verb, str | Promise]] = {
    "take": (
        lambda actor, request, number: commands.take_case(actor=actor, number=number, version=_version(request)),
        gettext_lazy("异常已由您处理"),
    ),
    "assign": (
        lambda actor, request, number: commands.assign_case(
            actor=actor, number=number, to=request.POST.get("to", ""), note=_note(request), version=_version(request)
        ),
        gettext_lazy("异常已转交"),
    ),
    "snooze": (
        lambda actor, request, number: commands.snooze_case(
            actor=actor, number=number, until=_until(request), note=_note(request), version=_version(request)
        ),
        gettext_lazy("异常已推迟"),
    ),
    "resolve": (
        lambda actor, request, number: commands.resolve_case(
            actor=actor, number=number, note=_note(request), version=_version(request)
        ),
        gettext_lazy("异常已标为已解决"),
    ),
    "dismiss": (
        lambda actor, request, number: commands.dismiss_case(
            actor=actor, number=number, reason=_note(request), version=_version(request)
        ),
        gettext_lazy("异常已忽略"),
    ),
    "escalate": (
        lambda actor, request, number: commands.escalate_case(
            actor=actor, number=number, note=_note(request), version=_version(request)
        ),
        gettext_lazy("异常已升级"),
    ),
}


@require_POST
def case_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something with a case."""
    if verb not in VERBS:
        raise Http404(verb)
    run, said = VERBS[verb]
    run(actor_of(request), request, number)
    messages.success(request, str(said))
    return redirect_to(request, page_of("case", number))


def _username(request: HttpRequest) -> str:
    return str(request.user.get_username()) if request.user.is_authenticated else ""


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else None


def _note(request: HttpRequest) -> str:
    return str(request.POST.get("reason") or request.POST.get("note") or "")


def _until(request: HttpRequest) -> date:
    try:
        found = parse_date(request.POST.get("until", ""))
    except ValueError:
        found = None
    if found is None:
        raise Invalid({"until": _("请填写日期。")})
    return found
