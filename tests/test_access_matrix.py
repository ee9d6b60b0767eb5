"""Who may open which door: every page, every API operation, every command; for visitors, strangers and colleagues.

``tests/access.txt`` says what each door asks for. A door that is not written down there fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpResponse

from gendan.accounts.queries import known_permissions
from gendan.config.tests import access, access_world
from gendan.config.tests.access import Door, Rule
from gendan.config.tests.access_world import World
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.kernel.unit import COMMANDS as EVERY_COMMAND

from .undoing import begin, undo

# Tests of the kernel declare commands of their own; they are nobody's door.
COMMANDS = {code: command for code, command in EVERY_COMMAND.items() if not code.startswith("test.")}

RULES = access.declared()
# Commands without a permission of their own: for everybody with their own things, or asking inside, by what is changed.
WITHOUT_PERMISSION = {
    "accounts.accept_invitation",
    "accounts.choose_password",
    "accounts.decline_invitation",
    "accounts.set_language",
    "accounts.stop_looking",
    "accounts.switch_company",
    "accounts.update_profile",
    "catalog.save_rows",
    "catalog.set_active",
    "flow.add_signer",
    "flow.approve_task",
    "flow.delegate_task",
    "flow.end_substitute",
    "flow.name_substitute",
    "flow.read_task",
    "flow.reject_task",
    "flow.send_back_task",
    "flow.transfer_task",
    "flow.urge_task",
    "flow.withdraw_approval",
    "kernel.cancel_job",
    "kernel.read_notices",
    "notices.forget_browser",
    "notices.mute",
    "notices.save_browser",
    "notices.save_preference",
    "notices.unmute",
}
# Doors that show what concerns the whole company, whatever part of it somebody sees.
OF_EVERYBODY = {"flow:documents"}  # who draws flows tries them on any document
# What the world calls its things; no stranger may ever see any of it. Long enough not to occur in a token by chance.
MARKS = ("X-PRODUCT", "X-SUPPLIER", "xrole", "xuser", "ACCESS")


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


def knock(world: World, who: str, door: Door) -> HttpResponse:
    """One request, undone."""
    block = begin()
    try:
        response: HttpResponse = access.ask(world, who, door, access.form_of(door))
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
        return response
    finally:
        undo(block)


def body_of(response: HttpResponse) -> str:
    return "" if response.streaming else response.content.decode()


def refused(response: HttpResponse, rule: Rule) -> bool:
    """Whether somebody without a permission was told so."""
    return response.status_code == 403 or (rule.inline and "您没有「" in body_of(response))


def test_every_door_is_written_down():
    missing = sorted(str(door) for door in {*access.operations(), *access.pages()} - set(RULES))
    assert not missing, (
        "add a line to tests/access.txt for each: method, name, permissions (- for everybody signed in):\n"
        + "\n".join(missing)
    )


def test_nothing_is_written_down_that_does_not_exist():
    assert set(RULES) - {*access.operations(), *access.pages()} == set()


def test_only_permissions_that_exist_are_asked_for():
    assert {permission for rule in RULES.values() for permission in rule.permissions} <= known_permissions()


@pytest.mark.parametrize("door", RULES, ids=str)
def test_a_door_opens_to_those_who_may_and_to_nobody_else(world: World, door: Door):
    rule = RULES[door]
    if rule.token:
        for who in ("visitor", "stranger", "colleague", "admin"):
            assert knock(world, who, door).status_code == 404
        return
    if rule.supplier:
        for who in ("visitor", "stranger", "colleague", "admin"):
            assert knock(world, who, door).status_code == 401
        return
    a_visitor_signs_in_first(world, door)
    a_stranger_finds_nothing(world, door, rule)
    who_sees_another_part_of_the_company_finds_nothing(world, door, rule)
    for lacking in rule.permissions:
        world.grant(known_permissions() - {lacking})
        response = knock(world, "colleague", door)
        assert refused(response, rule), f"{lacking} is not needed: {response.status_code}"
    world.grant(set(rule.permissions))
    response = knock(world, "colleague", door)
    assert response.status_code < 500
    assert rule.author or not refused(response, rule), body_of(response)[:300]


def a_visitor_signs_in_first(world: World, door: Door) -> None:
    response = knock(world, "visitor", door)
    if door.is_api:
        assert response.status_code == 401
        assert response.json()["code"] == "kernel.SignInRequired"  # type: ignore[attr-defined]
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")


def a_stranger_finds_nothing(world: World, door: Door, rule: Rule) -> None:
    response = knock(world, "stranger", door)
    assert response.status_code < 500
    if not rule.own:
        assert response.status_code == 404, body_of(response)[:300]
    elif door.method == "GET":
        assert not [mark for mark in MARKS if mark in body_of(response)]


def who_sees_another_part_of_the_company_finds_nothing(world: World, door: Door, rule: Rule) -> None:
    """A colleague with every permission, of another department, for another warehouse, other suppliers and products."""
    response = knock(world, "outsider", door)
    assert response.status_code < 500
    body = body_of(response)
    if access.named(world, door):
        assert response.status_code == 404, body[:300]
    elif door.method == "GET" and response.status_code != 404 and door.name not in OF_EVERYBODY:
        marks = [*access.NARROWED[:2], *map(str, world.names.values())]
        assert not [mark for mark in marks if access.is_hidden(mark) and mark in body]


@pytest.fixture
def nobody() -> Actor:
    """Somebody who may do nothing."""
    return Actor(1, 1, "x", frozenset())


@pytest.mark.parametrize("code", sorted(COMMANDS))
def test_every_command_asks_for_its_permission_before_anything_else(code: str, nobody: Actor):
    command = COMMANDS[code]
    if not command.permission:
        assert code in WITHOUT_PERMISSION, f"{code} has no permission: declare one, or add it to WITHOUT_PERMISSION"
        return
    everything_else = Actor(1, 1, "x", frozenset(known_permissions() - {command.permission}))
    for actor in (nobody, everything_else):
        with pytest.raises(Forbidden):
            command.run(actor=actor)


def test_what_commands_ask_for_can_be_granted():
    assert {command.permission for command in COMMANDS.values() if command.permission} <= known_permissions()
    assert {code for code, command in COMMANDS.items() if not command.permission} <= WITHOUT_PERMISSION
