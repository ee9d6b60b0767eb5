"""The event log: written with what it tells of, never changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from gendan.accounts.tests.make import make_actor, make_stranger
from gendan.kernel import comments, db, events
from gendan.kernel.events import Entry, Subject
from gendan.kernel.models import Event
from gendan.kernel.tests.make import make_document, subject_of


@pytest.mark.django_db
class TestRecord:
    def test_an_event_says_who_did_what_to_which_objects(self):
        actor = make_actor()
        events.record("test.done", Subject("po", 7, "PO-7"), actor, ["gr:GR-1"], quantity=Decimal("1.50"), note=None)
        event = Event.objects.get()
        assert (event.type, event.user_id, event.company_id, event.via) == (
            "test.done",
            actor.user_id,
            actor.company_id,
            "page",
        )
        assert (event.subject_kind, event.subject_id, event.subject_number) == ("po", 7, "PO-7")
        assert event.refs == ["po:PO-7", "gr:GR-1"]
        assert event.data == {"quantity": "1.5", "note": None}

    def test_many_events_are_one_statement(self, django_assert_num_queries):
        actor = make_actor()
        entries = [Entry("test.done", subject_of(actor, f"T-{n}", n), ("po:PO-1",), {"n": n}) for n in range(50)]
        with django_assert_num_queries(1):
            events.record_all(actor, entries)
        assert Event.objects.filter(refs__contains=["po:PO-1"]).count() == 50
        assert Event.objects.get(subject_id=7).data == {"n": 7}

    def test_an_event_goes_with_its_transaction(self):
        actor = make_actor()
        with transaction.atomic():
            events.record("test.done", subject_of(actor), actor)
            transaction.set_rollback(True)
        assert not Event.objects.exists()

    def test_a_timeline_has_events_and_comments_newest_first_in_one_statement(self, django_assert_num_queries):
        actor = make_actor(name="王芳")
        document = make_document(actor)
        events.record("test.first", document.subject, actor)
        comments.add_comment(actor=actor, kind="requisition", number=document.number, text="看一下")
        events.record("test.other", Subject("requisition", document.pk + 1, "PR-9"), actor)
        with django_assert_num_queries(1):
            found = events.timeline(actor, [("requisition", document.pk)])
        assert {entry["type"] for entry in found} == {"test.first", "kernel.commented"}
        assert [entry["text"] for entry in found if entry["what"] == "comment"] == ["看一下"]
        assert len(found) == 2
        assert {entry["user"] for entry in found} == {"王芳"}

    def test_a_stranger_sees_nothing_of_it(self):
        actor = make_actor()
        events.record("test.first", subject_of(actor), actor)
        assert events.timeline(make_stranger(), [("thing", 1)]) == []


@pytest.mark.django_db(transaction=True)
class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE kernel_event SET type = 'forged'",
            "DELETE FROM kernel_event",
            "TRUNCATE kernel_event CASCADE",
        ],
    )
    def test_the_database_refuses_to_change_the_past(self, statement: str):
        actor = make_actor()
        with transaction.atomic():
            events.record("test.done", subject_of(actor), actor)
        with pytest.raises(DatabaseError, match="append-only"):
            db.execute(statement)
        assert db.rows("SELECT type FROM kernel_event") == [("test.done",)]

    def test_it_refuses_through_the_orm_as_well(self):
        actor = make_actor()
        with transaction.atomic():
            events.record("test.done", subject_of(actor), actor)
        event = Event.objects.get()
        event.type = "forged"
        with pytest.raises(DatabaseError, match="append-only"):
            event.save()
        with pytest.raises(DatabaseError, match="append-only"):
            event.delete()

    def test_recording_outside_a_command_is_a_programming_error(self):
        actor = make_actor()
        with pytest.raises(RuntimeError, match="inside a command"):
            events.record("test.done", subject_of(actor), actor)
