"""What a link allows, and what a drawn signature is; no framework."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import datetime, timedelta

DAYS, MOST_DAYS = 90, 730
TOKEN_BYTES = 24  # 192 bits: nobody guesses it
SHORTEST_TOKEN, LONGEST_TOKEN = 20, 64
SIGNATURE_BYTES = 300_000
SIGNATURE_HEAD = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
# What a customer may do, whatever else there is.
PERMISSIONS = frozenset({"sales.view", "sales.sign_delivery", "sales.request_return", "portal.ask_question"})


def new_token() -> str:
    """A token for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What is kept of a token to find it by. It is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def could_be(token: str) -> bool:
    """Whether it looks like one of ours."""
    plain = token.replace("-", "").replace("_", "")
    return SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN and plain.isascii() and plain.isalnum()


def state_of(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> str:
    """open, expired or revoked."""
    if revoked_at is not None:
        return "revoked"
    return "expired" if expires_at <= now else "open"


def end_of(now: datetime, days: int) -> datetime:
    """When a link that is made now ends."""
    return now + timedelta(days=days)


def signature(text: str) -> bytes | None:
    """The picture of a signature that was drawn; None for anything else."""
    if not text.startswith(SIGNATURE_HEAD) or len(text) > SIGNATURE_BYTES * 4 // 3 + 100:
        return None
    try:
        content = base64.b64decode(text[len(SIGNATURE_HEAD) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content.startswith(PNG) and len(content) <= SIGNATURE_BYTES else None
