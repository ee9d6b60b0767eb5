"""Rights on single fields: hidden, read-only or required, by role and by the state of a document.

A context registers the fields that administrators may set (``register`` in ``ready()``). What a role says of them comes
with the actor. Output asks one place (``mask``, ``blank``), input another: what a command wrote is looked at before it
is kept, by the changes that its events name, so that a new command needs nothing of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.log import Entry

HIDDEN, READ_ONLY, REQUIRED = "hidden", "read_only", "required"
MODES = (HIDDEN, READ_ONLY, REQUIRED)
MODE_LABELS: dict[str, str | Promise] = {HIDDEN: _("隐藏"), READ_ONLY: _("只读"), REQUIRED: _("必须填写")}
D = TypeVar("D")


class FieldNotYours(AppError):
    status = 403
    message = _("您的角色不能填写或修改「%(field)s」。")


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a role can be kept from, or be made to fill in.

    ``keys`` are the columns of rows that show it, ``missing`` is the SQL condition (alias ``x``) that it is empty:
    without one it cannot be required. With a ``permission`` hiding it takes that permission away, which hides it
    everywhere. ``written`` is false for what nobody types in.
    """

    context: str
    kind: str
    name: str
    label: str | Promise
    keys: tuple[str, ...] = ()
    missing: str = ""
    permission: str = ""
    table: str = ""
    written: bool = True

    @property
    def modes(self) -> tuple[str, ...]:
        """What can be said of it."""
        fixed = (READ_ONLY,) if self.written and not self.permission else ()
        return (HIDDEN, *fixed, *((REQUIRED,) if self.missing else ()))


FIELDS: dict[tuple[str, str], Field] = {}
CREATORS: dict[str, str] = {}  # command → the kind that it makes
Right = tuple[str, str, str, tuple[str, ...]]  # kind, field, mode, states (none: all)


def register(creators: Mapping[str, str], *found: Field) -> None:
    """Offer fields to be set by role; ``creators`` are the commands that make such a document."""
    from gendan.kernel import timeline  # which asks this module

    FIELDS.update({(field.kind, field.name): field for field in found})
    timeline.label_fields({f"{field.kind}.{field.name}": field.label for field in found})
    for field in found:
        timeline.label_values(f"{field.kind}.{field.name}", MODE_LABELS)
    CREATORS.update(creators)


def resolve(roles: Sequence[tuple[Iterable[str], str]]) -> tuple[tuple[Right, ...], frozenset[str]]:
    """What roles (permissions, rights as JSON) say together, and which permissions they take away.

    The mildest counts, and a role that says nothing of a field leaves it free, if it allows anything in that context.
    """
    given = [(list(permissions), {(k, f): (m, frozenset(s)) for k, f, m, s in json.loads(text)})
             for permissions, text in roles]  # fmt: skip
    rights, taken = [], set[str]()
    for key in {key for _permissions, said in given for key in said}:
        field = FIELDS.get(key)
        if field is None:
            continue
        counting = [said.get(key) for permissions, said in given if _concerns(permissions, field.context)]
        if not counting or None in counting:
            continue
        known = [one for one in counting if one is not None]
        mode = max((mode for mode, _states in known), key=MODES.index)
        states = [states for _mode, states in known if states]
        shared = frozenset.intersection(*states) if len(states) == len(known) else frozenset[str]()
        for only in states if len(states) < len(known) else ():
            shared = shared & only if shared else only
        if mode == HIDDEN and field.permission:
            taken.add(field.permission)
        else:
            rights.append((*key, mode, tuple(sorted(shared))))
    return tuple(sorted(rights)), frozenset(taken)


def _concerns(permissions: Iterable[str], context: str) -> bool:
    return any(code == "*" or code.startswith(f"{context}.") for code in permissions)


def rights(actor: Actor, kind: str, state: str | None, *modes: str) -> list[Field]:
    """The fields of a kind of which one of these modes is said in a state (None: in any)."""
    return [
        FIELDS[kind, name]
        for found, name, mode, states in actor.fields
        if found == kind and mode in modes and (not states or state is None or state in states)
    ]


def mask(actor: Actor, kind: str, rows: Iterable[dict[str, Any]], state: str | None = None) -> list[dict[str, Any]]:
    """The rows without what is hidden; a row's own ``state`` counts unless one is given."""
    found = list(rows)
    if not actor.fields:
        return found
    return [_masked(row, rights(actor, kind, state or row.get("state"), HIDDEN)) for row in found]


