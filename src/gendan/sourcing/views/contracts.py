"""Pages of framework contracts: the list, one of them, its form, what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, prints, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, NotFound, WrongState
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import to_date
from gendan.kernel.views import download
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import name_of
from gendan.purchasing.queries.orders import capped
from gendan.sourcing import commands
from gendan.sourcing.commands.contracts import SAVE, START
from gendan.sourcing.exports import CONTRACTS, contract_filter
from gendan.sourcing.forms_contract import contract_cells, posted_contract
from gendan.sourcing.labels import FIELDS
from gendan.sourcing.models import Contract, ContractSignature
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.prints import CONTRACT
from gendan.sourcing.queries.contracts import (
    OPEN,
    ContractDetail,
    contract_detail,
    contract_draft,
    count_contracts,
    list_contracts,
)
from gendan.sourcing.rules.contract import ContractDraft
from gendan.sourcing.rules.inquiry import base_price, breaks_text

LABELS = dict(Contract.State.choices)
Row = dict[str, Any]


@require_GET
def contract_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Contracts, newest first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, wanted = actor_of(request), contract_filter(request.GET)
    if request.GET.get("export") == "xlsx":
        return excel(request, actor, CONTRACTS, request.GET.dict())
    counts = count_contracts(actor)
    chips: list[tuple[str, Any, str | None]] = [("", _("未了结"), capped(sum(counts.values())))]
    chips += [(state, LABELS[state], capped(counts[state])) for state in OPEN if counts.get(state)]
    chips += [(state, LABELS[state], None) for state in ("ended", "terminated")]
    context = {
        "actor": actor,
        "page": list_contracts(actor, wanted, request.GET.get("after")),
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "prices": actor.may(VIEW_PRICE),
        "may_save": actor.may(SAVE) and actor.may(VIEW_PRICE),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "sourcing/contract_list.html", context)


@require_GET
def contract_page(request: HttpRequest, number: str) -> HttpResponse:
    """One contract: its prices, what was called off, the orders, versions, signatures."""
    actor = actor_of(request)
    detail = contract_detail(actor, number)
    for line in detail.lines:
        line["price"], line["breaks"] = base_price(line["prices"]), breaks_text(line["prices"])
        asked = line["quantity"]
        line["used"] = f"{round(line['called'] * 100 / asked)} %" if asked else "—"
    for version in detail.versions:
        version["changes"] = [(_field(name), before, after) for name, before, after in version["changes"]]
    header = detail.header
    subjects = [("contract", header["id"])]
    context = {
        "actor": actor,
        "contract": header,
        "lines": [line for line in detail.lines if line["is_active"] or line["called"]],
        "orders": detail.orders,
        "versions": detail.versions,
        "signatures": detail.signatures,
        "parties": list(ContractSignature.Party.choices),
        "steps": _steps(detail),
        "menu": _menu(actor, detail),
        "may_start": header["state"] == "draft" and actor.may(START),
        "may_sign": header["state"] in OPEN and actor.may(SAVE),
        "prices": actor.may(VIEW_PRICE),
        "today": actor.today(),
        "approval": progress(actor, "contract", header["id"]),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "sourcing/contract_detail.html", context)


def _field(name: str) -> str:
    """A field as users call it; ``NUT price`` is that of a line."""
    product, _blank, field = name.rpartition(" ")
    return f"{product} {FIELDS.get(field, field)}".strip()


def _steps(detail: ContractDetail) -> list[Row]:
    header, state = detail.header, detail.header["state"]
    signed = {row["party"] for row in detail.signatures}
    over = state in {"ended", "terminated"}
    began = "done" if header["in_force_at"] else "now"
    called = "done" if over else "part" if detail.orders else "todo"
    return [
        {"label": _("建单"), "state": "done", "date": header["created_at"], "note": header["buyer"]},
        {"label": _("签署"), "state": "done" if len(signed) == 2 else "part" if signed else "todo",
         "note": f"{len(signed)} / 2"},
        {"label": _("生效"), "state": began, "date": header["in_force_at"]},
        {"label": _("执行"), "state": called if header["in_force_at"] else "todo", "note": f"{len(detail.orders)}"},
        {"label": LABELS[state] if over else _("到期"), "state": "bad" if state == "terminated" else
         "done" if over else "todo", "date": header["ended_at"] or header["valid_to"], "note": header["end_reason"]},
    ]  # fmt: skip


def _menu(actor: Actor, detail: ContractDetail) -> list[Row]:
    """Everything that can be done, or why not now; what the actor may never do is left out."""
    header, state, number = detail.header, detail.header["state"], detail.header["number"]

    def verb(name: str, label: str, icon: str, **more: Any) -> Row:
        url = reverse("sourcing:contract_verb", args=[number, name])
        return {"label": label, "icon": icon, "post": url, "fields": {"version": header["version"]}, **more}

    edit = {"label": _("编辑"), "icon": "edit", "url": reverse("sourcing:contract_edit", args=[number])}
    change = {"label": _("变更合同"), "icon": "edit", "url": reverse("sourcing:contract_edit", args=[number])}
    sheet = {"label": _("下载 PDF"), "icon": "printer", "url": prints.address(CONTRACT, number)}
    end = verb("terminate", _("终止合同"), "circle-x", danger=True, reason=True,
               confirm=_("从现在起订单不再用它的价格；已下的订单不变。"))  # fmt: skip
    remove = verb("delete", _("删除草稿"), "trash", danger=True, confirm=_("草稿会被彻底删除。"))
    running = "" if state == "in_force" else _("只有执行中的合同可以")
    entries: list[tuple[str, Row, str]] = [(VIEW_PRICE, sheet, "")]
    entries.append((SAVE, edit, "") if state == "draft" else (START, change, running))
    entries.append((START, end, running))
    if state == "draft" and header["created_by_id"] == actor.user_id:
        entries.append((SAVE, remove, ""))
    return [
        {"label": entry["label"], "icon": entry["icon"], "disabled": why} if why else entry
        for permission, entry, why in entries
        if actor.may(permission)
    ]


@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest) -> HttpResponse:
    """Write a contract, from nothing."""
    actor = actor_of(request)
    actor.must(SAVE)
    actor.must(VIEW_PRICE)
    if request.method == "POST":
        done = commands.create_contract(actor=actor, draft=posted_contract(request))
        return _saved(request, done.number)
    today, supplier = actor.today(), request.GET.get("supplier", "")[:64]
    draft = ContractDraft(supplier, today, today + timedelta(days=364))
    names = {f"supplier:{supplier}": name_of(actor, "partner", supplier)}
    return render(request, "sourcing/contract_form.html", _context(actor, draft, None, names))


@require_http_methods(["GET", "POST"])
def contract_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft, or write the next version of a contract in force."""
    actor = actor_of(request)
    actor.must(VIEW_PRICE)
    draft, opened = contract_draft(actor, number)
    actor.must(START if opened["state"] == "in_force" else SAVE)
    if opened["state"] not in OPEN:
        raise WrongState(number=number, state=state_label(Contract, opened["state"]), action=_("修改合同"))
    if request.method == "GET":
        return render(request, "sourcing/contract_form.html", _context(actor, draft, opened, opened["names"]))
    given, version = posted_contract(request), version_of(request)
    if opened["state"] == "draft":
        commands.update_contract(actor=actor, number=number, draft=given, version=version)
        return _saved(request, number)
    reason = request.POST.get("reason", "")[:300]
    done = commands.change_contract(actor=actor, number=number, draft=given, reason=reason, version=version)
    waits = done.data.get("approval")
    messages.success(request, f"{number} {_('变更已提交审批') if waits else _('变更已生效')}")
    return redirect_to(request, reverse("sourcing:contract_detail", args=[number]))


