"""What every company starts with is called in the reader's language; what it named itself is called as it named it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

KNOWN: dict[str, str | Promise] = {
    "件": pgettext_lazy("unit", "件"),
    "包": pgettext_lazy("unit", "包"),
    "个": pgettext_lazy("unit", "个"),
    "套": pgettext_lazy("unit", "套"),
    "双": pgettext_lazy("unit", "双"),
    "盒": pgettext_lazy("unit", "盒"),
    "箱": pgettext_lazy("unit", "箱"),
    "袋": pgettext_lazy("unit", "袋"),
    "卷": pgettext_lazy("unit", "卷"),
    "瓶": pgettext_lazy("unit", "瓶"),
    "张": pgettext_lazy("unit", "张"),
    "托": pgettext_lazy("unit", "托"),
    "组": pgettext_lazy("unit", "组"),
    "千克": pgettext_lazy("unit", "千克"),
    "克": pgettext_lazy("unit", "克"),
    "吨": pgettext_lazy("unit", "吨"),
    "米": pgettext_lazy("unit", "米"),
    "厘米": pgettext_lazy("unit", "厘米"),
    "平方米": pgettext_lazy("unit", "平方米"),
    "立方米": pgettext_lazy("unit", "立方米"),
    "升": pgettext_lazy("unit", "升"),
    "小时": pgettext_lazy("unit", "小时"),
    "人民币": pgettext_lazy("currency", "人民币"),
    "美元": pgettext_lazy("currency", "美元"),
    "欧元": pgettext_lazy("currency", "欧元"),
    "港币": pgettext_lazy("currency", "港币"),
    "新台币": pgettext_lazy("currency", "新台币"),
    "日元": pgettext_lazy("currency", "日元"),
    "英镑": pgettext_lazy("currency", "英镑"),
    "增值税 13%": pgettext_lazy("tax", "增值税 13%"),
    "增值税 9%": pgettext_lazy("tax", "增值税 9%"),
    "增值税 6%": pgettext_lazy("tax", "增值税 6%"),
    "零税率": pgettext_lazy("tax", "零税率"),
}


def known_name(name: str) -> str:
    """The name of a unit, currency or tax for who reads it now."""
    return str(KNOWN.get(name, name))


def figure(value: Decimal, unit: str = "") -> str:
    """A quantity with thousands separators, in a sentence: 12,000 件."""
    text = format(value, ",f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {known_name(unit)}".strip()
