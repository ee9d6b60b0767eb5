"""What a link allows, and what a drawn signature is; no framework."""

from __future__ import annotations

import base64
import binascii

from gendan.kernel.tokens import could_be, end_of, hash_of, new_token, state_of

__all__ = ["could_be", "end_of", "hash_of", "new_token", "signature", "state_of"]

DAYS, MOST_DAYS = 90, 730
SIGNATURE_BYTES = 300_000
SIGNATURE_HEAD = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
# What a customer may do, whatever else there is.
PERMISSIONS = frozenset({"sales.view", "sales.sign_delivery", "sales.request_return", "portal.ask_question"})


def signature(text: str) -> bytes | None:
    """The picture of a signature that was drawn; None for anything else."""
    if not text.startswith(SIGNATURE_HEAD) or len(text) > SIGNATURE_BYTES * 4 // 3 + 100:
        return None
    try:
        content = base64.b64decode(text[len(SIGNATURE_HEAD) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content.startswith(PNG) and len(content) <= SIGNATURE_BYTES else None
