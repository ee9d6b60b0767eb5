"""Pages of sales orders: the list, one of them, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.catalog.queries import figure
from gendan.changes.queries import open_changes
from gendan.flow.queries import progress as approvals
from gendan.kernel import attachments, duties, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.sales import commands
from gendan.sales.exports import ORDERS, order_filter
from gendan.sales.models import SalesOrder
from gendan.sales.models.order import OPEN_STATES
from gendan.sales.queries.findings import tell
from gendan.sales.queries.order_detail import order_detail
from gendan.sales.queries.orders import capped, count_orders, list_orders
from gendan.sales.queries.panels import panels_of
from gendan.sales.queries.returns import returns_of
from gendan.sales.queries.review import look
from gendan.sales.queries.sources import sources
from gendan.sales.views import order_parts
from gendan.sales.views.progress import progress

LABELS = dict(SalesOrder.State.choices)
NOT_ASKED = frozenset({"rejected", "cancelled"})  # returns of which nothing comes back
BACK_ORDERS = dict(SalesOrder.BackOrder.choices)
LOOKED_AT = frozenset({"pending_review", "rejected", "to_ship", "partly_shipped"})
SAID = 5
Verb = Callable[[Actor, HttpRequest, str], Done]


@require_GET
def order_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Sales orders, newest first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, wanted = actor_of(request), order_filter(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, ORDERS, request.GET.dict())
    counts = count_orders(actor, wanted)
    chips: list[tuple[str, Any, str | None]] = [("", _("未完结"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in OPEN_STATES if counts.get(state)]
    chips += [(state, LABELS[state], None) for state in ("completed", "cancelled")]
    chips.append(("all", _("全部"), None))
    context = {
        "actor": actor,
        "page": list_orders(actor, wanted, request.GET.get("after")),
        "chips": chips,
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
        "customer_name": name_of(actor, "partner", wanted.customer),
    }
    return render(request, "sales/order_list.html", context)


@require_GET
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """One order: where it stands, its lines, what belongs to it, what happened."""
    actor = actor_of(request)
    detail = order_detail(actor, number)
    subjects = [("so", detail.header["id"])] + [("dn", row["id"]) for row in detail.deliveries]
    for line in detail.lines:
        line.update(number=number, progress=progress(line))
    found = detail.header["findings"] if detail.header["state"] in LOOKED_AT else []
    if detail.header["state"] == "pending_review":
        found = look(actor, number)  # what is decided about is what holds now
    answered = any(line["signed"] or line["refused"] for line in detail.lines)
    returned = returns_of(actor, number) if answered else []
    wanted = order_parts.primary(actor, detail, [row for row in returned if row["state"] not in NOT_ASKED])
    approval = approvals.progress(actor, "so", detail.header["id"])
    context = {
        "actor": actor,
        "order": detail.header,
        "detail": detail,
        "lines": detail.lines,
        "steps": order_parts.steps(detail),
        "stages": order_parts.stages(detail, returned, sources(actor, number)),
        "menu": order_parts.menu(actor, detail),
        "approval": approval,
        "primary": "" if wanted == "approve" and approval and approval.runs else wanted,
        "within_limit": _within_limit(actor, detail.header),
        "owed": any(line["signed"] > max(line["returned"] - line["refused"], 0) for line in detail.lines),
        "deliver_url": order_parts.deliver_url(number),
        "shortage": order_parts.shortage(detail),
        "findings": tell(actor, found),
        "seen": [one["rule"] for one in found],
        "events": _events(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
        "changes": open_changes(actor, "so", detail.header["id"]),
        "panels": panels_of(actor, detail.header),
        "back_order_label": BACK_ORDERS[detail.header["back_order"]],
    }
    return render(request, "sales/order_detail.html", context)


def _within_limit(actor: Actor, order: dict[str, Any]) -> bool:
    """Whether the actor may approve as much, as far as they may see it."""
    return order["gross"] is None or actor.may_approve(order["gross"] * order["rate"])


def _events(actor: Actor, subjects: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The timeline of the order and its deliveries."""
    found = timeline.entries(actor, subjects)
    for entry in found:
        if entry["kind"] == "so":
            entry["number"] = ""
        entry["text"] = entry["text"] or _said(entry["type"], entry["data"] or {})
    return found


