"""Look at a PDF as people and scanners do: its text, its fonts, its pages, the codes on them."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import zxingcpp
from pypdf import PdfReader


def content_of(response: Any) -> bytes:
    """The body of an answer that is a PDF."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/pdf"
    return b"".join(response.streaming_content)


def texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in millimetres."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [(round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) for page in pages]


def fonts(pdf: bytes) -> dict[str, bytes]:
    """The fonts of a PDF with what is embedded of them, by name."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inside = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            file = inside.get("/FontFile3") or inside.get("/FontFile2")
            found[inside["/FontName"]] = file.get_object().get_data() if file else b""
    return found


def scan(pdf: bytes, page: int = 0, dots_per_inch: int = 203) -> list[tuple[str, str]]:
    """The codes on a page as a label printer prints and a scanner reads them: kind and content, sorted."""
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=dots_per_inch / 72).to_pil()
    return sorted((str(code.format), code.text) for code in zxingcpp.read_barcodes(picture))
