"""The kinds of notices by what they are about, as the settings show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.notices import NOTICE_LABELS
from gendan.notices.rules import ANY_KIND

# What is not named here is among the rest.
AREAS: Sequence[tuple[str | Promise, frozenset[str]]] = (
    (_("审批"), frozenset({"duties", "substitute", "urged"})),
    (_("异常"), frozenset({"urge_answered"})),
    (_("订单、客户与供应商"), frozenset({
        "change", "late", "return", "inquiry", "question", "supplier_answer", "action",
    })),
    (_("其他"), frozenset()),
)  # fmt: skip
_BY_PREFIX = (("approval", 0), ("case", 1))


@dataclass(frozen=True, slots=True)
class Area:
    """Kinds about one thing: code, label, mode by channel. ``said``: what of them is sent where, in few words."""

    name: str
    kinds: list[tuple[str, str, Mapping[str, str]]]
    said: str


def areas(modes: Callable[[str], Mapping[str, str]], channels: Sequence[Mapping[str, Any]]) -> list[Area]:
    """Every kind with where it is sent, by area; those without kinds are left out."""
    kinds: list[list[tuple[str, str, Mapping[str, str]]]] = [[] for _area in AREAS]
    for kind, label in NOTICE_LABELS.items():
        kinds[_area_of(kind)].append((kind, str(label), modes(kind)))
    return [Area(str(name), rows, _said(rows, channels)) for (name, _c), rows in zip(AREAS, kinds, strict=True) if rows]


def with_rest(found: list[Area], rest: Mapping[str, str], channels: Sequence[Mapping[str, Any]]) -> list[Area]:
    """As areas, led by what holds for every kind that is not set by itself."""
    everything = [(ANY_KIND, _now("未单独设置的提醒"), rest)]
    return [Area(_now("未单独设置的提醒"), everything, _said(everything, channels)), *found]


def _area_of(kind: str) -> int:
    for prefix, place in _BY_PREFIX:
        if kind.startswith(prefix):
            return place
    return next((place for place, (_n, codes) in enumerate(AREAS) if kind in codes), len(AREAS) - 1)


def _said(rows: Sequence[tuple[str, str, Mapping[str, str]]], channels: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for channel in channels:
        if count := sum(bool(modes.get(channel["code"])) for _kind, _label, modes in rows):
            parts.append(_now("%(channel)s %(n)s 种") % {"channel": channel["name"], "n": count})
    return " · ".join(parts) or _now("不发送")