def mask_of(actor: Actor, kind: str, rows: Iterable[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Rows of something else that show fields of such objects (an order's address on a delivery), whatever the state
    these are in; ``names``: only those fields.
    """
    found = list(rows)
    if not actor.fields or not (hidden := rights(actor, kind, None, HIDDEN)):
        return found
    return [_masked(row, [field for field in hidden if not names or field.name in names]) for row in found]


def hides(actor: Actor, kind: str, *names: str) -> bool:
    """Whether one of these fields is hidden in some state; for what is made of several, and for searching in them."""
    return bool(actor.fields) and any(field.name in names for field in rights(actor, kind, None, HIDDEN))


def _masked(row: dict[str, Any], hidden: Iterable[Field]) -> dict[str, Any]:
    keys = [key for field in hidden for key in field.keys or (field.name,) if key in row]
    return {**row, **{key: _empty(row[key]) for key in keys}} if keys else row


def blank(actor: Actor, kind: str, state: str, draft: D) -> D:
    """A draft as its form may show it: hidden fields are empty."""
    if not actor.fields or not (hidden := rights(actor, kind, state, HIDDEN)):
        return draft
    return _with(draft, hidden, lambda _line, name, value: _empty(value))


def kept(actor: Actor, kind: str, state: str, mine: D, now: D) -> D:
    """What somebody makes of a draft, with the hidden fields as they are; those that are read-only must be so, in new
    lines, too: events tell neither what these say nor more than so many changes. Errors: FieldNotYours.
    """
    if not actor.fields:
        return mine
    before = {line.id: line for line in getattr(now, "lines", ())}
    for field in rights(actor, kind, state, READ_ONLY):
        pairs = [(mine, now), *((line, before.get(line.id)) for line in getattr(mine, "lines", ()))]
        if any(_differs(new, old, key) for new, old in pairs for key in (field.name, *field.keys)):
            raise FieldNotYours(field=str(field.label))
    if not (hidden := rights(actor, kind, state, HIDDEN)):
        return mine

    def old(line: Any, name: str, value: Any) -> Any:
        source = now if line is None else before.get(line.id)
        return getattr(source, name) if source is not None else _empty(value)

    return _with(mine, hidden, old)


def _differs(new: Any, old: Any, name: str) -> bool:
    """Whether something says another value in a field; what is new (``old`` None): whether it says any."""
    value = getattr(new, name, None)
    return bool(value) if old is None else value != getattr(old, name, None)


def _with(draft: D, hidden: Iterable[Field], value_of: Any) -> D:
    names = {key for field in hidden for key in (field.name, *field.keys)}

    def changed(thing: Any, line: Any) -> dict[str, Any]:
        return {f.name: value_of(line, f.name, getattr(thing, f.name)) for f in fields(thing) if f.name in names}

    found: dict[str, Any] = changed(draft, None)
    if hasattr(draft, "lines"):
        found["lines"] = tuple(replace(line, **changed(line, line)) for line in draft.lines)
    return cast(D, replace(cast(Any, draft), **found))


def _empty(value: Any) -> Any:
    return "" if isinstance(value, str) else [] if isinstance(value, list) else None


def check_new(actor: Actor, command: str, given: Mapping[str, Any]) -> None:
    """Refuse a new document that says something in a field which its maker may not fill in."""
    kind = CREATORS.get(command)
    if kind is None:
        return
    parts = [given, *({f.name: getattr(line, f.name) for f in fields(line)} for line in given.get("lines") or ())]
    for field in rights(actor, kind, None, HIDDEN, READ_ONLY):
        if any(part.get(key) for part in parts for key in (field.name, *field.keys)):
            raise FieldNotYours(field=str(field.label))


def check_written(actor: Actor, entries: Sequence[Entry]) -> None:
    """Refuse what a command changed in fields that are not the actor's, or left empty that must be filled in."""
    kinds = {kind for kind, _name, _mode, _states in actor.fields}
    concerned = [entry for entry in entries if entry.subject.kind in kinds]
    if not concerned:
        return
    for kind in sorted({entry.subject.kind for entry in concerned}):
        told = [entry for entry in concerned if entry.subject.kind == kind]
        states = _states(actor, kind, {entry.subject.id for entry in told})
        for entry in told:
            for field in rights(actor, kind, states.get(entry.subject.id, ""), HIDDEN, READ_ONLY):
                if _changed(entry) & {field.name, *field.keys}:
                    raise FieldNotYours(field=str(field.label))


def _states(actor: Actor, kind: str, ids: set[int]) -> dict[int, str]:
    """The states of documents; refuses those that lack what is required in theirs."""
    table = next(field.table for field in FIELDS.values() if field.kind == kind)
    needed = [field for field in rights(actor, kind, None, REQUIRED) if field.missing]
    looks = "".join(f", coalesce({field.missing}, true)" for field in needed)
    state = "x.state" if table.split("_")[0] != "catalog" else "''"
    found = db.rows(f"SELECT x.id, {state}{looks} FROM {table} x WHERE x.id = ANY(%s)", [sorted(ids)])
    problems = {
        field.name: str(_("「%(field)s」必填。")) % {"field": field.label}
        for row in found
        for field, empty in zip(needed, row[2:], strict=True)
        if empty and field in rights(actor, kind, row[1], REQUIRED)
    }
    if problems:
        raise Invalid(problems)
    return {row[0]: row[1] for row in found}


def _changed(entry: Entry) -> set[str]:
    """The fields that an event says were changed; ``P0001 note`` is a field of a line."""
    given = (entry.data or {}).get("changes") or ()
    names = given if isinstance(given, dict) else (change[0] for change in given)
    return {str(name).rpartition(" ")[2] for name in names} | ({"note"} if entry.type.endswith("_noted") else set())
