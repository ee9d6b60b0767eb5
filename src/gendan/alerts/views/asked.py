"""What an address asks of the pages of exceptions: filters that list, groups, board and calendar share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.alerts.queries.cases import Wanted
from gendan.alerts.queries.texts import NAMES, SEVERITIES
from gendan.kernel.actor import Actor

TEXTS = ("state", "rule", "severity", "owner", "partner", "product", "warehouse", "document", "cause")
# What stays when the look of the page is changed.
KEPT = ("view", *TEXTS[1:])


def wanted_of(given: Mapping[str, str], username: str = "") -> Wanted:
    """The filters of an address; what cannot be read asks for nothing."""
    texts = {name: given.get(name, "")[:80] for name in TEXTS}
    view = given.get("view", "")
    if view == "mine":
        texts["owner"] = username or texts["owner"]
    if view == "urgent":
        texts["severity"] = "high"
    return Wanted(**texts, snoozed=view == "snoozed", due=day_of(given.get("due", "")), waiting=view == "customers")


def day_of(text: str) -> date | None:
    """A day, or none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def username_of(request: HttpRequest) -> str:
    """The name by which cases know their owner."""
    return str(request.user.get_username()) if request.user.is_authenticated else ""


def shared(request: HttpRequest, actor: Actor, here: str) -> dict[str, Any]:
    """What the templates of all looks need: the looks, the saved views, the choices of the filters."""
    kept = urlencode({name: request.GET[name] for name in KEPT if request.GET.get(name)})
    looks = (
        ("case_list", _("列表"), "list-details"),
        ("case_groups", _("分组"), "stack-2"),
        ("case_board", _("看板"), "columns"),
        ("case_calendar", _("日历"), "calendar"),
    )
    return {
        "actor": actor,
        "looks": [
            (label, icon, reverse(f"alerts:{page}") + (f"?{kept}" if kept else ""), page == here)
            for page, label, icon in looks
        ],
        "views": [
            (_("全部"), {"view": ""}, None),
            (_("我的"), {"view": "mine"}, None),
            (_("紧急"), {"view": "urgent"}, None),
            (_("有客户在等"), {"view": "customers"}, None),
        ],
        "severities": list(SEVERITIES.items()),
        "rules": [(code, str(name)) for code, name in NAMES.items()],
    }
