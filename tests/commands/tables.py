"""What is in our tables, company by company, in one statement: to see that a call wrote nothing, or only at home."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db.models import Model

from gendan.kernel import db

COMPANY, PEOPLE = "accounts_company", "accounts_user"
# A row of a table, in which company (None: of none).
Place = tuple[str, int | None]
State = dict[Place, tuple[int, int]]


def _models() -> list[type[Model]]:
    """Our tables, the queue of the worker, which commands fill, and the second factors, which they take away."""
    ours = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("gendan.")]
    return [*ours, apps.get_model("procrastinate", "ProcrastinateJob"), apps.get_model("mfa", "Authenticator")]


def _company_of(model: type[Model], alias: str, seen: tuple[type[Model], ...] = ()) -> tuple[str, str] | None:
    """The joins that lead from a table to its company, and the column; people belong where they last worked."""
    columns = {f.name: f for f in model._meta.concrete_fields}
    if model._meta.db_table == COMPANY:
        return "", f"{alias}.id"
    for name in ("company", "company_id", "last_company"):
        if name in columns:
            return "", f"{alias}.{columns[name].column}"
    for field in columns.values():
        target = field.related_model
        if target is None or target in seen or target._meta.db_table == PEOPLE:
            continue
        other = f"{alias}_{field.name}"
        if (found := _company_of(target, other, (*seen, model))) is not None:
            joins, column = found
            table = target._meta.db_table
            return f" LEFT JOIN {table} {other} ON {other}.id = {alias}.{field.column}{joins}", column
    return None


@cache
def _sql() -> str:
    parts = []
    for model in _models():
        table = model._meta.db_table
        joins, company = _company_of(model, "t") or ("", "NULL")
        parts.append(
            f"SELECT '{table}', {company}::bigint, count(*),"
            f" sum(hashtext(t.ctid::text || t.xmin::text)::bigint)::bigint FROM {table} t{joins} GROUP BY 2"
        )
    return " UNION ALL ".join(parts)


def state() -> State:
    """How many rows each table has of each company, and a sum that every write changes."""
    return {(table, company): (count, mark) for table, company, count, mark in db.rows(_sql())}


def written(before: State, after: State) -> set[Place]:
    """The tables, and the companies, in which something was written in between."""
    return {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
