"""Saving rows of master data: any number of them in a fixed number of statements, each with its own result.

read → resolve references → find what exists (locked) → merge → check → write what changed → record
events. A row says only what it gives: what it leaves out stays as it is, or takes the default when the record is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.errors import InUse
from gendan.catalog.queries import VIEWS, select
from gendan.catalog.steps.master.spec import BLOCKERS, Batch, Entry, Found, Spec, Values, look_up
from gendan.kernel import events, fields, scope, tables
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import ROW_NUMBER, Column, Outcome, Row, shown
from gendan.kernel.errors import Forbidden, NotFound, Stale
from gendan.kernel.events import Subject
from gendan.kernel.unit import label_of, step
from gendan.kernel.values import BadValue, is_empty, to_integer


@step
def save_rows(
    actor: Actor, spec: Spec, rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False
) -> list[Entry]:
    """Save the good rows, report the others; ``atomic`` saves all or none, ``dry_run`` only says what would happen."""
    batch = Batch(actor, spec, [_read(spec, number, row) for number, row in enumerate(rows, 1)])
    _refuse_hidden(batch)
    _keep_hidden(batch)
    _resolve(batch)
    spec.prepare(batch)
    _complete_keys(batch)
    _refuse_repetitions(batch)
    _meet_existing(batch, lock=not dry_run)
    _refuse_unseen(batch)
    _refuse_reserved(batch)
    spec.check(batch)
    _refuse_switching_off(batch)
    for entry in batch.entries:
        entry.status = _status(spec, entry)
    if atomic and any(not entry.is_good for entry in batch.entries):
        for entry in batch.good():
            entry.status = "skipped"
    elif not dry_run:
        _write(batch)
    return batch.entries


def outcomes(spec: Spec, entries: Sequence[Entry]) -> list[Outcome]:
    """What became of each row."""
    return [
        Outcome(
            entry.number,
            entry.status,
            _name(spec, entry),
            entry.id,
            {"": str(entry.refusal)} if entry.refusal is not None else entry.errors,
        )
        for entry in entries
    ]


def _name(spec: Spec, entry: Entry) -> str:
    values = {**entry.given, **entry.values}
    try:
        return spec.name_of(values)
    except KeyError:
        return str(values.get("code", ""))


def _read(spec: Spec, number: int, row: Row) -> Entry:
    entry = Entry(row.get(ROW_NUMBER, number), {})
    columns = {column.name: column for column in spec.columns}
    for name, value in row.items():
        if name == "version":
            try:
                entry.seen_version = None if is_empty(value) else to_integer(value, 1, 2**31 - 1)
            except BadValue as error:
                entry.errors[name] = error.text
        elif name == ROW_NUMBER:
            continue
        elif name not in columns:
            entry.errors[str(name)] = _("没有名为「%(name)s」的字段") % {"name": name}
        else:
            try:
                entry.given[name] = columns[name].read(value)
            except BadValue as error:
                entry.errors[name] = error.text
    return entry


def _forbidden(permission: str) -> Forbidden:
    return Forbidden(permission=label_of(permission), code=permission)


def _refuse_hidden(batch: Batch) -> None:
    """Nobody writes what they may not see; the nothing that they were shown of it says nothing."""
    for column in batch.spec.columns:
        if column.permission and not batch.actor.may(column.permission):
            for entry in batch.entries:
                if column.name in entry.given and entry.given.pop(column.name) != column.default:
                    entry.refusal = _forbidden(column.permission)


def _keep_hidden(batch: Batch) -> None:
    """The emptiness that somebody was shown of a hidden field is not written."""
    for field in fields.rights(batch.actor, batch.spec.kind, None, fields.HIDDEN):
        for entry in batch.entries:
            for name in (field.name, *field.keys):
                if is_empty(entry.given.get(name)):
                    entry.given.pop(name, None)


def _refuse_unseen(batch: Batch) -> None:
    """What exists but is out of the actor's scope is not found, and cannot be referred to."""
    if batch.actor.scope is None:
        return
    seen = scope.sees(batch.actor, batch.spec.resource, [entry.id for entry in batch.entries if entry.id])
    for entry in batch.entries:
        try:
            scope.demand(batch.actor, {name: entry.values.get(name, "") for name in entry.given})
        except NotFound as refusal:
            entry.refusal = refusal
        if entry.id and entry.id not in seen:
            entry.refusal = NotFound(what=batch.spec.name_of(entry.values))


