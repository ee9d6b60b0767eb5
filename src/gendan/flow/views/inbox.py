"""My approvals: the lists, and the decisions, from there and from the page of a document alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup, escape

from gendan.flow import commands
from gendan.flow.queries.asked import About, about, rows_of
from gendan.flow.queries.inbox import VIEWS, Row, Wanted, inbox, kinds_of, people_of, todo_count, todo_counts
from gendan.flow.queries.progress import progress
from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid, NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.unit import Done

Verb = Callable[[Actor, HttpRequest, int], Done]
MOST = 200


@require_GET
def inbox_page(request: HttpRequest) -> HttpResponse:
    """What waits for me (``?view=handled|sent|copied``: what I decided, submitted, was told of)."""
    actor = actor_of(request)
    view = request.GET.get("view", "")
    wanted = Wanted(view if view in VIEWS else "todo", request.GET.get("kind", "")[:32], request.GET.get("q", ""))
    page = inbox(actor, wanted, after=request.GET.get("after"))
    counts = todo_counts(actor)
    known = dict(kinds_of())
    chips: list[tuple[str, str, int | None]] = [("", _("全部"), None)]
    if wanted.view == "todo":
        chips += counts.kinds
    else:
        chips += [(kind, label, None) for kind, label in known.items()]
    context = {
        "actor": actor,
        "view": wanted.view,
        "rows": [_shown(row, wanted.view) for row in page.items],
        "after": page.after,
        "counts": counts,
        "chips": chips,
        "filtered": bool(wanted.kind or wanted.q.strip()),
        "live": " ".join(f"inbox:{person}" for person in people_of(actor)),
    }
    return render(request, "flow/inbox.html", context)


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """The number in the navigation: how much waits for me. Empty when there is nothing."""
    waiting = todo_count(actor_of(request))
    return HttpResponse(str(waiting) if waiting else "")


@require_GET
def document(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The page of the document that is approved; what is judged of it for who is asked and may not open that."""
    actor = actor_of(request)
    found = about(actor, kind, number)
    if found is not None and found.concerned and not found.opens:
        return _judged(request, actor, found, number)
    if not (url := page_of(kind, number)):
        raise NotFound(what=number)
    return redirect_to(request, url)


def _judged(request: HttpRequest, actor: Actor, found: About, number: str) -> HttpResponse:
    kind = found.subject.kind
    single, tables = rows_of(found, actor)
    context = {
        "actor": actor,
        "kind": kind,
        "number": number,
        "label": found.subject.label,
        "approval": progress(actor, kind, found.document_id),
        "single": single,
        "tables": tables,
    }
    return render(request, "flow/asked.html", context)


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "approve": (
        lambda actor, request, task: commands.approve_task(actor=actor, task_id=task, note=_said(request)),
        lambda: _("已同意"),
    ),
    "reject": (
        lambda actor, request, task: commands.reject_task(actor=actor, task_id=task, reason=_said(request)),
        lambda: _("已驳回"),
    ),
    "send_back": (
        lambda actor, request, task: commands.send_back_task(
            actor=actor, task_id=task, to=request.POST.get("to", ""), reason=_said(request)
        ),
        lambda: _("已退回"),
    ),
    "transfer": (
        lambda actor, request, task: commands.transfer_task(
            actor=actor, task_id=task, to=_person(request), note=_said(request)
        ),
        lambda: _("已转交"),
    ),
    "delegate": (
        lambda actor, request, task: commands.delegate_task(
            actor=actor, task_id=task, to=_person(request), note=_said(request)
        ),
        lambda: _("已委托"),
    ),
    "add_before": (lambda actor, request, task: _add(actor, request, task, "before"), lambda: _("已加签")),
    "add_after": (lambda actor, request, task: _add(actor, request, task, "after"), lambda: _("已加签")),
    "urge": (lambda actor, request, task: commands.urge_task(actor=actor, task_id=task), lambda: _("已催办")),
    "read": (lambda actor, request, task: commands.read_task(actor=actor, task_id=task), lambda: _("已阅")),
}


@require_POST
def task_verb(request: HttpRequest, task_id: int, verb: str) -> HttpResponse:
    """Decide a task, or hand it on, and go back to where that was done."""
    actor = actor_of(request)
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor, request, task_id)
    messages.success(request, f"{done.number} {said()}")
    duties.tell(request, done)
    return redirect_to(request, _next(request, reverse("flow:document", args=[done.kind, done.number])))


