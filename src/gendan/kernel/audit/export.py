"""The audit log as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.audit.queries import DOORS, Asked, every_event
from gendan.kernel.errors import Invalid
from gendan.kernel.exports import Export, register
from gendan.kernel.subjects import kind_label
from gendan.kernel.values import BadValue, to_date

NAME = "kernel.audit"
COLUMNS = (
    ("at", _("时间")),
    ("user", _("操作人")),
    ("username", _("用户名")),
    ("via", _("途径")),
    ("address", _("地址")),
    ("label", _("事件")),
    ("type", _("事件代码")),
    ("kind_label", _("对象类型")),
    ("kind", _("对象类型代码")),
    ("number", _("对象")),
    ("name", _("对象名称")),
    ("effect", _("变更")),
    ("remark", _("说明")),
    ("concerns", _("涉及")),
    ("told", _("通知了")),
    ("id", _("事件号")),
)


def asked_in(given: Mapping[str, str]) -> Asked:
    """What an address asks for."""
    texts = {name: given.get(name, "").strip()[:150] for name in ("person", "number", "kind", "type", "area", "via")}
    return Asked(**texts, since=_day(given, "since"), until=_day(given, "until"))


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        return to_date(given[name]) if given.get(name) else None
    except BadValue as bad:
        raise Invalid({name: bad.text}) from None


def rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every event that is asked for, each a line of text."""
    for row in every_event(actor, asked_in(filters)):
        effect = "；".join(f"{name}：{before or '—'} → {after or '—'}" for name, before, after in row["changes"])
        yield {
            **row,
            "kind_label": kind_label(row["kind"]),
            "user": row["user"] or str(_("未登录") if row["via"] == "page" else _("系统")),
            "via": str(DOORS.get(row["via"], row["via"])),
            "effect": effect,
        }


register(Export(NAME, _("审计日志"), rows, lambda actor: COLUMNS))
