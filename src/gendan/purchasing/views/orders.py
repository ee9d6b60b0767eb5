"""Pages of purchase orders: the list, one of them, and what is done to it."""

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
from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, duties, fields, prints, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.purchasing import commands
from gendan.purchasing.exports import ORDERS, order_filter
from gendan.purchasing.forms import confirmation_in
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.models.order import LIVE_STATES, OPEN_STATES
from gendan.purchasing.posted import version_of
from gendan.purchasing.prints import ORDER
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.purchasing.queries.order_detail import OrderDetail, order_detail
from gendan.purchasing.queries.orders import capped, count_orders, list_orders
from gendan.purchasing.queries.panels import panels_of
from gendan.purchasing.queries.purchase_returns import returns_of
from gendan.purchasing.queries.sent import STATES as SENDINGS
from gendan.purchasing.queries.waiting import waiters
from gendan.purchasing.rules.places import readdressed
from gendan.purchasing.views import order_parts

LABELS = dict(PurchaseOrder.State.choices)
Verb = Callable[[Actor, HttpRequest, str], Done]


@require_GET
def order_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Purchase orders, newest first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, wanted = actor_of(request), order_filter(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, ORDERS, request.GET.dict())
    counts = count_orders(actor, wanted)
    chips: list[tuple[str, Any, str | None]] = [("", _("未完结"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in OPEN_STATES if counts.get(state)]
    chips += [(state, LABELS[state], None) for state in ("received", "closed", "cancelled")]
    chips.append(("all", _("全部"), None))
    context = {
        "actor": actor,
        "page": list_orders(actor, wanted, request.GET.get("after")),
        "chips": chips,
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
        "sendings": [(state, str(label)) for state, label in SENDINGS.items()],
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "purchasing/order_list.html", context)


@require_GET
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """One order: where it stands, its lines, what belongs to it, what happened."""
    actor = actor_of(request)
    detail = order_detail(actor, number)
    subjects = [("po", detail.header["id"])]
    subjects += [("asn", row["id"]) for row in detail.shipments] + [("gr", row["id"]) for row in detail.receipts]
    for line in detail.lines:
        line["number"] = number
    approval = progress(actor, "po", detail.header["id"])
    primary = _primary(actor, detail)
    behind = waiters(actor, "purchase", [line["id"] for line in detail.lines])
    went_back = any(line["returned"] or line["rejected"] for line in detail.lines)
    back = returns_of(actor, order=number) if went_back else []
    subjects += [("rtv", row["id"]) for row in back]
    context = {
        "actor": actor,
        "order": detail.header,
        "detail": detail,
        "lines": detail.lines,
        "steps": order_parts.steps(detail),
        "stages": order_parts.stages(detail, behind, back),
        "refusals": order_parts.refusals(detail),
        "menu": order_parts.menu(actor, detail),
        "approval": approval,
        "primary": "" if primary == "approve" and approval and approval.runs else primary,
        "within_limit": _within_limit(actor, detail),
        "answerable": _answerable(actor, detail),
        "events": _events(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
        "changes": open_changes(actor, "po", detail.header["id"]),
        "panels": panels_of(actor, detail.header),
    }
    return render(request, "purchasing/order_detail.html", context)


@require_GET
def order_print(request: HttpRequest, number: str) -> HttpResponse:
    """The order as the supplier gets it, on paper."""
    actor = actor_of(request)
    detail = order_detail(actor, number)
    (header,) = fields.mask_of(actor, "partner", [detail.header], "address", "tax_id")
    context = {"order": header, "lines": detail.lines, "choose": prints.choose(ORDER, number)}
    return render(request, "purchasing/order_print.html", {"actor": actor, **context})


def _events(actor: Actor, subjects: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The timeline, with before and after of what was changed in a draft."""
    found = timeline.entries(actor, subjects)
    for entry in found:
        if entry["kind"] == "po":
            entry["number"] = ""
        entry["text"] = entry["text"] or _said(entry["type"], entry["data"] or {})
    return found


def _said(happened: str, data: dict[str, Any]) -> str:
    """What an event says of the lines: confirmed quantities and dates, what closing wrote off, a remark."""
    if happened == "purchasing.line_noted":
        note = data.get("note") or _("（空）")
        return _("第 %(line)s 行：%(note)s") % {"line": data.get("line"), "note": note}
    lines = data.get("lines")
    if not isinstance(lines, list) or happened not in {"purchasing.order_confirmed", "purchasing.order_closed"}:
        return ""
    parts = []
    for line in lines[:5]:
        shown = {**line, **{n: figure(Decimal(line[n])) for n in ("confirmed", "refused", "quantity") if n in line}}
        if happened == "purchasing.order_closed":
            parts.append(_("第 %(line)s 行 %(quantity)s 不再交货") % shown)
            continue
        if line.get("on"):
            parts.append(_("第 %(line)s 行 %(confirmed)s，%(on)s") % shown)
        if line.get("refused") not in {None, "0"}:
            parts.append(_("第 %(line)s 行拒绝 %(refused)s") % shown)
    return _("；").join(parts) + ("…" if len(lines) > 5 else "")


def _answerable(actor: Actor, detail: OrderDetail) -> list[dict[str, Any]]:
    """Lines that the supplier can still answer for."""
    if detail.header["state"] not in LIVE_STATES - {"received"} or not actor.may("purchasing.confirm_order"):
        return []
    return [line for line in detail.lines if line["quantity"] > line["cancelled"]]


def _within_limit(actor: Actor, detail: OrderDetail) -> bool:
    """Whether the actor may approve as much, as far as they may see it."""
    order = detail.header
    return order["gross"] is None or actor.may_approve(order["gross"] * order["rate"])


def _primary(actor: Actor, detail: OrderDetail) -> str:
    """The one thing that this actor should do next."""
    order, state = detail.header, detail.header["state"]
    outstanding = any(line["outstanding"] for line in detail.lines)
    wanted = {
        "draft": "submit",
        "pending_approval": "approve",
        "approved": "confirm",
        "received": "close",
    }.get(state, "receive" if state in LIVE_STATES and outstanding else "")
    needs = {"receive": "purchasing.receive_goods"}.get(wanted, f"purchasing.{wanted}_order")
    if wanted and actor.may(needs):
        return wanted
    if state == "approved" and actor.may("purchasing.receive_goods") and order["is_open"]:
        return "receive"
    return ""


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


def _confirm(actor: Actor, request: HttpRequest, number: str) -> Done:
    lines, places = confirmation_in(request)
    try:
        return commands.confirm_order(actor=actor, number=number, version=version_of(request), lines=lines)
    except Invalid as error:
        raise Invalid(readdressed(error.fields, places)) from error


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "submit": (
        lambda actor, request, number: commands.submit_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("已提交"),
    ),
    "approve": (
        lambda actor, request, number: commands.approve_order(
            actor=actor, number=number, version=version_of(request), note=_reason(request)
        ),
        lambda: _("已批准"),
    ),
    "reject": (
        lambda actor, request, number: commands.reject_order(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("已驳回"),
    ),
    "withdraw": (
        lambda actor, request, number: commands.withdraw_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("已撤回为草稿"),
    ),
    "confirm": (
        lambda actor, request, number: _confirm(actor, request, number),
        lambda: _("已登记供应商确认"),
    ),
    "cancel": (
        lambda actor, request, number: commands.cancel_order(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("订单已取消"),
    ),
    "urge": (
        lambda actor, request, number: commands.urge_supplier(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("已记下催货；公司设置了给供应商发消息的，消息随后发出。"),
    ),
    "close": (
        lambda actor, request, number: commands.close_order(
            actor=actor, number=number, version=version_of(request), reason=_reason(request)
        ),
        lambda: _("订单已关闭"),
    ),
    "reopen": (
        lambda actor, request, number: commands.reopen_order(actor=actor, number=number, version=version_of(request)),
        lambda: _("订单已重新打开"),
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
    if verb == "delete":
        return redirect_to(request, reverse("purchasing:order_list"))
    page = "purchasing:order_edit" if verb == "copy" else "purchasing:order_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


@require_POST
def order_line_note(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Write a remark on a line."""
    note = request.POST.get("reason", request.POST.get("note", ""))
    commands.set_line_note(actor=actor_of(request), number=number, line=line, note=note)
    return redirect_to(request, reverse("purchasing:order_detail", args=[number]))


@require_POST
def order_bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Approve or submit the chosen orders, each in a transaction of its own, and show what became of each."""
    actor = actor_of(request)
    runs = {"approve": commands.approve_order, "submit": commands.submit_order}
    if verb not in runs:
        raise NotFound(what=verb)
    results = []
    for number in request.POST.getlist("ids")[:200]:
        own = replace(actor, idempotency_key=f"{actor.idempotency_key}:{number}" if actor.idempotency_key else None)
        try:
            done = runs[verb](actor=own, number=number)
            results.append({"number": number, "ok": True, "state": done.state, "text": str(LABELS[done.state])})
        except AppError as refusal:
            results.append({"number": number, "ok": False, "state": "failed", "text": str(refusal)})
    context = {"actor": actor, "results": results, "verb": verb, "done": sum(1 for r in results if r["ok"])}
    return render(request, "purchasing/order_bulk.html", context)
