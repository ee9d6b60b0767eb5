"""What can be saved by the row: declared once, used by import, export, template and the bulk API.

A context registers a ``Resource`` for each of its tables; one with columns can be imported from and exported to a file.
Documents (nested rows) register without columns and can be saved over ``POST /bulk/{resource}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import values
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, NotFound, plain
from gendan.kernel.values import BadValue

MAX_ROWS = 10_000
ROW_NUMBER = "#"  # under this name a row may carry the number by which results call it
Kind = Literal["text", "code", "number", "integer", "flag", "date", "choice", "units", "barcodes", "contacts", "codes"]
Status = Literal["created", "updated", "unchanged", "failed", "skipped"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a resource: its name for programs, its label for people, and how it is read and kept."""

    name: str
    label: str | Promise
    kind: Kind = "text"
    required: bool = False
    default: Any = ""
    max_length: int = 200
    decimals: int = 6
    low: int = 0
    high: int = 32767
    ref: str = ""  # the resource whose code this is
    choices: Mapping[str, str | Promise] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()  # further headers by which a file is understood
    help: str | Promise = ""
    example: str = ""
    db: str | None = ""  # column in the table; "" is the name, None is kept elsewhere
    sql_type: str = "text"
    in_file: bool = True  # False: too deep for a cell
    permission: str = ""  # who may see it
    save_permission: str = ""  # who may change it, beyond the permission to save the row

    def read(self, value: Any) -> Any:
        """The typed value; the default for an empty one; BadValue when it cannot be read."""
        if values.is_empty(value):
            if self.required:
                raise BadValue(_("「%(label)s」必填"), label=str(self.label))
            return self.default
        match self.kind:
            case "code":
                return values.to_code(value, self.max_length)
            case "number":
                return values.to_number(value, self.decimals)
            case "integer":
                return values.to_integer(value, self.low, self.high)
            case "flag":
                return values.to_flag(value)
            case "date":
                return values.to_date(value)
            case "choice":
                return values.to_choice(value, self.choices)
            case "codes":
                return values.to_codes(value, self.max_length)
            case "text":
                return values.to_text(value, self.max_length)
            case _:
                return value


def needed_to_save(permission: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """The permissions that saving takes: nobody writes what a row must have and he may not see."""
    return (permission, *(c.permission for c in columns if c.required and c.permission))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; ``errors`` maps a field to the reason."""

    row: int
    status: Status
    key: str = ""
    id: int | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As the API answers it."""
        return {"row": self.row, "status": self.status, "key": self.key, "errors": self.errors}


class Save(Protocol):
    """Save rows: valid ones are saved, the others reported; ``atomic`` is all or nothing; ``dry_run`` only checks."""

    def __call__(self, actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of rows. ``name`` is its address (``products``); ``export`` yields rows with the columns' names."""

    name: str
    label: str | Promise
    save: Save
    permission: str
    columns: tuple[Column, ...] = ()
    view_permission: str = ""
    export: Callable[[Actor, Mapping[str, str]], Iterator[dict[str, Any]]] | None = None
    whole: tuple[str, ...] = ()  # columns that may be given once for all rows of a file
    together: str = ""  # neighbouring rows with the same value here are one document: saved at once or not at all

    def must_save(self, actor: Actor) -> None:
        """Refuse who may not save its rows."""
        for needed in needed_to_save(self.permission, self.columns):
            actor.must(needed)

    def may_save(self, actor: Actor) -> bool:
        """Whether the actor may."""
        return all(map(actor.may, needed_to_save(self.permission, self.columns)))

    def file_columns(self, actor: Actor | None = None) -> list[Column]:
        """The columns of a file that this actor may see."""
        return [c for c in self.columns if c.in_file and (not c.permission or actor is None or actor.may(c.permission))]


RESOURCES: dict[str, Resource] = {}


class Undone(Exception):
    """Rolls back what writes all or nothing: it was a trial, or what was given ``n``-th was refused with ``error``."""

    def __init__(self, n: int, error: AppError | None = None) -> None:
        self.n, self.error = n, error
        super().__init__(n)


def register(resource: Resource) -> None:
    """Offer a resource to import, export and the bulk API."""
    RESOURCES[resource.name] = resource


def resource_named(name: str) -> Resource:
    """The resource of that address, or NotFound."""
    if name not in RESOURCES:
        raise NotFound(what=name)
    return RESOURCES[name]


def shown(value: Any) -> Any:
    """A value as the API answers it: numbers as plain strings, dates in ISO form, nothing as null."""
    if isinstance(value, list | tuple):
        return [shown(part) for part in value]
    if isinstance(value, dict):
        return {name: shown(part) for name, part in value.items()}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    value = plain(value)
    return value if isinstance(value, bool | int | str | None) else str(value)
