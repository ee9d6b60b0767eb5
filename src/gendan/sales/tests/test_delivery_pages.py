"""The pages of deliveries: list, one of them, picking by scan, packing, sending many, signing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.inventory.models import Balance
from gendan.kernel import jobs
from gendan.kernel.models import Job
from gendan.sales import commands
from gendan.sales.models import Delivery, DeliveryLine, Pick
from gendan.sales.queries.returns import refused_of
from gendan.sales.rules.signing import SignIn
from gendan.sales.tests.make import World, make_order, make_world
from gendan.web.workbench import my_day

pytestmark = pytest.mark.django_db


def client_of(world: World) -> Client:
    return signed_in_client(User.objects.get(pk=world.actor.user_id or 0))


def seen(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def posted(client: Client, path: str, **fields: Any) -> str:
    answer = client.post(path, fields, HTTP_HX_REQUEST="true")
    assert answer.status_code in {200, 204, 302}, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_delivery_is_planned_picked_packed_sent_and_signed_for_on_pages() -> None:
    world = make_world(bolts=30, nuts=30)
    client, order = client_of(world), make_order(world).number
    assert order in seen(client, f"/dn/new?order={order}")
    assert "/dn/new" in seen(client, "/so/")
    assert client.post("/dn/new", {"ids": [order]})["Location"] == f"/dn/new?order={order}"
    posted(
        client, "/dn/new", order=[order, order], line=["1", "2"], quantity=["10", "20"], carrier="顺丰", planned_on=""
    )
    number = Delivery.objects.get().number
    assert number in seen(client, "/dn/")
    assert number in seen(client, "/pick")
    assert b"".join(client.get("/dn/?export=xlsx").streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert "A-01" in seen(client, f"/pick?n={number}")
    assert 'data-scan="no"' in posted(client, "/pick/scan", code="NOTHING", number=number, bin="")
    assert "A-01" in posted(client, "/pick/scan", code="a-01", number=number, bin="")
    assert 'data-scan="ok"' in posted(client, "/pick/scan", code="BOLT", number=number, bin="A-01")
    assert "不从 A-02 拣" in posted(client, "/pick/scan", code="BOLT", number=number, bin="A-02")
    common = {"number": number, "bin": "A-01", "row_bin": "A-01", "lot": ""}
    assert "不能再拣" in posted(client, "/pick/count", product="BOLT", quantity="10", **common)
    posted(client, "/pick/count", product="BOLT", quantity="9", **common)
    told = posted(
        client, "/pick/short", delivery=number, product="NUT", quantity="5", reason="破损", elsewhere="1", **common
    )
    assert "退回订单 5" in told
    assert "已全部拣完" in posted(client, "/pick/count", product="NUT", quantity="15", **common)
    assert seen(client, f"/dn/{number}/pack")
    posted(
        client,
        f"/dn/{number}/pack",
        weight=["2.5", ""],
        parcel_tracking=["", "SF2"],
        quantity=["10", "0", "0", "15"],
        then="finish",
    )
    assert Delivery.objects.get().state == "packed"
    assert seen(client, f"/dn/{number}/ship")
    posted(client, f"/dn/{number}/ship", carrier="顺丰", tracking_number="SF1", shipped_on="", rest="")
    assert Balance.objects.get(product=world.stock.bolt).on_hand == 20
    assert seen(client, f"/dn/{number}/sign")
    posted(
        client,
        f"/dn/{number}/sign",
        line=["1", "2"],
        refused=["2", ""],
        short=["", "5"],
        why=["碰伤", "少一箱"],
        signed_by="王五",
        note="",
        signed_on="",
    )
    assert [(row.signed, row.refused, row.short) for row in DeliveryLine.objects.order_by("line_no")] == [
        (8, 2, 0),
        (10, 0, 5),
    ]
    assert "王五" in seen(client, f"/dn/{number}")


def test_many_leave_at_once_and_who_cannot_says_why() -> None:
    world = make_world(bolts=30)
    client = client_of(world)
    numbers = [
        commands.create_delivery(actor=world.actor, orders=[make_order(world, 5).number]).number for _ in range(3)
    ]
    commands.pick_goods(actor=world.actor, number=numbers[2], picks=[_bolt(1)])
    shown = seen(client, "/dn/ship?n=" + "&n=".join(numbers))
    assert all(number in shown for number in numbers)
    assert f"2 张还没有人拣货：{numbers[0]}、{numbers[1]}" in shown
    rows = {"then": "ship", "number": numbers, "carrier": ["顺丰"] * 3, "tracking_number": ["A", "B", "C"]}
    assert f"{numbers[0]} 还没有拣货" in posted(client, "/dn/ship", **rows, unpicked="leave")
    assert not Delivery.objects.filter(state="shipped").exists()
    told = posted(client, "/dn/ship", **rows, unpicked="send", shipped_on="")
    assert "还有 1 行没有拣完" in told
    assert list(Delivery.objects.order_by("id").values_list("state", "tracking_number")) == [
        ("shipped", "A"),
        ("shipped", "B"),
        ("picking", ""),
    ]


def test_a_wave_is_made_from_the_list() -> None:
    world = make_world(bolts=30)
    client = client_of(world)
    numbers = [
        commands.create_delivery(actor=world.actor, orders=[make_order(world, 5).number]).number for _ in range(2)
    ]
    posted(client, "/wv/new", ids=numbers)
    wave = Delivery.objects.first().wave  # type: ignore[union-attr]
    assert wave is not None
    assert wave.number in seen(client, "/wv/")
    assert "A-01" in seen(client, f"/wv/{wave.number}")
    assert all(number in seen(client, f"/pick?n={wave.number}") for number in numbers)
    posted(client, "/pick/count", number=wave.number, bin="", row_bin="A-01", lot="", product="BOLT", quantity="10")
    assert not Pick.objects.exclude(picked=5).exists()


def _bolt(quantity: int) -> Any:
    from decimal import Decimal

    from gendan.sales.steps.picking import PickIn

    return PickIn("BOLT", Decimal(quantity))


def test_the_keepers_day_says_what_is_to_be_picked_and_sent() -> None:
    world = make_world(bolts=30)
    numbers = [
        commands.create_delivery(actor=world.actor, orders=[make_order(world, 5).number]).number for _ in range(2)
    ]
    commands.pick_goods(actor=world.actor, number=numbers[1], all=True)
    shown = {part.title: [row.title for row in part.rows] for box in my_day(world.actor) for part in box.parts}
    assert shown["今天要拣的货"] == [numbers[0]]
    assert shown["已拣好，待出库"] == [numbers[1]]
    assert "今天要拣的货" in seen(client_of(world), "/")


def test_more_than_somebody_waits_for_is_sent_by_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gendan.sales.views.outbound.AT_ONCE", 1)
    world = make_world(bolts=30)
    numbers = [
        commands.create_delivery(actor=world.actor, orders=[make_order(world, 5).number]).number for _ in range(2)
    ]
    commands.cancel_delivery(actor=world.actor, number=numbers[1])
    posted(
        client_of(world),
        "/dn/ship",
        then="ship",
        number=numbers,
        carrier=["", ""],
        tracking_number=["A", "B"],
        unpicked="send",
        shipped_on="",
    )
    job, job_task = Job.objects.get(), "sales.ship_many"
    jobs.execute(job.pk, job_task)
    job.refresh_from_db()
    assert (job.state, len(job.result["remarks"])) == ("done", 1)
    assert Delivery.objects.get(number=numbers[0]).state == "shipped"


def test_after_a_refusal_the_goods_are_asked_back_before_anybody_speaks_of_money() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10).number
    delivery = commands.deliver_order(actor=world.actor, number=order).number
    lines = [SignIn(1, refused=Decimal(10), reason="破损")]
    commands.sign_delivery(actor=world.actor, number=delivery, lines=lines)
    client = client_of(world)
    shown = client.get(f"/so/{order}").content.decode()
    buttons = [tag.partition(">")[0] for tag in shown.split("<a ")]
    assert any(f"/rma/new?order={order}" in tag and "btn-primary" in tag for tag in buttons)
    assert "已收款" not in shown
    commands.request_return(actor=world.actor, lines=refused_of(world.actor, delivery), approve=True)
    shown = client.get(f"/so/{order}").content.decode()
    assert ("已收款" in shown, "完成订单" in shown) == (False, True)
