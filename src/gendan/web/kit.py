# ruff: noqa: E501  (fixtures read best in rows)
"""The living style sheet: every macro with normal, empty and ugly data. Only with DEBUG and in tests."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid

ACTOR = Actor(company_id=0, user_id=None, name="李采购", permissions=frozenset({"*"}), amount_limit=None)
LONG = "上海浦东新区国际医药物资进出口（集团）股份有限公司第二分公司 Supply Chain & Procurement Services"
PRODUCTS = [
    ("P0001", "六角螺栓", "M8×20 不锈钢 304", "个", "120", "0.35"),
    ("P0002", "六角螺母", "M8 不锈钢 304", "个", "2,400", "0.12"),
    ("P0003", "一次性使用无菌注射器", "5 ml 带针 22G", "盒", "0", "18.80"),
    ("P0004", "阿莫西林胶囊", "0.25 g × 24 粒", "盒", "36", "9.90"),
    ("P0005", "HIV 1/2, Determine Complete HIV Kit", "100 Tests", "Kit", "12", "80.00"),
]


def _orders() -> list[dict[str, Any]]:
    today = timezone.localdate()
    states = [("draft", "草稿"), ("pending_approval", "待审批"), ("approved", "待供应商确认"), ("confirmed", "已确认"),
              ("partly_received", "部分入库"), ("received", "已入库"), ("cancelled", "已取消")]  # fmt: skip
    rows = []
    for n in range(1, 15):
        state, label = states[n % len(states)]
        late = (n * 3) % 8 if n % 3 == 0 else 0
        ordered = Decimal(100 * n)
        rows.append(
            {
                "number": f"PO-{n:06}", "supplier_name": "华东五金有限公司" if n % 4 else LONG, "state": state, "state_label": label,
                "amount": Decimal("12345.60") * n, "currency": "CNY" if n % 5 else "USD", "expected_on": today + timedelta(days=n * 3 - 12),
                "days_late": late, "buyer": "李采购", "ordered": ordered, "confirmed": ordered if n % 2 else ordered / 2,
                "shipped": ordered / 2 if n % 3 else 0, "received": ordered / 4 if n % 4 else 0, "cancelled": 0, "unit": "盒",
            }
        )  # fmt: skip
    rows[3].update(received=Decimal(430), shipped=Decimal(430), amount=Decimal("-98765432100.5"))
    rows[4].update(cancelled=Decimal(120))
    return rows


def _events() -> list[dict[str, Any]]:
    now = timezone.now()
    base = {"via": "page", "number": "PO-000007", "text": "", "user": "王主管"}
    return [
        {**base, "what": "event", "label": "批准了订单", "at": now - timedelta(minutes=4)},
        {**base, "what": "comment", "label": "", "number": "", "at": now - timedelta(hours=3), "user": "李采购",
         "text": "@王主管 供应商说首批 40 件可以提前到 11-28，其余 12-05。\n请看附件里的聊天截图。"},
        {**base, "what": "event", "label": "修改了订单", "at": now - timedelta(days=1), "user": "", "via": "import",
         "changes": [("数量", "100", "120"), ("需求日", None, "2026-12-01")]},
        {**base, "what": "event", "label": "创建了订单", "at": now - timedelta(days=63), "user": "John Doe", "via": "api"},
    ]  # fmt: skip


def _steps() -> list[dict[str, Any]]:
    today = timezone.localdate()
    return [
        {"label": "申请", "state": "done", "date": today - timedelta(days=20), "note": "PR-000012"},
        {"label": "批准", "state": "done", "date": today - timedelta(days=18), "note": "王主管"},
        {"label": "供应商确认", "state": "done", "date": today - timedelta(days=15), "note": "100 / 100"},
        {"label": "发货", "state": "part", "date": today - timedelta(days=4), "note": "60 / 100", "late": 2},
        {"label": "入库", "state": "now", "date": today + timedelta(days=3), "note": "40 / 100"},
        {"label": "完结", "state": "todo"},
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Show everything."""
    request.gendan_actor = ACTOR  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = [] if request.GET.get("state") == "none" else _orders()
    stages = [
        ("采购申请", [{"number": "PR-000012", "url": "#", "state": "ordered", "state_label": "已下单"}]),
        ("采购订单", [{"number": "PO-000007", "url": "#", "state": "partly_received", "state_label": "部分入库", "here": True}]),
        ("发货单", [{"number": "ASN-000003", "url": "#", "state": "received", "state_label": "已收货", "note": "顺丰 SF1234567890"},
                  {"number": "ASN-000004", "url": "#", "state": "in_transit", "state_label": "在途", "note": "预计 11-24"}]),
        ("入库单", [{"number": "GR-000003", "url": "#", "state": "posted", "state_label": "已入库", "note": "40 盒"}]),
    ]  # fmt: skip
    lines = [
        {"product": "P0001", "product_label": "P0001 六角螺栓", "quantity": "100", "unit_price": "0.35", "required_on": "2026-12-01"},
        {"product": "P0003", "product_label": "P0003 一次性使用无菌注射器", "quantity": "-5", "unit_price": "", "required_on": ""},
    ]  # fmt: skip
    context = {
        "actor": ACTOR, "rows": rows, "events": _events(), "steps": _steps(), "stages": stages, "lines": lines, "long": LONG,
        "job": {"state": "failed", "title": "导入 scms_delivery_history.csv", "done": 3120, "total": 4920, "message": "第 3121 行:日期无法识别"},
        "files": [{"name": "合同扫描件-2026-最终版-已盖章(1).pdf", "url": "#", "size": 1234567, "user": "李采购", "at": timezone.now()}],
    }  # fmt: skip
    return render(request, "web/kit.html", context)


