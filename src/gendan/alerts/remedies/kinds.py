"""What a remedy is: when it is offered, what its form asks, which command it is, how its effect is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

from gendan.kernel.actor import Actor

Row = dict[str, Any]
Values = Mapping[str, Any]
Text = str | Promise
Kind = Literal["text", "long", "email", "number", "date", "choice", "supplier", "product", "cases", "flag"]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Field:
    """Something that the form of a remedy asks. ``options`` of a choice: value and text; of ``cases``: numbers."""

    name: str
    label: Text
    kind: Kind = "text"
    value: Any = ""
    required: bool = False
    help: Text = ""
    options: Sequence[tuple[str, str]] = ()
    decimals: int = 6
    most: int = 300


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of a remedy: a code with its figures, see words.EFFECTS; ``documents`` as kind:number."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[str, ...] = ()


@dataclass(slots=True)
class Situation:
    """What remedies of a case are decided by. ``lines``: what it is about of its document, in the unit of each line;
    ``places``: what is free elsewhere; ``suppliers``: who else delivers, the best first; ``holders``: less urgent lines
    that hold stock; ``returnable``: lines of receipts out of which goods can go back; ``stored``: what lies free here;
    ``done``: remedies used before, latest first; ``answer``: what the supplier said last.
    """

    actor: Actor
    case: Row
    lines: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    suppliers: list[Row] = field(default_factory=list)
    holders: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    siblings: list[Row] = field(default_factory=list)
    done: list[Row] = field(default_factory=list)
    returnable: list[Row] = field(default_factory=list)
    stored: list[Row] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.case["document_kind"])

    @property
    def number(self) -> str:
        return str(self.case["document_number"])

    @property
    def line(self) -> Row | None:
        """The one line that the case is about."""
        return self.lines[0] if len(self.lines) == 1 else None

    @property
    def open_lines(self) -> list[Row]:
        return [line for line in self.lines if line["open"] > 0]

    @property
    def answer(self) -> Row | None:
        """The supplier's last answer that nothing was done about since."""
        for done in self.done:
            if done["state"] == "answered":
                return dict(done["answer"] or {})
            if done["state"] == "done":
                return None
        return None

    @property
    def waiting(self) -> Row | None:
        """The urging that is not answered yet."""
        return next((done for done in self.done if done["state"] == "waiting"), None)

    @property
    def today(self) -> date:
        return self.actor.today()


@dataclass(frozen=True, slots=True)
class Remedy:
    """``offered``: None when it does not help here, else what is said beside its button («东仓可调 120»), perhaps "".

    ``permission``: of the command; ``link``: nothing is done here, but on that page. ``impact``: the address of a
    fragment that says whom the form hits. ``closes``: it closes the case, which not everybody may. Without ``run`` the
    command notes by itself what it did.
    """

    code: str
    label: Text
    permission: str
    icon: str
    kinds: frozenset[str]
    offered: Callable[[Situation], str | None]
    fields: Callable[[Situation], Sequence[Field]] = lambda situation: ()
    run: Callable[[Actor, Situation, Values], Effect] | None = None
    link: Callable[[Situation], str] | None = None
    hint: Text = ""
    button: Text = ""
    impact: Callable[[Situation], str] | None = None
    closes: bool = False
