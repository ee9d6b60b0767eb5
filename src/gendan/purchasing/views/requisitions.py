"""Pages of requisitions, and «order from requisitions»."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.passed import passed_words
from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, duties, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.purchasing import commands
from gendan.purchasing.forms import picks_in
from gendan.purchasing.models import Requisition
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import warehouse_choices
from gendan.purchasing.queries.orders import capped
from gendan.purchasing.queries.requisitions import (
    OPEN,
    RequisitionDetail,
    RequisitionFilter,
    count_requisitions,
    list_requisitions,
    open_lines,
    requisition_detail,
)
from gendan.purchasing.queries.waiting import waiters
from gendan.purchasing.rules.places import readdressed
from gendan.purchasing.views.order_parts import address
from gendan.purchasing.views.tally import tally

LABELS = dict(Requisition.State.choices)
Row = dict[str, Any]


@require_GET
def requisition_list(request: HttpRequest) -> HttpResponse:
    """Requisitions, newest first."""
    actor, asked = actor_of(request), request.GET
    state = asked.get("state", "")
    wanted = RequisitionFilter(
        state if state in LABELS or state == "all" else "open",
        "me" if asked.get("view") == "mine" else "",
        asked.get("warehouse", ""),
        asked.get("q", "")[:100],
    )
    counts = count_requisitions(actor)
    chips: list[tuple[str, Any, str | None]] = [("", _("未完结"), capped(sum(counts.values())))]
    chips += [(name, LABELS[name], capped(counts[name])) for name in OPEN if counts.get(name)]
    chips += [("ordered", LABELS["ordered"], None), ("cancelled", LABELS["cancelled"], None), ("all", _("全部"), None)]
    context = {
        "actor": actor,
        "page": list_requisitions(actor, wanted, asked.get("after")),
        "chips": chips,
        "labels": LABELS,
        "warehouses": warehouse_choices(actor),
    }
    return render(request, "purchasing/requisition_list.html", context)


@require_GET
def requisition_page(request: HttpRequest, number: str) -> HttpResponse:
    """One requisition: what was asked for, what was ordered, where it is."""
    actor = actor_of(request)
    detail = requisition_detail(actor, number)
    subjects = [("requisition", detail.header["id"])]
    approval = progress(actor, "requisition", detail.header["id"])
    primary = _primary(actor, detail)
    context = {
        "actor": actor,
        "requisition": detail.header,
        "lines": detail.lines,
        "orders": detail.orders,
        "waiting": waiters(actor, "requisition", [line["id"] for line in detail.lines]),
        "steps": _steps(detail),
        "stages": _stages(detail),
        "menu": _menu(actor, detail),
        "approval": approval,
        "within_limit": detail.header["amount"] is None or actor.may_approve(detail.header["amount"]),
        "primary": "" if primary == "approve" and approval and approval.runs else primary,
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "purchasing/requisition_detail.html", context)


def _steps(detail: RequisitionDetail) -> list[Row]:
    header, state = detail.header, detail.header["state"]
    ordered = sum(row["ordered"] for row in detail.lines)
    lines = [{**row, "wanted": row["quantity"] - row["cancelled"]} for row in detail.lines]
    approved = state in {"approved", "partly_ordered", "ordered"}
    served = [row for row in detail.orders if row["quantity"]]
    received = bool(served) and all(row["received"] >= row["ordered"] - row["cancelled"] for row in served)
    asked = "done" if header["submitted_at"] else "now"
    decided = "done" if approved else "bad" if state == "rejected" else "now" if header["submitted_at"] else "todo"
    if state == "cancelled":
        decided = "done" if header["decided_at"] else "skip"
    bought = "done" if state == "ordered" else "part" if ordered else "now" if approved else "todo"
    some = any(row["received"] for row in served)
    when = "completed_on" if received else "expected_on"
    return [
        {
            "label": _("提出"),
            "state": asked,
            "date": header["submitted_at"] or header["created_at"],
            "note": header["requester"],
        },
        {
            "label": _("审批"),
            "state": decided,
            "date": header["decided_at"] if decided in {"done", "bad"} else None,
            "note": header["decided_by"] or passed_words(header["passed_by"]),
        },
        {"label": _("下单"), "state": bought, "date": None, "note": tally(lines, "ordered", "wanted")},
        {
            "label": _("入库"),
            "state": "done" if received and state == "ordered" else "part" if some else "todo",
            "date": max((row[when] for row in served if row[when]), default=None),
            "note": "",
        },
    ]


def _stages(detail: RequisitionDetail) -> list[tuple[str, list[Row]]]:
    header = detail.header
    orders = {row["number"]: row for row in detail.orders}
    here = {
        "number": header["number"],
        "url": address("purchasing:requisition_detail", header["number"]),
        "state": header["state"],
        "state_label": header["state_label"],
        "here": True,
    }
    nodes = [
        {
            "number": row["number"],
            "url": address("purchasing:order_detail", row["number"]),
            "state": row["state"],
            "state_label": row["state_label"],
            "note": row["supplier_name"],
        }
        for row in orders.values()
    ]
    return [(_("采购申请"), [here]), (_("采购订单"), nodes)]


def _primary(actor: Actor, detail: RequisitionDetail) -> str:
    """The one thing that this actor should do next."""
    state = detail.header["state"]
    wanted, needs = {
        "draft": ("submit", "purchasing.submit_requisition"),
        "rejected": ("edit", "purchasing.update_requisition"),
        "pending_approval": ("approve", "purchasing.approve_requisition"),
        "approved": ("order", "purchasing.create_order"),
        "partly_ordered": ("order", "purchasing.create_order"),
    }.get(state, ("", ""))
    return wanted if wanted and actor.may(needs) else ""


def _menu(actor: Actor, detail: RequisitionDetail) -> list[Row]:
    header, state = detail.header, detail.header["state"]
    number = header["number"]

    def verb(name: str, label: str, icon: str, **more: Any) -> Row:
        url = address("purchasing:requisition_verb", number, name)
        return {"label": label, "icon": icon, "post": url, "fields": {"version": header["version"]}, **more}

    edit = {"label": _("编辑"), "icon": "edit", "url": address("purchasing:requisition_edit", number)}
    some = any(row["ordered"] for row in detail.lines)
    cancelling = _("已下单的数量不受影响，其余不再采购。") if some else _("整张申请作废。")
    entries = [
        (
            "purchasing.update_requisition",
            edit,
            "" if state in {"draft", "rejected"} else _("只有草稿或被驳回的申请可以编辑"),
        ),
        (
            "purchasing.submit_requisition",
            verb("withdraw", _("撤回"), "arrow-back-up"),
            "" if state == "pending_approval" else _("没有等待审批"),
        ),
        ("purchasing.create_requisition", verb("copy", _("复制"), "copy"), ""),
        (
            "purchasing.cancel_requisition",
            verb("cancel", _("取消申请"), "ban", danger=True, reason=True, confirm=cancelling),
            "" if state in OPEN else _("申请已结束"),
        ),
    ]
    if state == "draft" and header["created_by_id"] == actor.user_id:
        remove = verb("delete", _("删除草稿"), "trash", danger=True, confirm=_("草稿会被彻底删除。"))
        entries.append(("purchasing.create_requisition", remove, ""))
    return [
        {"label": entry["label"], "icon": entry["icon"], "disabled": why} if why else entry
        for permission, entry, why in entries
        if actor.may(permission)
    ]


VERBS: dict[str, tuple[Callable[..., Done], bool, Callable[[], str]]] = {
    "submit": (commands.submit_requisition, False, lambda: _("已提交")),
    "approve": (commands.approve_requisition, False, lambda: _("已批准")),
    "reject": (commands.reject_requisition, True, lambda: _("已驳回")),
    "withdraw": (commands.withdraw_requisition, False, lambda: _("已撤回为草稿")),
    "cancel": (commands.cancel_requisition, True, lambda: _("已取消")),
    "delete": (commands.delete_requisition, False, lambda: _("草稿已删除")),
}


@require_POST
def requisition_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to a requisition and show what became of it."""
    actor = actor_of(request)
    if verb == "copy":
        done = commands.copy_requisition(actor=actor, number=number)
        return redirect_to(request, reverse("purchasing:requisition_edit", args=[done.number]))
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, reasoned, said = VERBS[verb]
    more = {"reason": request.POST.get("reason", "")[:300]} if reasoned else {}
    done = run(actor=actor, number=number, version=version_of(request), **more)
    messages.success(request, f"{done.number} {said()}")
    duties.tell(request, done)
    if verb == "delete":
        return redirect_to(request, reverse("purchasing:requisition_list"))
    return redirect_to(request, reverse("purchasing:requisition_detail", args=[done.number]))