def _saved(request: HttpRequest, number: str) -> HttpResponse:
    messages.success(request, f"{number} {_('已保存')}")
    return redirect_to(request, reverse("sourcing:contract_detail", args=[number]))


def _context(actor: Actor, draft: ContractDraft, opened: Row | None, names: Row) -> Row:
    supplier = draft.supplier
    return {
        "actor": actor,
        "draft": draft,
        "opened": opened,
        "changing": bool(opened and opened["state"] == "in_force"),
        "supplier_shown": f"{supplier} {names.get(f'supplier:{supplier}', '')}".strip(),
        "overs": list(Contract.Over.choices),
        "lines": [contract_cells(line, names) for line in draft.lines],
    }


def _start(actor: Actor, request: HttpRequest, number: str) -> Done:
    return commands.start_contract(actor=actor, number=number, version=version_of(request))


def _terminate(actor: Actor, request: HttpRequest, number: str) -> Done:
    reason = request.POST.get("reason", "")[:300]
    return commands.terminate_contract(actor=actor, number=number, reason=reason, version=version_of(request))


def _delete(actor: Actor, request: HttpRequest, number: str) -> Done:
    return commands.delete_contract(actor=actor, number=number, version=version_of(request))


def _sign(actor: Actor, request: HttpRequest, number: str) -> Done:
    actor.must(SAVE)
    contract_detail(actor, number)  # who names one that is not there is told so, whatever else is wrong
    texts = texts_of(request, {"party": 8, "signer": 80})
    day = fields_of(request, {"signed_on": to_date})["signed_on"] or actor.today()
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        raise Invalid({"file": _("请选择签署后的文件。")})
    content = attachments.accept(upload)
    return commands.sign_contract(
        actor=actor, number=number, signed_on=day, content=content, version=version_of(request), **texts
    )


VERBS: dict[str, tuple[Callable[[Actor, HttpRequest, str], Done], Callable[[], str]]] = {
    "start": (_start, lambda: _("合同已生效")),
    "terminate": (_terminate, lambda: _("合同已终止")),
    "delete": (_delete, lambda: _("草稿已删除")),
    "sign": (_sign, lambda: _("签署已登记")),
}


@require_POST
def contract_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to a contract and show what became of it."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor_of(request), request, number)
    waits = done.data.get("approval")
    messages.success(request, f"{done.number} {_('已提交审批') if waits else said()}")
    if verb == "delete":
        return redirect_to(request, reverse("sourcing:contract_list"))
    return redirect_to(request, reverse("sourcing:contract_detail", args=[number]))


@require_GET
def signed_file(request: HttpRequest, number: str, signature: int) -> HttpResponse | FileResponse:
    """A signed document."""
    actor = actor_of(request)
    actor.must(VIEW_PRICE)
    found = [row for row in contract_detail(actor, number).signatures if row["id"] == signature]
    if not found:
        raise NotFound(what=f"{number} #{signature}")
    return download(found[0]["sha256"], found[0]["file_name"], found[0]["media_type"])
