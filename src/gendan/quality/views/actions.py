"""Pages of corrective actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel import attachments, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import BadValue, to_date, whole
from gendan.quality import commands
from gendan.quality.commands.actions import KEEP
from gendan.quality.exports import ACTIONS, action_filter
from gendan.quality.models import CorrectiveAction
from gendan.quality.queries import actions as queries
from gendan.quality.queries.inspections import inspection_detail
from gendan.quality.queries.names import name_of

LABELS = dict(CorrectiveAction.State.choices)
DAYS = 7  # that a supplier has by default


@require_GET
def action_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Corrective actions, newest first; the open ones when nothing else is said."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, ACTIONS, asked.dict())
    wanted = action_filter(asked.dict())
    context = {
        "actor": actor,
        "page": queries.action_list(actor, wanted, after=asked.get("after")),
        "labels": LABELS,
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "quality/action_list.html", context)


@require_http_methods(["GET", "POST"])
def action_new(request: HttpRequest) -> HttpResponse:
    """Ask a supplier for cause and action."""
    actor = actor_of(request)
    actor.must(KEEP)
    if request.method == "POST":
        posted = request.POST
        done = commands.create_action(
            actor=actor,
            problem=posted.get("problem", ""),
            due_on=_day(posted.get("due_on", ""), "due_on") or date.min,
            supplier=posted.get("supplier", ""),
            product=posted.get("product", ""),
            inspection=posted.get("inspection", "").strip().upper(),
            contact=posted.get("contact", ""),
        )
        return redirect_to(request, reverse("quality:action_detail", args=[done.number]))
    number = request.GET.get("inspection", "").strip().upper()
    found = inspection_detail(actor, number) if number else None
    bad = [line for line in found["lines"] if line["rejected"] or line["defective"]] if found else []
    context = {
        "actor": actor,
        "found": found,
        "product": bad[0]["product"] if len(bad) == 1 else "",
        "product_name": f"{bad[0]['product']} {bad[0]['product_name']}" if len(bad) == 1 else "",
        "problem": "；".join(
            f"{line['product']} " + "、".join(f"{d['text']}×{d['count']}" for d in line["defects"]) for line in bad
        ),
        "due_on": (actor.today() + timedelta(days=DAYS)).isoformat(),
    }
    return render(request, "quality/action_new.html", context)


def _day(text: str, name: str) -> date | None:
    try:
        return to_date(text) if text.strip() else None
    except BadValue as bad:
        raise Invalid({name: bad.text}) from bad


@require_GET
def action_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One corrective action."""
    actor = actor_of(request)
    found = queries.action_detail(actor, number)
    subjects = [("car", found["id"])]
    context = {
        "actor": actor,
        "found": found,
        "may": actor.may(KEEP),
        "steps": _steps(found["state"]),
        "later": (actor.today() + timedelta(days=DAYS)).isoformat(),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "quality/action_detail.html", context)


def _steps(state: str) -> list[dict[str, str]]:
    order = ("open", "answered", "verified", "closed")
    at = order.index(state)
    names = (_("发起"), _("答复"), _("验证"), _("关闭"))
    states = ["done" if n <= at else "now" if n == at + 1 else "todo" for n in range(len(order))]
    return [{"label": name, "state": each} for name, each in zip(names, states, strict=True)]


Verb = Callable[[Actor, HttpRequest, str], Done]


def _answer(actor: Actor, request: HttpRequest, number: str) -> Done:
    posted = request.POST
    return commands.answer_action(
        actor=actor,
        number=number,
        cause=posted.get("cause", ""),
        action=posted.get("measure", ""),
        contact=posted.get("contact", ""),
        done_by=_day(posted.get("done_by", ""), "done_by"),
        version=whole(posted.get("version", "")),
    )


def _return(actor: Actor, request: HttpRequest, number: str) -> Done:
    posted = request.POST
    due_on = _day(posted.get("due_on", ""), "due_on") or actor.today() + timedelta(days=DAYS)
    return commands.return_action(
        actor=actor,
        number=number,
        reason=posted.get("reason", ""),
        due_on=due_on,
        version=whole(posted.get("version", "")),
    )


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "answer": (_answer, lambda: _("答复已登记")),
    "return": (_return, lambda: _("已退回供应商重新答复")),
    "verify": (
        lambda actor, request, number: commands.verify_action(
            actor=actor,
            number=number,
            note=request.POST.get("reason", ""),
            version=whole(request.POST.get("version", "")),
        ),
        lambda: _("已验证"),
    ),
    "close": (
        lambda actor, request, number: commands.close_action(
            actor=actor,
            number=number,
            reason=request.POST.get("reason", ""),
            version=whole(request.POST.get("version", "")),
        ),
        lambda: _("已关闭"),
    ),
}


@require_POST
def action_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do what the button says."""
    actor = actor_of(request)
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    run(actor, request, number)
    messages.success(request, said())
    return redirect_to(request, reverse("quality:action_detail", args=[number]))
