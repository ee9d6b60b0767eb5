"""The review: what it finds, who may pass over it, what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.models import Membership
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import Partner, PartnerAddress, Product, SalesPrice
from gendan.kernel.actor import Actor
from gendan.sales import commands
from gendan.sales.errors import FindingsChanged, ReviewStopped
from gendan.sales.models import Delivery, ReviewRule, SalesOrder, SalesSettings
from gendan.sales.queries.review import look
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.signing import SignIn
from gendan.sales.tests.make import World, line, make_order, make_world, reserved, with_stock

pytestmark = pytest.mark.django_db


def decide(world: World, code: str, answer: str, threshold: int | None = None) -> None:
    ReviewRule.objects.update_or_create(
        company_id=world.actor.company_id, code=code, defaults={"answer": answer, "threshold": threshold}
    )


def findings(number: str) -> dict[str, str]:
    return {f["rule"]: f["answer"] for f in SalesOrder.objects.get(number=number).findings}


def limit(amount: int | None) -> None:
    Partner.objects.filter(code="C001").update(credit_limit=amount)


def seller(world: World, *more: str) -> Actor:
    """Somebody who may approve any amount, but not pass over what was found."""
    may = ("sales.create_order", "sales.submit_order", "sales.approve_order", *more)
    return replace(world.stock.colleague(*may), amount_limit=None)


def test_orders_beyond_the_credit_limit_wait_for_somebody_who_has_read_it() -> None:
    world = make_world(bolts=100)
    limit(150)
    clerk = seller(world)
    first = make_order(world, 10, actor=clerk)  # 99.00
    assert (first.state, findings(first.number)) == ("to_ship", {"no_address": "warn"})
    second = make_order(world, 10, actor=clerk)
    assert (second.state, findings(second.number)["credit_limit"]) == ("pending_review", "approve")
    assert reserved(world) == 10
    assert make_order(world, 10).state == "to_ship"  # the right to pass over findings
    commands.approve_order(actor=clerk, number=second.number)
    assert reserved(world) == 30


def test_what_was_found_since_is_not_let_pass_unread() -> None:
    world = make_world(bolts=100)
    limit(150)
    weak = world.stock.colleague("sales.create_order", "sales.submit_order")
    first, second = (make_order(world, 10, actor=weak) for _ in range(2))
    assert "credit_limit" not in findings(second.number)
    commands.approve_order(actor=seller(world), number=first.number)
    with pytest.raises(FindingsChanged) as refusal:
        commands.approve_order(actor=seller(world), number=second.number)
    assert "99" not in str(refusal.value)  # no amounts for who may not see prices
    commands.approve_order(actor=seller(world), number=second.number, seen=["credit_limit"])
    assert SalesOrder.objects.filter(state="to_ship").count() == 2


def test_who_was_shown_nothing_does_not_let_a_finding_pass_that_came_back() -> None:
    world = make_world(bolts=100)
    limit(5)
    number = make_order(world, 10, actor=seller(world)).number
    assert "credit_limit" in findings(number)
    browser = signed_in_client(world.actor)
    answer = browser.post(f"/so/{number}/do/approve", {"seen": "", "version": "1"})
    assert answer.status_code == 409
    assert SalesOrder.objects.get(number=number).state == "pending_review"
    browser.post(f"/so/{number}/do/approve", {"seen": "credit_limit", "version": "1"})
    assert SalesOrder.objects.get(number=number).state == "to_ship"


def test_what_the_company_forbids_nobody_does() -> None:
    world = make_world(bolts=100)
    decide(world, "credit_limit", "stop")
    limit(0)
    with pytest.raises(ReviewStopped) as refusal:
        make_order(world, 10, customer_reference="KH-7")
    assert "KH-7" in str(refusal.value)
    assert "99" in str(refusal.value)
    assert not SalesOrder.objects.exists()
    draft = make_order(world, 10, submit=False)
    with pytest.raises(ReviewStopped):
        commands.submit_order(actor=world.actor, number=draft.number)
    decide(world, "credit_limit", "off")
    assert commands.submit_order(actor=world.actor, number=draft.number).state == "to_ship"
    assert "credit_limit" not in findings(draft.number)


def test_settled_and_cancelled_orders_free_the_credit() -> None:
    world = make_world(bolts=100)
    limit(100)
    order = make_order(world, 10)
    sent = commands.deliver_order(actor=world.actor, number=order.number)
    assert "credit_limit" in findings(make_order(world, 1).number)
    commands.sign_delivery(actor=world.actor, number=sent.number)
    assert "credit_limit" in findings(make_order(world, 1).number)
    commands.complete_order(actor=world.actor, number=order.number)
    assert "credit_limit" not in findings(make_order(world, 1).number)


def test_goods_sent_and_not_paid_for_too_long_are_told() -> None:
    world = make_world(bolts=100)
    order = make_order(world, 10)
    commands.deliver_order(actor=world.actor, number=order.number)
    long_ago = world.actor.today() - timedelta(days=40)  # the customer has 30 days
    SalesOrder.objects.update(ordered_on=long_ago)
    Delivery.objects.update(shipped_on=long_ago)
    second = make_order(world, 1)
    found = {f["rule"]: f for f in SalesOrder.objects.get(number=second.number).findings}
    assert found["overdue"]["data"] == {"amount": "99", "days": 10, "order": order.number}
    decide(world, "overdue", "stop", 15)
    make_order(world, 1)
    decide(world, "overdue", "stop", 5)
    with pytest.raises(ReviewStopped):
        make_order(world, 1)
    answer = [SignIn(1, refused=Decimal(4), short=Decimal(6), reason="没有收到")]
    commands.sign_delivery(actor=world.actor, number=Delivery.objects.earliest("id").number, lines=answer)
    assert "overdue" not in findings(make_order(world, 1).number), "nobody owes what never came"


def test_floor_cost_and_margin_are_of_the_net_price_of_a_stock_unit() -> None:
    world = make_world()
    Product.objects.filter(code="BOLT").update(standard_cost=Decimal("9.90"), floor_price=Decimal(10))
    order = make_order(world, 10)
    assert findings(order.number) == {"below_floor": "approve", "margin": "warn", "no_address": "warn"}
    assert line(order.number).unit_cost == Decimal("9.90")
    Product.objects.filter(code="BOLT").update(standard_cost=Decimal(12))
    clerk = seller(world, "sales.view_price")
    order = make_order(world, 10, actor=clerk)
    assert order.state == "pending_review"
    assert findings(order.number)["below_cost"] == "approve"
    assert "12" not in "".join(f["text"] for f in order.data["findings"])
    assert "12" in "".join(f["text"] for f in make_order(world, 10).data["findings"])


def test_a_price_below_the_list_is_a_discount() -> None:
    world = make_world()
    bolt = world.stock.bolt
    SalesPrice.objects.create(
        company_id=world.actor.company_id, product=bolt, unit_id=bolt.unit_id, currency="CNY", price=Decimal(12)
    )
    clerk = seller(world)
    order = make_order(world, 10, actor=clerk)  # 9.90 is 17.5 % less
    assert (order.state, findings(order.number)["discount"]) == ("pending_review", "approve")
    again = commands.submit_order(actor=clerk, number=make_order(world, 10, submit=False).number)
    assert [f["rule"] for f in again.data["findings"]] == ["discount", "no_address"]


def test_an_address_satisfies() -> None:
    world = make_world()
    PartnerAddress.objects.create(
        company_id=world.actor.company_id,
        partner=world.customer,
        code="A",
        name="一厂",
        address="深圳市南山区",
        is_default=True,
    )
    assert findings(make_order(world, 10).number) == {}


def test_an_order_that_would_be_stopped_now_is_given_no_more_by_hand() -> None:
    world = make_world(bolts=3)
    giver = make_order(world, 3).number
    taker = make_order(world, 10).number
    with_stock(world, 5)
    Partner.objects.update(credit_limit=1)
    decide(world, "credit_limit", "stop")
    with pytest.raises(ReviewStopped):
        commands.cover_line(actor=world.actor, number=taker, line=1)
    with pytest.raises(ReviewStopped):
        commands.move_reservation(actor=world.actor, number=giver, line=1, to_number=taker, to_line=1)
    assert line(taker).reserved == 0
    commands.reallocate(actor=world.actor)
    assert line(taker).reserved == 5


def test_an_order_that_would_be_stopped_now_takes_no_more_stock() -> None:
    world = make_world(bolts=4)
    order = make_order(world, 10)
    with_stock(world, 6)
    limit(50)
    decide(world, "credit_limit", "stop")
    with pytest.raises(ReviewStopped):
        commands.reserve_order(actor=world.actor, number=order.number)
    assert reserved(world) == 4
    limit(None)
    commands.reserve_order(actor=world.actor, number=order.number)
    assert reserved(world) == 10


def test_the_review_costs_the_same_however_many_lines() -> None:
    world = make_world()
    with CaptureQueriesContext(connection) as few:
        make_order(world, 1)
    with CaptureQueriesContext(connection) as many:
        make_order(world, *[1] * 60)
    assert len(few) == len(many)
    drafts = [make_order(world, *[1] * n, submit=False).number for n in (1, 60)]
    counts = []
    for number in drafts:
        with CaptureQueriesContext(connection) as asked:
            commands.submit_order(actor=world.actor, number=number)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_discount_that_may_be_given_is_that_of_the_role_else_of_the_company() -> None:
    world = make_world()
    clerk = seller(world)
    lines = [LineIn("BOLT", Decimal(10), Decimal(10), discount=Decimal(12))]
    given: dict[str, Any] = {"actor": clerk, "customer": "C001", "warehouse": "MAIN", "lines": lines, "submit": True}
    assert commands.create_order(**given).state == "pending_review"
    SalesSettings.objects.create(company_id=world.actor.company_id, discount_limit=12)
    assert commands.create_order(**given).state == "to_ship"
    membership = Membership.objects.get(user_id=clerk.user_id or 0)
    membership.roles.update(discount_limit=5)
    assert commands.create_order(**given).state == "pending_review"


def test_who_decides_sees_what_would_be_found_now() -> None:
    world = make_world(bolts=100)
    limit(150)
    weak = world.stock.colleague("sales.create_order", "sales.submit_order")
    first, second = (make_order(world, 10, actor=weak).number for _ in range(2))
    commands.approve_order(actor=world.actor, number=first)
    assert [found["rule"] for found in look(world.actor, second)] == ["credit_limit", "no_address"]
    assert "credit_limit" not in findings(second)


def test_what_closing_wrote_off_is_not_owed() -> None:
    world = make_world(bolts=4)
    order = make_order(world, 10)
    commands.deliver_order(actor=world.actor, number=order.number)
    limit(90)
    assert "credit_limit" in findings(make_order(world, 1, submit=True).number)  # 99.00 and 9.90
    commands.close_order(actor=world.actor, number=order.number, reason="客户不要了")
    found = findings(make_order(world, 3).number)  # 39.60, 9.90 and 29.70
    assert "credit_limit" not in found
