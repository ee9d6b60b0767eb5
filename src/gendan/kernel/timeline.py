"""The history of an object as people read it: labelled events, comments, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.subjects import page_of

EVENT_LABELS: dict[str, str | Promise] = {
    "kernel.commented": _("发表了评论"),
    "kernel.file_attached": _("添加了附件"),
    "kernel.file_removed": _("移除了附件"),
}


def label_events(labels: Mapping[str, str | Promise]) -> None:
    """Say how events are called: ``label_events({"purchasing.order_approved": _("批准了订单")})``, in ``ready()``."""
    EVENT_LABELS.update(labels)


def label_of(event_type: str) -> str:
    """What happened, in the user's language."""
    return str(EVENT_LABELS.get(event_type, event_type))


def entries(actor: Actor, subjects: Sequence[tuple[str, int]], limit: int = 100) -> list[dict[str, Any]]:
    """Events and comments of the given (kind, id) objects, ready for ``ui.timeline``."""
    several = len(subjects) > 1
    return [
        {
            **entry,
            "label": label_of(entry["type"]),
            "number": entry["number"] if several else "",
            "url": page_of(entry["kind"], entry["number"]) if several else "",
            "text": entry["text"] or _remark(entry),
        }
        for entry in events.timeline(actor, subjects, limit)
    ]


def _remark(entry: Mapping[str, Any]) -> str:
    """What an event says beside its label: the reason that was given, or the name of a file."""
    data = entry["data"] or {}
    return str(data.get("reason") or data.get("file") or "")
