"""Open sales lines: what still has to leave, and what covers it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of
from gendan.purchasing.queries.lines import CAP
from gendan.purchasing.queries.names import name_of, warehouse_choices
from gendan.sales.exports import LINES, line_filter
from gendan.sales.queries.lines import open_line_counts, open_lines
from gendan.sales.views.progress import progress


@require_GET
def line_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Open lines, the longest overdue first; ``?export=xlsx`` is the filtered list as a workbook."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, LINES, _given(asked))
    wanted = line_filter(asked)
    counts = open_line_counts(actor, wanted)
    page = open_lines(actor, wanted, after=asked.get("after"))
    for row in page.items:
        row["progress"] = progress(row)
        row["basis_label"] = _("客户要求") if row["basis"] == "requested" else _("首次承诺")
    context = {
        "actor": actor,
        "page": page,
        "counts": counts,
        "count": counts.get(wanted.due or "all", 0),
        "cap": CAP,
        "warehouses": warehouse_choices(actor),
        "customer_name": name_of(actor, "partner", wanted.customer),
        "product_name": name_of(actor, "product", wanted.product),
    }
    return render(request, "sales/line_list.html", context)


def _given(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: asked[name] for name in asked}
