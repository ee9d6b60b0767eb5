"""What contexts above show on the pages of a purchase order and of a shipment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of the page: its template, which finds ``data`` as ``part``."""

    template: str
    data: dict[str, Any] = field(default_factory=dict)


# (actor, the order's header) → panel or None. Registered in AppConfig.ready().
PANELS: list[Callable[[Actor, dict[str, Any]], Panel | None]] = []


# What contexts above offer in the menus of an order ("po") and of a receipt ("gr"): (actor, kind, the document) →
# entries with label, icon and url.
ENTRIES: list[Callable[[Actor, str, dict[str, Any]], list[dict[str, Any]]]] = []


# (actor, the shipment as its page has it) → panel or None.
OF_SHIPMENTS: list[Callable[[Actor, dict[str, Any]], Panel | None]] = []


def entries_of(actor: Actor, kind: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries for a document, in the order of their registration."""
    return [entry for provide in ENTRIES for entry in provide(actor, kind, document)]


def panels_of(actor: Actor, order: dict[str, Any]) -> list[Panel]:
    """The panels for an order, in the order of their registration."""
    return [panel for provide in PANELS if (panel := provide(actor, order)) is not None]


def shipment_panels(actor: Actor, shipment: dict[str, Any]) -> list[Panel]:
    """The panels for a shipment, in the order of their registration."""
    return [panel for provide in OF_SHIPMENTS if (panel := provide(actor, shipment)) is not None]
