"""What the API of documents tells of approval."""

from __future__ import annotations

from gendan.kernel.api import Out


class PassedOut(Out):
    """The flow that let a document pass without anybody being asked; null where somebody approved."""

    flow: str
    version: int
