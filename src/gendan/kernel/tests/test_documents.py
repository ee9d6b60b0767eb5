"""Documents: found in their company only, moved by declared transitions only, never overwritten unseen."""

from __future__ import annotations

import time

import pytest
from django.db import IntegrityError, connection, transaction

from gendan.accounts.tests.make import make_actor, make_stranger
from gendan.kernel.documents import KINDS, check_version, state_label
from gendan.kernel.errors import NotFound, Stale, WrongState
from gendan.kernel.tests.make import at_once, make_document


@pytest.mark.django_db
class TestDocument:
    def test_it_is_locked_in_its_company(self):
        actor = make_actor()
        made = make_document(actor)
        assert type(made).lock(actor, made.number).pk == made.pk

    def test_it_does_not_exist_for_a_stranger(self):
        made = make_document(make_actor())
        with pytest.raises(NotFound, match=r"PR-000001"):
            type(made).lock(make_stranger(), made.number)

    def test_another_version_than_the_one_seen_is_refused(self):
        actor = make_actor()
        made = make_document(actor)
        assert type(made).lock(actor, made.number, 1)
        with pytest.raises(Stale) as refusal:
            type(made).lock(actor, made.number, 2)
        assert refusal.value.data == {"number": made.number, "current": 1, "seen": 2}

    def test_no_version_means_no_check(self):
        check_version("X-1", 3, None)
        check_version("X-1", 3, 3)
        with pytest.raises(Stale):
            check_version("X-1", 3, 4)

    def test_a_declared_transition_raises_the_version(self):
        made = make_document(make_actor())
        before = made.updated_at
        made.move_to("approved", "批准", decision_note="好")
        made.refresh_from_db()
        assert (made.state, made.version, getattr(made, "decision_note")) == ("approved", 2, "好")  # noqa: B009
        assert made.updated_at != before or before is not None

    def test_an_undeclared_transition_is_refused_by_name(self):
        made = make_document(make_actor())
        with pytest.raises(WrongState) as refusal:
            made.move_to("ordered", "下单")
        assert str(refusal.value) == "PR-000001 当前状态为「草稿」，不能执行「下单」。"
        made.refresh_from_db()
        assert (made.state, made.version) == ("draft", 1)

    def test_staying_in_a_state_is_a_change_too(self):
        made = make_document(make_actor())
        made.move_to("draft", "修改")
        assert made.version == 2

    def test_must_be_names_document_state_and_action(self):
        made = make_document(make_actor())
        made.must_be({"draft", "approved"}, "提交")
        with pytest.raises(WrongState, match=r"草稿.*入库"):
            made.must_be({"approved"}, "入库")

    def test_a_number_is_given_once_per_company(self):
        actor = make_actor()
        make_document(actor)
        make_document(make_stranger())
        with pytest.raises(IntegrityError), transaction.atomic():
            make_document(actor)

    def test_every_kind_is_known_by_name_prefix_and_transitions(self):
        prefixes = [model.PREFIX for model in KINDS.values()]
        assert len(prefixes) == len(set(prefixes))
        for model in KINDS.values():
            states = set(model.State.values)
            named = set(model.TRANSITIONS) | {state for follow in model.TRANSITIONS.values() for state in follow}
            assert named <= states, model

    def test_states_have_names(self):
        assert state_label(KINDS["requisition"], "draft") == "草稿"
        assert state_label(KINDS["requisition"], "unheard") == "unheard"


@pytest.mark.django_db(transaction=True)
def test_the_second_to_lock_waits_and_sees_what_the_first_did():
    actor = make_actor()
    made = make_document(actor)
    model = type(made)

    def move() -> int:
        with transaction.atomic():
            found = model.lock(actor, made.number)
            time.sleep(0.1)
            found.touch(decision_note=f"{found.version}")
            return found.version

    assert sorted(at_once([move] * 5)) == [2, 3, 4, 5, 6]
    made.refresh_from_db()
    assert made.version == 6
    assert not connection.in_atomic_block
