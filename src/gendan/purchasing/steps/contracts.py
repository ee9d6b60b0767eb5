"""What orders take of framework contracts. Contracts stand above; they say here what is checked when lines are written.

A line whose price is that of a contract in force is called off from it, whoever wrote the price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step

# (actor, order) after lines of the order that name contracts were written, in their transaction, the order locked.
CALLS: list[Callable[[Actor, Subject], None]] = []


class Priced(Protocol):
    """A line with the contract that its price is of."""

    @property
    def contract(self) -> str: ...


@step
def called_off(actor: Actor, order: Subject, lines: Iterable[Priced], *, known: bool = False) -> None:
    """Let contracts check what an order takes of them, if any of its lines names one, or others of the order are
    ``known`` to. Errors: theirs.
    """
    if known or any(line.contract for line in lines):
        for check in CALLS:
            check(actor, order)
