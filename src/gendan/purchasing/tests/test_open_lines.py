"""Open lines: order, filters, paging by key, lateness and its measure; incoming goods."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.catalog.tests.make import make_actor, make_supplier, make_warehouse
from gendan.inventory.queries import incoming
from gendan.kernel.errors import Forbidden, Invalid
from gendan.purchasing import commands
from gendan.purchasing.queries.lines import LineFilter, open_line_counts, open_lines, sunday_of
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.tests.make import World, make_world, receive

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def day(n: int) -> date:
    return TODAY() + timedelta(n)


def ordered(world: World, *lines: tuple[str, str, int | None], supplier: str = "S001", warehouse: str = "MAIN") -> str:
    """An order of (product, quantity, required in n days) lines, placed a while ago."""
    done = commands.create_order(
        actor=world.actor,
        supplier=supplier,
        warehouse=warehouse,
        ordered_on=day(-60),
        submit=True,
        lines=[
            LineIn(product, Decimal(q), Decimal(1), required_on=None if n is None else day(n))
            for product, q, n in lines
        ],
    )
    return done.number


def shown(world: World, wanted: LineFilter | None = None) -> list[tuple[str, int]]:
    return [(row["order_number"], row["line"]) for row in open_lines(world.actor, wanted).items]


def test_the_longest_overdue_comes_first_what_has_no_date_last() -> None:
    world = make_world()
    first = ordered(world, ("BOLT", "5", 3), ("NUT", "5", None), ("BOLT", "5", -9))
    second = ordered(world, ("NUT", "5", -2))
    assert shown(world) == [(first, 3), (second, 1), (first, 1), (first, 2)]
    receive(world, first, (3, "5"))
    assert shown(world) == [(second, 1), (first, 1), (first, 2)]


def test_paging_by_key_sees_every_line_once() -> None:
    world = make_world()
    for n in range(4):
        ordered(world, ("BOLT", "5", -1), ("NUT", "5", None), ("BOLT", "5", n))
    seen: list[tuple[str, int]] = []
    after = ""
    for _page in range(8):
        page = open_lines(world.actor, after=after, limit=2)
        seen += [(row["order_number"], row["line"]) for row in page.items]
        after = page.after
        if not after:
            break
    assert seen == shown(world)
    assert len(set(seen)) == 12
    with pytest.raises(Invalid):
        open_lines(world.actor, after="bm9uc2Vuc2U")


def test_filters_and_their_counts() -> None:
    world = make_world()
    make_supplier(world.company_id, "S002")
    make_warehouse(world.company_id, "W2")
    late = ordered(world, ("BOLT", "5", -3), ("NUT", "6", 0))
    other = ordered(world, ("NUT", "7", 90), supplier="S002", warehouse="W2")
    commands.confirm_order(actor=world.actor, number=late, lines=[ConfirmIn(2)])
    assert shown(world, LineFilter(due="late")) == [(late, 1)]
    assert shown(world, LineFilter(due="today")) == [(late, 2)]
    assert (late, 2) in shown(world, LineFilter(due="week"))
    assert shown(world, LineFilter(supplier="S002")) == [(other, 1)]
    assert shown(world, LineFilter(warehouse="W2")) == [(other, 1)]
    assert shown(world, LineFilter(product="BOLT")) == [(late, 1)]
    assert shown(world, LineFilter(unconfirmed=True)) == [(late, 1), (other, 1)]
    assert shown(world, LineFilter(order=other)) == [(other, 1)]
    assert shown(world, LineFilter(supplier="S404")) == []
    counts = open_line_counts(world.actor)
    assert (counts["all"], counts["late"], counts["today"]) == (3, 1, 1)


def test_lateness_names_what_it_is_measured_against() -> None:
    world = make_world()
    number = ordered(world, ("BOLT", "10", -20), ("NUT", "5", -4))
    commands.confirm_order(
        actor=world.actor,
        number=number,
        lines=[ConfirmIn(1, Decimal(6), day(-5)), ConfirmIn(1, Decimal(4), day(4))],
    )
    rows = {row["line"]: row for row in open_lines(world.actor).items}
    assert (rows[1]["basis"], rows[1]["due_on"], rows[1]["days_late"]) == ("promised", day(-5), 5)
    assert (rows[2]["basis"], rows[2]["days_late"]) == ("required", 4)
    receive(world, number, (1, "6"))
    rows = {row["line"]: row for row in open_lines(world.actor).items}
    assert (rows[1]["due_on"], rows[1]["days_late"]) == (day(4), 0)
    commands.revise_promise(actor=world.actor, number=number, line=1, expected_on=day(9))
    rows = {row["line"]: row for row in open_lines(world.actor).items}
    assert (rows[1]["due_on"], rows[1]["expected_on"], rows[1]["days_expected_late"]) == (day(4), day(9), 5)


def test_only_who_may_and_only_the_own_company() -> None:
    world = make_world()
    ordered(world, ("BOLT", "5", -3))
    assert open_lines(make_actor()).items == []
    with pytest.raises(Forbidden):
        open_lines(make_actor("catalog.view", company=Company.objects.get(pk=world.company_id)))


def test_one_statement_for_any_number_of_lines() -> None:
    world = make_world()
    for n in range(5):
        ordered(world, *[("BOLT", "5", n)] * 7)
    with CaptureQueriesContext(connection) as captured:
        assert len(open_lines(world.actor).items) == 35
        open_line_counts(world.actor)
    assert len(captured) == 2


def test_open_lines_are_incoming_stock() -> None:
    world = make_world()
    number = ordered(world, ("BOLT", "5", 9), ("BOLT", "8", 3))
    receive(world, number, (2, "6"))
    found = incoming(world.actor, [world.bolt.pk, world.nut.pk])[world.bolt.pk]
    assert (found.quantity, found.next_on) == (7, day(3))
    receive(world, number)
    assert incoming(world.actor, [world.bolt.pk]) == {}


def test_the_week_ends_on_sunday() -> None:
    assert sunday_of(date(2026, 11, 21)) == date(2026, 11, 22)
    assert sunday_of(date(2026, 11, 22)) == date(2026, 11, 22)
    assert sunday_of(date(2026, 11, 23)) == date(2026, 11, 29)
