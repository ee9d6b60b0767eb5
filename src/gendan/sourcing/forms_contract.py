"""The form of a framework contract: posted text becomes a draft; every cell that cannot be read is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from gendan.kernel.errors import plain
from gendan.kernel.values import to_date, to_integer, to_number, to_text
from gendan.purchasing.forms import CellReader, posted_lines
from gendan.purchasing.posted import fields_of, texts_of
from gendan.sourcing.forms import to_breaks
from gendan.sourcing.rules.contract import LEAD_DAYS, MOST_DAYS, ZERO, ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import BreakIn, base_price, breaks_text

TEXTS = {"supplier": 64, "title": 120, "reference": 80, "currency": 3, "over": 8, "note": 4000}
READERS = {
    "valid_from": to_date,
    "valid_to": to_date,
    "agreed_amount": to_number,
    "remind_days": lambda text: to_integer(text, 0, MOST_DAYS),
    "remind_percent": lambda text: to_integer(text, 1, 100),
}


def posted_contract(request: HttpRequest) -> ContractDraft:
    """The posted contract; Invalid names what cannot be read."""
    reader = CellReader()
    texts = texts_of(request, TEXTS, reader.problems)
    values = fields_of(request, READERS, reader.problems)
    lines = tuple(contract_line(reader, n, row) for n, row in enumerate(posted_lines(request)))
    reader.check()
    values["remind_days"] = 30 if values["remind_days"] is None else values["remind_days"]
    values["remind_percent"] = values["remind_percent"] or 80
    return ContractDraft(**texts, **values, lines=lines)


def contract_line(reader: CellReader, n: int, row: Mapping[str, Any]) -> ContractLineIn:
    """A row of the grid; an empty quantity is as much as is needed."""
    price = reader.cell(n, row, "price", to_number)
    breaks = reader.cell(n, row, "breaks", lambda text: to_breaks(str(text)), ())
    return ContractLineIn(
        product=reader.cell(n, row, "product", lambda text: to_text(text, 64), ""),
        prices=(*(() if price is None else (BreakIn(ZERO, price),)), *breaks),
        quantity=reader.cell(n, row, "quantity", to_number),
        unit=reader.cell(n, row, "unit", lambda text: to_text(text, 64), ""),
        minimum=reader.cell(n, row, "minimum", to_number, ZERO),
        lead_days=reader.cell(n, row, "lead_days", lambda text: to_integer(text, 0, LEAD_DAYS)),
        note=reader.cell(n, row, "note", lambda text: to_text(text, 300), ""),
    )


def contract_cells(line: ContractLineIn, names: Mapping[str, str]) -> dict[str, Any]:
    """A line as the grid shows it."""
    prices = [(f"{one.from_quantity:f}", f"{one.price:f}") for one in line.prices]
    return {
        "product": line.product,
        "product_label": f"{line.product} {names.get(f'product:{line.product}', '')}".strip(),
        "unit": line.unit,
        "price": base_price(prices),
        "breaks": breaks_text(prices),
        "quantity": str(plain(line.quantity)) if line.quantity is not None else "",
        "minimum": str(plain(line.minimum)) if line.minimum else "",
        "lead_days": "" if line.lead_days is None else str(line.lead_days),
        "note": line.note,
    }
