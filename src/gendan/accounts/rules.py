"""Who may grant what: nobody more than they hold themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

EVERYTHING = "*"
ADMINISTRATOR = "admin"

COMPANY_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,15}")
USERNAME = re.compile(r"[\w.@+-]{1,150}")
ROLE_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
DEPARTMENT_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
GS1_PREFIX = re.compile(r"[0-9]{4,12}")
CURRENCY_CODE = re.compile(r"[A-Z]{3}")


def beyond(held: frozenset[str], wanted: Iterable[str]) -> list[str]:
    """The wanted permissions that are not held, in order."""
    if EVERYTHING in held:
        return []
    return sorted(set(wanted) - held)


def limit_is_beyond(held: Decimal | None, wanted: Decimal | None) -> bool:
    """Whether an approval limit exceeds the one held; None is no limit."""
    if held is None:
        return False
    return wanted is None or wanted > held
