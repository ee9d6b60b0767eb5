"""What lets somebody in: any of the four kinds of work."""

from __future__ import annotations

from gendan.handheld.modes import MODES
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.kernel.unit import label_of


def allowed(actor: Actor) -> list[str]:
    """The kinds of work that the actor may do with a device."""
    return [name for name, mode in MODES.items() if actor.may(mode.PERMISSION)]


def must_enter(actor: Actor) -> list[str]:
    """The same; Forbidden for who may do none of them."""
    found = allowed(actor)
    if not found:
        permission = MODES["receive"].PERMISSION
        raise Forbidden(permission=label_of(permission), code=permission)
    return found