def _refuse_reserved(batch: Batch) -> None:
    """Some fields are changed only by those who hold a permission of their own; what stays as it is may come along."""
    for column in batch.spec.columns:
        if column.save_permission and not batch.actor.may(column.save_permission):
            for entry in batch.entries:
                before = entry.current[column.name] if entry.current is not None else column.default
                if entry.values.get(column.name, before) != before:
                    entry.refusal = _forbidden(column.save_permission)


def _resolve(batch: Batch) -> None:
    """Replace what refers to another record by that record's code."""
    spec = batch.spec
    by_ref: dict[str, list[Column]] = {ref: [] for ref in spec.refs}
    for column in spec.columns:
        if column.ref:
            by_ref.setdefault(column.ref, []).append(column)
    for ref, columns in by_ref.items():
        mentioned = [str(e.given[c.name]) for e in batch.entries for c in columns if e.given.get(c.name)]
        batch.lookups[ref] = look_up(batch.company_id, ref, mentioned)
        if ref == spec.resource:
            known = batch.lookups[ref]
            for entry in batch.entries:
                code = entry.given.get("code")
                if code and code not in known:
                    known[code] = Found(code, None)
        for entry in batch.entries:
            for column in columns:
                _resolve_one(batch, entry, column)


def _resolve_one(batch: Batch, entry: Entry, column: Column) -> None:
    text = entry.given.get(column.name)
    if not text:
        return
    found = batch.find(column.ref, text)
    if found is None:
        entry.errors[column.name] = _("%(label)s「%(value)s」不存在") % {"label": column.label, "value": text}
    else:
        entry.given[column.name] = found.code


def _complete_keys(batch: Batch) -> None:
    """The key of each row with defaults; a row without its key is refused."""
    columns = {column.name: column for column in batch.spec.columns}
    for entry in batch.entries:
        for name in batch.spec.key:
            column = columns[name]
            if name in entry.given:
                entry.values[name] = entry.given[name]
            elif column.required:
                entry.errors.setdefault(name, _("「%(label)s」必填") % {"label": column.label})
            else:
                entry.values[name] = column.default


def _refuse_repetitions(batch: Batch) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for entry in batch.keyed():
        key = batch.spec.key_of(entry.values)
        if (earlier := first.setdefault(key, entry.number)) != entry.number:
            entry.errors[batch.spec.key[0]] = _("与第 %(row)s 行重复") % {"row": earlier}


def _meet_existing(batch: Batch, lock: bool) -> None:
    """Merge each row with what exists under its key; defaults where nothing does."""
    spec = batch.spec
    where, params = spec.where(batch)
    existing = select(VIEWS[spec.resource], batch.company_id, where, params, lock=lock)
    by_key = {spec.key_of(row): row for row in existing}
    for entry in batch.keyed():
        current = by_key.get(spec.key_of(entry.values))
        if current is not None:
            entry.current, entry.id = current, current["id"]
            if entry.seen_version is not None and entry.seen_version != current["version"]:
                entry.refusal = Stale(number=spec.name_of(current), current=current["version"], seen=entry.seen_version)
    for entry in batch.entries:
        for column in spec.columns:
            _merge(batch, entry, column)


def _merge(batch: Batch, entry: Entry, column: Column) -> None:
    name = column.name
    if name in entry.given:
        entry.values[name] = entry.given[name]
    elif entry.current is not None and name in entry.current:
        entry.values[name] = entry.current[name]
    elif column.required and entry.current is None:
        entry.errors.setdefault(name, _("「%(label)s」必填") % {"label": column.label})
    else:
        entry.values.setdefault(name, column.default)
    if column.ref and entry.is_good and entry.has_changed(name) and entry.values.get(name):
        found = batch.find(column.ref, entry.values[name])
        if found is not None and not found.active:
            entry.errors[name] = _("%(label)s「%(value)s」已停用") % {"label": column.label, "value": found.code}


