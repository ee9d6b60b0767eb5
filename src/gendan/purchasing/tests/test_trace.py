"""Where is it: one line from the request to the bin, in a fixed number of statements."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gendan.accounts.models import Company
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import Location, Product
from gendan.catalog.tests.make import make_actor
from gendan.kernel.errors import Forbidden, NotFound
from gendan.purchasing import commands
from gendan.purchasing.models import RequisitionLine
from gendan.purchasing.queries.axis import answer, marks
from gendan.purchasing.queries.trace import trace
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.tests.make import World, make_order, make_world, receive
from gendan.purchasing.tests.test_shipments import ship

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def asked_for(world: World, quantity: str) -> RequisitionLine:
    """An approved request for bolts."""
    done = commands.create_requisition(
        actor=world.actor, warehouse="MAIN", lines=[RequestIn("BOLT", Decimal(quantity))], reason="产线补料"
    )
    commands.submit_requisition(actor=world.actor, number=done.number)
    return RequisitionLine.objects.get(requisition__number=done.number)


def followed_line(world: World) -> str:
    """Two requests → one line; split promise, two shipments, an inspected receipt, a reversed one."""
    first, second = asked_for(world, "6"), asked_for(world, "4")
    Product.objects.filter(pk=world.bolt.pk).update(inspect=True)
    Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code="A-01")
    wanted = ((first.pk, Decimal(6)), (second.pk, Decimal(4)))
    line = LineIn("BOLT", Decimal(10), Decimal(1), required_on=TODAY(), wanted_by=wanted)
    number = make_order(world, lines=[line]).number
    commands.confirm_order(
        actor=world.actor,
        number=number,
        lines=[
            ConfirmIn(1, Decimal(7), TODAY() + timedelta(2)),
            ConfirmIn(1, Decimal(3), TODAY() + timedelta(5)),
        ],
    )
    asn = ship(world, (number, 1, "7"), carrier="顺丰", tracking_number="SF1", shipped_on=TODAY())
    ship(world, (number, 1, "3"), expected_on=TODAY() + timedelta(9))
    kept = commands.receive_goods(
        actor=world.actor, shipment=asn.number, lines=[ReceiveIn(1, Decimal(5), number)], delivery_note="DN-1"
    )
    commands.inspect_receipt(
        actor=world.actor, number=kept.number, lines=[InspectIn(1, Decimal(3), Decimal(1), "A-01")]
    )
    wrong = receive(world, number, (1, "2"))
    commands.reverse_receipt(actor=world.actor, number=wrong.number, reason="收错")
    return number


def test_the_whole_way_is_there() -> None:
    world = make_world()
    found = trace(world.actor, followed_line(world), 1)
    assert [row["quantity"] for row in found.requisitions] == [6, 4]
    assert [len(word.parts) for word in found.promises] == [2, 1]
    assert [row["quantity"] for row in found.shipments] == [7, 3]
    assert [row["quantity"] for row in found.receipts] == [5, 2, -2]
    assert found.receipts[1]["reversed_by"] == found.receipts[2]["number"]
    places = {(row["kind"], row["bin"] if row["kind"] == "bin" else ""): row["still_here"] for row in found.places}
    assert places == {("bin", "A-01"): 3, ("inspection", ""): 1, ("rejected", ""): 1}
    counters = found.counters
    assert [counters[name] for name in ("ordered", "confirmed", "shipped", "received", "outstanding")] == [
        10, 10, 7, 5, 5,
    ]  # fmt: skip
    assert found.dates["promised_on"] == TODAY() + timedelta(5)
    assert found.dates["due_on"] == TODAY() + timedelta(2)
    assert found.dates["expected_on"] == TODAY() + timedelta(9)
    assert found.dates["days_expected_late"] == 7


def test_what_lies_in_a_bin_is_said_as_it_is_there_not_as_far_as_it_came_from_this_line() -> None:
    world = make_world()
    number, other = make_order(world, 10).number, make_order(world, 10).number
    receive(world, number, (1, "4"))
    page = lambda: signed_in_client(world.actor).get(f"/po/{number}/lines/1").content.decode()  # noqa: E731
    assert "本行入库 4" in page()
    assert "此处现有 4" in page()
    receive(world, other, (1, "6"))
    assert "此处现有 10" in page()
    assert "包括其他单据入库的同种货品" in page()


def test_seven_statements_whatever_happened() -> None:
    world = make_world()
    busy, idle = followed_line(world), make_order(world, 3).number
    for number in (busy, idle):
        with CaptureQueriesContext(connection) as captured:
            trace(world.actor, number, 1)
        assert len(captured) == 7


def test_the_answer_in_one_sentence() -> None:
    world = make_world()
    number = followed_line(world)

    def said(order: str) -> str:
        with translation.override("zh-hans"):
            return answer(trace(world.actor, order, 1))

    assert said(number) == f"还差 5 件，预计 {TODAY() + timedelta(9)} 到。"
    assert "尚未批准" in said(make_order(world, 3, submit=False).number)
    plain = make_order(world, 3, 3, lines=[LineIn("NUT", Decimal(3), Decimal(1))]).number
    assert "还没有给出日期" in said(plain)
    receive(world, plain)
    assert said(plain) == "已全部入库。"
    overdue = make_order(
        world, lines=[LineIn("NUT", Decimal(3), Decimal(1), required_on=TODAY() - timedelta(2))]
    ).number
    assert "至今没有新的日期" in said(overdue)
    commands.cancel_order(actor=world.actor, number=overdue, reason="x")
    assert said(overdue) == "这一行已取消。"


def test_what_was_closed_short_is_said_and_adds_up() -> None:
    world = make_world()
    lines = [LineIn("BOLT", Decimal(40), Decimal("2")), LineIn("NUT", Decimal(5), Decimal("1"))]
    number = make_order(world, lines=lines).number
    receive(world, number, (1, "30"))
    client = signed_in_client(world.actor)
    heads = [client.get(f"/po/{number}/lines/{n}").content.decode().partition("gd-head")[2] for n in (1, 2)]
    shown = [re.findall(r"gd-status.*?</i>(.*?)</span>", head)[0] for head in heads]
    assert shown == ["部分入库", "待供应商确认"]
    commands.close_order(actor=world.actor, number=number, reason="停产")
    found = trace(world.actor, number, 1)
    assert answer(found) == "订购 40 件，已入库 30 件，其余 10 件已取消。"
    assert [found.counters[name] for name in ("ordered", "received", "cancelled", "outstanding")] == [40, 30, 10, 0]
    assert (found.line["shown"], trace(world.actor, number, 2).line["shown"]) == ("closed", "cancelled")
    assert "gd-fig-cancelled" in client.get(f"/po/{number}/lines/1").content.decode()
    printed = client.get(f"/po/{number}/print").content.decode()
    assert [part in printed for part in ("80.00", "5.00", "85.00", "已取消 10", "已取消 5")] == [True] * 5
    page = client.get(f"/po/{number}").content.decode()
    assert "已取消 10" in page
    assert "gd-bar-cancelled" in page


def test_dates_lie_on_one_axis_with_labels_apart() -> None:
    world = make_world()
    found = marks(trace(world.actor, followed_line(world), 1))
    assert {mark.kind for mark in found} == {"ordered", "required", "promised", "expected", "part", "today"}
    assert (found[0].at, found[-1].at) == (0, 100)
    near = [(a, b) for a in found for b in found if a is not b and abs(a.at - b.at) < 14]
    assert all(a.row != b.row for a, b in near)


def test_other_companies_and_colleagues_without_the_right() -> None:
    world = make_world()
    number = make_order(world, 3).number
    with pytest.raises(NotFound):
        trace(make_actor(), number, 1)
    with pytest.raises(NotFound):
        trace(world.actor, number, 9)
    with pytest.raises(Forbidden):
        trace(make_actor("catalog.view", company=Company.objects.get(pk=world.company_id)), number, 1)
