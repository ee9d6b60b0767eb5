"""Proof that counters and balances agree with the documents behind them: contexts register checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from gendan.kernel import db
from gendan.kernel.errors import plain


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree: what it is, what it should be by the documents, what it is by the counters."""

    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.what}: expected {plain(self.expected)}, found {plain(self.found)}"


Find = Callable[[int | None], Iterable[Difference]]


@dataclass(frozen=True, slots=True)
class Check:
    """A question whose answer must be «no difference»; ``find`` takes a company's id, None for all companies."""

    name: str
    label: str | Promise
    find: Find


CHECKS: dict[str, Check] = {}


def check(name: str, label: str | Promise) -> Callable[[Find], Find]:
    """Register a function (company id or None) → differences, under a name like ``inventory.balances``."""

    def declare(find: Find) -> Find:
        CHECKS[name] = Check(name, label, find)
        return find

    return declare


def sql_check(name: str, label: str | Promise, sql: str) -> None:
    """Register a statement that answers (what, expected, found) of differences; ``%(company)s`` is an id or null."""

    def find(company_id: int | None) -> Iterator[Difference]:
        for what, expected, found in db.rows(sql, {"company": company_id}):
            yield Difference(what, expected, found)

    CHECKS[name] = Check(name, label, find)


def differences(company_id: int | None = None) -> Iterator[tuple[Check, list[Difference]]]:
    """Run every check; each with what it found."""
    for name in sorted(CHECKS):
        yield CHECKS[name], list(CHECKS[name].find(company_id))
