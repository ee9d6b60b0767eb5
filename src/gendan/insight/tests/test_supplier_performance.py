"""On time is measured by the first promise; without data there is no rate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_stranger, signed_in_client
from gendan.catalog.tests.make import make_actor, make_supplier
from gendan.insight import queries
from gendan.insight.queries import period_of
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.tests.make import World, make_world

TODAY = timezone.localdate


def delivered(
    world: World, supplier: str, required: date | None, promised: date | None, came: date, revised: date | None = None
) -> str:
    """An order of one line that was promised, revised and delivered on the given days."""
    order = commands.create_order(
        actor=world.actor,
        supplier=supplier,
        warehouse="MAIN",
        ordered_on=TODAY() - timedelta(60),
        lines=[LineIn("BOLT", Decimal(5), Decimal(1), required_on=required)],
        submit=True,
    )
    for day in (promised, revised):
        if day:
            commands.confirm_order(actor=world.actor, number=order.number, lines=[ConfirmIn(1, None, day)])
    commands.receive_goods(actor=world.actor, order=order.number, received_on=came)
    return order.number


def measured_world() -> World:
    world = make_world()
    make_supplier(world.company_id, "S002", "南方紧固件")
    make_supplier(world.company_id, "S003", "没交过货")
    day = TODAY() - timedelta(20)
    delivered(world, "S001", day, day, day)
    delivered(world, "S001", day, day, day + timedelta(3))
    delivered(world, "S001", day + timedelta(9), day, day + timedelta(4), revised=day + timedelta(4))
    delivered(world, "S002", day, None, day - timedelta(1))
    delivered(world, "S002", None, None, day)
    return world


@pytest.mark.django_db
def test_the_first_promise_counts_not_the_revised_date() -> None:
    world = measured_world()
    found = queries.supplier_performance(world.actor)
    shown = {item.partner: (item.lines, item.on_time, item.rate, item.unmeasured) for item in found.items}
    assert shown == {"S001": (3, 1, Decimal("0.3333"), 0), "S002": (1, 1, Decimal("1.0000"), 1)}
    assert (found.total.lines, found.total.on_time, found.total.rate) == (4, 2, Decimal("0.5000"))


@pytest.mark.django_db
def test_no_data_is_not_a_hundred_percent() -> None:
    world = make_world()
    found = queries.supplier_performance(world.actor)
    assert (found.items, found.total.rate) == ([], None)
    assert api_client(world.actor).get("/supplier-performance").json() == {
        "total": {"lines": 0, "on_time": 0, "rate": None},
        "items": [],
    }


@pytest.mark.django_db
def test_the_api_answers_rates_as_text() -> None:
    world = measured_world()
    api = api_client(world.actor)
    body = api.get("/supplier-performance").json()
    assert body["total"] == {"lines": 4, "on_time": 2, "rate": "0.5000"}
    first = {"supplier": "S001", "name": world.supplier.name, "lines": 3, "on_time": 1, "rate": "0.3333"}
    assert body["items"][0] == first
    assert api.get("/supplier-performance?period=1999").json()["items"] == []
    assert api.get("/supplier-performance?period=soon").status_code == 422


@pytest.mark.django_db
def test_each_figure_leads_to_its_lines() -> None:
    world = measured_world()
    for only, count in (("", 5), ("measured", 4), ("on_time", 2), ("late", 2), ("unmeasured", 1)):
        assert len(queries.completed_lines(world.actor, only=only).items) == count, only
    page = queries.completed_lines(world.actor, limit=2)
    rest = queries.completed_lines(world.actor, after=page.after)
    assert len(rest.items) == 3
    client = signed_in_client(world.actor)
    assert "33.33%" in client.get("/suppliers/performance?period=all").content.decode()
    asked = {"only": "bad", "supplier": "S001", "period": "all"}
    late = client.get("/suppliers/performance/lines", asked).content.decode()
    assert late.count('class="gd-row-late"') == 2


@pytest.mark.django_db
def test_who_may_see_it() -> None:
    world = measured_world()
    colleague = make_actor("purchasing.view", company=Company.objects.get(pk=world.company_id))
    assert signed_in_client(colleague).get("/suppliers/performance").status_code == 403
    assert api_client(colleague).get("/supplier-performance").status_code == 403
    assert api_client(None).get("/supplier-performance").status_code == 401
    assert api_client(make_stranger()).get("/supplier-performance").json()["items"] == []


@pytest.mark.django_db
def test_one_statement() -> None:
    world = measured_world()
    with CaptureQueriesContext(connection) as captured:
        queries.supplier_performance(world.actor)
    assert len(captured) == 1


def test_periods() -> None:
    today = date(2026, 11, 21)
    assert period_of("all", today) == (None, None)
    assert period_of("month", today) == (date(2026, 11, 1), date(2026, 11, 30))
    assert period_of("quarter", today) == (date(2026, 10, 1), date(2026, 12, 31))
    assert period_of("year", today) == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_of("2024-02", today) == (date(2024, 2, 1), date(2024, 2, 29))
    assert period_of("2025-Q1", today) == (date(2025, 1, 1), date(2025, 3, 31))
    for name in ("x", "2025-Q9", "2025-13", "-", "2025-Q", "99999", "0-1", "9" * 30):
        with pytest.raises(Invalid):
            period_of(name, today)
