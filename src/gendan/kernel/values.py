"""Values as people type them, as spreadsheets hold them and as programs send them, read alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
# What people and spreadsheets write; Decimal would also take 1_000.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
EARLIEST = date(2000, 1, 1)
YEARS_AHEAD = 10
LARGEST = Decimal(10) ** 11
_BETWEEN = re.compile(r"[;；,，、\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
YES = frozenset({"1", "true", "yes", "y", "t", "是", "√", "有", "启用", "啟用", "对"})
NO = frozenset({"0", "false", "no", "n", "f", "否", "×", "x", "无", "無", "停用", "错"})


class BadValue(Exception):
    """A value that cannot be read; the text says why."""

    def __init__(self, message: str | Promise, **data: Any) -> None:
        self.text = str(message) % data if data else str(message)
        super().__init__(self.text)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a document may name: others are slips of the keyboard, or a program's «never»."""

    first: date
    last: date

    @classmethod
    def around(cls, today: date, first: date = EARLIEST) -> Days:
        """From ``first`` to the end of the tenth year from today."""
        return cls(first, date(today.year + YEARS_AHEAD, 12, 31))

    def problem(self, day: date | None) -> str:
        """What is wrong with a day; empty if nothing, or if there is none."""
        if day is None or self.first <= day <= self.last:
            return ""
        return _now("日期应在 %(first)s 到 %(last)s 之间。") % {"first": self.first, "last": self.last}


def quantity_problem(quantity: Decimal, decimals: int | None) -> str:
    """What is wrong with a quantity in a unit counted to ``decimals`` places; empty if nothing."""
    if not quantity.is_finite() or quantity <= 0:
        return _now("数量必须大于 0。")
    if quantity >= LARGEST:
        return _now("数量太大，应小于 %(limit)s。") % {"limit": f"{LARGEST:,}"}
    places = 6 if decimals is None else decimals
    if not places and decimals_of(quantity):
        return _now("该单位的数量只能是整数。")
    if decimals_of(quantity) > places:
        return _now("该单位最多 %(places)s 位小数。") % {"places": places}
    return ""


def decimals_of(quantity: Decimal) -> int:
    """How many decimal places a quantity has, trailing zeros apart."""
    exponent = quantity.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def whole(value: Any) -> int | None:
    """The number of a line or the id of a record that a form hands back; None for anything else."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def is_clean(text: str) -> bool:
    """Whether a text can be stored and searched for: no control characters, no halves of characters."""
    return not _CONTROL.search(text)


def is_empty(value: Any) -> bool:
    """Nothing, or blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def to_text(value: Any, max_length: int = 200) -> str:
    """One line or more of text without control characters. A whole number from a spreadsheet loses its ``.0``."""
    if isinstance(value, bool | list | dict):
        raise BadValue(_("应为文本"))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROL.search(text):
        raise BadValue(_("含有不可见的控制字符"))
    if len(text) > max_length:
        raise BadValue(_("最多 %(max)s 个字符，现有 %(found)s 个"), max=max_length, found=len(text))
    return text


def to_code(value: Any, max_length: int = 64) -> str:
    """A code: text in one line."""
    text = to_text(value, max_length)
    if "\n" in text or "\t" in text or "\r" in text:
        raise BadValue(_("编码不能换行"))
    return text


def to_codes(value: Any, max_length: int = 64) -> tuple[str, ...]:
    """Several codes: a list, or a text with commas or semicolons between them; none twice."""
    parts = value if isinstance(value, list | tuple) else _BETWEEN.split(to_text(value, 10_000))
    return tuple(dict.fromkeys(code for part in parts if (code := to_code(part, max_length))))


def to_number(value: Any, decimals: int = 6, digits: int = 18) -> Decimal:
    """An exact decimal; thousands separators, full-width digits and a percent sign are understood."""
    if isinstance(value, bool):
        raise BadValue(_("应为数字"))
    text = unicodedata.normalize("NFKC", str(value)).strip().removesuffix("%").strip()
    if _GROUPED.match(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise BadValue(_("「%(value)s」不是数字"), value=str(value)[:40])
    number = Decimal(text)
    if isinstance(value, float):
        number = round(number, decimals)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        raise BadValue(_("最多 %(n)s 位小数"), n=decimals)
    if abs(number) >= Decimal(10) ** (digits - decimals):
        raise BadValue(_("数字太大"))
    return number


def to_integer(value: Any, low: int = 0, high: int = 32767) -> int:
    """A whole number within bounds."""
    number = to_number(value, decimals=0)
    if not low <= number <= high:
        raise BadValue(_("应在 %(low)s 到 %(high)s 之间"), low=low, high=high)
    return int(number)


def to_flag(value: Any) -> bool:
    """Yes or no, as people write it."""
    if isinstance(value, bool):
        return value
    text = to_text(value).lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise BadValue(_("「%(value)s」应为 是 或 否"), value=text[:40])


def to_date(value: Any) -> date:
    """A day: 2026-11-21, 2026/11/21, 2026.11.21, 2026年11月21日, 20261121, or a spreadsheet's date."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if match := _DATE.match(text) or _COMPACT_DATE.match(text):
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            pass
    raise BadValue(_("「%(value)s」不是日期，请写成 2026-11-21"), value=text[:40])


def day_or_none(text: str | None) -> date | None:
    """The day that a filter names; None if there is none."""
    try:
        return to_date(text) if text else None
    except BadValue:
        return None


def day_asked(text: str, today: date) -> date | None:
    """The day that an address names; None if there is none, or none that documents may name."""
    day = day_or_none(text)
    return None if Days.around(today).problem(day) else day


def to_choice(value: Any, choices: Mapping[str, str | Promise]) -> str:
    """One of the choices, by its value or its label."""
    text = to_text(value)
    for code, label in choices.items():
        if text.lower() == code.lower() or text == str(label):
            return code
    raise BadValue(_("「%(value)s」应为：%(choices)s"), value=text[:40], choices="、".join(map(str, choices.values())))
