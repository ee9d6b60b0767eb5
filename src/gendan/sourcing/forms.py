"""The forms of inquiries and answers: posted text becomes values; every cell that cannot be read is named."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.kernel.actor import Actor
from gendan.kernel.attachments import accept
from gendan.kernel.errors import Invalid, plain
from gendan.kernel.values import BadValue, is_empty, to_date, to_integer, to_number, to_text, whole
from gendan.purchasing.forms import CellReader, posted_lines
from gendan.purchasing.posted import fields_of, texts_of
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import AnswerLineIn, AwardIn, BreakIn, LineIn, SourceIn, SupplierIn
from gendan.sourcing.steps.answers import DAYS

ZERO = Decimal(0)
_BREAK = re.compile(r"\s*[;；\n]\s*")
_PAIR = re.compile(r"\s*[=＝:：]\s*")
CELLS = ("line", "kind", "price", "breaks", "tax_rate", "delivery_days", "minimum", "pack", "substitute", "line_note")


def to_moment(text: str, actor: Actor) -> datetime:
    """A moment as a browser posts it (2026-12-01T17:00), in the company's time."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError:
        raise BadValue(_("「%(value)s」不是日期和时间。") % {"value": text[:40]}) from None
    return found if found.tzinfo else found.replace(tzinfo=actor.zone)


def to_breaks(text: str) -> tuple[BreakIn, ...]:
    """Prices from quantities on, as people write them: 500=1.80; 1000=1.75."""
    found = []
    for part in filter(None, _BREAK.split(text.strip())):
        pair = _PAIR.split(part)
        if len(pair) != 2:
            raise BadValue(
                _("「%(value)s」应写成 数量=单价，多档用分号隔开，例如 500=1.80; 1000=1.75") % {"value": part[:40]}
            )
        found.append(BreakIn(to_number(pair[0]), to_number(pair[1])))
    return tuple(found)


def inquiry_draft(request: HttpRequest, actor: Actor) -> InquiryDraft:
    """The posted inquiry; Invalid names what cannot be read."""
    reader = CellReader()
    texts = texts_of(request, {"warehouse": 64, "title": 120, "note": 4000}, reader.problems)
    dates = fields_of(request, {"closes_at": lambda text: to_moment(text, actor)}, reader.problems)
    lines = tuple(_line(reader, n, row) for n, row in enumerate(posted_lines(request)))
    suppliers = tuple(_supplier(row) for row in _rows(request, "suppliers"))
    reader.check()
    return InquiryDraft(
        texts["warehouse"], texts["title"], dates["closes_at"], request.POST.get("sealed") == "on", texts["note"],
        lines, suppliers,
    )  # fmt: skip


def _rows(request: HttpRequest, name: str) -> list[Mapping[str, Any]]:
    """The rows of a further grid."""
    try:
        found = json.loads(request.POST.get(name) or "[]")
    except (ValueError, RecursionError):
        return []
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _line(reader: CellReader, n: int, row: Mapping[str, Any]) -> LineIn:
    return LineIn(
        product=reader.cell(n, row, "product", lambda text: to_text(text, 64), ""),
        quantity=reader.cell(n, row, "quantity", to_number, ZERO),
        unit=reader.cell(n, row, "unit", lambda text: to_text(text, 64), ""),
        required_on=reader.cell(n, row, "required_on", to_date),
        target_price=reader.cell(n, row, "target_price", to_number),
        note=reader.cell(n, row, "note", lambda text: to_text(text, 300), ""),
        warehouse=reader.cell(n, row, "warehouse", lambda text: to_text(text, 64), ""),
        sources=_sources(row.get("sources")),
    )


def _sources(text: Any) -> tuple[SourceIn, ...]:
    """The requisition lines that the form carries along: PR-000001/1=30 PR-000002/1=20."""
    found = []
    for part in str(text or "").split():
        where, _equals, quantity = part.partition("=")
        number, _slash, line = where.rpartition("/")
        line_no = whole(line)
        try:
            if number and line_no is not None:
                found.append(SourceIn(number, line_no, to_number(quantity)))
        except BadValue:
            continue
    return tuple(found)


