"""What events touched is looked at once, also what commits after others that began later."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from gendan.alerts import commands, tasks, verify
from gendan.alerts.models import Cursor
from gendan.alerts.queries.due import companies, due_rules, stirred
from gendan.alerts.tests.make import cases
from gendan.kernel import db
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 20
LONGEST = 300


def overdue(world: buying.World) -> str:
    """An order that should have come yesterday."""
    number = buying.make_order(world, 10).number
    day = world.actor.today() - timedelta(days=1)
    db.execute(
        "UPDATE purchasing_orderline SET due_on = %s WHERE company_id = %s AND due_on > %s",
        [day, world.company_id, day],
    )
    return number


def read(world: buying.World) -> dict[str, int]:
    return commands.read_events(actor=world.actor).data


def test_what_an_event_touched_is_looked_at_once() -> None:
    world = buying.make_world()
    overdue(world)
    read(world)  # the log is read from here on
    assert cases(world.actor, "overdue_receipt") == []
    number = overdue(world)
    assert [company.id for company in stirred()] == [world.company_id]
    found = read(world)
    assert found["events"] > 0
    assert found["opened"] == 1
    assert [case.document_number for case in cases(world.actor, "overdue_receipt")] == [number]
    read(world)  # its own events
    assert read(world) == {"found": 0, "opened": 0, "reopened": 0, "closed": 0, "events": 0}


def test_who_commits_late_is_not_missed() -> None:
    world = buying.make_world()
    number = overdue(world)
    read(world)
    wrote, go_on = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                db.execute(
                    "INSERT INTO kernel_event (company_id, via, type, subject_kind, subject_id, subject_number, refs,"
                    " data) VALUES (%s, 'page', 'purchasing.order_updated', 'po', 1, %s::text, %s::text[], '{}')",
                    [world.company_id, number, [f"po:{number}"]],
                )
                wrote.set()
                go_on.wait(WAIT)
        finally:
            connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    try:
        assert wrote.wait(WAIT)
        other = overdue(world)  # its events have higher ids and are there first
        for _n in range(3):
            read(world)
        assert [case.document_number for case in cases(world.actor, "overdue_receipt")] == [other]
    finally:
        go_on.set()
        thread.join(WAIT)
    assert read(world)["opened"] == 1
    assert {case.document_number for case in cases(world.actor, "overdue_receipt")} == {number, other}


def test_the_floor_follows_and_the_clock_looks_at_everything() -> None:
    world = buying.make_world()
    overdue(world)
    tasks.look(0)
    assert len(cases(world.actor, "overdue_receipt", "open")) == 1
    (company,) = companies()
    assert due_rules(company, timezone.now()) == []
    assert due_rules(company, timezone.now() + timedelta(minutes=20))
    before = Cursor.objects.get(company_id=world.company_id).floor
    for _n in range(4):
        overdue(world)
        tasks.hear(0)
    assert len(cases(world.actor, "overdue_receipt", "open")) == 5
    end = time.monotonic() + LONGEST
    while Cursor.objects.get(company_id=world.company_id).floor == before and time.monotonic() < end:
        time.sleep(0.2)  # transactions of other databases of the server run on
        overdue(world)
        tasks.hear(0)
    assert Cursor.objects.get(company_id=world.company_id).floor > before


def test_what_fails_in_one_rule_or_company_keeps_no_other_from_being_looked_at(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worlds = [buying.make_world(), buying.make_world()]
    for world in worlds:
        overdue(world)
    real = commands.scan

    def scan(*, actor: Any, rules: list[str]) -> Any:
        if actor.company_id == worlds[0].company_id and rules == ["late_confirmation"]:
            raise ZeroDivisionError
        return real(actor=actor, rules=rules)

    monkeypatch.setattr(tasks, "scan", scan)
    monkeypatch.setattr(tasks, "read_events", lambda **_asked: None)
    tasks.look(0)
    assert [len(cases(world.actor, "overdue_receipt", "open")) for world in worlds] == [1, 1]
    assert "late_confirmation" in caplog.text


def test_verify_looks_again_where_nothing_happened_since(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MARGIN", "0 seconds")
    world = buying.make_world()
    overdue(world)
    db.execute("DELETE FROM alerts_scan")
    commands.scan(actor=world.actor)
    assert list(verify.causes(world.company_id)) == []
    db.execute("UPDATE purchasing_orderline SET due_on = due_on + 90 WHERE company_id = %s", [world.company_id])
    (found,) = verify.causes(world.company_id)
    assert (found.what.split()[0], found.expected, found.found) == ("overdue_receipt", False, True)
    overdue(world)  # something happened: who knows
    assert list(verify.causes(world.company_id)) == []
