"""Who may grant what: nobody more than they hold themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gendan.kernel.actor import Limit, Scope

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


# What shows the whole company is not for who sees a part of it.
WHOLE = frozenset({"kernel.audit"})
AUDIT, AUDIT_WITHIN = "kernel.audit", "kernel.audit_within"  # who sees a part, of that part
NARROWED = ("purchasing", "sales", "inventory", "catalog")
DOCUMENTS = ("all", "department", "own")  # whose documents, per context but the catalog
LISTS = ("warehouses", "supplier_groups", "categories")


def scope_of(roles: Sequence[tuple[int, Sequence[str], str]]) -> Scope | None:
    """What somebody sees with these roles (id, permissions, scope as JSON): they add up.

    In each context those roles count that allow something there, so that a role for something else opens nothing. Where
    none does, others still show some of it (invoices their orders, accounts their partners): as far as the narrowed
    ones let see.
    """
    scopes = [(role, permissions, json.loads(scope)) for role, permissions, scope in roles]
    contexts = []
    for context in NARROWED:
        counting = [(role, scope) for role, permissions, scope in scopes if _concerns(permissions, context)]
        found = [limit_of(role, scope, context) for role, scope in counting]
        if not counting:
            found = [limit for role, _permissions, scope in scopes if (limit := limit_of(role, scope, context))]
        if found and None not in found:
            contexts.append((context, tuple(limit for limit in found if limit is not None)))
    return Scope(tuple(contexts)) if contexts else None


def limit_of(role: int, scope: dict[str, Any], context: str) -> Limit | None:
    """To what a role narrows its holders within a context; None: to nothing."""
    documents = scope.get("documents", {}).get(context, "all")
    lists = {name: bool(scope.get(name)) for name in LISTS}
    return Limit(role, documents, **lists) if documents != "all" or any(lists.values()) else None


def _concerns(permissions: Sequence[str], context: str) -> bool:
    return any(code == EVERYTHING or code.startswith(f"{context}.") for code in permissions)


def in_circles(above: Mapping[str, str]) -> set[str]:
    """Which of them come back to themselves when one goes up; an empty text is nobody above."""
    found: set[str] = set()
    passed: set[str] = set()
    for start in above:
        way: dict[str, int] = {}
        at = start
        while at and at not in passed and at not in way:
            way[at] = len(way)
            at = above.get(at, "")
        if at in way:
            found.update(one for one, nth in way.items() if nth >= way[at])
        passed.update(way)
    return found
