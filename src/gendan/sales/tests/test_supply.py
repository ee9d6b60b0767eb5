"""Sales lines wait for purchase lines: what is on the way is set aside, lands, shrinks, and is asked for again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gendan.catalog.models import ProductUnit, Unit
from gendan.catalog.tests import make as catalog
from gendan.inventory.rules import TransferLineIn
from gendan.inventory.tests import make as inventory
from gendan.kernel import jobs
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine, Requisition, RequisitionLine
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.requisitions import Pick, RequestIn
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands, tasks
from gendan.sales.models import Peg, SalesLine, SalesSettings
from gendan.sales.queries.drafts import draft_of as order_draft
from gendan.sales.queries.trace import trace
from gendan.sales.rules.draft import DraftLine
from gendan.sales.rules.lines import LineIn as SoldIn
from gendan.sales.tasks import request_missing
from gendan.sales.tests.make import World, line, make_order, with_stock
from gendan.sales.tests.make import make_world as sales_world

pytestmark = pytest.mark.django_db(transaction=True)


def make_world(bolts: int = 0) -> World:
    """The world of sales with the supplier S001."""
    world = sales_world(bolts)
    catalog.make_supplier(world.customer.company, "S001")
    return world


def buy(world: World, quantity: int, product: str = "BOLT", on: date = date(2026, 12, 1)) -> str:
    """An approved purchase order; its number."""
    wanted = LineIn(product, Decimal(quantity), Decimal(5), required_on=on)
    made = purchasing.create_order(actor=world.actor, supplier="S001", warehouse="MAIN", lines=[wanted], submit=True)
    return made.number


def bought(number: str) -> OrderLine:
    return OrderLine.objects.get(order__number=number)


def clean(world: World) -> bool:
    return not [found for _check, found in differences(world.actor.company_id) if found]


def coverage(number: str) -> tuple[Decimal, Decimal, Decimal]:
    """Reserved, pegged and requested of the first line."""
    found = line(number)
    return found.reserved, found.pegged, found.requested


def test_what_stock_lacks_is_taken_from_what_is_on_the_way_soonest_first() -> None:
    world = make_world(bolts=3)
    late, soon = buy(world, 100, on=date(2026, 12, 20)), buy(world, 4, on=date(2026, 12, 2))
    order = make_order(world, 10)
    assert coverage(order.number) == (3, 7, 0)
    assert (bought(soon).pegged, bought(late).pegged) == (4, 3)
    second = make_order(world, 200)
    assert coverage(second.number) == (0, 97, 0)
    assert second.data["short"][0]["quantity"] == "103"
    assert clean(world)


def test_goods_go_to_those_who_wait_for_them_even_when_others_ask_first() -> None:
    world = make_world()
    number = buy(world, 10)
    order = make_order(world, 6)
    other = make_order(world, 10)
    assert (coverage(order.number), coverage(other.number)) == ((0, 6, 0), (0, 4, 0))
    purchasing.receive_goods(actor=world.actor, order=number, lines=[ReceiveIn(1, Decimal(8))])
    assert (coverage(order.number), coverage(other.number)) == ((6, 0, 0), (2, 2, 0))
    assert bought(number).pegged == 2
    assert clean(world)


def test_the_expected_day_follows_goods_that_came_earlier_than_was_feared() -> None:
    world = make_world()
    today = world.actor.today()
    number = buy(world, 10, on=today + timedelta(days=20))
    order = make_order(world, 10)
    purchasing.revise_promise(
        actor=world.actor, number=number, line=1, expected_on=today + timedelta(days=40), note="停工"
    )
    assert line(order.number).expected_on == today + timedelta(days=40)
    purchasing.receive_goods(actor=world.actor, order=number)
    assert line(order.number).expected_on == line(order.number).promised_on == today + timedelta(days=20)
    assert clean(world)


def test_a_line_for_which_goods_came_is_not_lost_when_it_is_taken_out_of_its_order() -> None:
    world = make_world()
    wanted = LineIn("BOLT", Decimal(10), Decimal(5))
    made = purchasing.create_order(actor=world.actor, supplier="S001", warehouse="MAIN", lines=[wanted], submit=True)
    order = make_order(world, 10)
    purchasing.receive_goods(actor=world.actor, order=made.number, lines=[ReceiveIn(1, Decimal(4))])
    assert (coverage(order.number), line(order.number).promise_revision) == ((4, 6, 0), 0)
    opened = order_draft(world.actor, order.number)
    draft = replace(opened.draft, lines=(DraftLine("NUT", Decimal(1), Decimal(5)),))
    commands.update_order(actor=world.actor, number=order.number, draft=draft, version=opened.version)
    assert [(one.line_no, one.cancelled) for one in SalesLine.objects.order_by("line_no")] == [(1, 0), (2, 10)]
    assert clean(world)


def test_goods_under_inspection_are_still_on_the_way_and_rejected_ones_are_lost() -> None:
    world = make_world()
    world.stock.bolt.inspect = True
    world.stock.bolt.save()
    number = buy(world, 10)
    order = make_order(world, 10)
    received = purchasing.receive_goods(actor=world.actor, order=number)
    assert coverage(order.number) == (0, 10, 0)
    purchasing.inspect_receipt(actor=world.actor, number=received.number, lines=[InspectIn(1, Decimal(7), Decimal(3))])
    assert coverage(order.number) == (7, 0, 0)
    assert clean(world)


def test_an_order_that_is_closed_cancelled_or_refused_lets_its_customers_go() -> None:
    world = make_world()
    refused, closed, gone = buy(world, 5), buy(world, 5), buy(world, 5)
    order = make_order(world, 15)
    assert coverage(order.number) == (0, 15, 0)
    answer = [ConfirmIn(1, Decimal(2), date(2026, 12, 3)), ConfirmIn(1, Decimal(3), refused=True)]
    purchasing.confirm_order(actor=world.actor, number=refused, lines=answer)
    assert coverage(order.number) == (0, 12, 0)
    purchasing.close_order(actor=world.actor, number=closed, reason="停产")
    assert coverage(order.number) == (0, 7, 0)
    purchasing.cancel_order(actor=world.actor, number=gone)
    assert coverage(order.number) == (0, 2, 0)
    assert clean(world)


def test_what_is_taken_from_stock_meanwhile_is_not_waited_for_any_more() -> None:
    world = make_world()
    number = buy(world, 10)
    order = make_order(world, 10)
    assert coverage(order.number) == (0, 10, 0)
    with_stock(world, 6)
    commands.deliver_order(actor=world.actor, number=order.number)
    assert coverage(order.number) == (0, 4, 0)
    assert bought(number).pegged == 4
    commands.release_order(actor=world.actor, number=order.number, lines=[1])
    assert (coverage(order.number), bought(number).pegged) == ((0, 0, 0), 0)
    assert clean(world)


def test_a_shortage_is_requested_ordered_and_received_for_the_line_that_lacked_it() -> None:
    world = make_world(bolts=2)
    order, other = make_order(world, 10), make_order(world, 5)
    made = commands.request_shortage(actor=world.actor)
    assert (coverage(order.number), coverage(other.number)) == ((2, 0, 8), (0, 0, 5))
    assert commands.request_shortage(actor=world.actor).data["requisitions"] == []
    asked = RequisitionLine.objects.get()
    assert asked.quantity == 13
    number = made.data["requisitions"][0]["number"]
    if Requisition.objects.get().state == "pending_approval":
        purchasing.approve_requisition(actor=world.actor, number=number)
    ordered = purchasing.order_requisitions(
        actor=world.actor, lines=[Pick(number, 1, supplier="S001", unit_price=Decimal(5))]
    )
    assert coverage(order.number) == (2, 0, 8)
    purchasing.submit_order(actor=world.actor, number=ordered.number)
    assert (coverage(order.number), coverage(other.number)) == ((2, 8, 0), (0, 5, 0))
    purchasing.cancel_order(actor=world.actor, number=ordered.number)
    assert (coverage(order.number), coverage(other.number)) == ((2, 0, 8), (0, 0, 5))
    purchasing.cancel_requisition(actor=world.actor, number=number)
    assert (coverage(order.number), coverage(other.number)) == ((2, 0, 0), (0, 0, 0))
    assert not Peg.objects.filter(requisition_line__isnull=False)
    assert clean(world)


def test_neither_a_part_of_a_piece_nor_what_was_discontinued_keeps_the_rest_from_being_requested() -> None:
    world = make_world()
    half = Unit.objects.get(company=world.customer.company, code="BOX")
    ProductUnit.objects.create(product=world.stock.bolt, unit=half, factor=Decimal("0.5"), for_sale=True)
    lines = [SoldIn("BOLT", Decimal(3), Decimal(1), unit="BOX"), SoldIn("NUT", Decimal(2), Decimal(1))]
    order = commands.create_order(actor=world.actor, customer="C001", warehouse="MAIN", lines=lines, submit=True)
    world.stock.nut.is_active = False
    world.stock.nut.save()
    commands.request_shortage(actor=world.actor)
    assert (RequisitionLine.objects.get().quantity, coverage(order.number)) == (2, (0, 0, Decimal("1.5")))
    assert clean(world)


def test_what_is_bought_for_another_warehouse_is_nobodys() -> None:
    world = make_world()
    order = make_order(world, 10)
    made = commands.request_shortage(actor=world.actor)
    number = made.data["requisitions"][0]["number"]
    if Requisition.objects.get().state == "pending_approval":
        purchasing.approve_requisition(actor=world.actor, number=number)
    ordered = purchasing.order_requisitions(
        actor=world.actor, lines=[Pick(number, 1, supplier="S001", unit_price=Decimal(5))]
    )
    draft = draft_of(world.actor, ordered.number).draft
    purchasing.update_order(
        actor=world.actor, number=ordered.number, draft=replace(draft, warehouse="EAST"), version=ordered.version
    )
    purchasing.submit_order(actor=world.actor, number=ordered.number)
    assert (coverage(order.number), bought(ordered.number).pegged) == ((0, 0, 0), 0)
    purchasing.receive_goods(actor=world.actor, order=ordered.number)
    assert coverage(order.number) == (0, 0, 0)
    assert clean(world)


def test_a_requisition_that_asks_for_another_warehouse_serves_nobody_here() -> None:
    world = make_world()
    order = make_order(world, 10)
    number = commands.request_shortage(actor=world.actor).data["requisitions"][0]["number"]
    Requisition.objects.update(state="rejected")
    assert coverage(order.number) == (0, 0, 10)
    asked = RequestIn("BOLT", Decimal(10), id=RequisitionLine.objects.get().pk)
    version = Requisition.objects.get().version
    purchasing.update_requisition(actor=world.actor, number=number, warehouse="EAST", lines=[asked], version=version)
    assert coverage(order.number) == (0, 0, 0)
    assert clean(world)


def test_reserved_stock_follows_from_bin_to_bin_and_makes_way_for_a_loss() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10)
    inventory.transfer(world.stock, TransferLineIn("BOLT", Decimal(4), "A-01", "A-02"), post=True)
    assert coverage(order.number) == (10, 0, 0)
    assert inventory.on_hand(world.stock, "BOLT", "A-02") == 4
    inventory.adjust(world.stock, post=True)
    assert coverage(order.number) == (7, 0, 0)
    assert clean(world)


def test_a_reversed_receipt_takes_its_goods_from_those_who_waited_for_them() -> None:
    world = make_world()
    number = buy(world, 10)
    order = make_order(world, 10)
    received = purchasing.receive_goods(actor=world.actor, order=number)
    assert coverage(order.number) == (10, 0, 0)
    purchasing.reverse_receipt(actor=world.actor, number=received.number, reason="收错")
    assert coverage(order.number) == (0, 10, 0)
    assert clean(world)


def test_where_is_it_forgets_what_came_in_with_a_reversed_receipt() -> None:
    world = make_world()
    number = buy(world, 10)
    first, second = make_order(world, 4).number, make_order(world, 6).number

    def came() -> list[list[Decimal]]:
        return [
            [row["came"] for row in trace(world.actor, order, 1).purchases if row["came"]] for order in (first, second)
        ]

    receipts = [
        purchasing.receive_goods(actor=world.actor, order=number, lines=[ReceiveIn(1, Decimal(n))]).number
        for n in (5, 5)
    ]
    assert came() == [[4], [6]]
    purchasing.reverse_receipt(actor=world.actor, number=receipts[1], reason="收错")
    assert came() == [[4], [1]]
    purchasing.reverse_receipt(actor=world.actor, number=receipts[0], reason="收错")
    assert came() == [[], []]
    assert clean(world)


def test_what_is_missing_is_requested_by_the_clock_once() -> None:
    world = make_world()
    world.stock.nut.safety_stock = Decimal(40)
    world.stock.nut.save()
    SalesSettings.objects.create(company=world.customer.company, request_safety_stock=True, request_shortage=True)
    order = make_order(world, 10)
    assert coverage(order.number) == (0, 0, 10)
    for _ in range(2):
        request_missing(0)
    found = RequisitionLine.objects.order_by("id").values_list("product__code", "quantity")
    assert list(found) == [("BOLT", 10), ("NUT", 40)]
    number = buy(world, 15, "NUT")
    requested = Requisition.objects.get(lines__product__code="NUT")
    purchasing.cancel_requisition(actor=world.actor, number=requested.number)
    request_missing(0)
    assert RequisitionLine.objects.latest("id").quantity == 25, number
    assert clean(world)


def test_two_at_once_do_not_request_the_safety_stock_twice() -> None:
    world = make_world()
    world.stock.nut.safety_stock = Decimal(40)
    world.stock.nut.save()
    at_once(*[lambda: commands.request_safety_stock(actor=world.actor) for _ in range(4)])
    assert RequisitionLine.objects.get().quantity == 40


def test_everything_is_given_out_anew_some_products_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PRODUCTS_AT_ONCE", 1)
    world = make_world(bolts=5)
    order = make_order(world, 5, 5)
    commands.release_order(actor=world.actor, number=order.number)
    job = jobs.start(world.actor, "reallocate", "重新分配", "sales.reallocate_all")
    jobs.execute(job.pk, "sales.reallocate_all")
    assert coverage(order.number) == (5, 0, 0)


def test_stock_that_came_takes_the_place_of_a_request_when_somebody_asks() -> None:
    world = make_world()
    order = make_order(world, 10)
    commands.request_shortage(actor=world.actor)
    assert coverage(order.number) == (0, 0, 10)
    with_stock(world, 6)
    commands.reserve_order(actor=world.actor, number=order.number)
    assert coverage(order.number) == (6, 0, 4)
    assert clean(world)


def test_a_request_that_was_refused_is_not_waited_for() -> None:
    world = make_world()
    order = make_order(world, 10)
    weak = world.stock.colleague("sales.request_shortage")
    made = commands.request_shortage(actor=weak)
    assert made.data["requisitions"][0]["state"] == "pending_approval"
    number = made.data["requisitions"][0]["number"]
    purchasing.reject_requisition(actor=world.actor, number=number, reason="不买")
    assert coverage(order.number) == (0, 0, 0)
    assert clean(world)


def test_safety_stock_does_not_count_what_customers_wait_for_under_inspection() -> None:
    world = make_world()
    world.stock.bolt.inspect, world.stock.bolt.safety_stock = True, Decimal(20)
    world.stock.bolt.save()
    number = buy(world, 30)
    make_order(world, 25)
    purchasing.receive_goods(actor=world.actor, order=number)
    commands.request_safety_stock(actor=world.actor)
    assert RequisitionLine.objects.get().quantity == 15
    assert clean(world)
