"""A label printer on paper: it draws what ZPL says, by the manual, and knows nothing of how it was written."""

from __future__ import annotations

import re

from PIL import Image

LABEL = re.compile(rb"\^XA(.*?)\^XZ", re.DOTALL)
FIELD = re.compile(rb"\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),(.*?)\^FS", re.DOTALL)


def printed(zpl: bytes) -> list[tuple[Image.Image, int]]:
    """The labels with how many of each."""
    found = []
    for (label,) in (match.groups() for match in LABEL.finditer(zpl)):
        width, height = (int(re.search(rb"\^%s(\d+)" % name, label).group(1)) for name in (b"PW", b"LL"))  # type: ignore[union-attr]
        count = int(re.search(rb"\^PQ(\d+)", label).group(1))  # type: ignore[union-attr]
        paper = Image.new("1", (width, height), 1)
        for x, y, size, total, row, data in (field.groups() for field in FIELD.finditer(label)):
            assert size == total
            raw = bytes.fromhex("".join(expanded(data.decode(), int(row) * 2)))
            assert len(raw) == int(total)
            ink = Image.frombytes("1", (int(row) * 8, len(raw) // int(row)), raw)
            paper.paste(0, (int(x), int(y)), ink)
        found.append((paper, count))
    return found


def expanded(data: str, digits: int) -> list[str]:
    """Rows of hexadecimal digits out of the short form."""
    rows: list[str] = []
    row, times = "", 0
    for sign in data:
        if sign in "0123456789ABCDEF":
            row += sign * max(times, 1)
            times = 0
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            times += 20 * (ord(sign) - ord("f"))
        elif sign == ":":
            rows.append(rows[-1])
        elif sign in ",!":
            row = row.ljust(digits, "0" if sign == "," else "F")
        if len(row) >= digits:
            rows.append(row[:digits])
            row = row[digits:]
    return rows
