"""Every command of the product under the same questions.

Does it work, and do the books agree afterwards? Is it refused, without a trace, to who lacks its permission, to another
company, to who saw another version? Is a repetition answered without doing it again? What a command needs to be called
is in ``tests/commands``; a command that is not there fails the first test.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gendan.accounts.queries import known_permissions
from gendan.kernel import verify
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Undone
from gendan.kernel.errors import AppError, Forbidden, IdempotencyKeyReused, Invalid, Stale
from gendan.kernel.unit import COMMANDS, Command, Done
from gendan.purchasing.errors import DraftChanged

from .commands import MERGING, SCENARIOS, Scenario, World, make_world
from .commands.tables import Place, state, written
from .undoing import begin, undo

# Tests of the kernel declare commands of their own.
CODES = sorted(code for code in COMMANDS if not code.startswith("test."))
WITH_VERSION = [code for code in CODES if "version" in inspect.signature(COMMANDS[code].run).parameters]
THAT_MERGE = [code for code in CODES if "base" in inspect.signature(COMMANDS[code].run).parameters]
NOTHING: set[Place] = set()
BOOKKEEPING = {"kernel_event", "kernel_idempotency"}


class Case:
    """A command in its situation."""

    def __init__(self, world: World, code: str) -> None:
        self.world, self.code = world, code
        self.command: Command = COMMANDS[code]
        self.scenario: Scenario = SCENARIOS[code]
        self.arguments = self.scenario.build(world)
        self.actor = self.scenario.actor(world)

    @property
    def asked(self) -> list[str]:
        """The permissions without which it is Forbidden."""
        return [*filter(None, [self.command.permission]), *self.scenario.asks]

    def call(self, actor: Actor | None = None, **other: Any) -> Done:
        return self.command.run(actor=actor or self.actor, **{**self.arguments, **other})

    def refused(self, *reasons: type[Exception], actor: Actor | None = None, **other: Any) -> set[Place]:
        """What was written (nothing, it must be) by a call that is refused for one of the reasons."""
        before = state()
        with pytest.raises(reasons):
            self.call(actor, **other)
        return written(before, state())


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all commands; what happens in it is undone."""
    with django_db_blocker.unblock():
        block = begin()
        try:
            yield make_world()
        finally:
            undo(block)


@pytest.fixture(scope="module")
def twin(world: World) -> World:
    """A company with the same codes and, once in the same situation, the same numbers."""
    return make_world()


@pytest.fixture(scope="module")
def situation(world: World, twin: World, request: pytest.FixtureRequest) -> Iterator[Case]:
    """One situation for all questions to a command."""
    block = begin()
    try:
        yield Case(world, request.param)
    finally:
        undo(block)


@pytest.fixture
def case(situation: Case) -> Iterator[Case]:
    block = begin()
    yield situation
    undo(block)


every_command = pytest.mark.parametrize("situation", CODES, indirect=True)
every_command_that_merges = pytest.mark.parametrize("situation", THAT_MERGE, indirect=True)
every_command_with_version = pytest.mark.parametrize("situation", WITH_VERSION, indirect=True)


def test_every_command_has_a_situation_and_every_situation_a_command() -> None:
    assert set(SCENARIOS) == set(CODES)
    assert set(MERGING) == set(THAT_MERGE)


@every_command
def test_it_works_at_home_and_the_books_agree(case: Case) -> None:
    able = replace(case.actor, permissions=frozenset(case.asked))
    before = state()
    done = case.call(able)
    found = written(before, state())
    assert isinstance(done, Done)
    assert not done.replayed
    assert [(check.name, str(one)) for check, differences in verify.differences() for one in differences] == []
    left = {table for table, _company in found} - BOOKKEEPING
    assert bool(left) != bool(case.scenario.passing), f"it left {left or 'nothing'}"
    assert bool(case.scenario.silent) != ("kernel_event" in {table for table, _company in found})
    abroad = {place for place in found if place[1] not in {able.company_id, None}}
    assert bool(abroad) == bool(case.scenario.elsewhere), abroad


@every_command
def test_a_colleague_without_its_permission_writes_nothing(case: Case) -> None:
    for lacking in case.asked:
        able = replace(case.actor, permissions=frozenset(known_permissions() - {lacking}))
        assert case.refused(Forbidden, actor=able) == NOTHING
        assert case.refused(Forbidden, actor=replace(able, user_id=case.world.colleague.pk)) == NOTHING


@every_command
def test_another_company_finds_nothing_and_writes_nothing_here(case: Case) -> None:
    stranger = case.world.stranger
    if not case.scenario.own:
        assert case.refused(case.scenario.refusal, actor=stranger) == NOTHING
        return
    before = state()
    case.call(stranger)
    here = {place for place in written(before, state()) if place[1] == case.actor.company_id}
    assert here == set()


@every_command
def test_what_is_called_alike_in_another_company_is_not_this(case: Case, twin: World) -> None:
    case.scenario.build(twin)
    before = state()
    try:
        case.call(case.scenario.actor(twin))
    except (AppError, Undone):
        assert written(before, state()) == set()
    here = {place for place in written(before, state()) if place[1] == case.world.company.pk}
    assert here == set()


@every_command
def test_a_repetition_is_answered_and_not_done_again(case: Case) -> None:
    keyed = case.actor.with_key("once")
    first = case.call(keyed)
    before = state()
    assert case.call(keyed) == replace(first, replayed=True)
    assert written(before, state()) == set()
    assert case.refused(IdempotencyKeyReused, actor=keyed, **another(case.arguments)) == NOTHING


def another(arguments: dict[str, Any]) -> dict[str, Any]:
    """One argument that is not what it was."""
    name, value = next(reversed(arguments.items()))
    match value:
        case bool():
            return {name: not value}
        case str():
            return {name: value + "…"}
        case int():
            return {name: value + 1}
        case list() | tuple():
            return {name: [*value, *value, "…"]}
        case dict():
            return {name: {**value, next(iter(value)): "…"}}
    return {name: f"not {value!r}"}


@every_command_with_version
def test_who_saw_another_version_writes_nothing(case: Case) -> None:
    assert case.refused(Stale, version=99) == NOTHING
    assert case.refused(Stale, Invalid, version=0) == NOTHING


@every_command_that_merges
def test_two_who_write_at_once_are_merged_unless_they_contradict(case: Case) -> None:
    opened = MERGING[case.code](case.world, case.arguments)
    case.call()
    assert case.refused(DraftChanged, **opened.seen, **opened.against) == NOTHING
    assert case.refused(Stale, **{**opened.seen, "base": None}, **opened.beside) == NOTHING
    merged = case.call(**opened.seen, **opened.beside)
    assert merged.data["merged"], "what the other one changed is told"
    assert merged.version == 3
