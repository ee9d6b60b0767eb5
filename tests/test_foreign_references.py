"""No command takes what belongs to another company: products, partners, warehouses, bins, lots, addresses, carriers.

Generated from the situations of all commands: each text in the arguments that is the code of something of the company
is replaced, one after the other, by a code that only another company has. Either that is refused and nothing is
written, or what is written leads nowhere abroad.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest
from django.apps import apps

from gendan.kernel import db
from gendan.kernel.bulk import Undone
from gendan.kernel.errors import AppError

from .commands import World, make_world
from .commands.tables import PEOPLE, _company_of, state, written
from .test_every_command import CODES, Case
from .undoing import begin, undo

ABROAD = "-Z"
CODED = (
    *("catalog_unit", "catalog_tax", "catalog_category", "catalog_product", "catalog_barcode", "catalog_customerclass"),
    *("catalog_partner", "catalog_partneraddress", "catalog_warehouse", "catalog_location", "inventory_lot"),
    *("carriers_carrier", "accounts_department"),
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A company, and another one that has the same under codes of its own."""
    with django_db_blocker.unblock():
        block = begin()
        try:
            other = make_world()
            for table in CODED:
                db.execute(
                    f"UPDATE {table} SET code = code || %s WHERE company_id = %s", [ABROAD, other.admin.company_id]
                )
            yield make_world()
        finally:
            undo(block)


@cache
def _foreign_sql() -> str:
    """Rows of ours that refer to something of another company."""
    parts = []
    for model in apps.get_models(include_auto_created=True):
        own = _company_of(model, "t")
        if not model.__module__.startswith("gendan.") or own is None:
            continue
        for field in model._meta.concrete_fields:
            target = field.related_model
            if target is None or target._meta.db_table in {PEOPLE, "accounts_company"}:
                continue
            theirs = _company_of(target, "o")
            if theirs is not None:
                table, other = model._meta.db_table, target._meta.db_table
                parts.append(
                    f"SELECT '{table}.{field.column}', count(*) FROM {table} t{own[0]}"
                    f" JOIN {other} o ON o.id = t.{field.column}{theirs[0]} WHERE {own[1]} <> {theirs[1]}"
                )
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) f(what, n) WHERE n > 0"


def codes_of(company_id: int) -> set[str]:
    """What the company's things are called."""
    parts = [f"SELECT code::text FROM {table} WHERE company_id = %(company)s" for table in CODED]
    return {code for (code,) in db.rows(" UNION ".join(parts), {"company": company_id}) if code}


def swapped(value: Any, codes: set[str]) -> Iterator[Any]:
    """The value with one code in it replaced, for each code in it."""
    if isinstance(value, str):
        if value in codes:
            yield value + ABROAD
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for other in swapped(getattr(value, field.name), codes):
                yield replace(value, **{field.name: other})
    elif isinstance(value, Mapping):
        for name, part in value.items():
            for other in swapped(part, codes):
                yield {**value, name: other}
    elif isinstance(value, list | tuple):
        for n, part in enumerate(value):
            for other in swapped(part, codes):
                yield type(value)([*value[:n], other, *value[n + 1 :]])


@pytest.mark.parametrize("code", CODES)
def test_nothing_of_another_company_is_taken(world: World, code: str) -> None:
    block = begin()
    try:
        case = Case(world, code)
        for arguments in swapped(case.arguments, codes_of(case.actor.company_id)):
            inner, before = begin(), state()
            try:
                case.command.run(actor=case.actor, **arguments)
            except (AppError, Undone):
                assert written(before, state()) == set(), arguments
            else:
                assert db.rows(_foreign_sql()) == [], arguments
            finally:
                undo(inner)
    finally:
        undo(block)


def test_the_question_finds_what_leads_abroad(world: World) -> None:
    block = begin()
    try:
        assert db.rows(_foreign_sql()) == []
        abroad = db.row("SELECT id FROM catalog_unit WHERE company_id <> %s LIMIT 1", [world.admin.company_id])
        assert abroad is not None
        db.execute("UPDATE catalog_product SET unit_id = %s WHERE company_id = %s", [abroad[0], world.admin.company_id])
        assert ("catalog_product.unit_id", 3) in db.rows(_foreign_sql())
    finally:
        undo(block)
