"""What is in trouble among the rows of a list and on the page of an object, and why, in a word and in a sentence.

The context that knows of trouble registers itself in ``ready()``; lists and pages of contexts below ask without knowing
it: ``ui.table(…, trouble=("po", "number"))``, ``ui.trouble(request, "po", number)`` (docs/pages.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gendan.kernel.actor import Actor

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """The gravest that is wrong with something: ``word`` names it, ``text`` tells it; ``count``: of how many.

    ``severity`` is low, medium or high.
    """

    word: str
    text: str
    severity: str
    url: str
    rank: int = 0
    count: int = 1
    number: str = ""
    state: str = ""
    state_label: str = ""
    owner: str = ""
    document: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one object: the gravest first, how many in all, and the page that shows all."""

    marks: Sequence[Mark] = ()
    count: int = 0
    url: str = ""


# (actor, kind, numbers) → the gravest by number and line (None: of the whole document). One statement for any number.
OF_ROWS: list[Callable[[Actor, str, Sequence[str]], Mapping[Key, Mark]]] = []
# (actor, kind, number) → what is wrong with it.
OF_ONE: list[Callable[[Actor, str, str], Trouble]] = []


@dataclass(slots=True)
class _Several:
    marks: dict[Key, Mark] = field(default_factory=dict)

    def add(self, key: Key, mark: Mark) -> None:
        """The graver of the two, with how many there are."""
        known = self.marks.get(key)
        if known is None:
            self.marks[key] = mark
            return
        graver = max(known, mark, key=lambda one: one.rank)
        self.marks[key] = _counted(graver, known.count + mark.count)


def _counted(mark: Mark, count: int) -> Mark:
    values: dict[str, Any] = {name: getattr(mark, name) for name in Mark.__slots__}
    return Mark(**values | {"count": count})


def of_rows(actor: Actor, kind: str, rows: Sequence[Key], *, whole: bool = True) -> list[Mark | None]:
    """The mark of each row, a document or a line of one. A document has what is wrong with its lines, too; a line has
    what is wrong with its document when ``whole``.
    """
    numbers = sorted({number for number, _line in rows if number})
    if not numbers or not OF_ROWS:
        return [None] * len(rows)
    several = _Several()
    for provide in OF_ROWS:
        for (number, line), mark in provide(actor, kind, numbers).items():
            several.add((number, line), mark)
            several.add((number, 0), mark)
    found = several.marks

    def of(number: str, line: int | None) -> Mark | None:
        if line is None:
            return found.get((number, 0))
        return found.get((number, line)) or (found.get((number, None)) if whole else None)

    return [of(number, line) for number, line in rows]


def of_one(actor: Actor, kind: str, number: str) -> Trouble:
    """What is wrong with one object."""
    for provide in OF_ONE:
        return provide(actor, kind, number)
    return Trouble()
