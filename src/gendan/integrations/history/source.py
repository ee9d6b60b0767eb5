"""Rows of a CSV or Excel file, one at a time, numbered as a spreadsheet numbers them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from gendan.integrations.history.mapping import DateSpec, HistoryMapping


class HistoryFileError(ValueError):
    """The file as a whole cannot be read with this mapping; the text says why."""


def rows(path: Path, mapping: HistoryMapping) -> Iterator[tuple[int, list[str]]]:
    """The header (row 1) and then every row, cells as texts. Bytes not in the encoding arrive as lone surrogates."""
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}:
        yield from _sheet(path, mapping)
    else:
        yield from _csv(path, mapping)


def check_header(header: Sequence[str], mapping: HistoryMapping) -> list[str]:
    """The column names, or a refusal that names what is missing or there twice."""
    names = [name.strip() for name in header]
    if missing := sorted(mapping.columns() - set(names)):
        raise HistoryFileError(f"columns missing: {', '.join(missing)}")
    if twice := sorted({name for name in mapping.columns() if names.count(name) > 1}):
        raise HistoryFileError(f"columns there twice: {', '.join(twice)}")
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
                    raise HistoryFileError(f"row {row}: {problem}") from problem
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
