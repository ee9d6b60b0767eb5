"""What comes after a receipt, offered on its page: put the goods away, print the labels of their lots."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.handheld.modes import putaway
from gendan.kernel import prints
from gendan.kernel.actor import Actor

MOST_LOTS = 100


def entries(actor: Actor, kind: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of a receipt that counts; nothing is read."""
    if kind != "gr" or document["reverses"] or document["state"] not in {"posted", "to_inspect"}:
        return []
    found = []
    if actor.may(putaway.PERMISSION):
        address = f"{reverse('handheld:home')}#putaway/{document['warehouse']}"
        found.append({"label": _("上架"), "icon": "building-warehouse", "url": address})
    lots = dict.fromkeys(f"{line['product']} {line['lot']}" for line in document["lines"] if line["lot"])
    if lots:
        found.append({
            "label": _("批次标签"), "icon": "tag", "url": prints.choose("inventory.lot", *list(lots)[:MOST_LOTS])
        })  # fmt: skip
    return found
