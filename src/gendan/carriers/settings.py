"""Reading what a carrier is set up with: every field checked, problems beside their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gendan.carriers.adapters import ADAPTERS
from gendan.carriers.models import Carrier
from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, to_code, to_flag, to_integer, to_text

Problems = dict[str, str | Promise]
FIELDS = ("name", "aliases", "adapter", "settings", "tracking_url", "silent_hours", "is_active")
LONGEST_SILENCE = 24 * 60  # hours
MAX_ALIASES = 20


def read_values(row: Carrier, values: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    """Set the fields that are given; Invalid names every one that is wrong."""
    problems: Problems = {name: _("没有这个字段") for name in values if name not in FIELDS}
    given = {"name": row.name, "adapter": row.adapter, "settings": row.settings, **values}
    readers = {
        "name": lambda value: to_text(value, 80),
        "aliases": _aliases,
        "adapter": _adapter,
        "tracking_url": _tracking_url,
        "silent_hours": lambda value: to_integer(value, 1, LONGEST_SILENCE),
        "is_active": to_flag,
    }
    try:
        row.code = to_code(row.code, 32)
    except BadValue as bad:
        problems["code"] = bad.text
    if not row.code[:1].isalnum() or not all(c.isalnum() or c in "-_." for c in row.code):
        problems["code"] = _("代码只能用字母、数字和 - _ .")
    for name, read in readers.items():
        if name in given:
            try:
                setattr(row, name, read(given[name]))
            except BadValue as bad:
                problems[name] = bad.text
    if not row.name:
        problems["name"] = _("请填写名称")
    if "adapter" not in problems:
        row.settings = _settings(row.adapter, given["settings"], secrets, problems)
    if problems:
        raise Invalid(problems)


def _adapter(value: Any) -> str:
    text = to_text(value, 24)
    if text and text not in ADAPTERS:
        raise BadValue(_("没有这种接口"))
    return text


def _aliases(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > MAX_ALIASES:
        raise BadValue(_("别名最多 20 个"))
    return [text for text in (to_code(entry, 80) for entry in value) if text]


def _tracking_url(value: Any) -> str:
    text = to_code(value, 300)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = None
    if parts is None or parts.scheme != "https" or not parts.hostname or "{number}" not in text:
        raise BadValue(_("应为 https:// 开头的网址，其中用 {number} 代表运单号"))
    return text


def _settings(adapter: str, given: Any, secrets: Mapping[str, str], problems: Problems) -> dict[str, str]:
    """The adapter's own settings; secrets have no place among them."""
    if not adapter:
        return {}
    if not isinstance(given, Mapping):
        problems["settings"] = _("应为名称和值")
        return {}
    fields = {field.name: field for field in ADAPTERS[adapter].fields}
    found: dict[str, str] = {}
    for name, field in fields.items():
        try:
            value = secrets.get(name, "") if field.secret else to_code(given.get(name, ""), 300)
        except BadValue as bad:
            problems[f"settings.{name}"] = bad.text
            continue
        if field.required and not value:
            problems[f"settings.{name}"] = _("请填写「%(label)s」") % {"label": field.label}
        if not field.secret and value:
            found[name] = value
    if "url" in found and not _is_safe(found["url"]):
        problems["settings.url"] = _("应为 https:// 开头的网址")
    return found


def _is_safe(url: str) -> bool:
    """Whether keys may be sent to an address: over https, or to what this installation was told to trust."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.netloc in settings.OUTGOING_ALLOWED
