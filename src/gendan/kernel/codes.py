"""Codes on paper and what a scanner reads of them: QR, Code 128, GS1-128, and the number of a parcel (SSCC).

Sections are those of the GS1 General Specifications. Pictures are SVG without a size of their own: the template's CSS
says how large they are, so that lines stay sharp on any printer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from biip import ParseConfig, ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_messages import GS1Message
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup
from pystrich.code128 import Code128Data, Code128Encoder
from pystrich.datamatrix import DataMatrixData, DataMatrixEncoder
from pystrich.gs1 import GS1Fixed, GS1Variable
from pystrich.qrcode import QRCodeEncoder

from gendan.kernel.errors import AppError

SSCC_DIGITS = 18
INTERNAL = "0000000"  # 1.4.2: seven zeros are for numbers that mean something inside one company only
LONGEST_BARS = 48  # characters of a Code 128 that still fits a label with lines wide enough to be read
FINEST = 0.19  # mm, the narrowest line: one and a half dots of a label printer with 203 dpi
QUIET = 20  # lines' widths that stay white at both ends together (5.4)
# 7.8.5: identifiers that begin so have a length of their own and need no separator behind them
FIXED = frozenset(f"{n:02d}" for n in (*range(5), *range(11, 21), *range(31, 37), 41))
SYMBOLOGIES = ("]C1", "]d2", "]Q3", "]e0")  # 7.8.1: what a scanner sends before a GS1 message
SEPARATOR = "\x1d"
DOTS_PER_MM, WIDEST = 8, 4  # a label printer with 203 dpi; half a millimetre is wide enough for any scanner


class SerialsUsedUp(AppError):
    status = 409
    message = _("厂商识别代码 %(prefix)s 的箱号（SSCC）已用完，请在公司设置中换一个代码。")


def sscc(prefix: str, serial: int) -> str:
    """A serial shipping container code of 18 digits: extension digit, company prefix, serial number, check digit
    (3.3.1). The extension digit counts how often the serial number of this length was used up.

    Without a company prefix of GS1 the number is internal (1.4.2): it is unique here, not in the world.
    """
    prefix = prefix or INTERNAL
    width = SSCC_DIGITS - 2 - len(prefix)
    extension, rest = divmod(serial, 10**width)
    if extension > 9:
        raise SerialsUsedUp(prefix=prefix)
    payload = f"{extension}{prefix}{rest:0{width}d}"
    return payload + check_digit(payload)


def check_digit(payload: str) -> str:
    """The digit that closes a GS1 number: weights 3 and 1 from the right, up to the next ten (7.9.1)."""
    return str(gs1_standard_check_digit(payload))


def is_sscc(text: str) -> bool:
    """Whether it is 18 digits of which the last is the check digit of the others (3.3.1)."""
    return len(text) == SSCC_DIGITS and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def is_internal(number: str) -> bool:
    """Whether an SSCC means something in this company only, so that no carrier or customer can look it up (1.4.2)."""
    return number[1:].startswith(INTERNAL)


def spaced(number: str, prefix: str = "") -> str:
    """An SSCC as people read it: extension digit, company prefix, serial number, check digit (4.14)."""
    cut = 1 + len(prefix or INTERNAL)
    return f"{number[0]} {number[1:cut]} {number[cut:-1]} {number[-1]}"


@lru_cache(maxsize=2000)
def qr(text: str) -> Markup:
    """A QR code with error correction M: a quarter may be scratched off."""
    return Markup(QRCodeEncoder(text).get_svg())


@lru_cache(maxsize=2000)
def bars(text: str, within: float = 1000) -> Markup:
    """A Code 128 without the text below it, for a box that is ``within`` millimetres wide; empty when the text cannot
    be written so (Chinese, too long) or its lines would be finer than printers and scanners manage."""
    if not fits_bars(text):
        return Markup("")
    code = Code128Encoder(text, options={"show_label": False, "height": 40})
    if (len(code.bars) + QUIET) * FINEST > within:
        return Markup("")
    return _in_dots(code, within)


def fits_bars(text: str) -> bool:
    """Whether a text can be printed as Code 128: short and printable ASCII."""
    return 0 < len(text) <= LONGEST_BARS and text.isascii() and text.isprintable()


def gs1_bars(elements: Mapping[str, str]) -> Markup:
    """A GS1-128 of application identifiers and their values, in this order (5.4, 7.8)."""
    fields = [(GS1Fixed if ai[:2] in FIXED else GS1Variable)(ai, value) for ai, value in elements.items()]
    code = Code128Encoder(Code128Data.gs1(*fields), options={"show_label": False, "height": 40})
    return _stretched(code.get_svg(bar_width=1))


def sscc_bars(number: str) -> Markup:
    """The GS1-128 of a logistic label (6.6): application identifier 00 and the SSCC."""
    return gs1_bars({"00": number})


def _in_dots(code: Code128Encoder, within: float) -> Markup:
    """Lines as many whole dots of a label printer wide as fit, so that none is printed wider than its neighbour; where
    not even two fit, as wide as the box."""
    lines = len(code.bars) + QUIET
    dots = min(int(within * DOTS_PER_MM / lines), WIDEST)
    svg = code.get_svg(bar_width=1)
    if dots >= 2:
        width = f"{lines * dots / DOTS_PER_MM:g}mm"
        svg = svg.replace("<svg ", f'<svg style="width:{width};margin-left:auto;margin-right:auto" ', 1)
    return _stretched(svg)


def gs1_matrix(elements: Mapping[str, str], within: float) -> Markup:
    """A GS1 DataMatrix of application identifiers and their values, in this order (5.6), in a box so many millimetres
    wide: its squares are whole dots of a label printer.
    """
    fields = [(GS1Fixed if ai[:2] in FIXED else GS1Variable)(ai, value) for ai, value in elements.items()]
    svg = DataMatrixEncoder(DataMatrixData.gs1(*fields)).get_svg()
    squares = int(svg.split('viewBox="0 0 ', 1)[1].split(" ", 1)[0])
    side = f"{max(int(within * DOTS_PER_MM / squares), 2) * squares / DOTS_PER_MM:g}mm"
    return Markup(svg.replace("<svg ", f'<svg style="width:{side};height:{side}" ', 1))


def _stretched(svg: str) -> Markup:
    """Bars as high as their box: only their widths mean something."""
    return Markup(svg.replace("<svg ", '<svg preserveAspectRatio="none" ', 1))


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanner read. ``text`` is what was sent, without what only scanners need; the rest is known only of codes
    with GS1 identifiers, and empty otherwise. ``elements`` is all of it by application identifier."""

    text: str
    sscc: str = ""
    gtin: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    elements: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def own(self) -> str:
        """The code of a product on a label of ours (240): of one that has no number of GS1."""
        return self.elements.get("240", "")

    @property
    def is_gs1(self) -> bool:
        """Whether it said what it is."""
        return bool(self.elements)

    @property
    def count(self) -> Decimal | None:
        """How many pieces it says it stands for: of this item (30), or of what is inside (37)."""
        said = self.elements.get("30") or self.elements.get("37", "")
        return Decimal(said) if said.isdecimal() and said.isascii() and int(said) else None


