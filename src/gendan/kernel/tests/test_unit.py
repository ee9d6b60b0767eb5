"""Commands: one transaction, one permission, one effect however often they are repeated."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import make_actor, make_company
from gendan.kernel import db, events
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, IdempotencyKeyReused, WrongState
from gendan.kernel.models import Event
from gendan.kernel.tests.make import at_once, make_document, subject_of
from gendan.kernel.unit import COMMANDS, Done, batch, command, label_of, step, view_permission

SAVEPOINT = 2  # statements that only tests have: their transaction is around the command's


@command("test.note", "记一笔")
def note(
    *, actor: Actor, text: str = "", amount: Decimal = Decimal(0), wait: float = 0, others: Barrier | None = None
) -> Done:
    events.record("test.noted", subject_of(actor), actor, text=text, amount=amount)
    time.sleep(wait)
    if others:
        others.wait(30)
    return Done("thing", 1, "T-1", "noted", 2, {"text": text})


@command("test.refuse", "拒绝")
def refuse(*, actor: Actor) -> Done:
    events.record("test.noted", subject_of(actor), actor)
    raise WrongState(number="T-1", state="草稿", action="过账")


@command("test.everybody", "人人可用", permission="")
def everybody(*, actor: Actor) -> Done:
    return Done("thing", 1, "T-1")


@command("test.approve", "批准申请")
def approve(*, actor: Actor, number: str, wait: float = 0) -> Done:
    document = type(make_model()).lock(actor, number)
    time.sleep(wait)
    document.must_be({"draft"}, "批准")
    document.move_to("approved", "批准")
    return Done(document.KIND, document.pk, document.number, document.state, document.version)


@command("test.cross", "交叉锁定")
def cross(*, actor: Actor, first: str, second: str) -> Done:
    for number in (first, second):
        type(make_model()).lock(actor, number)
        time.sleep(0.2)
    events.record("test.noted", subject_of(actor), actor, first=first)
    return Done("thing", 1, first)


def make_model() -> Any:
    from gendan.kernel.documents import KINDS

    return KINDS["requisition"]()


@pytest.fixture(autouse=True)
def _only_here() -> Iterator[None]:
    yield
    for code in ("test.nested", "test.other"):
        COMMANDS.pop(code, None)


def teardown_module() -> None:
    for code in [code for code in COMMANDS if code.startswith("test.")]:
        del COMMANDS[code]


def noted(actor: Actor) -> int:
    return Event.objects.filter(company_id=actor.company_id).count()


@pytest.mark.django_db
class TestCommand:
    def test_it_answers_with_what_it_left_behind(self):
        assert note(actor=make_actor(), text="a") == Done("thing", 1, "T-1", "noted", 2, {"text": "a"})

    def test_it_is_refused_without_its_permission(self):
        actor = make_actor(permissions=["catalog.view"])
        with pytest.raises(Forbidden) as refusal:
            note(actor=actor)
        assert str(refusal.value) == "您没有「记一笔」的权限，请联系管理员。"
        assert refusal.value.data["code"] == "test.note"
        assert noted(actor) == 0

    def test_it_runs_with_its_permission(self):
        assert note(actor=make_actor(permissions=["test.note"])).number == "T-1"

    def test_a_command_for_everybody_needs_none(self):
        assert everybody(actor=make_actor(permissions=[])).number == "T-1"

    def test_a_command_may_share_the_permission_of_others(self):
        @command("test.other", "另一个", permission="catalog.view")
        def other(*, actor: Actor) -> Done:
            return Done("thing", 1, "T-1")

        assert other(actor=make_actor(permissions=["catalog.view"])).number == "T-1"
        with pytest.raises(Forbidden):
            other(actor=make_actor(permissions=["test.other"]))

    def test_a_refusal_leaves_nothing_behind(self):
        actor = make_actor()
        with pytest.raises(WrongState):
            refuse(actor=actor)
        assert noted(actor) == 0

    def test_commands_do_not_nest(self):
        @command("test.nested", "嵌套")
        def nested(*, actor: Actor) -> Done:
            return note(actor=actor)

        actor = make_actor()
        with pytest.raises(RuntimeError, match="durable"):
            nested(actor=actor)
        assert noted(actor) == 0

    def test_permissions_have_names(self):
        assert label_of("test.note") == "记一笔"
        view_permission("test.look", "看一看")
        assert label_of("test.look") == "看一看"
        assert label_of("test.unknown") == "test.unknown"


def note_and_refuse(actor: Actor, around: AbstractContextManager[Any] | None = None) -> None:
    with batch(actor):
        note(actor=actor)
        with around or contextlib.nullcontext():
            refuse(actor=actor)


@pytest.mark.django_db
class TestBatch:
    def test_its_commands_are_one_transaction_and_their_events_one_statement(self, django_assert_num_queries):
        actor = replace(make_actor(), via="import")
        with django_assert_num_queries(1 + SAVEPOINT), batch(actor):
            assert [note(actor=actor, text=text).number for text in "ab"] == ["T-1", "T-1"]
        assert [(e.data["text"], e.via) for e in Event.objects.order_by("pk")] == [("a", "import"), ("b", "import")]

    def test_one_refusal_takes_all_back(self):
        actor = replace(make_actor(), via="cli")
        with pytest.raises(WrongState):
            note_and_refuse(actor)
        assert noted(actor) == 0

    def test_a_refusal_that_was_caught_does_not_save_the_rest(self):
        actor = replace(make_actor(), via="import")
        with pytest.raises(RuntimeError, match="was refused"):
            note_and_refuse(actor, contextlib.suppress(WrongState))
        assert noted(actor) == 0

    def test_every_command_checks_its_permission(self):
        actor = replace(make_actor(permissions=["test.note"]), via="import")
        with pytest.raises(Forbidden):
            note_and_refuse(actor)
        assert noted(actor) == 0

    def test_it_is_for_imports_and_the_command_line_in_ones_own_name(self):
        for actor in (make_actor(), replace(make_actor(), via="api"), replace(make_actor(key="k"), via="import")):
            with pytest.raises(RuntimeError, match="a batch is for"), batch(actor):
                note(actor=actor)
        company = make_company()
        one, two = (replace(make_actor(company), via="import") for _ in range(2))
        with pytest.raises(RuntimeError, match="actor of the batch"), batch(one):
            note(actor=two)

    def test_commands_do_not_nest_in_it_either(self):
        @command("test.nested", "嵌套")
        def nested(*, actor: Actor) -> Done:
            return note(actor=actor)

        actor = replace(make_actor(), via="import")
        with pytest.raises(RuntimeError, match="durable"), batch(actor):
            nested(actor=actor)
        with pytest.raises(RuntimeError, match="durable"), batch(actor), batch(actor):
            note(actor=actor)
        note(actor=actor)
        assert noted(actor) == 1


@pytest.mark.django_db(transaction=True)
def test_a_step_outside_a_command_is_a_programming_error():
    @step
    def write() -> None:
        raise AssertionError

    with pytest.raises(RuntimeError, match="inside a command"):
        write()
    assert not connection.in_atomic_block


@pytest.mark.django_db
class TestRepetition:
    def test_the_same_key_again_has_no_effect_and_the_same_answer(self):
        actor = make_actor(key="k1")
        first = note(actor=actor, text="a", amount=Decimal("1.50"))
        second = note(actor=actor, text="a", amount=Decimal("1.50"))
        assert (first.replayed, second.replayed) == (False, True)
        assert (second.number, second.version, second.data) == (first.number, first.version, first.data)
        assert noted(actor) == 1

    def test_the_same_key_for_something_else_is_refused(self):
        actor = make_actor(key="k1")
        note(actor=actor, text="a")
        with pytest.raises(IdempotencyKeyReused):
            note(actor=actor, text="b")
        with pytest.raises(IdempotencyKeyReused):
            everybody(actor=actor)
        assert noted(actor) == 1

    def test_a_refused_command_may_be_tried_again_with_its_key(self):
        actor = make_actor(key="k1")
        for _attempt in range(2):
            with pytest.raises(WrongState):
                refuse(actor=actor)
        assert note(actor=actor).replayed is False

    def test_keys_of_other_users_and_companies_are_other_keys(self):
        company = make_company()
        one, two, three = make_actor(company, key="k1"), make_actor(company, key="k1"), make_actor(key="k1")
        assert [note(actor=actor).replayed for actor in (one, two, three)] == [False, False, False]

    def test_the_permission_is_checked_before_an_old_answer_is_given(self):
        company = make_company()
        actor = make_actor(company, permissions=["test.note"], key="k1")
        note(actor=actor)
        downgraded = Actor(company.pk, actor.user_id, "x", frozenset(), idempotency_key="k1")
        with pytest.raises(Forbidden):
            note(actor=downgraded)

    def test_a_key_costs_one_statement(self):
        actor = make_actor()
        with CaptureQueriesContext(connection) as without:
            note(actor=actor)
        with CaptureQueriesContext(connection) as first:  # the answer is written together with the events
            note(actor=actor.with_key("k1"))
        with CaptureQueriesContext(connection) as again:
            note(actor=actor.with_key("k1"))
        assert len(without) == 1 + SAVEPOINT
        assert len(first) == 1 + 1 + SAVEPOINT
        assert len(again) == 1


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_key_twice_at_once_has_one_effect_and_one_answer(self):
        actor = make_actor(key="k1")
        results = at_once([lambda: note(actor=actor, text="a", wait=0.3)] * 4)
        assert [type(result) for result in results] == [Done] * 4
        assert {result.number for result in results} == {"T-1"}
        assert sorted(result.replayed for result in results) == [False, True, True, True]
        assert noted(actor) == 1

    def test_one_key_twice_at_once_on_a_document_answers_both_alike(self):
        actor = make_actor(key="k1")
        document = make_document(actor)
        results = at_once([lambda: approve(actor=actor, number=document.number, wait=0.2)] * 2)
        assert [type(result) for result in results] == [Done, Done]
        assert {result.version for result in results} == {2}
        assert sorted(result.replayed for result in results) == [False, True]

    def test_two_people_at_once_one_is_told_the_new_state(self):
        one = make_actor()
        two = make_actor(make_company())
        assert one.company_id != two.company_id
        document = make_document(one)
        results = at_once([lambda: approve(actor=one, number=document.number, wait=0.1)] * 2)
        assert sorted(type(result).__name__ for result in results) == ["Done", "WrongState"]
        document.refresh_from_db()
        assert (document.state, document.version) == ("approved", 2)

    def test_different_keys_at_once_do_not_wait_for_each_other(self):
        actor, all_four = (
            make_actor(),
            Barrier(4, timeout=60),
        )  # passed only by four commands that are under way together
        results = at_once([lambda key=key: note(actor=actor.with_key(key), others=all_four) for key in "abcd"])  # type: ignore[misc]
        assert all(isinstance(result, Done) and not result.replayed for result in results)
        assert noted(actor) == 4

    def test_the_database_itself_keeps_a_key_once(self):
        insert = (
            "INSERT INTO kernel_idempotency (company_id, user_id, key, command, fingerprint, result)"
            " VALUES (1, 1, 'k', 'c', ''::bytea, '[]'::jsonb)"
        )
        db.execute(insert)
        with pytest.raises(IntegrityError):
            db.execute(insert)


@pytest.mark.django_db(transaction=True)
def test_two_that_wait_crosswise_are_both_done_once(caplog: pytest.LogCaptureFixture) -> None:
    actor = make_actor()
    make_document(actor, "PR-1")
    make_document(actor, "PR-2")
    done = at_once(
        [
            lambda: cross(actor=actor, first="PR-1", second="PR-2"),
            lambda: cross(actor=actor, first="PR-2", second="PR-1"),
        ]
    )
    assert sorted(answer.number for answer in done) == ["PR-1", "PR-2"]
    assert Event.objects.filter(type="test.noted").count() == 2
    assert "waited crosswise" in caplog.text
