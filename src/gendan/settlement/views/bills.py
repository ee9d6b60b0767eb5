"""Bills: the list, one of them, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, duties, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import day_or_none
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.lines import CAP
from gendan.purchasing.queries.names import name_of
from gendan.settlement import commands
from gendan.settlement.models import OPEN_STATES, PAYABLE_STATES, Bill
from gendan.settlement.queries.bills import BillFilter, bill_counts, bill_detail, bill_list
from gendan.settlement.queries.payments import credits_for
from gendan.settlement.rules.lines import PartIn

STATES = dict(Bill.State.choices)
BILLS = "settlement.bills"


def bill_filter(asked: Mapping[str, str]) -> BillFilter:
    """What the address of the list asks for."""
    state, view = asked.get("state", ""), asked.get("view", "")
    return BillFilter(
        state=state if state in STATES or state == "all" else "open",
        supplier=asked.get("supplier", "")[:64],
        order=asked.get("order", "")[:32],
        q=asked.get("q", "")[:100],
        due=view if view in {"late", "week"} else "",
        first=day_or_none(asked.get("from")),
        last=day_or_none(asked.get("to")),
    )


@require_GET
def list_page(request: HttpRequest) -> HttpResponse | FileResponse:
    """Bills, newest first; what is open when nothing else is said; ``?export=xlsx`` as a workbook."""
    actor, asked = actor_of(request), request.GET
    wanted = bill_filter(asked)
    if asked.get("export") == "xlsx":
        return excel(request, actor, BILLS, asked.dict())
    counts = bill_counts(actor)
    open_ = sum(counts[state] for state in OPEN_STATES)
    chips: list[tuple[str, Any, str | None]] = [("", _("未结"), _capped(open_))]
    chips += [(state, STATES[state], _capped(counts[state])) for state in OPEN_STATES]
    chips += [(state, STATES[state], None) for state in ("paid", "void")]
    context = {
        "actor": actor,
        "page": bill_list(actor, wanted, after=asked.get("after")),
        "chips": [*chips, ("all", _("全部"), None)],
        "late": counts["late"],
        "labels": STATES,
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "settlement/bill_list.html", context)


def _capped(count: int) -> str:
    return f"{CAP}+" if count > CAP - 1 else str(count)


@require_GET
def detail_page(request: HttpRequest, number: str) -> HttpResponse:
    """One bill: what it asks for against what was ordered and received, line by line."""
    actor = actor_of(request)
    bill = bill_detail(actor, number)
    context = {
        "actor": actor,
        "bill": bill,
        "steps": _steps(bill),
        "events": timeline.entries(actor, [("bill", bill["id"])]),
        "files": attachments.attachments_of(actor, [("bill", bill["id"])]),
        "may_comment": actor.may(COMMENT),
        "approval": progress(actor, "bill", bill["id"]),
        "credits": credits_for(actor, number) if bill["state"] in PAYABLE_STATES else [],
        "orders": bill["orders"].split(),
        "receipts": sorted({r for line in bill["lines"] for c in line["covers"] for r in c["receipts"].split()}),
        "ahead": duties.ahead(actor, "approve", "bill", [number]) if bill["state"] in {"matched", "mismatch"} else [],
    }
    return render(request, "settlement/bill_detail.html", context)


def _steps(bill: dict[str, Any]) -> list[dict[str, Any]]:
    """Entered, matched, approved, paid."""
    state = bill["state"]
    matched = {"draft": "now", "mismatch": "bad"}.get(state, "done")
    approved = "done" if bill["approved_at"] else "now" if state in {"matched", "mismatch"} else "todo"
    paid = {"paid": "done", "partly_paid": "part", "approved": "now"}.get(state, "todo")
    if state == "void":
        matched, approved, paid = "done", "skip", "skip"
    note = _("%(count)s 行有差异") % {"count": bill["differences"]} if bill["differences"] else ""
    posted = bill["posted_at"]
    found = [
        {"label": _("录入"), "state": "done", "date": bill["created_at"].date(), "note": bill["created_by"]},
        {"label": _("三单匹配"), "state": matched, "date": posted.date() if posted else None, "note": note},
        {"label": _("批准付款"), "state": approved, "date": bill["approved_at"], "note": bill["approved_by"]},
        {"label": _("付款"), "state": paid, "date": bill["due_on"], "late": bill["late_days"] or None},
    ]
    if state == "void":
        found.append({"label": _("作废"), "state": "bad", "note": bill["void_reason"]})
    return found


Verb = Callable[[Actor, HttpRequest, str], Done]
VERBS: dict[str, tuple[Verb, Callable[[], str]]] = {
    "post": (
        lambda actor, request, number: commands.post_bill(actor=actor, number=number, version=version_of(request)),
        lambda: _("已过账"),
    ),
    "match": (
        lambda actor, request, number: commands.match_bill(actor=actor, number=number, version=version_of(request)),
        lambda: _("已重新匹配"),
    ),
    "approve": (
        lambda actor, request, number: commands.approve_bill(
            actor=actor, number=number, reason=_reason(request), version=version_of(request)
        ),
        lambda: _("已批准付款"),
    ),
    "void": (
        lambda actor, request, number: commands.void_bill(
            actor=actor, number=number, reason=_reason(request), version=version_of(request)
        ),
        lambda: _("已作废"),
    ),
    "copy": (
        lambda actor, request, number: commands.copy_bill(actor=actor, number=number),
        lambda: _("已复制为新草稿"),
    ),
    "delete": (
        lambda actor, request, number: commands.delete_bill(actor=actor, number=number, version=version_of(request)),
        lambda: _("草稿已删除"),
    ),
}


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


@require_POST
def bill_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do what the button says, and show the bill as it is then."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, said = VERBS[verb]
    done = run(actor_of(request), request, number)
    say(request, done, said())
    if verb == "delete":
        return redirect_to(request, reverse("settlement:bill_list"))
    return redirect_to(request, reverse("settlement:bill_detail", args=[done.number]))


@require_POST
def bill_credit(request: HttpRequest, number: str, returned: str) -> HttpResponse:
    """Set what the supplier credits for a return against the bill, as much as is open."""
    actor = actor_of(request)
    bill = bill_detail(actor, number)
    found = next((row for row in credits_for(actor, number) if row["number"] == returned), None)
    most = min(bill["open"], found["credit"]) if found and bill["open"] else None
    parts = [PartIn(number, most)] if most else []
    done = commands.record_credit(actor=actor, number=returned, parts=parts)
    messages.success(request, _("%(number)s 已用退款 %(credit)s 冲抵") % {"number": number, "credit": done.number})
    return redirect_to(request, reverse("settlement:bill_detail", args=[number]))


def say(request: HttpRequest, done: Done, text: str) -> None:
    """What became of it, on the next page."""
    waits = done.data.get("approval") == "running"
    messages.success(request, f"{done.number} {_('已提交审批，同意后自动生效') if waits else text}")
    if done.state == "mismatch":
        messages.warning(request, _("%(number)s 与订单或入库有差异，请核对。") % {"number": done.number})
    duties.tell(request, done)