def scanned(text: str) -> Scanned:
    """Read what a scanner sent or somebody typed: a GS1 message (with or without the scanner's prefix, or with
    brackets as it is printed, 4.14), an SSCC, or any other code, which stays as it is.

    Numbers that only look like a GTIN stay plain: a company may call a product 12345670.
    """
    plain = text.strip()
    body = plain
    for symbology in SYMBOLOGIES:
        body = body.removeprefix(symbology)
    body = body.strip(SEPARATOR)
    if is_sscc(body):
        return Scanned(body, sscc=body, elements={"00": body})
    told = body != plain or SEPARATOR in body or (len(body) == 20 and body[:2] == "00" and is_sscc(body[2:]))
    try:
        if body.startswith("("):
            message = GS1Message.parse_hri(body)
        elif told:
            message = GS1Message.parse(body, config=ParseConfig(separator_chars=(SEPARATOR,)))
        else:
            return Scanned(body)
    except ParseError:
        return Scanned(body)
    return _of(body, message)


def _of(body: str, message: GS1Message) -> Scanned:
    elements = {found.ai.ai: found.value for found in message.element_strings}
    expiry = next((found.date for found in message.element_strings if found.ai.ai == "17"), None)
    number = elements.get("00", "")
    return Scanned(
        text=body,
        sscc=number if is_sscc(number) else "",
        gtin=elements.get("01") or elements.get("02", ""),
        lot=elements.get("10", ""),
        serial=elements.get("21", ""),
        expires_on=expiry,
        elements=elements,
    )
