"""Where suppliers open what was sent to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link with its token: for whom a message is written, for nobody's log."""

    id: int
    token: str

    @property
    def address(self) -> str:
        """Where everything is that was sent by it."""
        return public_address(reverse("portal:supplier", args=[self.token]))

    def order(self, number: str) -> str:
        """Where one order is."""
        return public_address(reverse("portal:supplier_order", args=[self.token, number]))


def public_address(path: str) -> str:
    """An address as it is opened from outside."""
    return f"{settings.PUBLIC_URL or settings.ORIGIN}{path}"
