"""Where is it, in both directions: from the request to the customer's signature, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import api_client, make_stranger, signed_in_client
from gendan.kernel.errors import NotFound
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import Requisition, RequisitionLine
from gendan.purchasing.queries.trace import trace as purchase_trace
from gendan.purchasing.queries.waiting import waiters
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.requisitions import Pick
from gendan.sales import commands
from gendan.sales.queries.trace import answer, trace
from gendan.sales.tests.make import World, make_order
from gendan.sales.tests.test_supply import buy, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def told(world: World, number: str, line: int = 1) -> str:
    return answer(trace(world.actor, number, line))


def test_a_line_is_followed_from_what_it_waits_for_to_the_signature_and_back() -> None:
    world = make_world(3)
    bought = buy(world, 7, on=date(2026, 12, 2))
    order = make_order(world, 10).number
    assert told(world, order) == f"还差 10 件未发：3 件现货已锁定，7 件随 {bought} 预计 2026-12-02 到。"
    (behind,) = purchase_trace(world.actor, bought, 1).waiting
    assert (behind.order, behind.line, behind.customer, behind.waiting, behind.came) == (order, 1, "C001", 7, 0)
    receipt = purchasing.receive_goods(actor=world.actor, order=bought, lines=[ReceiveIn(1, Decimal(7))]).number
    sent = commands.deliver_order(actor=world.actor, number=order, carrier="顺丰", tracking_number="SF9").number
    assert told(world, order) == f"已全部发出，{sent} 顺丰 SF9 待签收。"
    commands.sign_delivery(actor=world.actor, number=sent, signed_by="王五")
    found = trace(world.actor, order, 1)
    assert answer(found) == "已全部签收。"
    assert [(row["number"], row["waiting"], row["came"]) for row in found.purchases] == [(bought, 0, 7)]
    assert [row["number"] for row in found.receipts] == [receipt]
    assert [(row["number"], row["signed_by"]) for row in found.deliveries] == [(sent, "王五")]
    (behind,) = purchase_trace(world.actor, bought, 1).waiting
    assert (behind.waiting, behind.came, behind.sent[0].number, behind.sent[0].signed_by) == (0, 7, sent, "王五")


def test_a_request_leads_to_the_customers_that_it_was_made_for_at_every_stage() -> None:
    world = make_world()
    order = make_order(world, 10).number
    commands.request_shortage(actor=world.actor, numbers=[order])
    wish = RequisitionLine.objects.select_related("requisition").get()
    request = wish.requisition.number
    assert told(world, order) == "还差 10 件未发：10 件已申请采购。"

    def served() -> tuple[str, Decimal, Decimal]:
        (behind,) = waiters(world.actor, "requisition", [wish.pk])
        return behind.order, behind.waiting, behind.came

    assert served() == (order, 10, 0)
    if Requisition.objects.get().state == "pending_approval":
        purchasing.approve_requisition(actor=world.actor, number=request)
    bought = purchasing.order_requisitions(
        actor=world.actor, lines=[Pick(request, 1, supplier="S001", unit_price=Decimal(5))]
    ).number
    purchasing.submit_order(actor=world.actor, number=bought)
    assert served() == (order, 10, 0)
    assert [row["number"] for row in trace(world.actor, order, 1).requisitions] == [request]
    purchasing.receive_goods(actor=world.actor, order=bought)
    assert served() == (order, 0, 10)
    client = signed_in_client(world.actor)
    assert order in client.get(f"/pr/{request}").content.decode()


def test_pages_and_api_say_the_same_in_a_fixed_number_of_statements() -> None:
    world = make_world(3)
    bought = buy(world, 100, on=date(2026, 12, 2))
    order = make_order(world, 10).number
    client = signed_in_client(world.actor)
    assert bought in client.get(f"/so/{order}/lines/1").content.decode()
    assert order in client.get(f"/po/{bought}/lines/1").content.decode()
    found = api_client(world.actor).get(f"/sales-orders/{order}/lines/1/trace").json()
    assert (found["reserved"], found["pegged"], found["purchases"][0]["number"]) == ("3", "7", bought)
    behind = api_client(world.actor).get(f"/order-lines/{bought}/1/trace").json()["waiting"]
    assert [(w["order"], w["waiting"]) for w in behind] == [(order, "7")]

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            trace(world.actor, order, 1)
            purchase_trace(world.actor, bought, 1)
        return len(asked)

    before = statements()
    for _n in range(5):
        make_order(world, 2)
    assert statements() == before


def test_who_may_not_see_sales_sees_no_customers_and_strangers_see_nothing() -> None:
    world = make_world()
    bought = buy(world, 100)
    order = make_order(world, 10).number
    wish = make_order(world, 90, 5).number
    commands.request_shortage(actor=world.actor, numbers=[wish])
    seller = replace(world.actor, permissions=frozenset({"sales.view"}))
    (behind,) = trace(seller, order, 1).purchases
    assert (behind["number"], behind["supplier"], behind["supplier_name"]) == (bought, "", "")
    assert behind["due_on"] == trace(world.actor, order, 1).purchases[0]["due_on"]
    askers = [trace(actor, wish, 2).requisitions[0]["requester"] for actor in (world.actor, seller)]
    assert (askers[0] != "", askers[1]) == (True, "")
    buyer = replace(world.actor, permissions=frozenset({"purchasing.view"}))
    assert purchase_trace(buyer, bought, 1).waiting == []
    with pytest.raises(NotFound):
        trace(make_stranger(), order, 1)
    with pytest.raises(NotFound):
        trace(world.actor, order, 9)


def test_the_receiving_desk_says_for_whom_goods_were_kept() -> None:
    world = make_world()
    bought = buy(world, 12, on=date(2026, 12, 2))
    first, second = (make_order(world, 4).number for _ in range(2))
    counted = {"document_order": bought, "order": bought, "line": "1", "quantity": "5", "lot": "", "bin": ""}
    said = signed_in_client(world.actor).post("/receive/book", {**counted, "_key": "k1"}).content.decode()
    assert "已为客户留货" in said
    assert f"/so/{first}" in said
    assert f"/so/{second}" in said
