"""The form of sales orders: posted text becomes values; every cell that cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.values import to_date, to_number, to_text
from gendan.purchasing.forms import CellReader, line_id, posted_lines, shown_cell, told_prices
from gendan.purchasing.posted import fields_of, texts_of
from gendan.purchasing.steps.days import day_problems
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.draft import Draft, DraftLine
from gendan.sales.rules.lines import ZERO, LineIn
from gendan.sales.steps import lookup

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


def order_draft(request: HttpRequest, actor: Actor) -> Draft:
    """The posted order; Invalid names all that cannot be read or is wrong."""
    return Draft(**posted_draft(request, actor, ("ordered_on", "requested_on")))


def posted_draft(request: HttpRequest, actor: Actor, days: Sequence[str]) -> dict[str, Any]:
    """What was posted of an order or a quotation.

    Where something cannot be read, Invalid names with it what the command would find wrong with the rest: nobody
    mends a form in rounds.
    """
    reader = CellReader()
    texts = texts_of(request, TEXTS, reader.problems)
    dates = fields_of(request, dict.fromkeys(days, to_date), reader.problems)
    lines = tuple(draft_line(reader, n, row) for n, row in enumerate(posted_lines(request)))
    if reader.problems:
        wrong = day_problems(actor, dates) | lookup.problems_of(
            actor,
            texts["customer"],
            texts["warehouse"],
            texts["currency"],
            texts["ship_to"],
            lines_in(Draft("", "", lines=lines)),
            dates["ordered_on"] or actor.today(),
            reader.problems,
        )
        raise Invalid(told_prices(actor, VIEW_PRICE, wrong, reader.problems))
    return {**texts, **dates, "tax_included": request.POST.get("tax_included") == "1", "lines": lines}


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
