"""The forms of orders and requisitions: posted text becomes values; every cell that cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, plain
from gendan.kernel.http import json_body
from gendan.kernel.values import BadValue, to_date, to_number, to_text, whole
from gendan.purchasing.posted import fields_of, texts_of
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.rules.draft import Draft, DraftLine
from gendan.purchasing.rules.lines import MAX_LINES, LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.requisitions import Pick, RequestDraft, RequestIn
from gendan.purchasing.steps import lookup
from gendan.purchasing.steps.days import day_problems
from gendan.purchasing.steps.request import look

ZERO = Decimal(0)
Cells = Mapping[str, Any]
TEXTS = {"supplier": 64, "warehouse": 64, "currency": 3, "supplier_reference": 80, "note": 4000}


class CellReader:
    """Reads cells of posted lines and remembers what was wrong, by place."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def cell(self, n: int, line: Cells, name: str, read: Callable[[Any], Any], default: Any = None) -> Any:
        """The value of a cell, ``default`` when it is empty or wrong."""
        text = line.get(name)
        if text is None or str(text).strip() == "":
            return default
        try:
            return read(str(text))
        except BadValue as bad:
            self.problems[f"lines.{n}.{name}"] = bad.text
            return default

    def check(self) -> None:
        """Invalid when something could not be read."""
        if self.problems:
            raise Invalid(self.problems)


def posted_lines(request: HttpRequest) -> list[Cells]:
    """The grid's rows."""
    rows = json_body(request)
    found: list[Cells] = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return found[: MAX_LINES + 1]


def order_draft(request: HttpRequest, actor: Actor) -> Draft:
    """The posted order.

    Where something cannot be read, Invalid names with it what the command would find wrong with the rest: nobody
    mends a form in rounds.
    """
    reader = CellReader()
    texts = texts_of(request, TEXTS, reader.problems)
    dates = fields_of(request, {"ordered_on": to_date}, reader.problems)
    lines = tuple(draft_line(reader, n, row) for n, row in enumerate(posted_lines(request)))
    if reader.problems:
        wrong = day_problems(actor, dates) | lookup.problems_of(
            actor,
            texts["supplier"],
            texts["warehouse"],
            texts["currency"],
            lines_in(Draft("", "", lines=lines)),
            dates["ordered_on"] or actor.today(),
            reader.problems,
        )
        raise Invalid(told_prices(actor, VIEW_PRICE, wrong, reader.problems))
    return Draft(
        **texts, ordered_on=dates["ordered_on"], tax_included=request.POST.get("tax_included") == "1", lines=lines
    )


def told_prices(actor: Actor, right: str, wrong: Mapping[str, str], unread: Mapping[str, str]) -> dict[str, str]:
    """What is wrong without the prices that are missing, for who does not see prices: lines keep those they have."""
    if actor.may(right):
        return dict(wrong)
    return {name: text for name, text in wrong.items() if name in unread or not name.endswith(".unit_price")}


def draft_line(reader: CellReader, n: int, row: Cells) -> DraftLine:
    """A row of the order grid; an empty quantity is 0, which the command refuses beside the cell."""
    return DraftLine(
        product=reader.cell(n, row, "product", lambda text: to_text(text, 64), ""),
        quantity=reader.cell(n, row, "quantity", to_number, ZERO),
        unit_price=reader.cell(n, row, "unit_price", to_number),
        unit=reader.cell(n, row, "unit", lambda text: to_text(text, 64), ""),
        required_on=reader.cell(n, row, "required_on", to_date),
        discount=reader.cell(n, row, "discount", lambda text: to_number(text, 3, 6), ZERO),
        tax=reader.cell(n, row, "tax", lambda text: to_text(text, 64), ""),
        note=reader.cell(n, row, "note", lambda text: to_text(text, 300), ""),
        description=reader.cell(n, row, "description", lambda text: to_text(text, 300), ""),
        id=line_id(row),
    )


