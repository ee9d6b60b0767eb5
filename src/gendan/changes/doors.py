"""How the form of a change order looks for a kind of order: registered by the order's own context beside its Target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gendan.changes.rules import Content
from gendan.changes.targets import Order
from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the header: an input, or a picker (``lookup``)."""

    name: str
    label: str
    type: str = "text"
    options: Sequence[tuple[str, str]] = ()
    lookup: str = ""
    shown: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields of the header, columns of the grid (as ``ui.grid`` takes them), the address of its totals with what that
    needs besides (``hidden``), and a ``style`` of the order's own form.
    """

    fields: Sequence[Field]
    columns: Sequence[Mapping[str, Any]]
    totals: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    style: str = ""


FORMS: dict[str, Callable[[Actor, Order, Content], Form]] = {}
