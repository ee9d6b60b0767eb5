"""How often something may be asked in a minute, and how much may be brought in a day, per web process: for doors that
are open to everybody.
"""

from __future__ import annotations

from django.core.cache import cache

MINUTE, DAY = 60, 86_400


def too_many(name: str, limit: int) -> bool:
    """Count one more of ``name``; whether that is more than ``limit`` in a minute."""
    cache.add(name, 0, timeout=MINUTE)
    try:
        return cache.incr(name) > limit
    except ValueError:  # it has just expired
        return False


def spend(name: str, amount: int, limit: int) -> bool:
    """Take ``amount`` out of the ``limit`` that ``name`` has for a day; False, and nothing taken, when less is left."""
    cache.add(name, 0, timeout=DAY)
    try:
        if cache.incr(name, amount) <= limit:
            return True
        cache.decr(name, amount)
    except ValueError:  # it has just expired
        return amount <= limit
    return False
