"""The audit: who did what, when, from where, with what effect; and the chain that shows when the log was changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_actor, signed_in_client
from gendan.kernel import comments, db, events
from gendan.kernel.audit import queries, seals
from gendan.kernel.audit.queries import Asked
from gendan.kernel.errors import Forbidden
from gendan.kernel.events import Subject
from gendan.kernel.models import Event, Seal
from gendan.kernel.tests.make import make_document
from gendan.kernel.verify import CHECKS
from gendan.purchasing.tests.make import make_order, make_world


def boss() -> Any:
    return make_actor(roles=["admin"])


@pytest.mark.django_db
class TestSearch:
    def test_events_are_found_by_person_object_kind_and_door(self):
        admin = boss()
        company = Company.objects.get(pk=admin.company_id)
        other = replace(make_actor(company, permissions=[], username="lisi"), via="api", address="203.0.113.9")
        events.record("purchasing.order_approved", Subject("po", 1, "PO-1"), admin)
        events.record("purchasing.order_closed", Subject("po", 2, "PO-2"), other, reason="停产")

        def found(**asked: Any) -> list[str]:
            return [row["number"] for row in queries.events_of(admin, Asked(**asked)).items]

        assert found() == ["PO-2", "PO-1"]
        assert found(person="LISI") == found(number="po-2") == found(via="api") == ["PO-2"]
        assert found(type="purchasing.order_approved") == ["PO-1"]
        assert found(area="sales") == found(until=admin.today().replace(year=2020)) == []
        row = queries.events_of(admin, Asked(person="lisi")).items[0]
        assert (row["address"], row["remark"], row["label"]) == ("203.0.113.9", "停产", "关闭了订单")

    def test_pages_go_on_where_the_last_ended_in_two_statements_each(self, django_assert_num_queries):
        admin = boss()
        for n in range(7):
            events.record("test.done", Subject("thing", n, f"T-{n}"), admin)
        seen, after = [], None
        while after != "":
            with django_assert_num_queries(2):
                page = queries.events_of(admin, Asked(), 3, after)
            seen += [row["number"] for row in page.items]
            after = page.after
        assert seen == [f"T-{n}" for n in reversed(range(7))]

    def test_only_auditors_look_and_only_in_their_company(self):
        admin = boss()
        events.record("test.done", Subject("thing", 1, "T-1"), admin)
        with pytest.raises(Forbidden):
            queries.events_of(make_actor(permissions=["purchasing.view"]), Asked())
        assert queries.events_of(boss(), Asked(number="T-1")).items == []

    def test_it_says_who_was_told(self):
        admin = boss()
        make_actor(Company.objects.get(pk=admin.company_id), permissions=[], username="wang", name="王芳")
        comments.add_comment(actor=admin, kind="requisition", number=make_document(admin).number, text="@王芳 看")
        assert [row["told"] for row in queries.events_of(admin, Asked(type="kernel.commented")).items] == ["王芳"]

    def test_who_may_not_see_prices_does_not_see_them_here(self):
        world = make_world()
        company = Company.objects.get(pk=world.company_id)
        events.record("purchasing.order_updated", Subject("po", 1, "PO-9"), world.actor, changes={"unit_price": [1, 2]})
        auditor = make_actor(company, permissions=[queries.VIEW])
        assert queries.events_of(auditor, Asked(number="PO-9")).items[0]["changes"] == []
        events.record("purchasing.order_updated", Subject("po", 2, "PO-8"), world.actor, changes={"note": ["", "密"]})
        without_notes = replace(world.actor, fields=(("po", "note", "hidden", ()),))
        assert queries.events_of(without_notes, Asked(number="PO-8")).items[0]["changes"] == []
        assert queries.events_of(world.actor, Asked(number="PO-9")).items[0]["changes"]


@pytest.mark.django_db
def test_page_api_and_file_show_the_same_and_the_file_is_an_event():
    world = make_world()
    number = make_order(world, 10).number
    client = signed_in_client(world.actor)
    assert number in client.get(f"/audit?number={number}").content.decode()
    assert "全部记录" in client.get(f"/po/{number}").content.decode()
    shown = api_client(world.actor).get(f"/api/v1/audit?number={number}").json()["items"]
    assert [(row["number"], row["via"]) for row in shown] == [(number, "page")] * len(shown) != []
    taken = client.get(f"/audit?number={number}&export=csv", REMOTE_ADDR="198.51.100.4")
    assert number in b"".join(taken.streaming_content).decode()  # type: ignore[attr-defined]
    taken = client.get(f"/audit?number={number}&export=csv", headers={"accept-language": "en"})
    text = b"".join(taken.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    book = list(csv.DictReader(text.splitlines()))
    assert {(row["Kind of object"].lower(), row["Code of the kind"]) for row in book} == {("purchase order", "po")}
    assert "purchasing.order_created" in {row["Event code"] for row in book}
    assert not {row["Event"] for row in book} & {row["Event code"] for row in book}
    event = Event.objects.filter(type="kernel.list_exported").earliest("id")
    assert (event.data["list"], event.data["filters"], event.address) == (
        "kernel.audit",
        {"number": number},
        "198.51.100.4",
    )


@contextmanager
def by_force() -> Iterator[None]:
    """What only a superuser can do: write past the triggers."""
    with transaction.atomic():
        db.execute("SET LOCAL session_replication_role = replica")
        yield


@pytest.mark.django_db
class TestSeals:
    def sealed(self) -> list[int]:
        """Seven events in three seals."""
        admin = boss()
        for n in range(7):
            events.record("test.done", Subject("thing", n, f"T-{n}"), admin, n=n)
        ids = list(Event.objects.order_by("id").values_list("id", flat=True))
        assert seals.seal(ids[-1]) == 7
        assert self.problems() == []
        return ids

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seals, "BATCH", 3)
        monkeypatch.setattr(seals, "AT_ONCE", 2)
        monkeypatch.setattr(seals, "_PROVE", seals._PROVE.replace("LIMIT 100", "LIMIT 2"))

    def problems(self) -> list[str]:
        return [f"{found.what}: {found.found}" for found in CHECKS["kernel.event_seals"].find(None)]

    def test_what_is_sealed_is_not_sealed_twice(self):
        ids = self.sealed()
        assert seals.seal(ids[-1]) == 0
        assert list(Seal.objects.order_by("number").values_list("number", "count")) == [(1, 3), (2, 3), (3, 1)]

    def test_a_changed_row_is_found(self):
        ids = self.sealed()
        with by_force():
            db.execute("UPDATE kernel_event SET data = '{\"n\": 99}' WHERE id = %s", [ids[4]])
        assert self.problems() == [f"event {ids[4]} test.done thing:T-4: changed"]

    def test_a_removed_row_is_found(self):
        ids = self.sealed()
        with by_force():
            db.execute("DELETE FROM kernel_event WHERE id = %s", [ids[0]])
        assert self.problems() == [f"event {ids[0]}: removed"]

    def test_an_inserted_row_is_found(self):
        ids = self.sealed()
        with by_force():
            db.execute(
                "INSERT INTO kernel_event (id, company_id, via, type, subject_kind, subject_id, subject_number, refs,"
                " data) SELECT %s, company_id, via, type, subject_kind, 9, 'T-9', refs, data"
                " FROM kernel_event WHERE id = %s",
                [ids[0] - 1, ids[0]],
            )
        assert self.problems() == [f"event {ids[0] - 1} test.done thing:T-9: inserted"]

    def test_a_seal_that_is_removed_or_rewritten_is_found(self):
        self.sealed()
        with by_force():
            db.execute("UPDATE kernel_seal SET digest = sha256('x') WHERE number = 1")
        assert self.problems() == ["seal 1: changed", "seal 2: chain broken"]
        with by_force():
            db.execute("DELETE FROM kernel_seal WHERE number = 2")
        assert "seal 2: removed" in self.problems()

    def test_a_chain_made_anew_does_not_have_the_hash_that_was_noted(self):
        ids = self.sealed()
        noted = seals.head()
        assert noted is not None
        assert seals.is_in_chain(noted.digest)
        with by_force():
            db.execute("UPDATE kernel_event SET type = 'forged' WHERE id = %s", [ids[1]])
            db.execute("DELETE FROM kernel_seal")
        seals.seal(ids[-1])
        assert self.problems() == []
        assert not seals.is_in_chain(noted.digest)


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_waited_for():
    admin = boss()
    late = connections.create_connection("default")
    try:
        late.ensure_connection()
        late.set_autocommit(False)
        with late.cursor() as cursor:  # draws a lower id, and commits after a higher one
            cursor.execute(
                "INSERT INTO kernel_event (company_id, via, type, subject_kind, subject_id, subject_number, refs, data)"
                " VALUES (%s, 'page', 'test.late', 'thing', 1, 'T-1', '{}', '{}')",
                [admin.company_id],
            )
        with transaction.atomic():
            events.record("test.done", Subject("thing", 2, "T-2"), admin)
        assert seals.settled_id(pause=0, patience=0) is None
        late.commit()
    finally:
        late.close()
    upto = seals.settled_id(pause=0, patience=600)  # another worker's test may be one long transaction
    assert upto is not None
    assert seals.seal(upto) >= 2
    assert connection.connection is not None
