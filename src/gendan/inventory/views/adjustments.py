"""Pages of adjustments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.flow.queries.progress import progress
from gendan.inventory import commands, queries
from gendan.inventory.forms import adjustment_lines, version_of
from gendan.inventory.models import Adjustment
from gendan.inventory.queries.losses import losers_of_adjustment
from gendan.inventory.views.shared import copied, history, in_approval, list_context, warehouses
from gendan.kernel.errors import plain
from gendan.kernel.http import actor_of, redirect_to


@require_GET
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """Adjustments, newest first."""
    actor = actor_of(request)
    return render(request, "inventory/adjustment_list.html", list_context(request, actor, "adjustment"))


@require_GET
def adjustment_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One adjustment."""
    actor = actor_of(request)
    document = queries.document(actor, "adjustment", number)
    draft = document["state"] == "draft"
    context = {
        "actor": actor,
        "document": document,
        "losers": losers_of_adjustment(actor, number) if draft else [],
        "history": history(actor, "adjustment", document["id"]),
        "approval": progress(actor, "adjustment", document["id"]),
    }
    return render(request, "inventory/adjustment_detail.html", context)


@require_http_methods(["GET", "POST"])
def adjustment_new(request: HttpRequest) -> HttpResponse:
    """A new adjustment."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.create_adjustment(
            actor=actor,
            warehouse=request.POST.get("warehouse", ""),
            kind=request.POST.get("kind", ""),
            reason=request.POST.get("reason", "")[:200],
            lines=adjustment_lines(request),
            post=request.POST.get("then") == "post",
        )
        text = _("%(number)s 已过账，库存已更新。") if done.state == "posted" else _("%(number)s 已保存为草稿。")
        if not in_approval(request, done):
            messages.success(request, text % {"number": done.number})
        return redirect_to(request, reverse("inventory:adjustment", args=[done.number]))
    actor.must("inventory.create_adjustment")
    context = {
        "actor": actor,
        "document": None,
        "lines": [{"product": code} for code in request.GET.getlist("product")],
        "warehouses": warehouses(actor),
        "kinds": Adjustment.Kind.choices,
    }
    return render(request, "inventory/adjustment_form.html", context)


@require_http_methods(["GET", "POST"])
def adjustment_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.update_adjustment(
            actor=actor,
            number=number,
            lines=adjustment_lines(request),
            kind=request.POST.get("kind"),
            reason=request.POST.get("reason", "")[:200],
            version=version_of(request),
        )
        messages.success(request, _("%(number)s 已保存。") % {"number": number})
        return redirect_to(request, reverse("inventory:adjustment", args=[number]))
    actor.must("inventory.create_adjustment")
    document = queries.document(actor, "adjustment", number)
    lines = [
        {
            "product": line["product"],
            "product_label": f"{line['product']} {line['name']}",
            "quantity": plain(line["change"]),
            "bin": line["bin"],
            "lot": line["lot"],
        }
        for line in document["lines"]
    ]
    context = {
        "actor": actor,
        "document": document,
        "lines": lines,
        "warehouses": warehouses(actor),
        "kinds": Adjustment.Kind.choices,
    }
    return render(request, "inventory/adjustment_form.html", context)


@require_POST
def adjustment_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Post, reverse, copy or cancel."""
    actor, version = actor_of(request), version_of(request)
    reason = request.POST.get("reason", "").strip()
    shown = number
    if verb == "post":
        done = commands.post_adjustment(actor=actor, number=number, version=version)
        if not in_approval(request, done):
            messages.success(request, _("%(number)s 已过账，库存已更新。") % {"number": number})
    elif verb == "copy":
        return copied(request, number, commands.copy_adjustment(actor=actor, number=number))
    elif verb == "reverse":
        done = commands.reverse_adjustment(actor=actor, number=number, reason=reason, version=version)
        shown = done.number
        if not in_approval(request, done):
            messages.success(request, _("%(number)s 已由 %(reversal)s 冲销。") % {"number": number, "reversal": shown})
    else:
        commands.cancel_document(actor=actor, number=number, reason=reason, version=version)
        messages.success(request, _("%(number)s 已取消。") % {"number": number})
    return redirect_to(request, reverse("inventory:adjustment", args=[shown]))
