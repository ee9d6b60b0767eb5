"""What contexts above show on the page of a purchase order: what became of it at the supplier."""

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


def panels_of(actor: Actor, order: dict[str, Any]) -> list[Panel]:
    """The panels for an order, in the order of their registration."""
    return [panel for provide in PANELS if (panel := provide(actor, order)) is not None]
