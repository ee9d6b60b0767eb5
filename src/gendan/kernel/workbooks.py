"""Workbooks from outside: tried before they are read. A small file can ask for more memory than there is, and a reader
that gets none ends its process.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from gendan.kernel.errors import Invalid

ZIP = b"PK\x03\x04"
MAX_UNPACKED = 400 * 1024 * 1024
MAX_MEMORY = 2 * 1024**3
SECONDS, COLUMNS = 60, 200
# What comes from people without an account of ours.
FOREIGN_UNPACKED, FOREIGN_MEMORY = 100 * 1024 * 1024, 512 * 1024**2
_TRY = """import resource, sys
from python_calamine import CalamineWorkbook
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)"""


class NoWorkbook(Exception):
    """It begins like a workbook and is none."""


class TooBig(Exception):
    """It unpacks to more than is taken."""


class TooWide(TooBig):
    """Its cells lie so far apart that there is no room for all between."""


def check(path: Path, *, unpacked: int = MAX_UNPACKED, memory: int = MAX_MEMORY) -> None:
    """Whether a workbook can be read without harm; before anything else reads it.

    A sheet with a cell far away from the others takes room for all between, so another process tries first.
    Errors: NoWorkbook, TooBig, TooWide.
    """
    with path.open("rb") as file:
        is_zip = file.read(4) == ZIP
    if is_zip:
        try:
            with zipfile.ZipFile(path) as archive:
                total = sum(entry.file_size for entry in archive.infolist())
        except zipfile.BadZipFile as error:
            raise NoWorkbook from error
        if total > unpacked:
            raise TooBig
    command = [sys.executable, "-c", _TRY, str(path), str(memory)]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise TooBig from error
    if tried.returncode < 0:
        raise TooWide


def check_bytes(size: int | None, most: int) -> None:
    """Refuse a file by its size, before it is read into memory. Errors: Invalid."""
    if (size or 0) > most:
        raise Invalid({"file": _("文件太大，最多 %(most)s MB。") % {"most": most // 1024 // 1024}})


def rows_of(content: bytes, *, most_bytes: int, most_rows: int) -> list[list[Any]]:
    """All rows of the first sheet of a small workbook that somebody outside filled. Errors: Invalid."""
    check_bytes(len(content), most_bytes)
    far = _("文件里有单元格离表格太远，请删除多余的行和列后再上传。")
    try:
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(content)
            file.flush()
            check(Path(file.name), unpacked=FOREIGN_UNPACKED, memory=FOREIGN_MEMORY)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        if sheet.total_height > most_rows:
            raise Invalid({"file": _("一次最多 %(most)s 行。") % {"most": most_rows}})
        if sheet.total_width > COLUMNS:
            raise Invalid({"file": far})
        return list(sheet.to_python())
    except TooWide as error:
        raise Invalid({"file": far}) from error
    except TooBig as error:
        raise Invalid({"file": _("文件解开后太大，请分成几个文件上传。")}) from error
    except (NoWorkbook, CalamineError, ValueError, IndexError, OSError) as error:
        raise Invalid({"file": _("文件无法读取，请用 Excel 保存为 .xlsx 后再上传。")}) from error