def line_id(row: Cells) -> int | None:
    """The line's own id, which the grid hands back."""
    found = row.get("id")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


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
        cells["discount"] = shown_cell(line.discount) if line.discount else ""
        if not prices:
            del cells["unit_price"], cells["discount"]
        if line.id is None:
            cells.pop("id")
        else:
            cells["id"] = line.id
        found.append(cells)
    return found


def shown_cell(value: Any) -> Any:
    """A value as text, as a cell of the grid shows it."""
    if isinstance(value, Decimal):
        return str(plain(value))
    return "" if value is None else value.isoformat() if isinstance(value, date) else value


def request_draft(request: HttpRequest, actor: Actor) -> RequestDraft:
    """The posted requisition; Invalid names all that cannot be read or is wrong."""
    reader = CellReader()
    texts = texts_of(request, {"warehouse": 64, "reason": 300}, reader.problems)
    dates = fields_of(request, {"required_on": to_date}, reader.problems)
    lines = [
        RequestIn(
            product=reader.cell(n, row, "product", lambda text: to_text(text, 64), ""),
            quantity=reader.cell(n, row, "quantity", to_number, ZERO),
            unit=reader.cell(n, row, "unit", lambda text: to_text(text, 64), ""),
            required_on=reader.cell(n, row, "required_on", to_date),
            supplier=reader.cell(n, row, "supplier", lambda text: to_text(text, 64), ""),
            note=reader.cell(n, row, "note", lambda text: to_text(text, 300), ""),
            id=line_id(row),
        )
        for n, row in enumerate(posted_lines(request))
    ]
    if reader.problems:
        wrong = day_problems(actor, dates) | look(actor, texts["warehouse"], lines[:MAX_LINES])[-1]
        raise Invalid({**wrong, **reader.problems})
    return RequestDraft(**texts, **dates, lines=tuple(lines))


def picks_in(request: HttpRequest) -> tuple[list[Pick], list[int]]:
    """The ticked rows of «order from requisitions» and the row of the form behind each.

    Parallel lists by row; ``pick`` holds the ticked keys.
    """
    posted = request.POST
    ticked = set(posted.getlist("pick"))
    reader = CellReader()
    found: list[Pick] = []
    places: list[int] = []
    rows = zip(*(posted.getlist(name) for name in ("key", "quantity", "supplier", "unit_price")), strict=False)
    for n, (key, quantity, supplier, price) in enumerate(rows):
        number, _slash, line = key.rpartition("/")
        if key not in ticked or (line_no := whole(line)) is None:
            continue
        places.append(n)
        cells = {"quantity": quantity, "unit_price": price}
        found.append(
            Pick(
                number,
                line_no,
                reader.cell(n, cells, "quantity", to_number),
                supplier.strip()[:64],
                reader.cell(n, cells, "unit_price", to_number),
            )
        )
    reader.check()
    return found, places


def confirmation_in(request: HttpRequest) -> tuple[list[ConfirmIn] | None, list[int]]:
    """The supplier's answer: parallel lists, one entry per part of a line; None is «everything as ordered».

    With the row of the form behind each entry, since rows without an answer are left out.
    """
    posted = request.POST
    if posted.get("all") == "1":
        return None, []
    reader = CellReader()
    found: list[ConfirmIn] = []
    places: list[int] = []
    names = ("line", "answer", "quantity", "promised_on", "part_note")
    for n, (line, answer, quantity, on, note) in enumerate(zip(*(posted.getlist(x) for x in names), strict=False)):
        if answer == "none" or (line_no := whole(line)) is None:
            continue
        cells = {"quantity": quantity, "promised_on": on}
        places.append(n)
        found.append(
            ConfirmIn(
                line_no,
                reader.cell(n, cells, "quantity", to_number),
                None if answer == "refused" else reader.cell(n, cells, "promised_on", to_date),
                answer == "refused",
                note.strip()[:300],
            )
        )
    reader.check()
    if not found:
        raise Invalid({"lines": _("请至少填写一行的答复。")})
    return found, places
