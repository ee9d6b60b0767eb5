"""The history of an object as people read it: labelled events, comments, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.fields import HIDDEN, rights
from gendan.kernel.subjects import page_of
from gendan.kernel.unit import label_of as permission_label

EVENT_LABELS: dict[str, str | Promise] = {
    "kernel.commented": _("发表了评论"),
    "kernel.file_attached": _("添加了附件"),
    "kernel.file_removed": _("移除了附件"),
    "kernel.file_downloaded": _("下载了文件"),
    "kernel.list_exported": _("导出了列表"),
    "kernel.printed": _("打印了单据"),
}

FIELD_LABELS: dict[str, str | Promise] = {}
VALUE_LABELS: dict[str, Mapping[str, str | Promise]] = {}
GUARDED: dict[str, str] = {}
TELLS_OF: dict[str, tuple[str, ...]] = {}  # kinds whose events tell of the fields of other kinds
# What an event says of itself beside its label, by its type: for those whose details are no changes of fields.
REMARKS: dict[str, Callable[[Mapping[str, Any]], str]] = {}


def label_events(labels: Mapping[str, str | Promise]) -> None:
    """Say how events are called: ``label_events({"purchasing.order_approved": _("批准了订单")})``, in ``ready()``."""
    EVENT_LABELS.update(labels)


def leave_out(*types: str) -> None:
    """Events that the audit has, but no timeline."""
    events.SILENT.update(types)


def label_fields(labels: Mapping[str, str | Promise]) -> None:
    """Say how the fields are called that the ``changes`` of events name."""
    FIELD_LABELS.update(labels)


def label_values(field: str, labels: Mapping[str, str | Promise]) -> None:
    """Say how the values of a field are called whose values are codes."""
    VALUE_LABELS[field] = labels


def guard_fields(permission: str, *names: str) -> None:
    """Show changes of these fields only to holders of the permission."""
    GUARDED.update(dict.fromkeys(names, permission))


def tells_of(kind: str, *kinds: str) -> None:
    """What is hidden of these kinds is hidden in the events of that one, too."""
    TELLS_OF[kind] = kinds


def label_of(event_type: str) -> str:
    """What happened, in the user's language."""
    return str(EVENT_LABELS.get(event_type, event_type))


def entries(actor: Actor, subjects: Sequence[tuple[str, int]], limit: int = 100) -> list[dict[str, Any]]:
    """Events and comments of the given (kind, id) objects, ready for ``ui.timeline``."""
    several = len(subjects) > 1
    logged = events.timeline(actor, subjects, limit)
    whole = _audit_of(actor, subjects, logged)
    found = [{**entry, "data": visible(actor, entry["data"] or {}, entry["kind"])} for entry in logged]
    return [
        {
            **entry,
            "label": label_of(entry["type"]),
            "number": entry["number"] if several else "",
            "url": page_of(entry["kind"], entry["number"]) if several else "",
            "text": entry["text"] or remark_of(entry["type"], entry["data"] or {}),
            "changes": changes_of(entry["data"]),
            "audit": whole,
        }
        for entry in found
    ]


def _audit_of(actor: Actor, subjects: Sequence[tuple[str, int]], logged: Sequence[Mapping[str, Any]]) -> str:
    """Where all that was ever done to the first of the objects is found; "" for who may not look."""
    named = (entry for entry in logged if entry["what"] == "event" and entry["kind"] == subjects[0][0])
    looks = actor.may("kernel.audit") if actor.scope is None else actor.may("kernel.audit_within") and not actor.fields
    first = next(named, None) if looks else None
    return f"{reverse('kernel:audit')}?{urlencode({'kind': first['kind'], 'number': first['number']})}" if first else ""


def visible(actor: Actor, data: Mapping[str, Any], kind: str = "") -> Mapping[str, Any]:
    """What an event says, without changes of fields that the actor may not see (``P0001 unit_price`` is a field of a
    line).
    """

    kinds = (kind, *TELLS_OF.get(kind, ()))
    found = [field for one in kinds for field in rights(actor, one, None, HIDDEN)] if actor.fields else []
    hidden = {key for field in found for key in (field.name, *field.keys)}

    def may_see(name: object) -> bool:
        plain = str(name).rpartition(" ")[2]
        needed = GUARDED.get(plain)
        return plain not in hidden and (needed is None or actor.may(needed))

    given = data.get("changes")
    if isinstance(given, dict):
        return {**data, "changes": {name: pair for name, pair in given.items() if may_see(name)}}
    if isinstance(given, list):
        return {**data, "changes": [change for change in given if may_see(change[0])]}
    return data


def changes_of(data: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(field, before, after) of what an event changed; ``changes`` is a mapping to pairs or a list of triples."""
    given = data.get("changes") or []
    triples = [(name, *pair) for name, pair in given.items() if len(pair) == 2] if isinstance(given, dict) else given
    return [(_field(name), _shown(name, before), _shown(name, after)) for name, before, after in triples]


def _field(name: str) -> str:
    """A field as users call it; ``P0001 quantity`` is a field of a line."""
    thing, _blank, field = name.rpartition(" ")
    return f"{thing} {FIELD_LABELS.get(name) or FIELD_LABELS.get(field, field)}".strip()


def _shown(field: str, value: Any) -> str:
    if isinstance(value, str) and value in (labels := VALUE_LABELS.get(field, {})):
        return str(labels[value])
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        return "、".join(permission_label(str(part)) for part in value)
    return "" if value is None else str(value)


def remark_of(event_type: str, data: Mapping[str, Any]) -> str:
    """What an event says beside its label: the reason that was given, the name of a file, or what its context says."""
    if say := REMARKS.get(event_type):
        return say(data)
    return str(data.get("reason") or data.get("file") or "")