def long_grid(request: HttpRequest) -> HttpResponse:
    """The line grid with 200 lines."""
    request.gendan_actor = ACTOR  # type: ignore[attr-defined]
    lines = [
        {"product": PRODUCTS[n % 5][0], "quantity": str(n + 1), "unit_price": PRODUCTS[n % 5][5], "required_on": "2026-12-01", "note": ""}
        for n in range(200)
    ]  # fmt: skip
    return render(request, "web/kit_form.html", {"actor": ACTOR, "lines": lines})


def lookup(request: HttpRequest) -> JsonResponse:
    """Five products."""
    codes = [code.lower() for code in request.GET.getlist("code")]
    q = request.GET.get("q", "").lower()
    items = [
        {"value": code, "label": f"{code} {name}", "spec": spec, "unit": unit, "facts": [f"可用 {stock}", f"上次 {price}"],
         "fill": {"unit_price": price}, "asked": code}
        for code, name, spec, unit, stock, price in PRODUCTS
        if (code.lower() in codes if codes else q in f"{code} {name} {spec}".lower())
    ]  # fmt: skip
    return JsonResponse({"items": items})


def totals(request: HttpRequest) -> JsonResponse:
    """Amounts of the lines posted."""
    units = {code: unit for code, _name, _spec, unit, _stock, _price in PRODUCTS}
    answers, total, hints = [], Decimal(0), {}
    for at, line in enumerate(json.loads(request.POST.get("lines") or "[]")):
        try:
            amount = (Decimal(line["quantity"]) * Decimal(line["unit_price"])).quantize(Decimal("0.01"))
        except (InvalidOperation, KeyError):
            answers.append({"unit": units.get(line.get("product", ""), "")})
            continue
        total += amount
        if Decimal(line["quantity"]) < 10:
            hints[f"lines.{at}.quantity"] = "低于最小订量 10"
        answers.append({"amount": f"{amount:,}", "unit": units.get(line["product"], "")})
    return JsonResponse(
        {"lines": answers, "totals": [["不含税", f"{total:,}"], ["合计", f"{total:,} CNY"]], "hints": hints}
    )


def save(request: HttpRequest) -> HttpResponse:
    """Refuse, so that the refusal can be seen."""
    request.gendan_actor = ACTOR  # type: ignore[attr-defined]
    raise Invalid({"supplier": "请选择供应商。", "lines.1.quantity": "数量必须大于 0。"})


def scan(request: HttpRequest) -> HttpResponse:
    """Yes to codes that begin with P, no to others."""
    code = request.POST.get("code", "")
    return render(request, "web/kit_scan.html", {"code": code, "ok": code.upper().startswith("P")})
