"""The list of exceptions: those that matter most first, taken away as Excel, dealt with many at once, counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gendan.alerts import bulk
from gendan.alerts.models import OPEN_STATES, Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries import own_rules
from gendan.alerts.queries.cases import case_counts, case_list
from gendan.alerts.queries.overview import mine_count
from gendan.alerts.queries.texts import NAMES
from gendan.alerts.views.asked import shared, username_of, wanted_of
from gendan.alerts.views.case import note_of, until_of
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.exports import Export, Row, all_pages, excel, register
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.paging import MAX_LIMIT

LABELS = dict(Case.State.choices)
EXPORT = "alerts.cases"


@require_GET
def case_page_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Cases, those that matter most first."""
    actor, given = actor_of(request), request.GET
    if given.get("export") == "xlsx":
        filters = given.dict()
        if filters.get("view") == "mine":  # the file may be made later, by the worker, who is nobody
            filters |= {"view": "", "owner": username_of(request)}
        return excel(request, actor, EXPORT, filters)
    page = case_list(actor, wanted_of(given, username_of(request)), after=given.get("after"))
    counts = case_counts(actor)
    chips: list[tuple[str, Any, int | None]] = [("", _("未关闭"), counts["all"])]
    chips += [(state, LABELS[state], counts["states"].get(state, 0)) for state in OPEN_STATES]
    chips += [(state, LABELS[state], None) for state in ("resolved", "dismissed")]
    context = shared(request, actor, "case_list")
    context["views"] = [
        (_("全部"), {"view": ""}, None),
        (_("我的"), {"view": "mine"}, counts["mine"]),
        (_("紧急"), {"view": "urgent"}, counts["severities"].get("high", 0)),
        (_("有客户在等"), {"view": "customers"}, None),
        (_("含已推迟"), {"view": "snoozed"}, None),
    ]
    known = {**NAMES, **own_rules.names(actor.company_id)}
    context |= {
        "page": page,
        "counts": counts,
        "chips": [*chips, ("all", _("全部"), None)],
        "labels": LABELS,
        "rules": [(code, str(known.get(code, code))) for code in counts["rules"]] or context["rules"],
        "may_handle": actor.may(HANDLE),
        "filtered": any(given.get(name) for name in (*given.keys(),) if name != "sort"),
    }
    return render(request, "alerts/case_list.html", context)


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """The number in the navigation: how many wait for me. Empty when there is none."""
    found = mine_count(actor_of(request))
    return HttpResponse(("99+" if found > 99 else str(found)) if found else "")


@require_POST
def case_bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Do the same with the chosen cases, or with all that the list shows (``all``: its address), each in a transaction
    of its own; what could not be done is said. Many are the worker's.
    """
    actor = actor_of(request)
    actor.must(HANDLE)
    if verb not in bulk.VERBS:
        raise NotFound(what=verb)
    given = {"to": request.POST.get("to", ""), "note": note_of(request)}
    if verb == "snooze":
        given["until"] = until_of(request).isoformat()
    shown = request.POST.get("all")
    numbers = request.POST.getlist("ids") if shown is None else _shown_in(request, actor, shown)
    if len(numbers) > bulk.AT_ONCE:
        return redirect_to(request, reverse("kernel:job", args=[bulk.start(actor, verb, numbers, given).pk]))
    results = [bulk.deal(actor, verb, number, given, actor.idempotency_key) for number in numbers]
    failed = sum(not one["ok"] for one in results)
    if not failed:
        messages.success(request, _("已处理 %(n)s 个异常。") % {"n": len(results)})
        return redirect_to(request, reverse("alerts:case_list"))
    context = {"actor": actor, "results": results, "done": len(results) - failed, "failed": failed}
    return render(request, "alerts/case_bulk.html", context)


def _shown_in(request: HttpRequest, actor: Actor, query: str) -> list[str]:
    """The cases of a list, by the query of its address."""
    return bulk.numbers_of(actor, wanted_of(QueryDict(query.removeprefix("?")[:2000]), username_of(request)))


def _columns(actor: Actor) -> list[tuple[str, Any]]:
    return [
        ("number", gettext_lazy("编号")),
        ("rule_name", gettext_lazy("异常")),
        ("text", gettext_lazy("说明")),
        ("severity_label", gettext_lazy("级别")),
        ("state_label", gettext_lazy("状态")),
        ("document_number", gettext_lazy("单据")),
        ("line_no", gettext_lazy("行")),
        ("partner", gettext_lazy("往来单位编码")),
        ("partner_name", gettext_lazy("供应商或客户")),
        ("product", gettext_lazy("产品编码")),
        ("product_name", gettext_lazy("产品")),
        ("due_on", gettext_lazy("应于")),
        ("days", gettext_lazy("晚几天")),
        ("amount", gettext_lazy("金额")),
        ("currency", gettext_lazy("币种")),
        ("customers", gettext_lazy("等待的客户")),
        ("owner_name", gettext_lazy("负责人")),
        ("opened_at", gettext_lazy("发现时间")),
        ("times", gettext_lazy("第几次")),
        ("snoozed_until", gettext_lazy("推迟到")),
        ("closed_at", gettext_lazy("关闭时间")),
        ("reason", gettext_lazy("原因")),
    ]


def _rows(actor: Actor, filters: Any) -> Iterator[Row]:
    wanted = wanted_of(filters)
    return all_pages(lambda after: case_list(actor, wanted, MAX_LIMIT, after))


register(Export(EXPORT, gettext_lazy("异常"), _rows, _columns))
