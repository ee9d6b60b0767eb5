"""The comparison: lines × suppliers, proposals, and the award."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel.errors import plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing.posted import version_of
from gendan.sourcing import commands
from gendan.sourcing.forms import posted_awards
from gendan.sourcing.queries.matrix import matrix

Row = dict[str, Any]


@require_GET
def compare(request: HttpRequest, number: str) -> HttpResponse:
    """Every offer beside the others. ``?way=price`` fills the award with a proposal; ``suppliers`` and ``most`` say how
    it is split.
    """
    actor = actor_of(request)
    suppliers = _number(request, "suppliers", 2, 1, 20)
    most = _number(request, "most", 60, 1, 100)
    found = matrix(actor, number, suppliers=suppliers, most=Decimal(most))
    way = request.GET.get("way", "")
    chosen = next((one for one in found.proposals if one.way == way), None)
    names = {row["supplier"]: row["supplier_name"] for row in found.detail.suppliers}
    context = {
        "actor": actor,
        "inquiry": found.detail.header,
        "lines": found.detail.lines,
        "suppliers": [row for row in found.detail.suppliers if row["answers"] or not found.detail.header["closed"]],
        "cells": found.cells,
        "records": found.records,
        "weights": found.weights,
        "proposals": found.proposals,
        "chosen": chosen,
        "amounts": {
            (share.line, share.supplier): str(plain(share.quantity)) for share in (chosen.shares if chosen else ())
        },
        "names": names,
        "way": way,
        "split": {"suppliers": suppliers, "most": most},
        "ways": {"price": _("价格最低"), "date": _("交期最快"), "score": _("综合得分"), "split": _("分给几家")},
        "may_award": actor.may("sourcing.award_inquiry")
        and actor.may("purchasing.create_order")
        and found.detail.header["state"] == "answered",
        "approval": progress(actor, "inquiry", found.detail.header["id"]),
    }
    return render(request, "sourcing/compare.html", context)


def _number(request: HttpRequest, name: str, default: int, low: int, high: int) -> int:
    try:
        return to_integer(to_number(request.GET.get(name, "") or default), low, high)
    except BadValue:
        return default


@require_POST
def award(request: HttpRequest, number: str) -> HttpResponse:
    """Award what was entered; orders come out of it, or an approval begins."""
    actor = actor_of(request)
    done = commands.award_inquiry(
        actor=actor,
        number=number,
        awards=posted_awards(request),
        submit=request.POST.get("then") == "submit",
        version=version_of(request),
    )
    if done.data.get("approval") == "running":
        messages.success(request, f"{number} {_('已提交审批，同意后自动生成订单')}")
    else:
        made = [order["number"] for order in done.data["orders"]]
        told = {"count": len(made), "numbers": "、".join(made)}
        messages.success(request, _("已生成 %(count)s 张订单：%(numbers)s") % told)
    return redirect_to(request, reverse("sourcing:inquiry_detail", args=[number]))
