"""How often something may be asked in a minute, per web process: for doors that are open to everybody."""

from __future__ import annotations

from django.core.cache import cache

MINUTE = 60


def too_many(name: str, limit: int) -> bool:
    """Count one more of ``name``; whether that is more than ``limit`` in a minute."""
    cache.add(name, 0, timeout=MINUTE)
    try:
        return cache.incr(name) > limit
    except ValueError:  # it has just expired
        return False
