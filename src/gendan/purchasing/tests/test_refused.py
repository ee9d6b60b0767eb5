"""What a supplier refused is seen where the line stands, and has a way on."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from gendan.purchasing import commands
from gendan.purchasing.queries.order_detail import order_detail
from gendan.purchasing.queries.receiving import lines_to_receive
from gendan.purchasing.queries.shipments import shipment_list, shippable_lines
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests.make import World, make_order, make_world, receive
from gendan.purchasing.tests.test_order_api import client_of as api_of
from gendan.purchasing.tests.test_order_pages import client_of, text
from gendan.purchasing.views import order_parts

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 3)


def refused_order(world: World) -> str:
    """12,000 of which 3,000 are refused, and a line that is refused whole."""
    number = make_order(world, 12000, 345).number
    lines = [
        ConfirmIn(1, Decimal(9000), DAY),
        ConfirmIn(1, Decimal(3000), None, True, "产能不足"),
        ConfirmIn(2, refused=True, note="停产"),
    ]
    commands.confirm_order(actor=world.actor, number=number, lines=lines)
    return number


def test_a_refusal_is_marked_and_leads_to_another_supplier() -> None:
    world = make_world()
    number = refused_order(world)
    browser = client_of(world)
    page = text(browser.get(f"/po/{number}"))
    assert "供应商拒绝：第 1 行 3,000 件、第 2 行 345 件。" in page
    assert page.count("gd-bar-no") == 2
    assert "拒绝 3,000" in text(browser.get("/lines/"))
    assert "3,000" in text(browser.get(f"/po/{number}/lines/1"))
    form = text(browser.get(f"/po/new?refused={number}"))
    rows = json.loads(html.unescape(re.findall(r'data-lines="([^"]*)"', form)[0]))
    assert [(row["product"], row["quantity"]) for row in rows] == [("BOLT", "3000"), ("NUT", "345")]
    lines = api_of(world).get(f"/purchase-orders/{number}").json()["lines"]
    assert [line["refused"] for line in lines] == ["3000", "345"]
    found = api_of(world).get("/order-lines").json()["items"]
    assert [line["refused"] for line in found] == ["345", "3000"]
    assert api_of(world).get(f"/order-lines/{number}/1/trace").json()["counters"]["refused"] == "3000"


def test_the_desk_and_the_next_shipment_do_not_expect_what_was_refused() -> None:
    world = make_world()
    number = refused_order(world)
    rows = lines_to_receive(world.actor, order=number)
    assert [(row["suggested"], row["most"], row["refused"]) for row in rows] == [(9000, 12000, 3000), (0, 345, 345)]
    assert "供应商拒绝" in text(client_of(world).get(f"/receive?order={number}"))
    assert [row["suggested"] for row in shippable_lines(world.actor, orders=[number])] == [9000, 0]
    assert text(client_of(world).get(f"/shipments/new?order={number}")).count("gd-bar-no") == 2
    receive(world, number, (1, "10000"))
    rows = lines_to_receive(world.actor, order=number)
    assert [(row["suggested"], row["refused"]) for row in rows] == [(0, 2000), (0, 345)]


def test_a_refusal_is_not_turned_into_a_yes_in_passing() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    commands.confirm_order(actor=world.actor, number=number, lines=[ConfirmIn(1, refused=True)])
    page = text(client_of(world).get(f"/po/{number}"))
    assert "供应商拒绝过的数量也会登记为同意：第 1 行 10 件。" in page
    dialog = page.split('id="confirmation"')[1]
    assert 'name="all"' not in dialog
    assert (dialog.count('value="none" selected'), dialog.count("不变")) == (1, 1)


def test_what_came_in_after_all_is_not_refused_any_more() -> None:
    world = make_world()
    number = refused_order(world)
    receive(world, number, (1, "12000"), (2, "345"))
    assert order_parts.refusals(order_detail(world.actor, number)) == []
    assert "gd-bar-no" not in text(client_of(world).get(f"/po/{number}"))


def test_quantities_of_different_products_are_not_added() -> None:
    world = make_world()
    number = refused_order(world)
    notes = {step["label"]: step["note"] for step in order_parts.steps(order_detail(world.actor, number))}
    assert (notes["供应商确认"], notes["入库"]) == ("0 / 2 行", "0 / 2 行")
    one = make_order(world, lines=[LineIn("BOLT", Decimal(12000), Decimal(1))]).number
    receive(world, one, (1, "1500.0"))
    steps = {step["label"]: step for step in order_parts.steps(order_detail(world.actor, one))}
    assert steps["入库"]["note"] == "1,500 / 12,000 件"
    assert "10,500 件未交" in text(client_of(world).get(f"/po/{one}"))


def test_the_step_of_the_supplier_tells_when_he_answered() -> None:
    world = make_world()
    number = make_order(world, 10).number
    later = timezone.localdate() + timedelta(days=40)
    commands.confirm_order(actor=world.actor, number=number, lines=[ConfirmIn(1, promised_on=later)])
    steps = {step["label"]: step for step in order_parts.steps(order_detail(world.actor, number))}
    assert timezone.localdate(steps["供应商确认"]["date"]) == timezone.localdate()


def test_the_list_of_shipments_tells_a_share_not_a_sum_of_pieces_and_boxes() -> None:
    world = make_world()
    order = make_order(world, 10, 20).number
    asn = commands.create_shipment(actor=world.actor, orders=[order], shipped_on=timezone.localdate()).number
    commands.receive_goods(actor=world.actor, shipment=asn, lines=[ReceiveIn(1, Decimal(10), order)])
    assert shipment_list(world.actor).items[0]["share"] == Decimal("0.5")
    page = text(client_of(world).get("/shipments/"))
    assert "gd-bar-track" not in page
    assert "50" in page
    assert "1 / 2 行" in text(client_of(world).get(f"/asn/{asn}"))


def test_more_of_one_line_does_not_complete_another() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    receive(world, number, (1, "30"), over=True)
    steps = {step["label"]: step["state"] for step in order_parts.steps(order_detail(world.actor, number))}
    assert steps["入库"] == "part"


def test_a_remark_is_written_on_the_page() -> None:
    world = make_world()
    number = make_order(world, 10).number
    browser = client_of(world)
    assert f"/po/{number}/lines/1/note" in text(browser.get(f"/po/{number}"))
    assert browser.post(f"/po/{number}/lines/1/note", {"note": " 分两箱 "}).status_code == 302
    page = text(browser.get(f"/po/{number}"))
    assert "data-note-text>分两箱<" in page
    assert "第 1 行：分两箱" in page
    assert "/note" not in text(client_of(world, "purchasing.view").get(f"/po/{number}"))
