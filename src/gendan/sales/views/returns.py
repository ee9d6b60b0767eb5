"""Returns: the list, one of them, a new one, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.passed import passed_words
from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import name_of
from gendan.sales import commands
from gendan.sales.exports import RETURNS, return_filter
from gendan.sales.models import ReturnLine, SalesReturn
from gendan.sales.queries import returns
from gendan.sales.queries.orders import VIEW_PRICE, capped
from gendan.sales.rules.returned import ZERO, BackIn, ReturnIn, VerdictIn

LABELS = dict(SalesReturn.State.choices)
REASONS = ReturnLine.Reason.choices
MOST_PHOTOS = 10


@require_GET
def return_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Returns, newest first; those that wait for somebody when nothing else is said; ``?export=xlsx`` as a workbook."""
    actor, asked = actor_of(request), request.GET
    wanted = return_filter(asked)
    if asked.get("export") == "xlsx":
        return excel(request, actor, RETURNS, asked.dict())
    counts = returns.return_counts(actor)
    chips: list[tuple[str, Any, str | None]] = [("", _("处理中"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in returns.OPEN]
    chips += [(state, LABELS[state], None) for state in ("settled", "rejected", "cancelled")]
    context = {
        "actor": actor,
        "page": returns.return_list(actor, wanted, after=asked.get("after")),
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "customer_name": name_of(actor, "partner", wanted.customer),
    }
    return render(request, "sales/return_list.html", context)


@require_GET
def return_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One return: what is asked back, what came, what became of it."""
    actor = actor_of(request)
    found = returns.return_detail(actor, number)
    of_lines = {("rmal", line["id"]): line for line in found["lines"]}
    subjects = [("rma", found["id"]), *of_lines]
    files = attachments.attachments_of(actor, subjects)
    for line in found["lines"]:
        line["photos"] = []
    for file in files:
        if line := of_lines.get((file["kind"], file["subject_id"])):
            line["photos"].append(file)
    context = {
        "actor": actor,
        "found": found,
        "steps": _steps(found),
        "to_come": any(line["to_come"] > 0 for line in found["lines"]),
        "undecided": any(line["undecided"] > 0 for line in found["lines"]),
        "may_credit": actor.may(VIEW_PRICE),
        "events": timeline.entries(actor, [("rma", found["id"])]),
        "files": files,
        "may_comment": actor.may(COMMENT),
        "approval": progress(actor, "rma", found["id"]),
    }
    return render(request, "sales/return_detail.html", context)


def _steps(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Asked for, approved, came, decided on, settled."""
    state, lines = found["state"], found["lines"]
    come = sum((line["received"] for line in lines), ZERO)
    left = sum((line["undecided"] for line in lines), ZERO)
    decided = "done" if come and not left else "part" if come and left < come else "todo"
    approved = {"requested": "now", "rejected": "bad", "cancelled": "skip"}.get(state, "done")
    came = "done" if come and not any(line["to_come"] for line in lines) else "part" if come else "todo"
    if state == "approved":
        came = "now"
    settled = {"settled": "done", "received": "now" if decided == "done" else "todo"}.get(state, "todo")
    return [
        {"label": _("申请"), "state": "done", "date": found["created_at"].date(), "note": found["contact"]},
        {"label": _("批准"), "state": approved, "note": found["decided_by"] or passed_words(found["passed_by"])},
        {"label": _("到货"), "state": came, "date": found["received_on"]},
        {"label": _("检验处理"), "state": "now" if state == "received" and decided == "todo" else decided},
        {"label": _("了结"), "state": settled, "note": found["settlement_label"] if state == "settled" else ""},
    ]


@require_http_methods(["GET", "POST"])
def return_new(request: HttpRequest) -> HttpResponse:
    """Ask goods of an order back, with reasons and photos."""
    actor = actor_of(request)
    actor.must("sales.request_return")
    if request.method == "POST":
        lines, files = _asked(request)
        done = commands.request_return(
            actor=actor,
            lines=lines,
            contact=request.POST.get("contact", ""),
            note=request.POST.get("note", ""),
            approve=request.POST.get("then") == "approve",
            files=files,
        )
        return redirect_to(request, reverse("sales:return_detail", args=[done.number]))
    orders = [part.strip().upper() for part in request.GET.get("order", "").replace("，", ",").split(",")]
    orders = [order for order in orders if order]
    context = {
        "actor": actor,
        "orders": orders,
        "lines": returns.returnable(actor, orders) if orders else [],
        "reasons": REASONS,
        "may_approve": actor.may("sales.approve_return"),
    }
    return render(request, "sales/return_new.html", context)


def _asked(request: HttpRequest) -> tuple[list[ReturnIn], list[tuple[int | None, Content]]]:
    """The lines with a quantity, and their photos."""
    posted, problems = request.POST, {}
    lines: list[ReturnIn] = []
    files: list[tuple[int | None, Content]] = []
    names = ("order", "line", "quantity", "reason", "line_note")
    for n, values in enumerate(zip(*(posted.getlist(name) for name in names), strict=False)):
        order, line, quantity, reason, note = (value.strip() for value in values)
        if not quantity:
            continue
        try:
            lines.append(ReturnIn(order, to_integer(line), to_number(quantity), reason, note[:300]))
        except BadValue as wrong:
            problems[f"quantity.{n}"] = wrong.text
            continue
        photos = request.FILES.getlist(f"photo-{n}")
        files += [(len(lines) - 1, photo(upload)) for upload in photos[:MOST_PHOTOS]]
    if problems:
        raise Invalid({**problems})
    if not lines:
        raise Invalid({"lines": _("请填写要退的数量。")})
    return lines, files


def photo(upload: UploadedFile[Any]) -> Content:
    """A picture or a film that shows what is wrong."""
    content = attachments.accept(upload)
    if not content.media_type.startswith(("image/", "video/")):
        raise Invalid({"photo": _("请选择图片或视频。")})
    return content


@require_POST
def return_refused(request: HttpRequest, number: str) -> HttpResponse:
    """Ask back what of a delivery was refused, by one button."""
    actor = actor_of(request)
    actor.must("sales.request_return")
    done = commands.request_return(actor=actor, lines=returns.refused_of(actor, number))
    return redirect_to(request, reverse("sales:return_detail", args=[done.number]))


Verb = Callable[[Actor, HttpRequest, str], Done]


def _settle(actor: Actor, request: HttpRequest, number: str) -> Done:
    posted = request.POST
    credit = posted.get("credit", "").strip()
    try:
        amount = to_number(credit) if credit else None
    except BadValue as wrong:
        raise Invalid({"credit": wrong.text}) from wrong
    return commands.settle_return(
        actor=actor,
        number=number,
        settlement=posted.get("settlement", ""),
        credit=amount,
        free=posted.get("price", "free") == "free",
        note=posted.get("note", ""),
        version=version_of(request),
    )


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "approve": (
        lambda actor, request, number: commands.approve_return(actor=actor, number=number, version=version_of(request)),
        lambda: _("已批准，等待货物退回"),
    ),
    "reject": (
        lambda actor, request, number: commands.reject_return(
            actor=actor, number=number, reason=request.POST.get("reason", ""), version=version_of(request)
        ),
        lambda: _("已驳回"),
    ),
    "cancel": (
        lambda actor, request, number: commands.cancel_return(
            actor=actor, number=number, reason=request.POST.get("reason", ""), version=version_of(request)
        ),
        lambda: _("已取消"),
    ),
    "settle": (_settle, lambda: _("已了结")),
}


@require_POST
def return_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do what the button says, and show the return as it is then; a replacement is shown at once."""
    actor = actor_of(request)
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor, request, number)
    waits = done.data.get("approval") == "running"
    messages.success(request, _("已提交审批，同意后自动生效") if waits else said())
    if order := done.data.get("replacement"):
        return redirect_to(request, reverse("sales:order_detail", args=[order]))
    return redirect_to(request, reverse("sales:return_detail", args=[number]))


@require_http_methods(["GET", "POST"])
def return_receive(request: HttpRequest, number: str) -> HttpResponse:
    """Book what came back."""
    actor = actor_of(request)
    actor.must("sales.receive_return")
    if request.method == "POST":
        came = _rows(request, ("quantity",), "lot")
        lines = [BackIn(line, wanted[0], lot) for line, wanted, lot, _note in came if wanted[0]]
        commands.receive_return(actor=actor, number=number, lines=lines, version=version_of(request))
        return redirect_to(request, reverse("sales:return_detail", args=[number]))
    return render(request, "sales/return_receive.html", {"found": returns.return_detail(actor, number)})


@require_http_methods(["GET", "POST"])
def return_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Say what becomes of the goods."""
    actor = actor_of(request)
    actor.must("sales.decide_return")
    if request.method == "POST":
        lines = [
            VerdictIn(line, quantities[0], quantities[1], quantities[2], place, note)
            for line, quantities, place, note in _rows(request, ("restock", "scrap", "to_supplier"), "bin")
            if any(quantities)
        ]
        commands.decide_return(actor=actor, number=number, lines=lines, version=version_of(request))
        return redirect_to(request, reverse("sales:return_detail", args=[number]))
    return render(request, "sales/return_decide.html", {"found": returns.return_detail(actor, number)})


def _rows(
    request: HttpRequest, quantities: tuple[str, ...], text: str
) -> list[tuple[int, tuple[Decimal, ...], str, str]]:
    """The posted lines: number, quantities, a text (lot or bin) and a note."""
    posted = request.POST
    count = len(posted.getlist("line"))
    columns = [posted.getlist(name) + [""] * count for name in (*quantities, text, "note")]
    found, problems = [], {}
    for n, (line, *values) in enumerate(zip(posted.getlist("line"), *columns, strict=False)):
        try:
            numbers = tuple(to_number(value or "0") for value in values[: len(quantities)])
            found.append((to_integer(line), numbers, values[-2].strip(), values[-1].strip()[:300]))
        except BadValue as wrong:
            problems[f"{quantities[0]}.{n}"] = wrong.text
    if problems:
        raise Invalid({**problems})
    return found
