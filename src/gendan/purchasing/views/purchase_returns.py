"""Returns to suppliers and rejected goods: lists, one of them, a new one, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import BadValue, to_date, to_integer, to_number
from gendan.purchasing import commands
from gendan.purchasing.exports import REJECTS, RETURNS, return_filter
from gendan.purchasing.models import GoodsReceipt, PurchaseReturn, PurchaseReturnLine
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries import purchase_returns as queries
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.queries.receipts import receipt_detail
from gendan.purchasing.rules.inspection import RejectIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn

LABELS = dict(PurchaseReturn.State.choices)
RECEIPTS = dict(GoodsReceipt.State.choices)
REASONS = PurchaseReturnLine.Reason.choices


@require_GET
def return_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Returns to suppliers, newest first."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, RETURNS, asked.dict())
    wanted = return_filter(asked.dict())
    counts = queries.return_counts(actor)
    chips: list[tuple[str, Any, Any]] = [("", _("处理中"), sum(counts.values()))]
    chips += [(each, LABELS[each], counts[each]) for each in queries.OPEN]
    chips += [(each, LABELS[each], None) for each in ("replaced", "credited", "cancelled", "reversed")]
    context = {
        "actor": actor,
        "page": queries.return_list(actor, wanted, after=asked.get("after")),
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "view": wanted.view,
        "late": queries.late_count(actor),
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "purchasing/return_list.html", context)


@require_GET
def return_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One return: what goes back, whether it left, what came instead."""
    actor = actor_of(request)
    found = queries.return_detail(actor, number)
    subjects = [("rtv", found["id"])]
    context = {
        "actor": actor,
        "found": found,
        "steps": _steps(found),
        "to_replace": any(line["to_replace"] > 0 for line in found["lines"]),
        "may_credit": actor.may(VIEW_PRICE) and actor.may("purchasing.credit_return"),
        "receipts": RECEIPTS,
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
        "approval": progress(actor, "rtv", found["id"]),
    }
    return render(request, "purchasing/return_detail.html", context)


def _steps(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Written, approved, left, settled."""
    state = found["state"]
    ended = state in ("cancelled", "reversed")
    approved = "now" if state == "draft" else "skip" if state == "cancelled" else "done"
    left = {"approved": "now", "posted": "done", "replaced": "done", "credited": "done", "reversed": "bad"}
    settled = {"replaced": "done", "credited": "done", "posted": "part" if found["share"] else "now"}
    note = f"{found['share']:.0%}" if found["share"] and state == "posted" else ""
    written = timezone.localtime(found["created_at"]).date()
    return [
        {"label": _("制单"), "state": "done", "date": written, "note": found["created_by"]},
        {"label": _("批准"), "state": approved, "note": found["approved_by"]},
        {"label": _("退出"), "state": left.get(state, "skip" if ended else "todo"), "date": found["posted_on"]},
        {
            "label": found["settlement_label"],
            "state": settled.get(state, "skip" if ended else "todo"),
            "note": note,
        },
    ]


def _numbers(text: str) -> list[str]:
    return [part for each in text.replace("，", ",").split(",") if (part := each.strip().upper())][:50]


@require_http_methods(["GET", "POST"])
def return_new(request: HttpRequest) -> HttpResponse:
    """Put rejected or accepted goods of receipts on a return."""
    actor = actor_of(request)
    actor.must("purchasing.create_return")
    if request.method == "POST":
        posted = request.POST
        done = commands.create_return(
            actor=actor,
            lines=_asked(request),
            settlement=posted.get("settlement", "replace"),
            contact=posted.get("contact", ""),
            note=posted.get("note", ""),
            replace_on=_day(request),
            approve=posted.get("then") == "approve",
        )
        if done.data.get("approval") == "running":
            messages.success(request, _("已提交审批，同意后自动生效"))
        return redirect_to(request, reverse("purchasing:return_detail", args=[done.number]))
    receipts, orders = _numbers(request.GET.get("receipt", "")), _numbers(request.GET.get("order", ""))
    rows = [
        {**row, "rejected": rejected, "open": row["rejects"] if rejected else row["accepted"]}
        for row in (queries.returnable(actor, receipts, orders) if receipts or orders else [])
        for rejected in (True, False)
        if (row["rejects"] if rejected else row["accepted"]) > 0
    ]
    context = {
        "actor": actor,
        "asked": [*receipts, *orders],
        "lines": rows,
        "reasons": REASONS,
        "settlements": PurchaseReturn.Settlement.choices,
        "may_approve": actor.may("purchasing.approve_return"),
    }
    return render(request, "purchasing/return_new.html", context)


def _day(request: HttpRequest) -> date | None:
    """When the replacement is expected, as it was typed."""
    typed = request.POST.get("replace_on", "").strip()
    try:
        return to_date(typed) if typed else None
    except BadValue as wrong:
        raise Invalid({"replace_on": wrong.text}) from wrong


def _promise(actor: Actor, request: HttpRequest, number: str) -> Done:
    day = _day(request)
    if day is None:
        raise Invalid({"replace_on": _("请填写日期。")})
    return commands.promise_replacement(
        actor=actor, number=number, replace_on=day, note=request.POST.get("note", ""), version=version_of(request)
    )


def _asked(request: HttpRequest) -> list[BackIn]:
    posted, problems = request.POST, {}
    lines: list[BackIn] = []
    names = ("receipt", "line", "rejected", "quantity", "reason", "line_note")
    for n, values in enumerate(zip(*(posted.getlist(name) for name in names), strict=False)):
        receipt, line, rejected, quantity, reason, note = (value.strip() for value in values)
        if not quantity:
            continue
        try:
            entry = BackIn(receipt, to_integer(line), to_number(quantity), reason, rejected == "1", note=note[:300])
            if entry.quantity:
                lines.append(entry)
        except BadValue as wrong:
            problems[f"quantity.{n}"] = wrong.text
    if problems:
        raise Invalid({**problems})
    if not lines:
        raise Invalid({"lines": _("请填写要退的数量。")})
    return lines


Verb = Callable[[Actor, HttpRequest, str], Done]


def _credit(actor: Actor, request: HttpRequest, number: str) -> Done:
    try:
        amount = to_number(request.POST.get("credit", "").strip() or "0")
    except BadValue as wrong:
        raise Invalid({"credit": wrong.text}) from wrong
    note = request.POST.get("credit_note", "")
    return commands.credit_return(
        actor=actor, number=number, credit=amount, credit_note=note, version=version_of(request)
    )


def _post(actor: Actor, request: HttpRequest, number: str) -> Done:
    posted = request.POST
    return commands.post_return(
        actor=actor,
        number=number,
        carrier=posted.get("carrier", ""),
        tracking_number=posted.get("tracking_number", ""),
        version=version_of(request),
    )


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "approve": (
        lambda actor, request, number: commands.approve_return(actor=actor, number=number, version=version_of(request)),
        lambda: _("已批准，可以退出"),
    ),
    "cancel": (
        lambda actor, request, number: commands.cancel_return(
            actor=actor, number=number, reason=request.POST.get("reason", ""), version=version_of(request)
        ),
        lambda: _("已取消"),
    ),
    "post": (_post, lambda: _("已退出，库存已扣减")),
    "reverse": (
        lambda actor, request, number: commands.reverse_return(
            actor=actor, number=number, reason=request.POST.get("reason", ""), version=version_of(request)
        ),
        lambda: _("已冲销，货物回到原处"),
    ),
    "promise": (_promise, lambda: _("已登记补货日期")),
    "credit": (_credit, lambda: _("已登记退款")),
}


@require_POST
def return_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do what the button says, and show the return as it is then."""
    actor = actor_of(request)
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor, request, number)
    waits = done.data.get("approval") == "running"
    messages.success(request, _("已提交审批，同意后自动生效") if waits else said())
    return redirect_to(request, reverse("purchasing:return_detail", args=[number]))


