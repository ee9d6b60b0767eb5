"""From the text of a cell to a value: text cleaning, numbers, dates, and the price rule. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from gendan.integrations.history.mapping import DateSpec, FileSpec, PriceSpec
from gendan.integrations.history.records import Kind

CACHED = 4096  # names and dates repeat
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_MOJIBAKE = re.compile(r"[ÃÂâ][^\x00-\x7f]")


@lru_cache(maxsize=CACHED)
def clean(text: str, *, repair_mojibake: bool = False) -> tuple[str, tuple[Kind, ...]]:
    """The text without stray blanks and, if asked, with UTF-8 that was read as cp1252 put right; and what was done."""
    repaired: list[Kind] = []
    if repair_mojibake and _MOJIBAKE.search(text):
        try:
            text = text.encode("cp1252").decode("utf-8")
            repaired.append(Kind.MOJIBAKE)
        except UnicodeError:
            pass
    tidy = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if tidy != text.strip():
        repaired.append(Kind.SPACES)
    return tidy, tuple(repaired)


def number(text: str, spec: FileSpec) -> Decimal | None:
    """The decimal number that a text is, exactly; None if it is not one. Never NaN, infinity or an exponent."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not _number_pattern(spec).fullmatch(plain):
        return None
    if spec.thousands:
        plain = plain.replace(spec.thousands, "")
    return Decimal(plain.replace(spec.decimal, "."))


@lru_cache(maxsize=16)
def _number_pattern(spec: FileSpec) -> re.Pattern[str]:
    thousands, point = re.escape(spec.thousands), re.escape(spec.decimal)
    grouped = rf"\d{{1,3}}(?:{thousands}\d{{3}})+" if spec.thousands else r"\d+"
    return re.compile(rf"[+-]?(?:{grouped}|\d+)(?:{point}\d+)?", re.ASCII)


@lru_cache(maxsize=CACHED)
def day(text: str, spec: DateSpec) -> date | None:
    """The date that a text is by the first format that fits; None if none does."""
    for form in spec.formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 — a day on a paper has no time zone
        except ValueError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Price:
    """The price to put on the line, the value of the line, and what had to be decided."""

    unit_price: Decimal
    value: Decimal
    kinds: tuple[Kind, ...] = ()


def line_price(quantity: Decimal, price: Decimal | None, value: Decimal | None, spec: PriceSpec) -> Price | None:
    """The price rule: what was paid wins over what is shown per piece.

    Where quantity × price gives the value, the price stands. Otherwise the price is the value ÷ quantity with
    the fewest decimals that give the value again, at most ``spec.decimals``; ``price_rounded`` if the shown
    price is that price rounded to ``spec.step``, else ``price_differs``. If so many decimals do not give the
    value, ``value_not_exact`` says so. None if neither is known.
    """
    cent = Decimal(1).scaleb(-spec.minor_units)
    if value is None:
        if price is None:
            return None
        return Price(price, _round(quantity * price, cent), _free(price))
    if price is not None and _round(quantity * price, cent) == value:
        return Price(price, value, _free(value))
    exact = value / quantity
    if price is None:
        kinds: tuple[Kind, ...] = ()
    else:
        kinds = (Kind.PRICE_ROUNDED if abs(exact - price) <= spec.step / 2 else Kind.PRICE_DIFFERS,)
    chosen = exact
    for decimals in range(min(spec.minor_units, spec.decimals), spec.decimals + 1):
        chosen = _round(exact, Decimal(1).scaleb(-decimals))
        if _round(quantity * chosen, cent) == value:
            return Price(chosen, value, kinds + _free(value))
    return Price(chosen, value, (*kinds, Kind.VALUE_NOT_EXACT))


def _round(amount: Decimal, step: Decimal) -> Decimal:
    return amount.quantize(step, rounding=ROUND_HALF_UP)


def _free(amount: Decimal) -> tuple[Kind, ...]:
    return (Kind.FREE_OF_CHARGE,) if amount == 0 else ()
