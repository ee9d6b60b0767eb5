"""Exceptions seen as a whole: groups, the board by state, the calendar by the day something was due."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.alerts.models import Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.overview import BY, Day, board, calendar, groups_by
from gendan.alerts.queries.texts import SEVERITIES
from gendan.alerts.views.asked import KEPT, shared, username_of, wanted_of
from gendan.kernel.http import actor_of


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """Cases of one cause, supplier, customer, product, rule or owner as one row."""
    actor, given = actor_of(request), request.GET
    by = given.get("by", "cause") if given.get("by", "cause") in BY else "cause"
    wanted = wanted_of(given, username_of(request))
    kept = {name: given[name] for name in KEPT if given.get(name)}
    rows = groups_by(actor, by, wanted)
    for row in rows:
        row["url"] = f"{reverse('alerts:case_list')}?{urlencode(kept | _within(by, row))}"
        row["title"] = _title(by, row)
    labels = {
        "cause": _("原因"),
        "supplier": _("供应商"),
        "customer": _("客户"),
        "product": _("产品"),
        "rule": _("规则"),
        "owner": _("负责人"),
    }
    context = shared(request, actor, "case_groups")
    context |= {
        "rows": rows,
        "by": by,
        "chips": [(name if name != "cause" else "", label, None) for name, label in labels.items()],
        "count": sum(row["cases"] for row in rows),
        "severity_labels": SEVERITIES,
    }
    return render(request, "alerts/case_groups.html", context)


def _title(by: str, row: dict[str, Any]) -> str:
    partner = row["partner_name"] or ""
    product = f"{row['product']} {row['product_name']}" if row["product"] else ""
    match by:
        case "cause":
            return " · ".join(text for text in (row["rules"], partner or product or ", ".join(row["some"])) if text)
        case "supplier" | "customer":
            return partner
        case "product":
            return product
        case "rule":
            return str(row["rules"])
    return row["owner_name"] or _("没有负责人")


def _within(by: str, row: dict[str, Any]) -> dict[str, str]:
    """The filter of the list that shows the cases of a group."""
    match by:
        case "cause":
            return {"rule": row["rule"], "cause": row["cause"]} if row["cause"] else {"document": row["some"][0]}
        case "supplier" | "customer":
            return {"partner": row["partner"]}
        case "product":
            return {"product": row["product"]}
        case "rule":
            return {"rule": row["rule"]}
    return {"owner": row["owner"]} if row["owner"] else {}


@require_GET
def case_board(request: HttpRequest) -> HttpResponse:
    """Cases as cards by state; a card is taken to the next state by hand or keyboard."""
    actor = actor_of(request)
    context = shared(request, actor, "case_board")
    columns = board(actor, wanted_of(request.GET, username_of(request)))
    # What is done by taking a card from a state to another one; the other ways there are none.
    moves = {
        "open": {"in_progress": "take", "resolved": "resolve", "dismissed": "dismiss"},
        "in_progress": {"open": "reopen", "resolved": "resolve", "dismissed": "dismiss"},
        "resolved": {"open": "reopen"},
        "dismissed": {"open": "reopen"},
    }
    context |= {"columns": columns, "moves": moves if actor.may(HANDLE) else {}, "labels": dict(Case.State.choices)}
    return render(request, "alerts/case_board.html", context)


@require_GET
def case_calendar(request: HttpRequest) -> HttpResponse:
    """A month of cases by the day on which something was due."""
    actor, given = actor_of(request), request.GET
    today = actor.today()
    month = _month(given.get("month", "")) or today.replace(day=1)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    found = calendar(actor, wanted_of(given, username_of(request)), weeks[0][0], weeks[-1][-1])
    context = shared(request, actor, "case_calendar")
    kept = {name: given[name] for name in KEPT if given.get(name)}
    list_url = f"{reverse('alerts:case_list')}?"

    def cell(on: date) -> dict[str, Any]:
        day = found.get(on, Day(on))
        url = f"{list_url}{urlencode(kept | {'due': on.isoformat()})}" if day.count else ""
        return {"day": day, "url": url, "other": on.month != month.month, "today": on == today}

    context |= {
        "weeks": [[cell(on) for on in week] for week in weeks],
        "month": month,
        "before": f"{month - timedelta(days=1):%Y-%m}",
        "after": f"{(month + timedelta(days=32)).replace(day=1):%Y-%m}",
        "count": sum(day.count for day in found.values()),
        "names": [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
    }
    return render(request, "alerts/case_calendar.html", context)


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
