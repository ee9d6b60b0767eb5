"""From a request to an order and back: approval, many-to-many ordering, giving back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.models import Company
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.tests.make import make_actor, make_price, make_product, make_supplier, make_warehouse
from gendan.flow.errors import AmountLimitExceeded
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.errors import EmptyDocument, OverOrdered, ReasonRequired, UnknownLine
from gendan.purchasing.models import OrderLine, PurchaseOrder, Requisition, RequisitionAllocation, RequisitionLine
from gendan.purchasing.queries.names import usual_warehouse, warehouse_choices
from gendan.purchasing.queries.requisitions import open_lines
from gendan.purchasing.rules.requisitions import Pick, RequestIn
from gendan.purchasing.tests.make import World, make_world, receive

pytestmark = pytest.mark.django_db


def make_requisition(world: World, *quantities: str | int, submit: bool = True, **fields: Any) -> Done:
    products = ("BOLT", "NUT")
    lines = [
        RequestIn(products[n % 2], Decimal(q), required_on=date(2026, 12, 10 + n), supplier="S001")
        for n, q in enumerate(quantities or (10, 20))
    ]
    actor = fields.pop("actor", world.actor)
    return commands.create_requisition(
        actor=actor, warehouse="MAIN", lines=fields.pop("lines", lines), submit=submit, **fields
    )


def line(number: str, line_no: int = 1) -> RequisitionLine:
    return RequisitionLine.objects.get(requisition__number=number, line_no=line_no)


def state_of(number: str) -> str:
    return Requisition.objects.get(number=number).state


def priced_world() -> World:
    world = make_world()
    make_price(world.supplier, world.bolt, "2.50")
    make_price(world.supplier, world.nut, "1.00")
    return world


def colleague(world: World, *permissions: str, **fields: Any) -> Any:
    return make_actor(*permissions, company=Company.objects.get(pk=world.company_id), **fields)


def test_request_approve_order() -> None:
    world = priced_world()
    asked = make_requisition(world, 10, 20, reason="年度备件")
    assert asked.state == "approved"
    done = commands.order_requisitions(
        actor=world.actor, lines=[Pick(asked.number, 1), Pick(asked.number, 2, Decimal(5))]
    )
    assert done.data["orders"] == [{"number": done.number, "state": "draft", "supplier": "S001"}]
    order = PurchaseOrder.objects.get(number=done.number)
    assert order.gross == Decimal("30.00")
    assert [ln.required_on for ln in order.lines.order_by("line_no")] == [date(2026, 12, 10), date(2026, 12, 11)]
    assert state_of(asked.number) == "partly_ordered"
    assert (line(asked.number, 1).ordered, line(asked.number, 2).ordered) == (10, 5)
    commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 2)])
    assert state_of(asked.number) == "ordered"
    with pytest.raises(WrongState):
        commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 2)])


def test_one_order_line_serves_several_requests_and_gives_back_the_youngest_first() -> None:
    world = priced_world()
    first = make_requisition(world, 10)
    second = make_requisition(world, 6)
    order = commands.order_requisitions(
        actor=world.actor, lines=[Pick(first.number, 1), Pick(second.number, 1)], submit=True
    )
    served = OrderLine.objects.get(order__number=order.number)
    assert served.quantity == 16
    assert RequisitionAllocation.objects.filter(order_line=served).count() == 2
    receive(world, order.number, (1, "12"))
    commands.close_order(actor=world.actor, number=order.number, reason="停产")
    assert (line(first.number).ordered, line(second.number).ordered) == (10, 2)
    assert (state_of(first.number), state_of(second.number)) == ("ordered", "partly_ordered")
    commands.reopen_order(actor=world.actor, number=order.number)
    assert line(second.number).ordered == 6


def test_reopening_takes_only_what_nobody_else_ordered() -> None:
    world = priced_world()
    asked = make_requisition(world, 10)
    order = commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 1)], submit=True)
    commands.close_order(actor=world.actor, number=order.number, reason="停产")
    assert state_of(asked.number) == "approved"
    commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 1, Decimal(7))])
    commands.reopen_order(actor=world.actor, number=order.number)
    assert line(asked.number).ordered == 10
    shares = RequisitionAllocation.objects.order_by("id").values_list("quantity", "released")
    assert list(shares) == [(3, 7), (7, 0)]


def test_dates_can_be_merged_and_suppliers_make_orders_of_their_own() -> None:
    world = priced_world()
    make_price(make_supplier(world.company_id, "S002"), world.bolt, "2.40")
    lines = [RequestIn("BOLT", Decimal(4), required_on=date(2026, 12, d), supplier="S001") for d in (20, 5)]
    lines.append(RequestIn("BOLT", Decimal(3), supplier="S002"))
    asked = make_requisition(world, lines=lines)
    picks = [Pick(asked.number, n) for n in (1, 2, 3)]
    done = commands.order_requisitions(actor=world.actor, lines=picks, merge_dates=True)
    assert [o["supplier"] for o in done.data["orders"]] == ["S001", "S002"]
    merged = OrderLine.objects.get(order__number=done.data["orders"][0]["number"])
    assert (merged.quantity, merged.required_on) == (8, date(2026, 12, 5))


def test_a_price_for_more_than_is_wanted_suggests_nobody() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "0.28", from_quantity=Decimal(5000))
    make_price(make_supplier(world.company_id, "S002"), world.bolt, "0.30")
    make_requisition(world, lines=[RequestIn("BOLT", Decimal(100))])
    (found,) = open_lines(world.actor)
    assert (found["supplier"], found["suggested"], found["price"]) == ("S002", "cheapest", Decimal("0.30"))
    make_requisition(world, lines=[RequestIn("BOLT", Decimal(100), supplier="S001")])
    assert [row["price"] for row in open_lines(world.actor)] == [Decimal("0.30"), None]


def test_cancelling_the_order_frees_the_request() -> None:
    world = priced_world()
    asked = make_requisition(world, 10)
    order = commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 1)])
    commands.cancel_order(actor=world.actor, number=order.number)
    assert state_of(asked.number) == "approved"
    assert line(asked.number).ordered == 0


def test_what_cannot_be_ordered() -> None:
    world = make_world()
    asked = make_requisition(world, lines=[RequestIn("BOLT", Decimal(10))])
    run = commands.order_requisitions
    with pytest.raises(EmptyDocument):
        run(actor=world.actor, lines=[])
    with pytest.raises(Invalid) as refusal:
        run(actor=world.actor, lines=[Pick(asked.number, 1)])
    assert list(refusal.value.fields) == ["lines.0.supplier"]
    with pytest.raises(Invalid) as refusal:
        run(actor=world.actor, lines=[Pick(asked.number, 1, supplier="S001")])
    assert list(refusal.value.fields) == ["lines.0.unit_price"]
    with pytest.raises(OverOrdered):
        run(actor=world.actor, lines=[Pick(asked.number, 1, Decimal(11), "S001")])
    picks = [Pick(asked.number, 1, Decimal(6), "S001"), Pick(asked.number, 1, Decimal(6), "S001")]
    with pytest.raises(OverOrdered):
        run(actor=world.actor, lines=picks)
    with pytest.raises(UnknownLine):
        run(actor=world.actor, lines=[Pick(asked.number, 7, supplier="S001")])
    with pytest.raises(NotFound):
        run(actor=make_world().actor, lines=[Pick(asked.number, 1, supplier="S001")])
    draft = make_requisition(world, 10, submit=False)
    with pytest.raises(WrongState):
        run(actor=world.actor, lines=[Pick(draft.number, 1)])
    done = run(actor=world.actor, lines=[Pick(asked.number, 1, Decimal(4), "S001", Decimal("3.30"))])
    again = run(actor=world.actor, lines=[Pick(asked.number, 1, supplier="S001")])
    prices = OrderLine.objects.filter(order__number__in=[done.number, again.number]).values_list(
        "unit_price", flat=True
    )
    assert set(prices) == {Decimal("3.30")}


def test_approval_by_amount_reject_withdraw_and_change() -> None:
    world = priced_world()
    asker = colleague(
        world, "purchasing.create_requisition", "purchasing.submit_requisition", "purchasing.update_requisition"
    )
    asked = make_requisition(world, 1000, actor=asker)
    assert asked.state == "pending_approval"
    small = colleague(world, "purchasing.approve_requisition", limit="100")
    with pytest.raises(AmountLimitExceeded):
        commands.approve_requisition(actor=small, number=asked.number)
    with pytest.raises(ReasonRequired):
        commands.reject_requisition(actor=world.actor, number=asked.number)
    commands.reject_requisition(actor=world.actor, number=asked.number, reason="太多")
    change = {"actor": asker, "number": asked.number, "warehouse": "MAIN", "lines": [RequestIn("NUT", Decimal(5))]}
    with pytest.raises(Stale):
        commands.update_requisition(**change, version=1)
    assert commands.update_requisition(**change, submit=True).state == "pending_approval"
    assert RequisitionLine.objects.filter(requisition__number=asked.number).count() == 1
    assert commands.withdraw_requisition(actor=asker, number=asked.number).state == "draft"
    commands.submit_requisition(actor=asker, number=asked.number)
    assert commands.approve_requisition(actor=small, number=asked.number).state == "approved"
    with pytest.raises(WrongState):
        commands.update_requisition(**change)


def test_cancel_copy_delete() -> None:
    world = priced_world()
    asked = make_requisition(world, 10, 20)
    commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 1, Decimal(4))])
    assert commands.cancel_requisition(actor=world.actor, number=asked.number, reason="计划变更").state == "ordered"
    assert [line(asked.number, n).cancelled for n in (1, 2)] == [6, 20]
    copied = commands.copy_requisition(actor=world.actor, number=asked.number)
    assert copied.state == "draft"
    assert line(copied.number, 2).quantity == 20
    with pytest.raises(Forbidden):
        commands.delete_requisition(actor=colleague(world), number=copied.number)
    commands.delete_requisition(actor=world.actor, number=copied.number)
    assert not Requisition.objects.filter(number=copied.number).exists()
    assert commands.cancel_requisition(actor=world.actor, number=make_requisition(world, 3).number).state == "cancelled"


def test_every_wrong_field_is_named_at_once() -> None:
    world = make_world()
    lines = [RequestIn("BOLT", Decimal(0)), RequestIn("NOPE", Decimal(1)), RequestIn("NUT", Decimal("1.5"), "XX")]
    with pytest.raises(Invalid) as refusal:
        commands.create_requisition(actor=world.actor, warehouse="MAIN", lines=lines)
    assert {"lines.0.quantity", "lines.1.product", "lines.2.unit"} <= set(refusal.value.fields)
    with pytest.raises(Invalid):
        commands.create_requisition(actor=world.actor, warehouse="NOPE", lines=lines)
    with pytest.raises(Invalid):
        commands.create_requisition(
            actor=world.actor, warehouse="MAIN", lines=[RequestIn("BOLT", Decimal(1), supplier="NOPE")]
        )


VERBS = ["submit", "approve", "reject", "withdraw", "cancel", "delete", "copy"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_checks_right_and_company(verb: str) -> None:
    world = make_world()
    asked = make_requisition(world, 10, submit=False)
    run = getattr(commands, f"{verb}_requisition")
    with pytest.raises(Forbidden):
        run(actor=colleague(world, "purchasing.view"), number=asked.number)
    with pytest.raises(NotFound):
        run(actor=make_world().actor, number=asked.number)
    if verb != "copy":
        with pytest.raises(Stale):
            run(actor=world.actor, number=asked.number, version=99)


def test_the_number_of_statements_does_not_depend_on_the_number_of_lines() -> None:
    world = priced_world()
    for n in range(200):
        make_price(world.supplier, make_product(world.company_id, f"X{n:03d}"), "1")

    def counts(size: int) -> list[int]:
        lines = [RequestIn(f"X{n:03d}", Decimal(1 + n), supplier="S001") for n in range(size)]
        found = []
        with CaptureQueriesContext(connection) as queries:
            asked = make_requisition(world, lines=lines, submit=True)
        found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            picks = [Pick(asked.number, n + 1) for n in range(size)]
            order = commands.order_requisitions(actor=world.actor, lines=picks, submit=True)
        found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            commands.close_order(actor=world.actor, number=order.number, reason="停产")
        found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            commands.reopen_order(actor=world.actor, number=order.number)
        found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            commands.cancel_order(actor=world.actor, number=order.number)
        found.append(len(queries))
        return found

    assert counts(2) == counts(200)
    assert counts(2) == [11, 15, 11, 11, 11]


def test_a_new_form_starts_with_the_warehouse_asked_for_last() -> None:
    world = make_world()
    company = Company.objects.get(pk=world.company_id)
    make_warehouse(company, "ABROAD")
    choices = warehouse_choices(world.actor)
    assert usual_warehouse(world.actor, choices) == ""
    commands.create_requisition(actor=world.actor, warehouse="MAIN", lines=[RequestIn("BOLT", Decimal(1))])
    other = make_actor(company=company, username="other")
    assert usual_warehouse(other, choices) == "MAIN"
    commands.create_requisition(actor=other, warehouse="ABROAD", lines=[RequestIn("BOLT", Decimal(1))])
    assert (usual_warehouse(other, choices), usual_warehouse(world.actor, choices)) == ("ABROAD", "MAIN")
    page = signed_in_client(world.actor).get("/pr/new").content.decode()
    assert re.search(r'<option value="MAIN"[^>]* selected', page)


def test_who_may_not_approve_as_much_sees_why_and_no_button() -> None:
    world = priced_world()
    asking = colleague(world, "purchasing.create_requisition", "purchasing.submit_requisition", limit=0)
    number = make_requisition(world, 1000, actor=asking).number
    rights = ("purchasing.view", "purchasing.view_price", "purchasing.approve_requisition")
    small, large = (colleague(world, *rights, limit=limit) for limit in (2000, 3000))
    page = signed_in_client(small).get(f"/pr/{number}").content.decode()
    assert f"/pr/{number}/do/approve" not in page
    assert "超过您的审批上限 2,000.00，请由额度更高的人审批。" in page
    assert f"/pr/{number}/do/approve" in signed_in_client(large).get(f"/pr/{number}").content.decode()
    assert "2.50" in page  # the price that the estimate is made of
