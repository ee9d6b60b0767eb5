"""Quotations: offered, changed, sent, ordered from in parts at their prices, lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import PartnerAddress, Product, SalesPrice, Tax
from gendan.kernel.errors import Forbidden, Invalid, WrongState
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing.errors import ReasonRequired, UnknownLine
from gendan.purchasing.tests.test_order_races import at_once
from gendan.sales import commands
from gendan.sales.errors import NothingLeftToOrder, OverQuoted, QuotationExpired, ReviewStopped
from gendan.sales.models import Quotation, ReviewRule, SalesLine, SalesOrder
from gendan.sales.queries.agenda import waiting
from gendan.sales.queries.quotations import quotation_detail, quote_draft
from gendan.sales.queries.review import look_at_offer
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.quotation import OrderedIn
from gendan.sales.tests.make import World, make_world

pytestmark = pytest.mark.django_db
LINES = [LineIn("BOLT", Decimal(10), Decimal("9.90"), discount=Decimal(5)), LineIn("NUT", Decimal(20), Decimal(1))]


def quote(world: World, **fields: Any) -> Done:
    given: dict[str, Any] = {"actor": world.actor, "customer": "C001", "warehouse": "MAIN", "lines": LINES} | fields
    return commands.create_quotation(**given)


def order(world: World, number: str, *lines: tuple[int, int], **fields: Any) -> Done:
    asked = [OrderedIn(line, Decimal(quantity)) for line, quantity in lines] or None
    return commands.order_quotation(actor=world.actor, number=number, lines=asked, **fields)


def state(number: str) -> str:
    return Quotation.objects.get(number=number).state


def test_an_offer_is_ordered_in_parts_at_its_prices() -> None:
    world = make_world(bolts=10, nuts=20)
    bolt = world.stock.bolt
    tax = Tax.objects.create(company_id=world.actor.company_id, code="Q6", name="6%", rate=6)
    PartnerAddress.objects.create(
        company_id=world.actor.company_id,
        partner=world.customer,
        code="A",
        name="一厂",
        address="南山",
        is_default=True,
    )
    number = quote(world, lines=[replace(LINES[0], tax="Q6"), LINES[1]]).number
    commands.send_quotation(actor=world.actor, number=number)
    SalesPrice.objects.create(
        company_id=world.actor.company_id, product=bolt, unit_id=bolt.unit_id, currency="CNY", price=Decimal(99)
    )
    PartnerAddress.objects.update(address="搬走了")
    first = order(world, number, (1, 4), submit=True, customer_reference="KH-1")
    assert (first.state, first.data["quotation"], state(number)) == ("to_ship", number, "won")
    line = SalesLine.objects.get(order__number=first.number)
    assert (line.unit_price, line.discount, line.tax_rate, line.reserved) == (Decimal("9.90"), 5, tax.rate, 4)
    assert SalesOrder.objects.get(number=first.number).ship_to_address == "南山"
    with pytest.raises(OverQuoted):
        order(world, number, (1, 7))
    rest = order(world, number)
    assert [line.quantity for line in SalesLine.objects.filter(order__number=rest.number)] == [6, 20]
    with pytest.raises(NothingLeftToOrder):
        order(world, number)
    commands.cancel_order(actor=world.actor, number=first.number, reason="不要了")
    assert [line["open"] for line in quotation_detail(world.actor, number).lines] == [4, 0]
    again = order(world, number)
    assert SalesLine.objects.get(order__number=again.number).quantity == 4
    assert not any(found for _check, found in differences(world.actor.company_id))


def test_what_no_longer_holds_is_not_ordered() -> None:
    world = make_world()
    today = world.actor.today()
    number = quote(world, quoted_on=today - timedelta(days=9), valid_to=today - timedelta(days=1)).number
    for run in (commands.order_quotation, commands.send_quotation):
        with pytest.raises(QuotationExpired):
            run(actor=world.actor, number=number)
    draft = quote_draft(world.actor, number).draft
    commands.update_quotation(actor=world.actor, number=number, draft=replace(draft, valid_to=today))
    assert order(world, number).state == "draft"
    with pytest.raises(WrongState):
        commands.update_quotation(actor=world.actor, number=number, draft=draft)
    with pytest.raises(Invalid):
        quote(world, valid_to=today - timedelta(days=1))


def test_a_change_makes_a_draft_again_and_keeps_what_is_not_seen() -> None:
    world = make_world()
    number = quote(world).number
    commands.send_quotation(actor=world.actor, number=number)
    clerk = world.stock.colleague("sales.update_quotation", "sales.create_order", "sales.view")
    draft = quote_draft(clerk, number).draft
    blind = replace(draft, lines=(replace(draft.lines[0], quantity=Decimal(12), unit_price=None, discount=None),))
    commands.update_quotation(actor=clerk, number=number, draft=blind, version=2)
    detail = quotation_detail(world.actor, number)
    assert [(line["quantity"], line["unit_price"], line["discount"]) for line in detail.lines] == [
        (12, Decimal("9.90"), 5)
    ]
    assert (detail.header["state"], detail.header["gross"]) == ("draft", Decimal("112.86"))
    assert quotation_detail(clerk, number).header["gross"] is None
    with pytest.raises(Forbidden):
        order(replace_actor(world, clerk), number, submit=True)


def replace_actor(world: World, actor: Any) -> World:
    return World(replace_stock(world, actor), world.customer)


def replace_stock(world: World, actor: Any) -> Any:
    return replace(world.stock, actor=actor)


def test_lost_and_cancelled_say_why() -> None:
    world = make_world()
    number = quote(world).number
    with pytest.raises(WrongState):
        commands.lose_quotation(actor=world.actor, number=number, reason="贵")
    commands.send_quotation(actor=world.actor, number=number)
    with pytest.raises(ReasonRequired):
        commands.lose_quotation(actor=world.actor, number=number)
    commands.lose_quotation(actor=world.actor, number=number, reason="贵")
    assert Quotation.objects.get().decision_note == "贵"
    order(world, number, (2, 5))
    assert state(number) == "won"
    copy = commands.copy_quotation(actor=world.actor, number=number)
    commands.cancel_quotation(actor=world.actor, number=copy.number)
    with pytest.raises(WrongState):
        order(world, copy.number)
    with pytest.raises(UnknownLine):
        order(world, number, (3, 1))


def test_an_order_out_of_a_quotation_is_reviewed_like_any_other() -> None:
    world = make_world()
    ReviewRule.objects.create(company_id=world.actor.company_id, code="no_address", answer="stop")
    number = quote(world).number
    with pytest.raises(ReviewStopped):
        order(world, number, submit=True)
    assert (state(number), SalesOrder.objects.count()) == ("draft", 0)
    assert order(world, number).state == "draft"


def test_the_statements_do_not_depend_on_the_lines() -> None:
    world = make_world()
    counts = []
    for lines in (1, 50):
        with CaptureQueriesContext(connection) as asked:
            number = quote(world, lines=LINES[:1] * lines).number
            commands.update_quotation(actor=world.actor, number=number, draft=quote_draft(world.actor, number).draft)
            quotation_detail(world.actor, number)
            order(world, number)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_orders_at_once_take_no_more_than_was_offered() -> None:
    world = make_world()
    number = quote(world).number
    at_once(*[lambda: order(world, number, (1, 3)) for _ in range(6)])
    assert sum(line.quantity for line in SalesLine.objects.all()) == 9


def test_ones_own_offers_that_end_soon_are_named() -> None:
    world = make_world()
    today = world.actor.today()
    numbers = [quote(world, valid_to=today + timedelta(days=days)).number for days in (2, 9)]
    for number in numbers:
        commands.send_quotation(actor=world.actor, number=number)
    found = waiting(world.actor, "quotations_to_follow")
    assert [row["number"] for row in found.rows] == numbers[:1]
    assert waiting(world.stock.colleague("sales.view"), "quotations_to_follow").count == 0


def test_an_offer_says_what_its_order_would_meet() -> None:
    world = make_world()
    Product.objects.filter(code="BOLT").update(standard_cost=20)
    number = quote(world, lines=LINES[:1]).number
    assert [found["rule"] for found in look_at_offer(world.actor, number)] == ["below_cost", "margin"]
    shown = signed_in_client(world.stock.colleague("sales.view")).get(f"/qu/{number}").content.decode()
    assert "BOLT 低于成本" in shown
    assert "20）" not in shown