def _refuse_switching_off(batch: Batch) -> None:
    """Active records that something needs stay active."""
    switched = {
        e.id: e for e in batch.good() if e.id and e.current and e.current.get("is_active") and not e.values["is_active"]
    }
    if switched:
        for blocks in (batch.spec.in_use, *BLOCKERS.get(batch.spec.resource, ())):
            for id_, reason in blocks(batch.company_id, [i for i in switched if i]).items():
                switched[id_].refusal = InUse(code=batch.spec.name_of(switched[id_].values), reason=reason)


def _changes(spec: Spec, entry: Entry) -> dict[str, Any]:
    """Field → [before, after] of what differs."""
    if entry.current is None:
        return {}
    return {
        c.name: [shown(entry.current[c.name]), shown(entry.values[c.name])]
        for c in spec.columns
        if c.name in entry.current and entry.has_changed(c.name)
    }


def _status(spec: Spec, entry: Entry) -> Any:
    if not entry.is_good:
        return "failed"
    if entry.current is None:
        return "created"
    return "updated" if _changes(spec, entry) else "unchanged"


def _db_values(batch: Batch, entry: Entry) -> Values:
    found: Values = {}
    for column in batch.spec.columns:
        if column.db is None:
            continue
        value = entry.values[column.name]
        is_id = column.ref and column.sql_type == "bigint"
        found[column.db or column.name] = batch.id_of(column.ref, value) if is_id else value
    return {**found, **batch.spec.derive(entry.values)}


def _types(spec: Spec) -> dict[str, str]:
    return {**{c.db or c.name: c.sql_type for c in spec.columns if c.db is not None}, **spec.derived}


def _write(batch: Batch) -> None:
    spec, types = batch.spec, _types(batch.spec)
    # In the order of the keys, so that two batches with the same new rows wait for each other and do not deadlock.
    new = sorted((e for e in batch.entries if e.status == "created"), key=lambda e: str(spec.key_of(e.values)))
    old = [e for e in batch.entries if e.status == "updated"]
    base = {"company_id": batch.company_id, "version": 1}
    key_columns = [c.db or c.name for c in spec.columns if c.name in spec.key]
    spec.before(batch, [*new, *old])
    rows = [_db_values(batch, entry) for entry in new]
    made = tables.insert(
        spec.table,
        {"company_id": "bigint", "version": "int", **types},
        [{**base, **row} for row in rows],
        conflict="ON CONFLICT DO NOTHING",
        returning=f"id, {', '.join(key_columns)}",
    )
    ids = {tuple(key): id_ for id_, *key in made}
    for entry, row in zip(new, rows, strict=True):
        entry.id = ids.get(tuple(row[name] for name in key_columns))
        if entry.id is None:
            entry.errors[spec.key[0]] = _("刚刚已被他人新建，请刷新后再试")
            entry.status = "failed"
    extra = f"version = {spec.table}.version + 1"
    tables.update(
        spec.table,
        types,
        [{"id": entry.id, **_db_values(batch, entry)} for entry in old],
        extra=f"{extra}, updated_at = now()" if spec.dated else extra,
    )
    changed = [e for e in [*new, *old] if e.status in {"created", "updated"}]
    if changed:
        spec.children(batch, changed)
        _record(batch, changed)


def _record(batch: Batch, changed: list[Entry]) -> None:
    spec = batch.spec
    events.record_all(
        batch.actor,
        [
            events.Entry(
                f"catalog.{spec.kind}_{entry.status}",
                Subject(spec.kind, entry.id or 0, spec.name_of(entry.values)),
                spec.shown_at(entry.values),
                data={"changes": _changes(spec, entry)},
            )
            for entry in changed
        ],
    )
