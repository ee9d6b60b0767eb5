"""Transactions around what tests do for a while, undone afterwards."""

from __future__ import annotations

from django.db import transaction


def begin() -> transaction.Atomic:
    """A transaction around commands that insist on their own, as Django's TestCase does it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    block.__enter__()
    return block


def undo(block: transaction.Atomic) -> None:
    """Take back all that happened inside."""
    transaction.set_rollback(True)
    block.__exit__(None, None, None)
