"""The form of a bill: what is open of an order, a receipt or a supplier is filled in already."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.catalog.queries import choices
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import amounts
from gendan.kernel.documents import state_label
from gendan.kernel.errors import WrongState, plain
from gendan.kernel.http import actor_of, redirect_to
from gendan.purchasing.forms import CellReader
from gendan.purchasing.posted import version_of
from gendan.purchasing.queries.names import name_of
from gendan.settlement import commands
from gendan.settlement.commands.bill import UPDATE
from gendan.settlement.forms import bill_lines, bill_values
from gendan.settlement.models import Bill
from gendan.settlement.permissions import BUYING
from gendan.settlement.queries.bills import bill_detail
from gendan.settlement.queries.open_lines import open_lines
from gendan.settlement.views.bills import say

Row = dict[str, Any]


@require_http_methods(["GET", "POST"])
def bill_new(request: HttpRequest) -> HttpResponse:
    """A new bill; ``?order=``, ``?receipt=`` or ``?supplier=`` fill in what is open."""
    actor = actor_of(request)
    actor.must("settlement.create_bill")
    actor.must(BUYING)
    if request.method == "POST":
        post = request.POST.get("then") == "post"
        done = commands.create_bill(actor=actor, **bill_values(request), post=post)
        say(request, done, _("已过账") if post else _("已存为草稿"))
        return redirect_to(request, reverse("settlement:bill_detail", args=[done.number]))
    orders, receipts = _numbers(request, "order"), _numbers(request, "receipt")
    supplier = request.GET.get("supplier", "")[:64]
    rows: list[Row] = []
    if orders or receipts or supplier:
        rows = open_lines(actor, orders=orders, receipts=receipts, supplier=supplier)
    first = rows[0] if rows else {}
    draft = {
        **dict.fromkeys(("number", "reference", "due_on", "note"), ""),
        "supplier": first.get("supplier", supplier),
        "currency": first.get("currency", ""),
        "tax_included": first.get("tax_included", True),
        "dated_on": actor.today(),
    }
    asked = bool(orders or receipts or supplier)
    context = _context(actor, draft, [_prefilled(row) for row in rows if row["open"] > 0])
    context["nothing"] = asked and not context["lines"]
    context["source"] = ",".join([*orders, *receipts]) or supplier
    return render(request, "settlement/bill_form.html", context)


def _numbers(request: HttpRequest, name: str) -> list[str]:
    given = ",".join(request.GET.getlist(name)).replace("，", ",").split(",")
    return [part.strip().upper()[:32] for part in given if part.strip()][:50]


def _prefilled(row: Row) -> Row:
    return {
        "order": row["order_number"],
        "line": str(row["line"]),
        "receipt": row["receipt"],
        "product": f"{row['product']} {row['product_name']}",
        "quantity": plain(row["open"]),
        "unit": row["unit"],
        "unit_price": plain(round(row["unit_price"], 6)) if row["unit_price"] is not None else "",
        "tax_rate": plain(row["tax_rate"]),
    }


@require_http_methods(["GET", "POST"])
def bill_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    actor.must("settlement.create_bill")
    actor.must(BUYING)
    if request.method == "POST":
        values = bill_values(request)
        done = commands.update_bill(actor=actor, number=number, **values, version=version_of(request))
        if request.POST.get("then") == "post":
            key = actor.idempotency_key
            posting = replace(actor, idempotency_key=f"{key}:post" if key else None)
            done = commands.post_bill(actor=posting, number=number, version=done.version)
        say(request, done, _("已保存"))
        return redirect_to(request, reverse("settlement:bill_detail", args=[number]))
    bill = bill_detail(actor, number)
    if bill["state"] != "draft":
        raise WrongState(number=number, state=state_label(Bill, bill["state"]), action=str(UPDATE))
    return render(request, "settlement/bill_form.html", _context(actor, bill, [_shown(bill, x) for x in bill["lines"]]))


def _shown(bill: Row, line: Row) -> Row:
    cover = line["covers"][0] if line["covers"] else {}
    return {
        "order": cover.get("order", ""),
        "line": str(cover.get("line", "")),
        "receipt": cover.get("receipts", "") if " " not in cover.get("receipts", "") else "",
        "product": f"{line['product']} {line['product_name']}".strip(),
        "quantity": plain(line["quantity"]),
        "unit": line["unit_name"],
        "unit_price": plain(line["unit_price"]),
        "tax_rate": plain(line["tax_rate"]),
        "amount": plain(line["gross"] if bill["tax_included"] else line["net"]),
        "description": line["description"],
    }


def _context(actor: Actor, draft: Row, lines: list[Row]) -> Row:
    supplier = draft.get("supplier", "")
    return {
        "actor": actor,
        "draft": draft,
        "opened": draft if draft.get("number") else None,
        "lines": lines,
        "supplier_shown": name_of(actor, "partner", supplier) if supplier else "",
        "currencies": [(row["code"], f"{row['code']} {row['name']}") for row in choices(actor, "currencies")],
        "errors": {},
        "nothing": False,
        "source": "",
    }


@require_POST
def bill_totals(request: HttpRequest) -> JsonResponse:
    """What the lines come to; nothing is written."""
    actor = actor_of(request)
    actor.must("settlement.view")
    reader = CellReader()
    lines = bill_lines(request, reader)
    included, currency = request.POST.get("tax_included", "1") == "1", request.POST.get("currency", "")
    known = {row["code"]: row for row in choices(actor, "currencies")}
    minor = int(known.get(currency, {}).get("minor_units", 2))
    rows, totals = [], [Decimal(0)] * 3
    for line in lines:
        price = line.unit_price
        if line.quantity <= 0 or (price is None and line.amount is None):
            rows.append({"amount": ""})
            continue
        quantity, each = (line.quantity, price) if price is not None else (Decimal(1), line.amount or Decimal(0))
        printed = line.amount if line.amount is not None else None
        if printed is not None:
            quantity, each = Decimal(1), printed
        sums = amounts(quantity, each, Decimal(0), line.tax_rate or Decimal(0), included, minor)
        totals = [total + part for total, part in zip(totals, sums, strict=True)]
        own = amounts(
            line.quantity,
            price if price is not None else each,
            Decimal(0),
            line.tax_rate or Decimal(0),
            included,
            minor,
        )
        rows.append({"amount": str(own.gross if included else own.net) if price is not None else str(printed)})
    named = [_("不含税"), _("税额"), _("合计")]
    shown = [[name, f"{value:,.{minor}f}"] for name, value in zip(named, totals, strict=True)]
    shown[-1][1] = f"{shown[-1][1]} {currency}".strip()
    return JsonResponse({"lines": rows, "totals": shown, "hints": {}, "errors": reader.problems})
