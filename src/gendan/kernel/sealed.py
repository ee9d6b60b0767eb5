"""Secrets that must be handed on as they are (keys of other people's services): kept encrypted, shown to nobody.

The key is derived from the installation's own (GENDAN_SECRET_KEY): a copy of the database alone gives nothing away.
With another key the secrets cannot be read any more and are entered again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(secrets: Mapping[str, str]) -> str:
    """The secrets as one encrypted text, "" for none."""
    if not secrets:
        return ""
    return _box().encrypt(json.dumps(dict(secrets)).encode()).decode("ascii")


def unseal(text: str) -> dict[str, str]:
    """The secrets in such a text; {} when it was sealed with another key."""
    if not text:
        return {}
    try:
        found = json.loads(_box().decrypt(text.encode()))
    except (InvalidToken, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _box() -> Fernet:
    key = hmac.new(settings.SECRET_KEY.encode(), b"gendan.sealed", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
