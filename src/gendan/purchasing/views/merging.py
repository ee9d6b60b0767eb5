"""Forms that several people have open: what they were opened with, and what became of both sides' changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast, get_args, get_type_hints

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gendan.kernel.errors import plain
from gendan.kernel.timeline import changes_of
from gendan.kernel.unit import Done
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.rules.merging import Draft

T = TypeVar("T")
SHOWN = 5


def dump_draft(draft: Draft) -> str:
    """A draft as text, for the hidden field that remembers what a form was opened with."""
    return json.dumps(asdict(cast(Any, draft)), default=str, ensure_ascii=False)


def load_draft(kind: type[T], text: str) -> T | None:
    """The draft in that field; None when there is none that can be read."""
    try:
        return _built(kind, json.loads(text))
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        return None


def _built(kind: type[T], values: Any) -> T:
    hints = get_type_hints(kind)
    return kind(**{f.name: _value(hints[f.name], values[f.name]) for f in fields(cast(Any, kind))})


def _value(hint: Any, value: Any) -> Any:
    kinds = get_args(hint) or (hint,)
    if value is None and type(None) in kinds:
        return None
    if isinstance(value, list):
        return tuple(_built(kinds[0], each) for each in value)
    if Decimal in kinds:
        return Decimal(value) * 1  # a signalling NaN says so here
    if date in kinds:
        return date.fromisoformat(value)
    if not isinstance(value, kinds):
        raise TypeError
    return value


def clashes(conflict: DraftChanged) -> dict[str, Any]:
    """What a form shows of a conflict: its text, each clash in words, and what others wrote by field."""
    rows = [_clash(conflict, each) for each in conflict.data["conflicts"]]
    errors = {
        each["field"]: _("%(by)s 改为 %(theirs)s") % row
        for each, row in zip(conflict.data["conflicts"], rows, strict=True)
    }
    return {"conflict": {"text": str(conflict), "rows": rows}, "errors": errors}


def _clash(conflict: DraftChanged, each: dict[str, Any]) -> dict[str, str]:
    """«BOLT 数量»: mine, theirs and by whom."""
    place, _dot, cell = each["field"].rpartition(".")
    name, nothing = each["field"], _("（空）")
    if place == "lines":
        name, nothing = "line", _("（删除）")
    elif place:
        name = f"{conflict.merged.lines[int(place.split('.')[1])].name} {cell}"
    values = [nothing if each[side] in (None, "") else plain(each[side]) for side in ("yours", "theirs")]
    ((label, yours, theirs),) = changes_of({"changes": [[name, *values]]})
    return {"field": label, "yours": yours, "theirs": theirs, "by": each["by"]}


def tell_merged(request: HttpRequest, done: Done) -> None:
    """Say what others changed meanwhile, if anything."""
    if found := done.data.get("merged"):
        messages.info(request, _("其他人同时改过的内容已合并：%(changes)s。") % {"changes": _listed(found)})


def _listed(changed: Sequence[Sequence[str]]) -> str:
    parts = [
        f"{name} {before or _('（空）')} → {after or _('（空）')}"
        for name, before, after in changes_of({"changes": list(changed[:SHOWN])})
    ]
    return _("；").join(parts) + ("…" if len(changed) > SHOWN else "")
