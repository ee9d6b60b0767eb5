"""How figures, amounts and dates are shown. Pure formatting: everything returns text or safe HTML.

``FILTERS`` and ``GLOBALS`` are what templates get: ``{{ line.quantity|qty }}``, ``{{ day(line.due_on, late=3) }}``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from markupsafe import Markup, escape

from gendan.catalog.queries import known_name

Number = Decimal | int | float | str | None

NOTHING = Markup('<span class="gd-nothing">–</span>')
MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "KWD": 3}


def decimal_of(value: Number) -> Decimal | None:
    """Read a number that may come as text; None when there is none."""
    if value is None or value == "":
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _grouped(value: Decimal, places: int | None = None) -> str:
    text = format(value, ",f") if places is None else format(value, f",.{places}f")
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if value else text.lstrip("-")


def qty(value: Number, unit: str = "") -> Markup:
    """A quantity without trailing zeros, with thousands separators: 1,250.5 盒."""
    number = decimal_of(value)
    if number is None:
        return NOTHING
    return _figure(_grouped(number), known_name(unit), number < 0)


def _figure(text: str, unit: str, negative: bool = False) -> Markup:
    """A number and its unit. Written with escape(): Markup.format is five times slower, and a list has hundreds."""
    tail = f' <span class="gd-unit">{escape(unit)}</span>' if unit else ""
    return Markup(f'<span class="gd-num{" gd-neg" if negative else ""}">{escape(text)}</span>{tail}')


def plain_qty(value: Number) -> str:
    """A quantity for an input box: no separators, no trailing zeros."""
    number = decimal_of(value)
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Number, currency: str = "") -> Markup:
    """An amount rounded to the minor unit of its currency: 1,234.50 CNY."""
    number = decimal_of(value)
    if number is None:
        return NOTHING
    return _figure(_grouped(number, MINOR_UNITS.get(currency, 2)), currency, number < 0)


def price(value: Number, currency: str = "") -> Markup:
    """A unit price: at least two decimals, more only where they are needed."""
    number = decimal_of(value)
    if number is None:
        return NOTHING
    exponent = number.normalize().as_tuple().exponent
    places = max(MINOR_UNITS.get(currency, 2), min(6, -exponent if isinstance(exponent, int) else 0))
    return _figure(_grouped(number, places), currency)


def percent(value: Number, places: int = 1) -> Markup:
    """A share between 0 and 1 as a percentage: 96.5 %."""
    number = decimal_of(value)
    if number is None:
        return NOTHING
    text = _grouped(number * 100, places)
    return Markup('<span class="gd-num">{} %</span>').format(text.removesuffix(".0") if places == 1 else text)


def _weekday(value: date) -> str:
    return (
        gettext("周一"),
        gettext("周二"),
        gettext("周三"),
        gettext("周四"),
        gettext("周五"),
        gettext("周六"),
        gettext("周日"),
    )[value.weekday()]


def late_text(days: int) -> str:
    """«晚 3 天» in the user's language."""
    return ngettext("晚 %(days)s 天", "晚 %(days)s 天", days) % {"days": days}


def short_day(value: date, today: date | None = None) -> str:
    """11-21 周六 for days near today, 2024-11-21 otherwise."""
    today = today or timezone.localdate()
    if abs(value - today) > timedelta(days=180):
        return value.isoformat()
    return f"{value:%m-%d} {_weekday(value)}"


def day(value: date | datetime | None, late: int | None = None, soon: bool = False) -> Markup:
    """A date with its weekday, the full date on hover; late in words and red."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    kind = " gd-day-late" if late and late > 0 else " gd-day-soon" if soon else ""
    full, short = _in_words(value, timezone.localdate(), get_language() or "")
    tail = f' <span class="gd-late">{escape(late_text(late))}</span>' if late and late > 0 else ""
    return Markup(
        f'<time class="gd-day{kind}" datetime="{value.isoformat()}" title="{escape(full)}">{escape(short)}</time>{tail}'
    )


@lru_cache(maxsize=4096)
def _in_words(value: date, today: date, language: str) -> tuple[str, str]:
    """A day in full and in short; a list shows the same few days again and again."""
    return date_format(value, "DATE_FORMAT") + " " + date_format(value, "l"), short_day(value, today)


def _time(local: datetime, shown: str) -> Markup:
    full = _minute_in_words(local.replace(second=0, microsecond=0, tzinfo=None), get_language() or "")
    return Markup(
        f'<time class="gd-day" datetime="{local.isoformat(timespec="seconds")}" title="{full}">{escape(shown)}</time>'
    )


@lru_cache(maxsize=8192)
def _minute_in_words(local: datetime, language: str) -> Markup:
    """A minute in full: lists show the same ones again and again."""
    return escape(date_format(local, "DATETIME_FORMAT"))


def moment(value: datetime | None) -> Markup:
    """A point in time: 11-21 14:05."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    today = timezone.localdate()
    shape = "%m-%d %H:%M" if local.year == today.year else "%Y-%m-%d %H:%M"
    return _time(local, format(local, shape))


def ago_text(seconds: float) -> str:
    """«3 分钟前» for a distance in seconds."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return gettext("刚刚")
    if minutes < 60:
        return ngettext("%(n)s 分钟前", "%(n)s 分钟前", minutes) % {"n": minutes}
    if minutes < 60 * 24:
        hours = minutes // 60
        return ngettext("%(n)s 小时前", "%(n)s 小时前", hours) % {"n": hours}
    days = minutes // (60 * 24)
    return ngettext("%(n)s 天前", "%(n)s 天前", days) % {"n": days}


def ago(value: datetime | None) -> Markup:
    """How long ago, the exact time on hover; a date once it is a month old."""
    if value is None:
        return NOTHING
    seconds = (timezone.now() - value).total_seconds()
    if seconds > 30 * 24 * 3600 or seconds < -60:
        return moment(value)
    return _time(timezone.localtime(value), ago_text(seconds))


def or_dash(value: Any) -> Any:
    """A quiet dash where there is nothing to show."""
    return NOTHING if value is None or value == "" else value


def initials(name: str) -> str:
    """One or two letters for an avatar: 李 for 李雷, JD for John Doe."""
    name = name.strip()
    if not name:
        return "?"
    if not name[0].isascii():
        return name[-2:] if len(name) <= 3 else name[:2]
    return "".join(part[0] for part in name.replace(".", " ").split()[:2]).upper()


FILTERS: dict[str, Callable[..., Any]] = {
    "known_name": known_name,
    "qty": qty,
    "plain_qty": plain_qty,
    "money": money,
    "price": price,
    "percent": percent,
    "day": day,
    "moment": moment,
    "ago": ago,
    "or_dash": or_dash,
    "initials": initials,
}
GLOBALS: dict[str, Any] = {"day": day, "money": money, "price": price, "qty": qty, "late_text": late_text}
