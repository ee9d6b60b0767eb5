"""The picker's page: scan a bin, a product or a lot; what is wrong is refused at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, NotFound
from gendan.kernel.http import actor_of
from gendan.kernel.values import BadValue, to_number
from gendan.sales import commands
from gendan.sales.queries import picking
from gendan.sales.steps.picking import PickIn

PERMISSION = "sales.pick_goods"
Row = dict[str, Any]


def reasons() -> list[str]:
    """Why something is not where it should be."""
    return [_("库位里没有"), _("数量不够"), _("破损"), _("过期")]


@require_GET
def pick(request: HttpRequest) -> HttpResponse:
    """The page, empty or with a delivery or wave on it (?n=DN-000001)."""
    actor = actor_of(request)
    actor.must(PERMISSION)
    number = request.GET.get("n", "").strip().upper()
    context = {
        "actor": actor,
        "waiting": [] if number else picking.to_pick_first(actor),
        **_context(actor, number, bin_code=""),
    }
    return render(request, "sales/pick.html", context)


def _context(actor: Actor, number: str, bin_code: str, **more: Any) -> Row:
    work = picking.work(actor, number) if number else None
    return {"actor": actor, "work": work, "bin": bin_code, "reasons": reasons(), "hit": None, "said": "", **more}


def _work(request: HttpRequest, actor: Actor, number: str, bin_code: str, said: str, hit: Row | None) -> HttpResponse:
    context = _context(actor, number, bin_code, said=said, hit=hit)
    return render(request, "sales/_pick_work.html", context)


def _no(request: HttpRequest, text: str) -> HttpResponse:
    response = render(request, "purchasing/_receive_no.html", {"text": text, "found": None})
    response["HX-Retarget"] = "#scan-said"
    return response


@require_POST
def pick_scan(request: HttpRequest) -> HttpResponse:
    """What a code means: another pick list, the bin where one stands, or something that was taken."""
    actor = actor_of(request)
    actor.must(PERMISSION)
    code = request.POST.get("code", "").strip()[:120]
    number, bin_code = request.POST.get("number", ""), request.POST.get("bin", "")
    work = picking.work(actor, number) if number else None
    found = picking.read_code(actor, work, code)
    if found.kind == "work":
        return _work(request, actor, found.number, "", found.number, None)
    if work is None or found.kind == "unknown":
        return _no(request, _unknown(work, code))
    if found.kind == "bin":
        return _at_bin(request, actor, work, found.bin)
    picked = PickIn(found.product, found.quantity, bin_code, found.lot)
    return _count(request, actor, number, bin_code, picked)


def _unknown(work: Row | None, code: str) -> str:
    if work is None:
        return _("找不到「%(code)s」。请先扫描拣货单上的出库单号或波次号。") % {"code": code}
    return _("找不到「%(code)s」。可扫描库位、产品或批次的条码。") % {"code": code}


def _at_bin(request: HttpRequest, actor: Actor, work: Row, bin_code: str) -> HttpResponse:
    here = [row for row in work["rows"] if row["bin"] == bin_code]
    if not any(row["open"] for row in here):
        rest = next((row["bin"] for row in work["rows"] if row["open"]), "")
        told = _("这里已拣完。") if here else _("%(bin)s 没有要拣的货。") % {"bin": bin_code}
        return _no(request, told + (_("请到 %(bin)s。") % {"bin": rest} if rest else ""))
    first = next(row for row in here if row["open"])
    return _work(request, actor, work["number"], bin_code, bin_code, first)


@require_POST
def pick_count(request: HttpRequest) -> HttpResponse:
    """A quantity by hand: a button, or a number that was typed."""
    actor = actor_of(request)
    actor.must(PERMISSION)
    posted = request.POST
    try:
        quantity = to_number(posted.get("quantity", ""))
    except BadValue as bad:
        return _no(request, bad.text)
    picked = PickIn(posted.get("product", ""), quantity, posted.get("row_bin", ""), posted.get("lot", ""))
    return _count(request, actor, posted.get("number", ""), posted.get("bin", ""), picked)


def _count(request: HttpRequest, actor: Actor, number: str, bin_code: str, picked: PickIn) -> HttpResponse:
    try:
        commands.pick_goods(actor=actor, number=number, picks=[picked])
    except NotFound:
        raise
    except AppError as refusal:
        return _no(request, str(refusal))
    work = picking.work(actor, number)
    same = [row for row in work["rows"] if row["product"] == picked.product]
    hit = next(
        (r for r in same if (not picked.bin or r["bin"] == picked.bin) and (not picked.lot or r["lot"] == picked.lot)),
        None,
    )
    said = ""
    if hit:
        at = {"product": hit["product"], "picked": _plain(hit["picked"]), "quantity": _plain(hit["quantity"])}
        said = _("%(product)s  %(picked)s / %(quantity)s") % at
    stays = any(row["open"] and row["bin"] == bin_code for row in work["rows"])
    return _work(request, actor, number, bin_code if stays else "", said, hit)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


@require_POST
def pick_short(request: HttpRequest) -> HttpResponse:
    """It is not there: taken from elsewhere if there is any, else back to the order."""
    actor = actor_of(request)
    actor.must(PERMISSION)
    posted = request.POST
    number = posted.get("number", "")
    try:
        quantity = to_number(posted.get("quantity", ""))
        done = commands.short_pick(
            actor=actor,
            number=posted.get("delivery", ""),
            product=posted.get("product", ""),
            bin=posted.get("row_bin", ""),
            lot=posted.get("lot", ""),
            quantity=quantity,
            reason=posted.get("reason", ""),
            elsewhere=posted.get("elsewhere") == "1",
        )
    except BadValue as bad:
        return _no(request, bad.text)
    except AppError as refusal:
        return _no(request, str(refusal))
    told = _("缺货已登记：改从其他库位拣 %(elsewhere)s，退回订单 %(back)s。") % done.data
    return _work(request, actor, number, "", told, None)