@require_http_methods(["GET", "POST"])
def return_replace(request: HttpRequest, number: str) -> HttpResponse:
    """Book what the supplier sent instead."""
    actor = actor_of(request)
    actor.must("purchasing.receive_goods")
    if request.method == "POST":
        lines = []
        for line, (quantity,), texts in _rows(request, ("quantity",), ("lot", "bin")):
            if quantity:
                lines.append(InsteadIn(line, quantity, texts[0], texts[1]))
        if not lines:
            raise Invalid({"lines": _("请至少填写一行的数量。")})
        done = commands.receive_replacement(
            actor=actor,
            number=number,
            lines=lines,
            delivery_note=request.POST.get("delivery_note", "").strip()[:80],
            version=version_of(request),
        )
        return redirect_to(request, reverse("purchasing:receipt_detail", args=[done.number]))
    return render(request, "purchasing/return_replace.html", {"found": queries.return_detail(actor, number)})


@require_GET
def reject_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Rejected goods that nothing was done about yet."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, REJECTS, asked.dict())
    supplier = asked.get("supplier", "")
    context = {
        "actor": actor,
        "rows": queries.rejects(actor, supplier=supplier, warehouse=asked.get("warehouse", ""), q=asked.get("q", "")),
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", supplier),
    }
    return render(request, "purchasing/reject_list.html", context)


@require_http_methods(["GET", "POST"])
def reject_settle(request: HttpRequest, number: str) -> HttpResponse:
    """Say what becomes of the rejected goods of a receipt."""
    actor = actor_of(request)
    actor.must("purchasing.settle_rejects")
    if request.method == "POST":
        entries = []
        for line, (scrap, rework, reduce, amount), texts in _rows(
            request, ("scrap", "rework", "reduce", "amount"), ("bin", "note")
        ):
            if scrap or rework or reduce:
                money = amount if reduce else None
                entries.append(RejectIn(line, scrap, rework, reduce, money, texts[0][:64], texts[1][:300]))
        if not entries:
            raise Invalid({"lines": _("请填写处理的数量。")})
        commands.settle_rejects(actor=actor, number=number, lines=entries, version=version_of(request))
        messages.success(request, _("已处理不良品"))
        return redirect_to(request, reverse("purchasing:receipt_detail", args=[number]))
    receipt = receipt_detail(actor, number)
    rows = [row for row in queries.returnable(actor, [number]) if row["rejects"] > 0]
    context = {"actor": actor, "number": receipt["number"], "rows": rows, "may_price": actor.may(VIEW_PRICE)}
    return render(request, "purchasing/reject_settle.html", context)


def _rows(
    request: HttpRequest, quantities: tuple[str, ...], texts: tuple[str, ...]
) -> list[tuple[int, tuple[Decimal, ...], tuple[str, ...]]]:
    """The posted lines: number, quantities and texts; a column that the form leaves out is empty."""
    posted = request.POST
    count = len(posted.getlist("line"))
    columns = [posted.getlist(name) + [""] * count for name in (*quantities, *texts)]
    found, problems = [], {}
    for n, (line, *values) in enumerate(zip(posted.getlist("line"), *columns, strict=False)):
        try:
            numbers = tuple(to_number(value.strip() or "0") for value in values[: len(quantities)])
            found.append((to_integer(line), numbers, tuple(value.strip() for value in values[len(quantities) :])))
        except BadValue as wrong:
            problems[f"{quantities[0]}.{n}"] = wrong.text
    if problems:
        raise Invalid({**problems})
    return found
