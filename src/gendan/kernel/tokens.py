"""Tokens of links that open something without an account: long, random, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

TOKEN_BYTES = 24  # 192 bits: nobody guesses it
SHORTEST_TOKEN, LONGEST_TOKEN = 20, 64


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
