"""What goes back and comes instead on the pages of orders and lines, over the API and in Excel files."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.purchasing import commands
from gendan.purchasing.queries.lines import LineFilter, open_lines
from gendan.purchasing.rules.returned import InsteadIn
from gendan.purchasing.tests.test_inspect_receipt import inspecting_world
from gendan.purchasing.tests.test_returns_to_supplier import back, rejected

pytestmark = pytest.mark.django_db


def sheet(client: Client, address: str) -> list[dict[str, Any]]:
    """The rows of a list's file by heading."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = list(load_workbook(BytesIO(content)).active.values)  # type: ignore[union-attr]
    return [dict(zip((str(name) for name in rows[0]), row, strict=True)) for row in rows[1:]]


def test_received_accepted_returned_and_replaced_stay_apart_everywhere() -> None:
    world = inspecting_world()
    order, receipt = rejected(world)
    web, program = signed_in_client(world.actor), api_client(world.actor)
    number = back(world, receipt, "4").number
    commands.post_return(actor=world.actor, number=number)
    day = world.actor.today() + timedelta(days=6)
    commands.promise_replacement(actor=world.actor, number=number, replace_on=day)
    commands.receive_replacement(actor=world.actor, number=number, lines=[InsteadIn(1, Decimal(1))])
    (shown,) = program.get(f"/purchase-orders/{order}").json()["lines"]
    names = ("received", "accepted", "rejected", "returned", "replaced")
    assert [shown[name] for name in names] == ["10", "6", "4", "4", "1"]
    page = web.get(f"/po/{order}").content.decode()
    assert all(word in page for word in ("已补", number, "登记了补货日期"))
    (listed,) = open_lines(world.actor, LineFilter(replacing=True)).items
    assert (listed["order_number"], listed["to_replace"], listed["outstanding"]) == (order, 3, 0)
    assert open_lines(world.actor).items == []
    assert "待补" in web.get("/lines/?only=replacing").content.decode()
    (found,) = program.get("/order-lines?replacing=true").json()["items"]
    assert (found["returned"], found["replaced"], found["to_replace"]) == ("4", "1", "3")
    traced = program.get(f"/order-lines/{order}/1/trace").json()
    assert (traced["counters"]["to_replace"], traced["returns"][0]["number"]) == ("3", number)
    assert "退货待补 3" in traced["answer"]
    assert day.isoformat() in traced["answer"]
    assert number in web.get(f"/po/{order}/lines/1").content.decode()
    (row,) = sheet(web, "/lines/?only=replacing&export=xlsx")
    assert [row[name] for name in ("已收", "合格", "不合格", "已退", "已补", "待补")] == [10, 6, 4, 4, 1, 3]


def test_returns_and_rejects_can_be_taken_away() -> None:
    world = inspecting_world()
    order, receipt = rejected(world)
    number = back(world, receipt, "3").number
    web = signed_in_client(world.actor)
    (row,) = sheet(web, "/rtv/?state=all&export=xlsx")
    assert (row["单号"], row["订单"], row["退货"], row["待补"], row["货值"]) == (number, order, 3, 0, 29.7)
    (left,) = sheet(web, "/rejects/?export=xlsx")
    assert (left["入库单"], left["可处理数量"]) == (receipt, 1)
    assert sheet(web, "/rtv/?q=没有这样的&export=xlsx") == []