@require_POST
def withdraw(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Take one's own document back from approval."""
    done = commands.withdraw_approval(actor=actor_of(request), kind=kind, number=number)
    messages.success(request, f"{done.number} {_('已撤回')}")
    return redirect_to(request, _next(request, page_of(kind, number)))


@require_POST
def bulk_approve(request: HttpRequest) -> HttpResponse:
    """Approve what was chosen, each in a transaction of its own, and show what became of each."""
    actor = actor_of(request)
    results = []
    for chosen in request.POST.getlist("ids")[:MOST]:
        kind, _sep, rest = chosen.partition(":")
        number, _sep, task = rest.rpartition(":")
        own = replace(actor, idempotency_key=f"{actor.idempotency_key}:{task}" if actor.idempotency_key else None)
        result = {"kind": kind, "number": number, "ok": True, "state": "done"}
        try:
            if not task.isdecimal() or len(task) > 18:
                raise NotFound(what=number or chosen)
            done = commands.approve_task(actor=own, task_id=int(task), note=_said(request))
            over = done.data["approval"] == "approved"
            result["text"] = _("已同意，审批通过") if over else _("已同意，还要其他人审批")
        except AppError as refusal:
            result |= {"ok": False, "state": "failed", "text": str(refusal)}
        results.append(result)
    done_count = sum(1 for result in results if result["ok"])
    return render(request, "flow/bulk.html", {"actor": actor, "results": results, "done": done_count})


@require_POST
def bulk_read(request: HttpRequest) -> HttpResponse:
    """Say of what was chosen that I have read it."""
    actor = actor_of(request)
    tasks = [chosen.rpartition(":")[2] for chosen in request.POST.getlist("ids")[:MOST]]
    for task in tasks:
        if task.isdecimal() and len(task) < 19:
            commands.read_task(actor=actor.with_key(None), task_id=int(task))
    return redirect_to(request, reverse("flow:inbox") + "?view=copied")


def _add(actor: Actor, request: HttpRequest, task: int, side: str) -> Done:
    people = [name for name in request.POST.getlist("person") if name.strip()]
    if not people:
        raise Invalid({"person": _("请选择同事。")})
    return commands.add_signer(actor=actor, task_id=task, people=people, side=side, note=_said(request))


def _person(request: HttpRequest) -> str:
    if not (name := request.POST.get("person", "").strip()):
        raise Invalid({"person": _("请选择同事。")})
    return name


def _said(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


def _next(request: HttpRequest, otherwise: str) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and safe else otherwise or reverse("flow:inbox")


_FIELDS = [field.name for field in fields(Row)]


def _act(row: Row, label: str) -> Markup:
    """The button that opens the dialog; written by hand, since a page has fifty."""
    url = _task_address().replace("0", str(row.id))
    amount = "" if row.amount is None else f"{row.amount:,.2f} {row.currency}"
    what = escape(" · ".join(filter(None, [row.number, row.partner, amount, row.submitter])))
    named = f'data-decide="{url}" data-task="{row.id}" data-what="{what}" data-split="{escape(_split(row))}"'
    tag = f'<button type="button" class="btn" {named}>'
    return Markup(f"{tag}{escape(label)}</button>")


def _split(row: Row) -> str:
    """What the one who decides is told of the pieces of an order, "" where there are none."""
    if not row.parts:
        return ""
    told = _("可能是一单拆开的：%(numbers)s") % {"numbers": "、".join(row.parts)}
    if row.joint_amount is None:
        return told
    return told + _("；连同本单共 %(amount)s") % {"amount": f"{row.joint_amount:,.2f} {row.currency}"}


@cache
def _task_address() -> str:
    return reverse("flow:task_verb", args=[0, "x"]).removesuffix("/x")


def _shown(row: Row, view: str) -> dict[str, Any]:
    """A row as the list shows it."""
    shown: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS} | {"key": row.key}
    if row.instead_of:
        shown["node"] = _("%(node)s（代 %(name)s）") % {"node": row.node, "name": row.instead_of}
    if view == "todo":
        shown["act"] = _act(row, _("处理"))
    if row.parts:
        mark = Markup('{}<span class="gd-mark gd-mark-medium" title="{}">{}</span>')
        shown["partner"] = mark.format(row.partner, _split(row), _("可能拆单"))
    if view == "copied" and row.state == "waiting":
        shown["state_label"] = _("未阅")
    return shown
