"""Texts that must not be kept: passwords and API keys on their way through a command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

from gendan.kernel.actor import Actor


class Secret:
    """A text whose ``str()`` is a keyed digest, so that logs and idempotency fingerprints do not give it away."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __str__(self) -> str:
        return hmac.new(settings.SECRET_KEY.encode(), b"secret:" + self._text.encode(), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._text)


def new_api_key(actor: Actor) -> Secret:
    """A key of 32 random bytes; a repeated request gets the same one, derived from its idempotency key."""
    if actor.idempotency_key is None:
        random = secrets.token_bytes(32)
    else:
        said = f"api-key:{actor.company_id}:{actor.user_id}:{actor.idempotency_key}"
        random = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).digest()
    return Secret("gd_" + base64.urlsafe_b64encode(random).decode().rstrip("="))
