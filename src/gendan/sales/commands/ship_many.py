"""Many deliveries leave, each in a transaction of its own: what one is refused for does not keep the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.sales.commands.deliveries import ship_delivery
from gendan.sales.steps.shipping import PICKED

AT_ONCE = 20  # that somebody waits for
KIND, TASK = "ship", "sales.ship_many"


@dataclass(frozen=True, slots=True)
class ToShip:
    """A delivery with what is known of its way; empty leaves what it has."""

    number: str
    carrier: str = ""
    tracking_number: str = ""


def ship_each(actor: Actor, wanted: Sequence[ToShip], day: date | None, unpicked: bool) -> Iterator[dict[str, Any]]:
    """Send the deliveries one by one, and say what became of each; ``unpicked``: uncounted ones, too, as planned."""
    for row in wanted:
        key = f"{actor.idempotency_key}:{row.number}" if actor.idempotency_key else None
        try:
            done = ship_delivery(
                actor=replace(actor, idempotency_key=key, looked_up=False, earlier=None),
                number=row.number,
                carrier=row.carrier or None,
                tracking_number=row.tracking_number or None,
                shipped_on=day,
                rest="" if unpicked else PICKED,
            )
            yield {"number": row.number, "ok": True, "state": done.state, "text": ""}
        except AppError as refusal:
            yield {"number": row.number, "ok": False, "state": "failed", "text": str(refusal)}
