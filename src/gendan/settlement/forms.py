"""The forms of bills and payments: posted text becomes values; every cell that cannot be read is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, to_date, to_integer, to_number, to_text
from gendan.purchasing.forms import CellReader, posted_lines
from gendan.purchasing.posted import fields_of, texts_of
from gendan.settlement.rules.lines import BillLineIn, Cover, PartIn

ZERO = Decimal(0)
BILL_TEXTS = {"supplier": 64, "reference": 80, "currency": 3, "note": 4000}
PAYMENT_TEXTS = {"partner": 64, "currency": 3, "method": 12, "reference": 80, "note": 300}


def bill_lines(request: HttpRequest, reader: CellReader) -> list[BillLineIn]:
    """The grid's rows; one without a quantity is left out when it came from an order."""
    found = []
    for n, row in enumerate(posted_lines(request)):
        order = reader.cell(n, row, "order", lambda text: to_text(text, 32).upper(), "")
        quantity = reader.cell(n, row, "quantity", to_number, ZERO)
        covers: tuple[Cover, ...] = ()
        if order:
            line = reader.cell(n, row, "line", lambda text: to_integer(text, 1, 100_000), 0)
            receipt = reader.cell(n, row, "receipt", lambda text: to_text(text, 32).upper(), "")
            covers = (Cover(order, line, quantity, receipt),)
        found.append(
            BillLineIn(
                quantity,
                covers,
                reader.cell(n, row, "unit_price", to_number),
                reader.cell(n, row, "tax_rate", lambda text: to_number(text, 4, 7)),
                reader.cell(n, row, "amount", lambda text: to_number(text, 4)),
                reader.cell(n, row, "description", lambda text: to_text(text, 300), ""),
            )
        )
    return found


def bill_values(request: HttpRequest) -> dict[str, Any]:
    """The posted invoice as create_bill wants it. Errors: Invalid."""
    reader = CellReader()
    values = texts_of(request, BILL_TEXTS, reader.problems)
    values |= fields_of(request, {"dated_on": to_date, "due_on": to_date, "total": to_number}, reader.problems)
    lines = bill_lines(request, reader)
    reader.check()
    return {**values, "tax_included": request.POST.get("tax_included", "1") == "1", "lines": lines}


def payment_values(request: HttpRequest) -> dict[str, Any]:
    """The posted payment: its parts are the rows with an amount. Errors: Invalid."""
    reader = CellReader()
    values = texts_of(request, PAYMENT_TEXTS, reader.problems)
    values |= fields_of(request, {"paid_on": to_date, "amount": to_number}, reader.problems)
    parts = payment_parts(request, reader)
    reader.check()
    partner = values.pop("partner")
    return {**values, "advance": request.POST.get("advance") == "1", "parts": parts, "partner": partner}


def payment_parts(request: HttpRequest, reader: CellReader) -> list[PartIn]:
    """The rows with an amount."""
    found = []
    for n, row in enumerate(posted_lines(request)):
        amount = reader.cell(n, row, "amount", to_number)
        number = str(row.get("number") or row.get("id") or "").strip().upper()[:32]
        if amount is not None and not number:
            reader.problems[f"lines.{n}.number"] = _("请填写单号。")
        elif amount:
            found.append(PartIn(number, amount))
    return found


def tolerances(request: HttpRequest) -> dict[str, Decimal]:
    """The posted settings. Errors: Invalid."""
    found, problems = {}, {}
    for name in ("price_percent", "amount", "quantity_percent", "extra_amount"):
        text = request.POST.get(name, "").strip()
        try:
            found[name] = to_number(text, 2) if text else ZERO
        except BadValue as wrong:
            problems[name] = wrong.text
    if problems:
        raise Invalid(problems)
    return found
