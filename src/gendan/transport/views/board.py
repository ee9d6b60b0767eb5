"""What is under way: as a board by state, and as a calendar by the day of arrival."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.kernel import marks
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.transport.queries.arrivals import COLUMNS, ArrivalFilter, arrivals, by_column, by_day
from gendan.transport.views.source import source_text

Row = dict[str, Any]
SHOWN = 60  # cards of a column
WEEKS = 3


def _found(request: HttpRequest, actor: Actor) -> tuple[list[Row], dict[str, Any]]:
    wanted = ArrivalFilter(
        supplier=request.GET.get("supplier", "")[:64],
        warehouse=request.GET.get("warehouse", "")[:32],
        q=request.GET.get("q", "")[:100],
    )
    rows = arrivals(actor, wanted)
    found = marks.of_rows(actor, "asn", [(row["number"], None) for row in rows])
    for row, mark in zip(rows, found, strict=True):
        row["source_text"], row["mark"] = source_text(row), mark
    context = {
        "actor": actor,
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
        "looks": [
            (_("看板"), reverse("transport:board"), "truck"),
            (_("日历"), reverse("transport:calendar"), "calendar"),
        ],
        "here": request.path,
    }
    return rows, context


def _moves(actor: Actor, row: Row) -> dict[str, str]:
    """Where a card can be put: only where there is a command for it."""
    if not actor.may("purchasing.update_shipment"):
        return {}
    arrive = reverse("purchasing:shipment_arrive", args=[row["number"]])
    dispatch = reverse("purchasing:shipment_dispatch", args=[row["number"]])
    return {"announced": {"in_transit": dispatch, "arrived": arrive}, "in_transit": {"arrived": arrive}}.get(
        row["state"], {}
    )


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Shipments by state; a card is put on by hand where that is something to say."""
    actor = actor_of(request)
    rows, context = _found(request, actor)
    labels = {"announced": _("已预告"), "in_transit": _("在途"), "arrived": _("已到货"), "receiving": _("收货中")}
    columns = []
    found = by_column(rows)
    for code in COLUMNS:
        cards = found[code]
        for card in cards[:SHOWN]:
            card["moves"] = _moves(actor, card)
        columns.append({"code": code, "label": labels[code], "count": len(cards), "cards": cards[:SHOWN]})
    return render(request, "transport/board.html", {**context, "columns": columns, "count": len(rows)})


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """What arrives today, in the next weeks, what is late, and what has no day."""
    actor = actor_of(request)
    rows, context = _found(request, actor)
    today = actor.today()
    days = by_day(rows)
    monday = today - timedelta(days=today.weekday())
    shown = [monday + timedelta(days=n) for n in range(7 * WEEKS)]
    late = [row for row in rows if row["days_late"]]
    week = [row for day in shown[:7] if day >= today for row in days.get(day, [])]
    cells = [_cell(day, today, days.get(day, [])) for day in shown]
    context |= {
        "count": sum(len(one) for one in days.values()),
        "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
        "names": [date_format(day, "D") for day in shown[:7]],
        "late": sorted(late, key=lambda row: -row["days_late"]),
        "today_count": len(days.get(today, [])),
        "week_count": len(week),
        "undated": days.get(None, []),
        "beyond": sum(len(one) for day, one in days.items() if day is not None and day > shown[-1]),
    }
    return render(request, "transport/calendar.html", context)


def _cell(day: date, today: date, rows: list[Row]) -> Row:
    return {"on": day, "past": day < today, "today": day == today, "rows": rows[:4], "more": max(len(rows) - 4, 0)}
