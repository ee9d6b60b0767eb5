"""The form of sales orders: posted text becomes values; every cell that cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from gendan.kernel.values import to_date, to_number, to_text
from gendan.purchasing.forms import CellReader, line_id, posted_lines, shown_cell
from gendan.purchasing.posted import fields_of, texts_of
from gendan.sales.rules.draft import Draft, DraftLine
from gendan.sales.rules.lines import ZERO, LineIn

Cells = Mapping[str, Any]
TEXTS = {
    "customer": 64,
    "warehouse": 64,
    "currency": 3,
    "ship_to": 64,
    "customer_reference": 80,
    "note": 4000,
    "back_order": 8,
}


def order_draft(request: HttpRequest) -> Draft:
    """The posted order; Invalid names every field and cell that cannot be read."""
    texts = texts_of(request, TEXTS)
    dates = fields_of(request, {"ordered_on": to_date, "requested_on": to_date})
    reader = CellReader()
    lines = tuple(draft_line(reader, n, row) for n, row in enumerate(posted_lines(request)))
    reader.check()
    return Draft(**texts, **dates, tax_included=request.POST.get("tax_included") == "1", lines=lines)


def draft_line(reader: CellReader, n: int, row: Cells) -> DraftLine:
    """A row of the order grid; an empty quantity is 0, which the command refuses beside the cell."""

    def text(length: int) -> Callable[[Any], str]:
        return lambda given: to_text(given, length)

    return DraftLine(
        product=reader.cell(n, row, "product", text(64), ""),
        quantity=reader.cell(n, row, "quantity", to_number, ZERO),
        unit_price=reader.cell(n, row, "unit_price", to_number),
        unit=reader.cell(n, row, "unit", text(64), ""),
        requested_on=reader.cell(n, row, "requested_on", to_date),
        discount=reader.cell(n, row, "discount", lambda given: to_number(given, 3, 6)),
        tax=reader.cell(n, row, "tax", text(64), ""),
        note=reader.cell(n, row, "note", text(300), ""),
        description=reader.cell(n, row, "description", text(300), ""),
        id=line_id(row),
    )


def lines_in(draft: Draft) -> list[LineIn]:
    """The draft's lines as create_order wants them."""
    return [LineIn(**{k: v for k, v in asdict(line).items() if k != "id"}) for line in draft.lines]


def preview_lines(request: HttpRequest) -> tuple[list[LineIn], dict[str, str]]:
    """What can be read of the grid, and what cannot, for a preview while somebody types."""
    reader = CellReader()
    found = [draft_line(reader, n, row) for n, row in enumerate(posted_lines(request))]
    return lines_in(Draft("", "", lines=tuple(found))), reader.problems


def grid_lines(draft: Draft, names: Mapping[str, str], prices: bool) -> list[dict[str, Any]]:
    """A draft's lines as the grid shows them."""
    found = []
    for line in draft.lines:
        cells = {name: shown_cell(value) for name, value in asdict(line).items()}
        cells["product_label"] = f"{line.product} {names.get(f'product:{line.product}', '')}".strip()
        if not prices:
            del cells["unit_price"], cells["discount"]
        if line.id is None:
            cells.pop("id")
        else:
            cells["id"] = line.id
        found.append(cells)
    return found
