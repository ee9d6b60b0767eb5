"""Tickets for the live updates: who may listen to which company, signed, for twelve hours. Free of Django."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass

LIFETIME = 12 * 3600
_PURPOSE = b"gendan.live-ticket.1"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who listens to what."""

    company_id: int
    user_id: int
    expires: int


def make(secret: str, *, company_id: int, user_id: int, now: float | None = None) -> str:
    """A ticket for one user in one company; safe in an address."""
    expires = int(time.time() if now is None else now) + LIFETIME
    content = f"{company_id}.{user_id}.{expires}"
    return f"{content}.{_signature(secret, content)}"


def verify(secret: str, text: str, now: float | None = None) -> Ticket | None:
    """What the ticket says, or None if it is forged, damaged or expired."""
    content, _, signature = text.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, content).encode()):
        return None
    company_id, user_id, expires = (int(part) for part in content.split("."))
    if expires <= (time.time() if now is None else now):
        return None
    return Ticket(company_id, user_id, expires)


def _signature(secret: str, content: str) -> str:
    key = hashlib.sha256(_PURPOSE + secret.encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, content.encode(), "sha256")).decode().rstrip("=")
