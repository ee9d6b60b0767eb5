"""Labels for printers that understand ZPL II: the pages of the PDF as pictures of one dot per dot.

A picture prints the same on every printer: Chinese text needs no font in it, and codes keep their lines, which are
whole numbers of dots wide (``codes.bars``). Compression is that of the ZPL II manual for ^GF, format A.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

ZPL = "application/zpl"
DOTS = {"zpl": 8, "zpl300": 12}  # per millimetre: printers with 203 and 300 dpi
DARK = 128  # grey that still becomes black
_ONES, _TWENTIES = "GHIJKLMNOPQRSTUVWXY", "ghijklmnopqrstuvwxyz"


def labels(pdf: bytes, copies: Sequence[int], size: tuple[int, int], dots: int) -> bytes:
    """Each page as a label with its number of copies; ``size`` in millimetres."""
    width, height = size[0] * dots, size[1] * dots
    pages = zip(_pictures(pdf, width, height, dots), copies, strict=True)
    return "".join(_label(picture, width, height, count) for picture, count in pages).encode("ascii")


def _pictures(pdf: bytes, width: int, height: int, dots: int) -> Iterable[Image.Image]:
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        for n in range(len(document)):
            page: Any = document[n]
            drawn = page.render(scale=dots * 25.4 / 72, grayscale=True).to_pil()
            paper = Image.new("L", (width, height), 255)
            paper.paste(drawn, (0, 0))
            yield paper.point(lambda grey: 255 if grey < DARK else 0).convert("1")


def _label(picture: Image.Image, width: int, height: int, copies: int) -> str:
    row = (width + 7) // 8
    data = picture.tobytes()
    total = row * height
    rows = [data[n * row : (n + 1) * row].hex().upper() for n in range(height)]
    return f"^XA^PW{width}^LL{height}^LH0,0^FO0,0^GFA,{total},{total},{row},{compressed(rows)}^FS^PQ{copies}^XZ\n"


def compressed(rows: Iterable[str]) -> str:
    """Hexadecimal rows in the manual's short form: «:» repeats a row, «,» and «!» fill it with white and black, letters
    say how often the digit behind them stands."""
    before, written = None, []
    for row in rows:
        if row == before:
            written.append(":")
            continue
        before = row
        white, black = row.rstrip("0"), row.rstrip("F")
        short, fill = (white, ",") if len(white) <= len(black) else (black, "!")
        fill = fill if len(short) < len(row) else ""
        written.append("".join(_times(len(list(same))) + digit for digit, same in groupby(short)) + fill)
    return "".join(written)


def _times(count: int) -> str:
    """How often, in letters; nothing for once."""
    if count == 1:
        return ""
    hundreds, rest = divmod(count, 400)
    twenties, ones = divmod(rest, 20)
    return "z" * hundreds + (_TWENTIES[twenties - 1] if twenties else "") + (_ONES[ones - 1] if ones else "")
