"""What lets somebody in: any of the four kinds of work."""

from __future__ import annotations

from gendan.handheld.modes import MODES
from gendan.kernel.actor import Actor


def allowed(actor: Actor) -> list[str]:
    """The kinds of work that the actor may do with a device; each door asks again for what it does."""
    return [name for name, mode in MODES.items() if actor.may(mode.PERMISSION)]
