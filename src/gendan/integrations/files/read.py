"""Reading an uploaded file: Excel through calamine, CSV in whatever encoding. Its content says what it is."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from gendan.integrations.errors import FileEmpty, FileTooLarge, FileUnreadable, TooManyRows
from gendan.kernel import workbooks

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELL = 100_000
_OLE = b"\xd0\xcf\x11\xe0"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
Cells = list[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows: the headers, and what follows with the row's number in the file."""

    headers: list[str]
    path: Path
    encoding: str  # "" for Excel
    delimiter: str = ","

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """(number in the file, cells) of every row that is not empty."""
        source = _csv_rows(self.path, self.encoding, self.delimiter) if self.encoding else _sheet_rows(self.path)
        started = False
        for number, cells in source:
            if not any(_filled(cell) for cell in cells):
                continue
            if not started:
                started = True
                continue
            if number > MAX_ROWS + 100:
                raise TooManyRows(max=MAX_ROWS, found=number)
            yield number, cells


def _filled(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def check_rows(table: Table, name: str) -> None:
    """Refuse a CSV that is too long, or unreadable further down, before anything of it is written.

    A workbook says its length when it is opened.
    """
    if not table.encoding:
        return
    try:
        for _row in table.rows():
            pass
    except (UnicodeError, csv.Error) as error:
        raise FileUnreadable(name=name) from error


def check_size(size: int) -> None:
    """Refuse a file that is too large."""
    if size > MAX_BYTES:
        raise FileTooLarge(max=MAX_BYTES // 1024 // 1024)


def open_table(path: Path, name: str) -> Table:
    """The table in a file; FileUnreadable when there is none, FileEmpty when there is nothing in it."""
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith((workbooks.ZIP, _OLE)):
            _check_workbook(path, name)
            encoding, delimiter = "", ","
        else:
            file.seek(0)
            encoding = _encoding(file, name)
            delimiter = _delimiter(path, encoding)
    try:
        source = _csv_rows(path, encoding, delimiter) if encoding else _sheet_rows(path)
        for _number, cells in source:
            if any(_filled(cell) for cell in cells):
                headers = [str(cell).strip() if cell is not None else "" for cell in cells[:MAX_COLUMNS]]
                found = Table(headers, path, encoding, delimiter)
                if next(found.rows(), None) is None:
                    raise FileEmpty(name=name)
                return found
    except (CalamineError, UnicodeError, csv.Error, OSError, ValueError) as error:
        raise FileUnreadable(name=name) from error
    raise FileEmpty(name=name)


def _check_workbook(path: Path, name: str) -> None:
    """Refuse what cannot be read without harm."""
    try:
        workbooks.check(path)
    except workbooks.NoWorkbook as error:
        raise FileUnreadable(name=name) from error
    except workbooks.TooBig as error:
        raise FileTooLarge(max=MAX_BYTES // 1024 // 1024) from error


def _sheet_rows(path: Path) -> Iterator[tuple[int, Cells]]:
    with path.open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MAX_ROWS + 100:
            raise TooManyRows(max=MAX_ROWS, found=sheet.total_height)
        first = (sheet.start or (0, 0))[0]
        for number, cells in enumerate(sheet.iter_rows(), first + 1):
            yield number, list(cells[:MAX_COLUMNS])


def _encoding(file: BinaryIO, name: str) -> str:
    """By its mark, else UTF-8 if all of it is, else GB18030 if all of it is."""
    start = file.read(4)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(1 << 20):
                if b"\x00" in chunk:
                    raise FileUnreadable(name=name)
                decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileUnreadable(name=name)


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(1 << 20)
    return max(",;\t", key=first.count)


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Cells]]:
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=encoding, newline="") as file:
        for number, cells in enumerate(csv.reader(file, delimiter=delimiter), 1):
            yield number, list(cells[:MAX_COLUMNS])
