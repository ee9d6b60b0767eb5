"""Awards under approval, at once by two people, with many lines; what goods cost on the way; whom to award."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import actor_for, make_user
from gendan.catalog.models import Currency, Partner, SupplierPrice
from gendan.catalog.tests import make as catalog
from gendan.flow import commands as flows
from gendan.flow.errors import InApproval
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel.tests.make import at_once
from gendan.kernel.verify import differences
from gendan.purchasing.models import OrderLine, PurchaseOrder
from gendan.sourcing import commands
from gendan.sourcing.errors import OverAwarded
from gendan.sourcing.models import Award, Inquiry
from gendan.sourcing.queries.matrix import matrix
from gendan.sourcing.rules.comparison import Offer, landed
from gendan.sourcing.rules.inquiry import LineIn
from gendan.sourcing.rules.policy import RateIn
from gendan.sourcing.rules.proposals import propose
from gendan.sourcing.tests.make import answer, answered, award, inquire, make_world, offer

WEIGHTS = {"weight_price": 60, "weight_date": 20, "weight_record": 20}


@pytest.mark.django_db
def test_awards_wait_for_their_flow_and_become_orders_when_it_agrees() -> None:
    world = make_world()
    boss = make_user(world.company, permissions=["sourcing.view", "purchasing.view_price"], limit=0, name="孙")
    number = answered(world)
    draw(world.actor,
         approve("boss", {"by": "person", "value": boss.username}), kind="inquiry")  # fmt: skip
    done = award(world, number, (1, "S002", "100"))
    assert (done.data["approval"], PurchaseOrder.objects.count(), Award.objects.get().order_id) == ("running", 0, None)
    with pytest.raises(InApproval):
        award(world, number, (1, "S001", "1"))
    task = Task.objects.get(instance__number=number, state="waiting").pk
    flows.approve_task(actor=actor_for(boss), task_id=task)
    assert OrderLine.objects.get().quantity == 100
    assert Award.objects.get().order_id is not None
    award(world, number, (2, "S001", "200"))
    task = Task.objects.get(instance__number=number, state="waiting").pk
    flows.reject_task(actor=actor_for(boss), task_id=task, reason="太贵")
    assert (Award.objects.count(), Inquiry.objects.get().state) == (1, "answered")
    assert [str(one) for _check, found in differences() for one in found] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_award_the_same_quantity_at_once_one_is_refused() -> None:
    world = make_world()
    number = answered(world)
    results = at_once([partial(award, world, number, (1, code, "100")) for code in ("S001", "S002")])
    assert sorted(type(one).__name__ for one in results) == ["Done", OverAwarded.__name__]
    assert OrderLine.objects.count() == 1


def statements(lines: int) -> tuple[int, int]:
    """How many statements an answer and an award of so many lines take."""
    world = make_world()
    for n in range(lines):
        catalog.make_product(world.company, f"P{n}")
    number = inquire(world, lines=[LineIn(f"P{n}", Decimal(10)) for n in range(lines)])
    with CaptureQueriesContext(connection) as answering:
        answer(world, number, "S001", *(offer(n, "1") for n in range(1, lines + 1)))
    with CaptureQueriesContext(connection) as awarding:
        award(world, number, *((n, "S001", "10") for n in range(1, lines + 1)))
    return len(answering), len(awarding)


@pytest.mark.django_db
def test_neither_answers_nor_awards_cost_more_statements_for_more_lines() -> None:
    few, many = statements(2), statements(40)
    assert few == many
    assert few[0] <= 20
    assert few[1] <= 45


@pytest.mark.django_db
def test_landed_costs_hold_currency_freight_and_duty() -> None:
    world = make_world()
    Currency.objects.update_or_create(company=world.company, code="USD", defaults={"name": "USD", "rate": Decimal(7)})
    Partner.objects.filter(code="S002").update(country="Germany")
    commands.save_settings(actor=world.actor, rates=[RateIn("Germany", Decimal(10), Decimal(5))])
    number = inquire(world)
    answer(world, number, "S001", offer(1, "8", 5), offer(2, "4", 5), freight=Decimal(80))
    answer(world, number, "S002", offer(1, "1", 9), currency="USD")
    cells = matrix(world.actor, number).cells
    assert cells[1, "S001"]["cost"]["freight"] == Decimal("0.4"), "80 by value: half of it for 100 pieces"
    foreign = cells[1, "S002"]["cost"]
    assert (foreign["value"], foreign["freight"], foreign["duty"], foreign["landed"]) == (
        Decimal(7), Decimal("0.7"), Decimal("0.385"), Decimal("8.085"),
    )  # fmt: skip
    assert cells[1, "S002"]["best_price"]
    assert cells[1, "S001"]["best_date"]


@pytest.mark.django_db
def test_awards_feed_the_price_list_if_the_company_wishes() -> None:
    world = make_world()
    commands.save_settings(actor=world.actor, values={"feed_prices": True})
    number = inquire(world)
    answer(world, number, "S001", offer(1, "2", 5, breaks=[("500", "1.8")]))
    award(world, number, (1, "S001", "100"))
    prices = SupplierPrice.objects.order_by("from_quantity").values_list("from_quantity", "price", "lead_time_days")
    assert list(prices) == [(0, 2, 5), (500, Decimal("1.8"), 5)]


def test_prices_with_tax_are_compared_without() -> None:
    cost = landed(Decimal("11.3"), Decimal(13), True, Decimal(1), Decimal(0), Decimal(0))
    assert (cost.net, cost.landed) == (10, 10)


def test_proposals_by_price_date_score_and_split() -> None:
    offers = [
        Offer(1, "A", Decimal(100), Decimal("1.0"), 30),
        Offer(1, "B", Decimal(100), Decimal("1.2"), 5),
        Offer(1, "C", Decimal(100), Decimal("1.1"), 10, minimum=Decimal(90)),
    ]
    wanted = {1: (Decimal(100), 0)}

    def shares(way: str, **more: object) -> list[tuple[str, Decimal]]:
        return [(s.supplier, s.quantity) for s in propose(way, wanted, offers, WEIGHTS, **more).shares]  # type: ignore[arg-type]

    assert shares("price") == [("A", 100)]
    assert shares("date") == [("B", 100)]
    assert shares("split", suppliers=2, most=Decimal(60)) == [("A", 60), ("B", 40)], "C takes 90 or nothing"
    none = propose("price", {2: (Decimal(5), 0)}, offers, WEIGHTS)
    assert (none.shares, none.left) == ((), ((2, Decimal(5)),))
