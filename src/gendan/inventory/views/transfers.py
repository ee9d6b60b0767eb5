"""Pages of transfers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.progress import progress
from gendan.inventory import commands, queries
from gendan.inventory.forms import arrivals, transfer_lines, version_of
from gendan.inventory.views.shared import copied, history, in_approval, list_context, warehouses
from gendan.kernel.errors import plain
from gendan.kernel.http import actor_of, redirect_to


@require_GET
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Transfers, the open ones first."""
    actor = actor_of(request)
    return render(request, "inventory/transfer_list.html", list_context(request, actor, "transfer"))


@require_GET
def transfer_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One transfer: where from, where to, what arrived."""
    actor = actor_of(request)
    document = queries.document(actor, "transfer", number)
    inside = document["warehouse"] == document["to_warehouse"]
    open_lines = [
        {
            "line_no": str(line["line_no"]),
            "product": f"{line['product']} {line['name']}",
            "lot": line["lot"],
            "open": plain(line["on_the_way"]),
            "arrived": plain(line["on_the_way"]),
            "bin": line["to_bin"],
        }
        for line in document["lines"]
        if line["on_the_way"] > 0
    ]
    context = {
        "actor": actor,
        "document": document,
        "inside": inside,
        "steps": _steps(document, inside),
        "open_lines": open_lines,
        "history": history(actor, "transfer", document["id"]),
        "approval": progress(actor, "transfer", document["id"]),
    }
    return render(request, "inventory/transfer_detail.html", context)


@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    """A new transfer."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.create_transfer(
            actor=actor,
            warehouse=request.POST.get("warehouse", ""),
            to_warehouse=request.POST.get("to_warehouse", ""),
            reason=request.POST.get("reason", "").strip()[:200],
            lines=transfer_lines(request),
            post=request.POST.get("then") == "post",
        )
        _say(request, done.number, done.state)
        return redirect_to(request, reverse("inventory:transfer", args=[done.number]))
    actor.must("inventory.create_transfer")
    lines = [{"product": code} for code in request.GET.getlist("product")]
    context = {"actor": actor, "document": None, "lines": lines, "warehouses": warehouses(actor)}
    return render(request, "inventory/transfer_form.html", context)


@require_http_methods(["GET", "POST"])
def transfer_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.update_transfer(
            actor=actor,
            number=number,
            lines=transfer_lines(request),
            reason=request.POST.get("reason", "").strip()[:200],
            version=version_of(request),
        )
        messages.success(request, _("%(number)s 已保存。") % {"number": number})
        return redirect_to(request, reverse("inventory:transfer", args=[number]))
    actor.must("inventory.create_transfer")
    document = queries.document(actor, "transfer", number)
    lines = [
        {
            "product": line["product"],
            "product_label": f"{line['product']} {line['name']}",
            "quantity": plain(line["quantity"]),
            "from_bin": line["from_bin"],
            "to_bin": line["to_bin"],
            "lot": line["lot"],
        }
        for line in document["lines"]
    ]
    context = {"actor": actor, "document": document, "lines": lines, "warehouses": warehouses(actor)}
    return render(request, "inventory/transfer_form.html", context)


@require_POST
def transfer_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Post, receive, recall, copy or cancel."""
    actor, version = actor_of(request), version_of(request)
    reason = request.POST.get("reason", "").strip()
    if verb == "post":
        done = commands.post_transfer(actor=actor, number=number, version=version)
    elif verb == "receive":
        done = commands.receive_transfer(actor=actor, number=number, lines=arrivals(request), version=version)
    elif verb == "copy":
        return copied(request, number, commands.copy_transfer(actor=actor, number=number))
    elif verb == "recall":
        done = commands.recall_transfer(actor=actor, number=number, reason=reason, version=version)
    else:
        done = commands.cancel_document(actor=actor, number=number, reason=reason, version=version)
    if not in_approval(request, done):
        _say(request, number, done.state)
    return redirect_to(request, reverse("inventory:transfer", args=[number]))


def _say(request: HttpRequest, number: str, state: str) -> None:
    texts = {
        "draft": _("%(number)s 已保存为草稿。"),
        "in_transit": _("%(number)s 在途。"),
        "posted": _("%(number)s 已完成。"),
        "cancelled": _("%(number)s 已取消。"),
    }
    messages.success(request, texts[state] % {"number": number})


def _steps(document: dict[str, Any], inside: bool) -> list[dict[str, Any]]:
    """The chain of a transfer: written, sent, arrived."""
    state = document["state"]
    steps = [{"label": _("草稿"), "state": "done" if state != "draft" else "now", "date": document["created_at"]}]
    if state == "cancelled":
        return [*steps, {"label": _("已取消"), "state": "bad"}]
    if not inside:
        sent = {"draft": "todo", "in_transit": "done", "posted": "done"}[state]
        steps.append({"label": _("已发出"), "state": sent, "date": document["sent_at"]})
    arrived = {"draft": "todo", "in_transit": "part" if document["received"] else "now", "posted": "done"}[state]
    note = f"{plain(document['received'])} / {plain(document['quantity'])}" if state != "draft" else ""
    steps.append(
        {"label": _("完成") if inside else _("到货"), "state": arrived, "date": document["posted_at"], "note": note}
    )
    return steps