def _said(happened: str, data: dict[str, Any]) -> str:
    """What an event says of the lines: a remark, what closing wrote off, what was set aside."""
    if happened == "sales.line_noted":
        note = data.get("note") or _("（空）")
        return _("第 %(line)s 行：%(note)s") % {"line": data.get("line"), "note": note}
    lines = data.get("lines")
    if not isinstance(lines, list):
        return ""
    if happened == "sales.order_closed":
        parts = [
            _("第 %(line)s 行 %(quantity)s 不再发货") % {**line, "quantity": _number(line["quantity"])}
            for line in lines[:SAID]
        ]
    elif happened in {"sales.dates_promised", "sales.promise_moved"}:
        parts = [
            _("第 %(line)s 行 %(before)s → %(after)s") % {**line, "before": line["before"] or "–"}
            for line in lines[:SAID]
        ]
        if data.get("reason"):
            parts.append(str(data["reason"]))
    elif happened in {"sales.stock_reserved", "sales.goods_shipped"}:
        parts = [f"{line['product']} {_number(line['quantity'])}" for line in lines[:SAID]]
    else:
        return ""
    return _("；").join(parts) + ("…" if len(lines) > SAID else "")


def _number(text: Any) -> str:
    return figure(Decimal(str(text)))


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "submit": (
        lambda actor, request, number: commands.submit_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("已提交"),
    ),
    "approve": (
        lambda actor, request, number: commands.approve_order(
            actor=actor,
            number=number,
            version=version_of(request),
            note=_reason(request),
            seen=request.POST["seen"].split() if "seen" in request.POST else None,
        ),
        lambda: _("审核通过"),
    ),
    "reject": (
        lambda actor, request, number: commands.reject_order(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("已驳回"),
    ),
    "reserve": (
        lambda actor, request, number: commands.reserve_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("已锁定可用的库存"),
    ),
    "release": (
        lambda actor, request, number: commands.release_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("已释放库存锁定"),
    ),
    "back_order": (
        lambda actor, request, number: commands.change_back_order(
            actor=actor, number=number, version=version_of(request), rule=request.POST.get("rule", "")
        ),
        lambda: _("缺货方式已修改"),
    ),
    "cancel": (
        lambda actor, request, number: commands.cancel_order(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("订单已取消"),
    ),
    "close": (
        lambda actor, request, number: commands.close_order(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("余量已关闭"),
    ),
    "complete": (
        lambda actor, request, number: commands.complete_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("订单已完成"),
    ),
    "copy": (
        lambda actor, request, number: commands.copy_order(
            actor=actor, number=number, current_prices=request.POST.get("current_prices") == "1"
        ),
        lambda: _("已复制为新草稿"),
    ),
    "delete": (
        lambda actor, request, number: commands.delete_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("草稿已删除"),
    ),
}


@require_POST
def order_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to an order and show what became of it."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor_of(request), request, number)
    messages.success(request, f"{done.number} {said()}")
    duties.tell(request, done)
    tell_short(request, done)
    if verb == "delete":
        return redirect_to(request, reverse("sales:order_list"))
    page = "sales:order_edit" if verb == "copy" else "sales:order_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


def tell_short(request: HttpRequest, done: Done) -> None:
    """Say what found no stock, if anything."""
    short = done.data.get("short")
    if not isinstance(short, list) or not short:
        return
    listed = _("、").join(f"{line['product']} {_number(line['quantity'])}" for line in short[:SAID])
    more = "…" if len(short) > SAID else ""
    messages.warning(request, _("库存不足，还缺：%(lines)s。") % {"lines": listed + more})


@require_POST
def order_line_note(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Write a remark on a line."""
    note = request.POST.get("reason", request.POST.get("note", ""))
    commands.set_line_note(actor=actor_of(request), number=number, line=line, note=note)
    return redirect_to(request, reverse("sales:order_detail", args=[number]))


@require_POST
def order_line_close(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Write off what has not left of one line."""
    commands.close_order(
        actor=actor_of(request), number=number, lines=[line], reason=_reason(request), version=version_of(request)
    )
    messages.success(request, _("%(number)s 第 %(line)s 行余量已关闭") % {"number": number, "line": line})
    return redirect_to(request, reverse("sales:order_detail", args=[number]))


@require_POST
def order_bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Submit, approve or reserve for the chosen orders, each in a transaction of its own; what became of each."""
    actor = actor_of(request)
    runs = {"approve": commands.approve_order, "submit": commands.submit_order, "reserve": commands.reserve_order}
    if verb not in runs:
        raise NotFound(what=verb)
    results = []
    for number in request.POST.getlist("ids")[:200]:
        own = replace(actor, idempotency_key=f"{actor.idempotency_key}:{number}" if actor.idempotency_key else None)
        try:
            done = runs[verb](actor=own, number=number)
            short = bool(done.data.get("short"))
            text = f"{LABELS[done.state]} · {_('库存不足')}" if short else str(LABELS[done.state])
            results.append({"number": number, "ok": True, "state": done.state, "text": text})
        except AppError as refusal:
            results.append({"number": number, "ok": False, "state": "failed", "text": str(refusal)})
    context = {"actor": actor, "results": results, "verb": verb, "done": sum(1 for r in results if r["ok"])}
    return render(request, "sales/order_bulk.html", context)
