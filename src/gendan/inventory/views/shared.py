"""What the pages of stock share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import choices
from gendan.inventory.models import Adjustment, StockCount, StockDocument, Transfer
from gendan.inventory.queries import documents, open_counts
from gendan.kernel.actor import Actor
from gendan.kernel.http import redirect_to
from gendan.kernel.timeline import entries
from gendan.kernel.unit import Done

MODELS: dict[str, type[StockDocument]] = {"transfer": Transfer, "adjustment": Adjustment, "count": StockCount}


def address(page: str, *args: Any, **parameters: str) -> str:
    """The address of a page of another context, "" where it does not exist."""
    try:
        found = reverse(page, args=args)
    except NoReverseMatch:
        return ""
    return found + ("?" + "&".join(f"{k}={v}" for k, v in parameters.items()) if parameters else "")


def warehouses(actor: Actor) -> list[tuple[str, str]]:
    """The active warehouses for a select box, the first one that the company had first."""
    if not actor.may("catalog.view"):
        return []
    found = sorted(choices(actor, "warehouses"), key=lambda row: int(row["id"]))
    return [(row["code"], f"{row['code']} {row['name']}") for row in found]


def list_context(request: HttpRequest, actor: Actor, kind: str) -> dict[str, Any]:
    """A list of documents: its page, its chips, its filters."""
    state = request.GET.get("state", "open")
    page = documents(
        actor,
        kind,
        state="" if state == "all" else state,
        warehouse=request.GET.get("warehouse", ""),
        q=request.GET.get("q", "")[:100],
        after=request.GET.get("after"),
    )
    counts = open_counts(actor, kind)
    labels = dict(MODELS[kind].State.choices)
    chips: list[tuple[str, str, int | None]] = [("open", _("未完成"), sum(counts.values()))]
    chips += [(s, str(labels[s]), counts.get(s, 0)) for s in labels if s in counts]
    chips += [("posted", str(labels["posted"]), None), ("all", _("全部"), None)]
    return {"actor": actor, "page": page, "chips": chips, "warehouses": warehouses(actor)}


def copied(request: HttpRequest, number: str, done: Done) -> HttpResponse:
    """Say of what the new draft is a copy, and open it to be changed."""
    messages.success(request, _("%(copy)s 复制自 %(number)s。") % {"copy": done.number, "number": number})
    return redirect_to(request, reverse(f"inventory:{done.kind}_edit", args=[done.number]))


def in_approval(request: HttpRequest, done: Done) -> bool:
    """Say that a document waits for approval now, if it does."""
    waits = done.data.get("approval") == "running"
    if waits:
        messages.success(request, _("%(number)s 已提交审批，同意后自动生效。") % {"number": done.number})
    return waits


def history(actor: Actor, kind: str, document_id: int) -> list[dict[str, Any]]:
    """The timeline of a document."""
    return entries(actor, [(kind, document_id)])
