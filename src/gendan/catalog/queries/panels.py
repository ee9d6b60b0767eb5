"""What contexts above show on the page of a product, partner or warehouse: stock, open lines, performance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled block of facts with links; ``facts`` are (label, value), ``links`` (label, address)."""

    title: str
    icon: str = "info-circle"
    facts: list[tuple[str, Any]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


# (actor, kind, record) → panel or None; kind is product, partner or warehouse. Registered in AppConfig.ready().
PANELS: list[Callable[[Actor, str, dict[str, Any]], Panel | None]] = []


def panels_of(actor: Actor, kind: str, record: dict[str, Any]) -> list[Panel]:
    """The panels for a record, in the order of their registration."""
    return [panel for provide in PANELS if (panel := provide(actor, kind, record)) is not None]
