"""What the palette finds: pages by name, documents by number, products and partners by anything."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from gendan.kernel.actor import Actor
from gendan.web import navigation

LIMIT = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette."""

    title: str
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind."""

    title: str
    hits: list[Hit]


def find(actor: Actor, q: str) -> list[Group]:
    """Groups that have hits, the likeliest first; without a text the pages the actor has."""
    q = q.strip()[:80]
    groups = [Group(gettext("页面"), _pages(actor, q))]
    return [group for group in groups if group.hits]


def _pages(actor: Actor, q: str) -> list[Hit]:
    wanted = q.lower()
    found = [
        Hit(link.label, link.url, link.icon, link.section)
        for link in navigation.links(actor, "")
        if not wanted or wanted in link.label.lower() or any(w.lower().startswith(wanted) for w in link.words.split())
    ]
    return found if wanted else found[:12]