def sources_text(sources: Sequence[SourceIn]) -> str:
    """The requisition lines as the form carries them along."""
    return " ".join(f"{one.requisition}/{one.line}={plain(one.quantity)}" for one in sources)


def _supplier(row: Mapping[str, Any]) -> SupplierIn:
    texts = (str(row.get(name) or "").strip() for name in ("supplier", "email", "recipient", "language"))
    code, email, recipient, language = texts
    return SupplierIn(code[:64], email[:254], recipient[:200], language[:8])


def posted_answer(request: HttpRequest) -> dict[str, Any]:
    """An answer as the supplier's page and the buyer's post it: parallel lists, one entry per line that was asked.

    Lines of which nothing is said are left out. Invalid names the cells by line: ``price-3``.
    """
    problems: dict[str, str] = {}
    head = fields_of(request, {"freight": to_number, "valid_to": to_date}, problems)
    texts = texts_of(request, {"note": 1000, "currency": 3}, problems)
    lists = [request.POST.getlist(name) for name in CELLS]
    rows = zip(*lists, strict=False)
    lines = [line for row in rows if (line := _answer_line(dict(zip(CELLS, row, strict=True)), problems)) is not None]
    if problems:
        raise Invalid(problems)
    uploads = request.FILES.getlist("files")[:20]
    files = [accept(upload) for upload in uploads if isinstance(upload, UploadedFile)]
    return {
        "lines": lines,
        "currency": texts["currency"],
        "tax_included": request.POST.get("tax_included", "1") == "1",
        "freight": head["freight"] or ZERO,
        "valid_to": head["valid_to"],
        "note": texts["note"],
        "files": files,
    }


def _answer_line(cells: Mapping[str, str], problems: dict[str, str]) -> AnswerLineIn | None:
    number = whole(cells["line"])
    if number is None:
        return None
    return answer_line(number, cells, lambda name, text: problems.__setitem__(f"{name}-{number}", text))


def answer_line(number: int, cells: Mapping[str, Any], wrong: Any) -> AnswerLineIn | None:
    """A line of an answer out of cells, of a form or a sheet; None where nothing is said. ``wrong`` is told what cannot
    be read, by cell.
    """
    note = str(cells.get("line_note") or "").strip()
    if cells.get("kind") == "no":
        return AnswerLineIn(number, note=note[:300], no_quote=True)
    if is_empty(cells.get("price")) and is_empty(cells.get("breaks")):
        return None

    def cell(name: str, read: Any, default: Any = None) -> Any:
        if is_empty(cells.get(name)):
            return default
        try:
            return read(cells[name])
        except BadValue as bad:
            wrong(name, bad.text)
            return default

    price = cell("price", to_number)
    prices = () if price is None else (BreakIn(ZERO, price),)
    return AnswerLineIn(
        number,
        (*prices, *cell("breaks", lambda value: to_breaks(str(value)), ())),
        cell("tax_rate", lambda value: to_number(value, 4, 7)),
        cell("delivery_days", lambda value: to_integer(value, 0, DAYS)),
        cell("minimum", to_number, ZERO),
        cell("pack", to_number, ZERO),
        str(cells.get("substitute") or "").strip()[:200],
        note[:300],
    )


def posted_awards(request: HttpRequest) -> list[AwardIn]:
    """The quantities of the comparison: fields ``award.<line>.<supplier>``; empty and zero ones award nothing."""
    found, problems = [], {}
    for name, text in request.POST.items():
        head, _dot, rest = name.partition(".")
        line, _dot, supplier = rest.partition(".")
        number = whole(line)
        if head != "award" or number is None or not supplier or not str(text).strip():
            continue
        try:
            quantity = to_number(str(text))
        except BadValue as bad:
            problems[name] = bad.text
            continue
        if quantity:
            found.append(AwardIn(number, supplier[:64], quantity))
    if problems:
        raise Invalid(problems)
    return found


def moment_text(moment: datetime | None, actor: Actor) -> str:
    """A moment as a browser's field wants it."""
    return f"{timezone.localtime(moment, actor.zone):%Y-%m-%dT%H:%M}" if moment else ""
