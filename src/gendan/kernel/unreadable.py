"""What cannot be read or stored, said in our own words: pydantic's and PostgreSQL's texts are English and for us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DataError
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import Invalid

_NUMBER, _WHOLE, _TEXT = _("「%(field)s」应为数字。"), _("「%(field)s」应为整数。"), _("「%(field)s」应为文本。")
_YES_NO, _LIST, _OBJECT = (
    _("「%(field)s」应为 true 或 false。"),
    _("「%(field)s」应为列表。"),
    _("「%(field)s」应为对象。"),
)
_DAY = _("「%(field)s」应为日期，如 2026-11-21。")
_MOMENT = _("「%(field)s」应为带时区的时间，如 2026-11-21T08:00:00+08:00。")
_TOO_LARGE = _("「%(field)s」的数字太大。")
# pydantic's type of error, or the part of it before the first «_».
_TEXTS: dict[str, str | Promise] = {
    "missing": _("缺少「%(field)s」。"),
    "extra_forbidden": _("没有「%(field)s」这一项。"),
    "json": _("请求正文不是有效的 JSON。"),
    "int": _WHOLE,
    "int_parsing_size": _TOO_LARGE,
    "decimal": _NUMBER,
    "decimal_max_digits": _TOO_LARGE,
    "decimal_whole_digits": _TOO_LARGE,
    "decimal_max_places": _("「%(field)s」最多 %(decimal_places)s 位小数。"),
    "float": _NUMBER,
    "finite": _NUMBER,
    "string": _TEXT,
    "string_too_short": _("「%(field)s」至少 %(min_length)s 个字符。"),
    "string_too_long": _("「%(field)s」最多 %(max_length)s 个字符。"),
    "string_unicode": _("「%(field)s」含有不能保存的字符。"),
    "bool": _YES_NO,
    "list": _LIST,
    "tuple": _LIST,
    "dict": _OBJECT,
    "model": _OBJECT,
    "date": _DAY,
    "datetime": _MOMENT,
    "timezone": _MOMENT,
    "none": _("「%(field)s」应为空。"),
    "too_short": _("「%(field)s」至少 %(min_length)s 项。"),
    "too_long": _("「%(field)s」最多 %(max_length)s 项。"),
    "greater_than": _("「%(field)s」应大于 %(gt)s。"),
    "greater_than_equal": _("「%(field)s」不能小于 %(ge)s。"),
    "less_than": _("「%(field)s」应小于 %(lt)s。"),
    "less_than_equal": _("「%(field)s」不能大于 %(le)s。"),
    "literal": _("「%(field)s」应为：%(expected)s。"),
    "enum": _("「%(field)s」应为：%(expected)s。"),
}
_OTHER = _("「%(field)s」无法识别。")
# Codes of PostgreSQL (SQLSTATE) for values that it does not take.
_STORED: dict[str, str | Promise] = {
    "22003": _("有一个数字太大，超出了能保存的范围。"),
    "22001": _("有一段文字太长。"),
    "22007": _("有一个日期无法识别。"),
    "22008": _("有一个日期超出了能保存的范围。"),
}
_CHARACTER = _("含有不能保存的字符。")
NUL = "\x00"


def explain(errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """What pydantic found, by field: ``lines.0.quantity``, without the part of the request that it came in."""
    fields: dict[str, str] = {}
    for found in errors:
        path = [str(part) for part in found["loc"]]
        skip = 2 if path[:1] == ["body"] and len(path) > 2 else 1
        name = ".".join(path[skip:]) or path[-1]
        kind = str(found["type"])
        text = _TEXTS.get(kind) or _TEXTS.get(kind.partition("_")[0], _OTHER)
        # allowed values come in English: 'a', 'b' or 'c'
        given = {key: str(value).replace(" or ", ", ") for key, value in found.get("ctx", {}).items()}
        fields[name] = str(text) % {"field": name, **given}
    return Invalid(fields)


def unstorable(error: DataError | UnicodeError) -> Invalid:
    """A value that no check caught and the database refuses; it does not say which."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state in _STORED:
        return Invalid({"": _STORED[state]})
    if isinstance(error, UnicodeError) or state in {"", "22021", "22P05"}:
        return Invalid({"": _CHARACTER})
    return Invalid({"": _now("有一个值无法保存。")})


def unprintable(values: Mapping[str, Any]) -> Invalid | None:
    """A refusal of a query or form with a NUL character, None without one."""
    bad = {
        name.replace(NUL, ""): _CHARACTER
        for name in values
        if NUL in name or any(NUL in text for text in values.getlist(name) if isinstance(text, str))  # type: ignore[attr-defined]
    }
    return Invalid(bad) if bad else None
