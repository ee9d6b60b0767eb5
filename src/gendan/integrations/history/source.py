"""Rows of a CSV or Excel file, one at a time, numbered as a spreadsheet numbers them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from gendan.integrations.history.mapping import DateSpec, HistoryMapping

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # xlsx, xlsb, ods; xls

FEW = 6


class HistoryFileError(ValueError):
    """The file as a whole cannot be read with this mapping; the text says why."""


def rows(path: Path, mapping: HistoryMapping) -> Iterator[tuple[int, list[str]]]:
    """The header (row 1) and then every row, cells as texts. Bytes not in the encoding arrive as lone surrogates."""
    if _is_workbook(path):
        yield from _sheet(path, mapping)
    else:
        yield from _csv(path, mapping)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:FEW]) + (" …" if len(names) > FEW else "")


def _is_workbook(path: Path) -> bool:
    """By its first bytes: uploaded files are kept without their name."""
    try:
        with path.open("rb") as file:
            return file.read(8).startswith(WORKBOOKS)
    except OSError as problem:
        raise HistoryFileError(str(problem)) from problem


def check_header(header: Sequence[str], mapping: HistoryMapping) -> list[str]:
    """The column names, or a refusal that names what is missing or there twice."""
    names = [name.strip() for name in header]
    if missing := sorted(mapping.columns() - set(names)):
        raise HistoryFileError(_("缺少这些列：%(columns)s") % {"columns": _few(missing)})
    if twice := sorted({name for name in mapping.columns() if names.count(name) > 1}):
        raise HistoryFileError(_("这些列出现了两次：%(columns)s") % {"columns": ", ".join(twice)})
    return names


def _csv(path: Path, mapping: HistoryMapping) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding=mapping.file.encoding, errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=mapping.file.delimiter, strict=True)
            row = 0
            while True:
                row += 1
                try:
                    yield row, next(reader)
                except StopIteration:
                    return
                except csv.Error as problem:
                    raise HistoryFileError(
                        _("第 %(row)s 行：%(problem)s") % {"row": row, "problem": problem}
                    ) from problem
    except (OSError, UnicodeError) as problem:
        raise HistoryFileError(str(problem)) from problem


def _sheet(path: Path, mapping: HistoryMapping) -> Iterator[tuple[int, list[str]]]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_name(mapping.file.sheet) if mapping.file.sheet else book.get_sheet_by_index(0)
        for row, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
            yield row, [_cell(cell, mapping.dates) for cell in cells]
    except (CalamineError, OSError) as problem:
        raise HistoryFileError(str(problem)) from problem


def _cell(cell: object, dates: DateSpec) -> str:
    """An Excel cell as the text that the mapping expects: dates in its first format, whole numbers without «.0»."""
    if isinstance(cell, datetime | date):
        return cell.strftime(dates.formats[0])
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