@require_http_methods(["GET", "POST"])
def order_from_requisitions(request: HttpRequest) -> HttpResponse:
    """Approved lines that wait for an order; the ticked ones become orders, one per supplier. ``?pr=`` narrows."""
    actor = actor_of(request)
    actor.must("purchasing.create_order")
    if request.method == "POST":
        merge, submit = request.POST.get("merge_dates") == "on", request.POST.get("then") == "submit"
        picks, places = picks_in(request)
        try:
            done = commands.order_requisitions(actor=actor, lines=picks, merge_dates=merge, submit=submit)
        except Invalid as error:
            raise Invalid(readdressed(error.fields, places)) from error
        made = [order["number"] for order in done.data["orders"]]
        messages.success(
            request, _("已生成 %(count)s 张订单：%(numbers)s") % {"count": len(made), "numbers": "、".join(made)}
        )
        if len(made) == 1:
            return redirect_to(request, reverse("purchasing:order_detail", args=made))
        return redirect_to(request, reverse("purchasing:order_list") + "?view=mine")
    numbers = [number.strip().upper() for number in request.GET.getlist("pr") if number.strip()]
    lines = open_lines(actor, numbers)
    groups: dict[tuple[str, str], list[Row]] = {}
    for line in lines:
        line["key"] = f"{line['requisition']}/{line['line']}"
        groups.setdefault((line["supplier"], line["supplier_name"]), []).append(line)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0] == "", group[0]))
    for n, line in enumerate(line for _supplier, lines_of in ordered for line in lines_of):
        line["place"] = n
    context = {"actor": actor, "groups": ordered, "count": len(lines), "numbers": numbers}
    return render(request, "purchasing/requisition_order.html", context)
