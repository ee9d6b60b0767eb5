"""Doors of people who may look but not touch, and of people who have to set up their second step first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gendan.accounts.models import Role
from gendan.config.tests import access, access_world
from gendan.config.tests.access import Door
from gendan.config.tests.access_world import World

from .commands.tables import state, written
from .undoing import begin, undo

PAGES = [door for door in access.declared() if not door.is_api]
WRITING = [door for door in PAGES if door.method == "POST"]
NOT_ASKED = {"accounts:stop_looking"}  # it ends the look, and says so


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """One world for all doors; what happens behind a door is undone."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        block = begin()
        try:
            yield access_world.make_world()
        finally:
            undo(block)


@pytest.fixture
def world(everything: World) -> Iterator[World]:
    block = begin()
    yield everything
    undo(block)


def shut(world: World, doors: list[Door], who: str) -> dict[str, int]:
    """Doors behind which something was written, with the status of the answer."""
    left = {}
    for door in doors:
        if door.name.partition("?")[0] in NOT_ASKED or access.declared()[door].token:
            continue
        block = begin()
        try:
            before = state()
            answer = access.ask(world, who, door, access.form_of(door))
            if written(before, state()):
                left[str(door)] = answer.status_code
        finally:
            undo(block)
    return left


def test_who_looks_as_a_role_leaves_no_trace_behind_any_door(world: World):
    client = world.clients["admin"]
    assert client.post("/roles/admin/look").status_code == 302
    assert shut(world, WRITING, "admin") == {}


def test_who_has_to_set_up_the_second_step_first_gets_behind_no_door(world: World):
    Role.objects.filter(company_id=world.admin.company_id, code="admin").update(second_factor=True)
    opened = {}
    for door in PAGES:
        rule = access.declared()[door]
        if rule.token or door.name.startswith("accounts:invitation"):  # answered by people of no company, too
            continue
        block = begin()
        try:
            answer = access.ask(world, "admin", door, access.form_of(door))
            turned_away = answer.status_code == 403 or "/2fa/" in answer.headers.get("Location", "")
            if not turned_away:
                opened[str(door)] = answer.status_code
        finally:
            undo(block)
    assert opened == {}
