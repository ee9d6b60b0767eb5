"""Pages of inquiries: the list, one of them, what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import name_of
from gendan.purchasing.queries.orders import capped
from gendan.sourcing import commands
from gendan.sourcing.exports import INQUIRIES, inquiry_filter
from gendan.sourcing.forms import moment_text, to_moment
from gendan.sourcing.models import Inquiry
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.inquiries import OPEN, InquiryDetail, count_inquiries, inquiry_detail, list_inquiries

LABELS = dict(Inquiry.State.choices)
Row = dict[str, Any]


@require_GET
def inquiry_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Inquiries, newest first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, wanted = actor_of(request), inquiry_filter(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, INQUIRIES, request.GET.dict())
    counts = count_inquiries(actor)
    chips: list[tuple[str, Any, str | None]] = [("", _("未了结"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in OPEN if counts.get(state)]
    chips += [(state, LABELS[state], None) for state in ("awarded", "closed")]
    context = {
        "actor": actor,
        "page": list_inquiries(actor, wanted, request.GET.get("after")),
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "prices": actor.may(VIEW_PRICE),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "sourcing/inquiry_list.html", context)


@require_GET
def inquiry_page(request: HttpRequest, number: str) -> HttpResponse:
    """One inquiry: what is asked, who answered, what was awarded."""
    actor = actor_of(request)
    detail = inquiry_detail(actor, number)
    subjects = [("inquiry", detail.header["id"])]
    context = {
        "actor": actor,
        "inquiry": detail.header,
        "lines": detail.lines,
        "suppliers": detail.suppliers,
        "awards": detail.awards,
        "steps": _steps(detail),
        "stages": _stages(detail),
        "menu": _menu(actor, detail),
        "primary": _primary(actor, detail),
        "prices": actor.may(VIEW_PRICE),
        "closes_at": moment_text(detail.header["closes_at"], actor),
        "approval": progress(actor, "inquiry", detail.header["id"]),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "sourcing/inquiry_detail.html", context)


def _steps(detail: InquiryDetail) -> list[Row]:
    header, state = detail.header, detail.header["state"]
    answered = sum(row["answers"] > 0 for row in detail.suppliers)
    over = state in {"awarded", "closed"}
    sent = "done" if header["sent_at"] else "skip" if over else "now"
    came = "done" if answered and (over or answered == len(detail.suppliers)) else "part" if answered else "todo"
    some = any(row["awarded"] for row in detail.lines)
    last = "done" if state == "awarded" else "bad" if state == "closed" else "part" if some else "todo"
    return [
        {"label": _("建单"), "state": "done", "date": header["created_at"], "note": header["buyer"]},
        {"label": _("发出"), "state": sent, "date": header["sent_at"]},
        {"label": _("报价"), "state": came, "note": f"{answered} / {len(detail.suppliers)}"},
        {
            "label": _("已关闭") if state == "closed" else _("定标"),
            "state": last,
            "date": header["awarded_at"],
            "note": header["close_reason"],
        },
    ]


def _stages(detail: InquiryDetail) -> list[tuple[str, list[Row]]]:
    header = detail.header
    asked = sorted({number for row in detail.lines for number in (row["requisitions"] or "").split()})
    wanted = [{"number": n, "url": reverse("purchasing:requisition_detail", args=[n])} for n in asked[:20]]
    here = {
        "number": header["number"],
        "url": reverse("sourcing:inquiry_detail", args=[header["number"]]),
        "state": header["state"],
        "state_label": header["state_label"],
        "here": True,
    }
    orders = {
        row["order"]: {
            "number": row["order"],
            "url": reverse("purchasing:order_detail", args=[row["order"]]),
            "state": row["order_state"],
            "state_label": row["order_state_label"],
            "note": row["supplier_name"],
        }
        for row in detail.awards
        if row["order"]
    }
    return [(_("采购申请"), wanted), (_("询价单"), [here]), (_("采购订单"), list(orders.values()))]


def _primary(actor: Actor, detail: InquiryDetail) -> str:
    """The one thing that this actor should do next; "" when there is none."""
    state = detail.header["state"]
    if state == "draft" and detail.suppliers and actor.may("sourcing.send_inquiry"):
        return "send"
    if state == "draft" and actor.may("sourcing.update_inquiry"):
        return "edit"
    return "compare" if state == "answered" and actor.may(VIEW_PRICE) and not detail.header["sealed_now"] else ""


def _menu(actor: Actor, detail: InquiryDetail) -> list[Row]:
    """Everything that can be done, or why not now; what the actor may never do is left out."""
    header, state = detail.header, detail.header["state"]
    number = header["number"]

    def verb(name: str, label: str, icon: str, **more: Any) -> Row:
        url = reverse("sourcing:inquiry_verb", args=[number, name])
        return {"label": label, "icon": icon, "post": url, "fields": {"version": header["version"]}, **more}

    edit = {"label": _("编辑"), "icon": "edit", "url": reverse("sourcing:inquiry_edit", args=[number])}
    compare = {"label": _("比价"), "icon": "scale", "url": reverse("sourcing:compare", args=[number])}
    sheet = {"label": _("下载报价表"), "icon": "file-spreadsheet", "url": reverse("sourcing:sheet", args=[number])}
    close = verb("close", _("关闭询价"), "circle-x", danger=True, reason=True, confirm=_("没有定标的数量不再采购。"))
    remove = verb("delete", _("删除草稿"), "trash", danger=True, confirm=_("草稿会被彻底删除。"))
    hidden = _("截止前密封") if header["sealed_now"] else ""
    nothing = "" if any(row["answers"] for row in detail.suppliers) else _("还没有报价")
    unawarded = _("还没有定标")
    entries: list[tuple[str, Row, str]] = [
        (VIEW_PRICE, compare, nothing or hidden),
        ("sourcing.update_inquiry", edit, "" if state == "draft" else _("只有草稿可以编辑")),
        ("sourcing.view", sheet, ""),
        ("sourcing.save_contract", verb("contract", _("定标转合同"), "file-text"), "" if detail.awards else unawarded),
        ("catalog.save_price", verb("prices", _("写入价目表"), "currency-yuan"), "" if detail.awards else unawarded),
        ("sourcing.close_inquiry", close, "" if state in OPEN else _("询价已结束")),
    ]
    if state == "draft" and header["created_by_id"] == actor.user_id:
        entries.append(("sourcing.create_inquiry", remove, ""))
    return [
        {"label": entry["label"], "icon": entry["icon"], "disabled": why} if why else entry
        for permission, entry, why in entries
        if actor.may(permission)
    ]


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


def _move(actor: Actor, request: HttpRequest, number: str) -> Done:
    closes_at = fields_of(request, {"closes_at": lambda text: to_moment(text, actor)})["closes_at"]
    if closes_at is None:
        raise Invalid({"closes_at": _("请填写日期。")})
    return commands.move_closing(actor=actor, number=number, closes_at=closes_at, version=version_of(request))


def _invite(actor: Actor, request: HttpRequest, number: str) -> Done:
    texts = texts_of(request, {"supplier": 64, "email": 254, "recipient": 120, "language": 8})
    return commands.invite_supplier(actor=actor, number=number, version=version_of(request), **texts)


def _contract(actor: Actor, request: HttpRequest, number: str) -> Done:
    return commands.contract_awards(actor=actor, number=number, version=version_of(request))


def _prices(actor: Actor, request: HttpRequest, number: str) -> Done:
    return commands.list_awards(actor=actor, number=number, version=version_of(request))


VERBS: dict[str, tuple[Callable[[Actor, HttpRequest, str], Done], Callable[[], str]]] = {
    "send": (
        lambda actor, request, number: commands.send_inquiry(actor=actor, number=number, version=version_of(request)),
        lambda: _("已发出询价"),
    ),
    "close": (
        lambda actor, request, number: commands.close_inquiry(
            actor=actor, number=number, reason=_reason(request), version=version_of(request)
        ),
        lambda: _("询价已关闭"),
    ),
    "delete": (
        lambda actor, request, number: commands.delete_inquiry(actor=actor, number=number, version=version_of(request)),
        lambda: _("草稿已删除"),
    ),
    "closing": (_move, lambda: _("截止时间已改")),
    "invite": (_invite, lambda: _("已邀请供应商")),
    "contract": (_contract, lambda: _("已转成合同草稿")),
    "prices": (_prices, lambda: _("已写入价目表")),
}


@require_POST
def inquiry_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to an inquiry and show what became of it."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor_of(request), request, number)
    made = "、".join(one["number"] for one in done.data.get("contracts", ()))
    messages.success(request, f"{done.number} {said()} {made}".strip())
    if verb == "delete":
        return redirect_to(request, reverse("sourcing:inquiry_list"))
    return redirect_to(request, reverse("sourcing:inquiry_detail", args=[number]))
