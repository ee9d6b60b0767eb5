"""Pages of quotations: the list, one of them, what is done to it, and the order out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, prints, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import BadValue, to_date, to_number
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import name_of
from gendan.sales import commands
from gendan.sales.exports import QUOTATIONS, quotation_filter
from gendan.sales.models import Quotation, SalesOrder
from gendan.sales.prints import QUOTATION
from gendan.sales.queries.findings import tell
from gendan.sales.queries.orders import capped
from gendan.sales.queries.quotations import (
    OPEN,
    QuotationDetail,
    count_quotations,
    list_quotations,
    quotation_detail,
)
from gendan.sales.queries.review import look_at_offer
from gendan.sales.rules.quotation import OrderedIn
from gendan.sales.views.orders import tell_short

LABELS = dict(Quotation.State.choices)
Row = dict[str, Any]
Verb = Callable[[Actor, HttpRequest, str], Done]


@require_GET
def quotation_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Quotations, newest first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, wanted = actor_of(request), quotation_filter(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, QUOTATIONS, request.GET.dict())
    counts = count_quotations(actor, wanted)
    chips: list[tuple[str, Any, str | None]] = [("", _("未了结"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in OPEN if counts.get(state)]
    chips += [(state, LABELS[state], None) for state in ("won", "lost", "cancelled")]
    context = {
        "actor": actor,
        "page": list_quotations(actor, wanted, request.GET.get("after")),
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "customer_name": name_of(actor, "partner", wanted.customer),
    }
    return render(request, "sales/quotation_list.html", context)


@require_GET
def quotation_page(request: HttpRequest, number: str) -> HttpResponse:
    """One quotation: what was offered, what was ordered of it, what happened."""
    actor = actor_of(request)
    detail = quotation_detail(actor, number)
    subjects = [("quotation", detail.header["id"])]
    context = {
        "actor": actor,
        "quotation": detail.header,
        "lines": detail.lines,
        "steps": _steps(detail),
        "stages": _stages(detail),
        "menu": _menu(actor, detail),
        "primary": _primary(actor, detail),
        "findings": tell(actor, look_at_offer(actor, number)) if detail.header["state"] in OPEN else [],
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
        "approval": progress(actor, "quotation", detail.header["id"]),
    }
    return render(request, "sales/quotation_detail.html", context)


def _steps(detail: QuotationDetail) -> list[Row]:
    """Offered, sent, ordered: with dates."""
    header, state = detail.header, detail.header["state"]
    sent = "done" if state in {"sent", "won", "lost"} else "bad" if state == "cancelled" else "now"
    end = {"won": "done", "lost": "bad", "sent": "now"}.get(state, "todo")
    if state == "won" and any(line["open"] > 0 for line in detail.lines):
        end = "part"
    return [
        {"label": _("报价"), "state": "done", "date": header["quoted_on"], "note": header["salesperson"]},
        {"label": _("发给客户"), "state": sent},
        {
            "label": _("未成交") if state == "lost" else _("下单"),
            "state": end,
            "date": detail.orders[0]["ordered_on"] if detail.orders else None,
            "note": header["decision_note"],
        },
    ]


def _stages(detail: QuotationDetail) -> list[tuple[str, list[Row]]]:
    header = detail.header
    here = {
        "number": header["number"],
        "url": reverse("sales:quotation_detail", args=[header["number"]]),
        "state": header["state"],
        "state_label": header["state_label"],
        "here": True,
    }
    orders = [{**each, "url": reverse("sales:order_detail", args=[each["number"]])} for each in detail.orders]
    return [(_("报价单"), [here]), (_("销售订单"), orders)]


def _primary(actor: Actor, detail: QuotationDetail) -> str:
    """The one thing that this actor should do next; "" when there is none."""
    state = detail.header["state"]
    if state == "draft" and actor.may("sales.update_quotation") and not detail.header["expired"]:
        return "send"
    left = any(line["open"] > 0 for line in detail.lines)
    if state in {"sent", "won"} and left and actor.may("sales.create_order") and not detail.header["expired"]:
        return "order"
    return ""


def _menu(actor: Actor, detail: QuotationDetail) -> list[Row]:
    """Everything that can be done, or why not now; what the actor may never do is left out."""
    header, state = detail.header, detail.header["state"]
    number = header["number"]

    def verb(name: str, label: str, icon: str, **more: Any) -> Row:
        url = reverse("sales:quotation_verb", args=[number, name])
        return {"label": label, "icon": icon, "post": url, "fields": {"version": header["version"]}, **more}

    expired = _("已过有效期，请先编辑延长") if header["expired"] else ""
    left = "" if any(line["open"] > 0 for line in detail.lines) else _("已全部下单")
    over = _("已取消") if state == "cancelled" else ""
    fixed = "" if state in OPEN else _("已成交或已结束的报价不能编辑，可以复制")
    order = {"label": _("转为订单"), "icon": "tag", "url": reverse("sales:quotation_order", args=[number])}
    edit = {"label": _("编辑"), "icon": "edit", "url": reverse("sales:quotation_edit", args=[number])}
    lose = verb("lose", _("未成交"), "circle-x", reason=True, confirm=_("请写明原因，以后报价时有用。"))
    void = verb("cancel", _("取消报价"), "ban", danger=True, reason=True, confirm=_("这份报价作废。"))
    write = "sales.update_quotation"
    entries: list[tuple[str, Row, str]] = [
        ("sales.create_order", order, over or expired or left),
        (write, edit, fixed),
        (write, verb("send", _("已发给客户"), "send"), expired if state in {"draft", "lost"} else _("已经发出")),
        (write, lose, "" if state == "sent" else _("发给客户以后才有成交与否")),
        ("sales.create_quotation", verb("copy", _("复制"), "copy"), ""),
        (write, void, "" if state in OPEN else _("报价已了结")),
    ]
    printed = {"label": _("打印报价单"), "icon": "printer", "url": prints.address(QUOTATION, number)}
    found: list[Row] = [printed]
    for permission, entry, why in entries:
        if actor.may(permission):
            found.append({"label": entry["label"], "icon": entry["icon"], "disabled": why} if why else entry)
    return found


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "send": (
        lambda actor, request, number: commands.send_quotation(actor=actor, number=number, version=version_of(request)),
        lambda: _("已登记为发给客户"),
    ),
    "lose": (
        lambda actor, request, number: commands.lose_quotation(
            actor=actor, number=number, reason=_reason(request), version=version_of(request)
        ),
        lambda: _("已登记为未成交"),
    ),
    "cancel": (
        lambda actor, request, number: commands.cancel_quotation(
            actor=actor, number=number, reason=_reason(request), version=version_of(request)
        ),
        lambda: _("报价已取消"),
    ),
    "copy": (
        lambda actor, _request, number: commands.copy_quotation(actor=actor, number=number),
        lambda: _("已复制为新草稿"),
    ),
}


@require_POST
def quotation_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to a quotation and show what became of it."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor_of(request), request, number)
    waits = done.data.get("approval") == "running"
    messages.success(request, f"{done.number} {_('已提交审批，同意后自动生效') if waits else said()}")
    page = "sales:quotation_edit" if verb == "copy" else "sales:quotation_detail"
    return redirect_to(request, reverse(page, args=[done.number]))


@require_http_methods(["GET", "POST"])
def quotation_order(request: HttpRequest, number: str) -> HttpResponse:
    """Make an order out of a quotation, or out of a part of it."""
    actor = actor_of(request)
    actor.must("sales.create_order")
    if request.method == "POST":
        values = fields_of(request, {"requested_on": to_date})
        texts = texts_of(request, {"customer_reference": 80})
        done = commands.order_quotation(
            actor=actor,
            number=number,
            lines=_ordered(request.POST),
            submit=request.POST.get("then") == "submit",
            version=version_of(request),
            **values,
            **texts,
        )
        label = state_label(SalesOrder, done.state)
        messages.success(request, _("%(number)s 已保存：%(state)s") % {"number": done.number, "state": label})
        tell_short(request, done)
        return redirect_to(request, reverse("sales:order_detail", args=[done.number]))
    detail = quotation_detail(actor, number)
    context: Row = {"actor": actor, "quotation": detail.header, "lines": detail.lines, "today": _today(actor)}
    return render(request, "sales/quotation_order.html", context)


def _today(actor: Actor) -> date:
    return actor.today()


def _ordered(posted: Mapping[str, str]) -> list[OrderedIn]:
    """The quantities that were entered; an empty or a zero one is not ordered."""
    found, problems = [], {}
    for name, text in posted.items():
        line = name.removeprefix("quantity.")
        if line == name or not line.isdecimal() or len(line) > 6 or not text.strip():
            continue
        try:
            quantity = to_number(text)
        except BadValue as bad:
            problems[name] = bad.text
            continue
        if quantity:
            found.append(OrderedIn(int(line), quantity))
    if problems:
        raise Invalid({**problems})
    return found
