"""Orders of another system come in as they ended there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.inventory.models import Balance, StockMove
from gendan.kernel.errors import Invalid
from gendan.kernel.verify import differences
from gendan.purchasing.errors import ExternalKeyReused, UnknownLine
from gendan.sales import commands
from gendan.sales.errors import NotEnoughStock, OverDelivered
from gendan.sales.models import Delivery, SalesOrder
from gendan.sales.rules.past import PastDelivery, PastLine, PastOrder
from gendan.sales.tests.make import World, line, make_world

pytestmark = pytest.mark.django_db
DUE, CAME, WRITTEN = date(2014, 3, 10), date(2014, 3, 12), date(2014, 3, 20)


def past(key: str, *quantities: int, delivered: int = 99, **fields: object) -> PastOrder:
    """An order of BOLT and NUT in turn; the first ``delivered`` of its lines arrived two days late."""
    lines = tuple(
        PastLine(f"{key}:{n}", ("BOLT", "NUT")[n % 2], Decimal(q), Decimal("9.90"), promised_on=DUE)
        for n, q in enumerate(quantities)
    )
    came = tuple((x.key, x.quantity) for x in lines[:delivered])
    deliveries = (PastDelivery(f"{key}:D", CAME, came, WRITTEN, note="Air"),) if came else ()
    return replace(
        PastOrder(key, "C001", "MAIN", "CNY", date(2014, 1, 5), lines, deliveries, reference=key), **fields  # type: ignore[arg-type]
    )  # fmt: skip


def bring(world: World, *orders: PastOrder) -> dict[str, int]:
    return commands.import_orders(actor=replace(world.actor, via="import"), orders=orders).data


def clean(world: World) -> bool:
    return not any(found for _check, found in differences(world.actor.company_id))


def test_what_was_delivered_and_signed_stands_as_it_ended() -> None:
    world = make_world(bolts=100, nuts=100)
    counts = bring(world, past("A", 10, 20, settled=True), past("B", 5, 6, delivered=1), past("C", 7, delivered=0))
    assert counts == {"orders": 3, "lines": 5, "deliveries": 2}
    states = dict(SalesOrder.objects.values_list("customer_reference", "state"))
    assert states == {"A": "completed", "B": "partly_shipped", "C": "to_ship"}
    number = SalesOrder.objects.get(external_key="A").number
    found = line(number)
    assert (found.shipped, found.signed, found.due_on, found.completed_on) == (10, 10, DUE, CAME)
    assert [p.promised_on for p in found.promises.all()] == [DUE]
    sent = Delivery.objects.get(external_key="A:D")
    assert (sent.state, sent.shipped_on, sent.signed_on, sent.recorded_on) == ("signed", CAME, CAME, WRITTEN)
    moves = StockMove.objects.filter(source_kind="dn", source_id=sent.pk)
    assert {move.occurred_at.date() for move in moves} == {CAME}
    assert Balance.objects.get(product=world.stock.bolt).on_hand == 100 - 10 - 5
    assert clean(world)


def test_a_later_delivery_joins_the_order_that_is_there() -> None:
    world = make_world(bolts=100, nuts=100)
    whole = past("B", 5, 6)
    bring(world, past("B", 5, 6, delivered=1))
    number = SalesOrder.objects.get(external_key="B").number
    rest = PastDelivery("B:E", CAME, (("B:1", Decimal(6)),))
    assert bring(world, replace(whole, number=number, deliveries=(rest,)))["deliveries"] == 1
    assert SalesOrder.objects.get(number=number).state == "signed"
    with pytest.raises(OverDelivered):
        bring(world, replace(whole, number=number, deliveries=(replace(rest, key="B:F"),)))
    with pytest.raises(UnknownLine):
        bring(world, replace(whole, number=number, deliveries=(replace(rest, quantities=(("X", Decimal(1)),)),)))
    with pytest.raises(ExternalKeyReused):
        bring(world, whole)
    assert clean(world)


def test_nothing_is_delivered_that_was_not_there_and_nothing_is_half_written() -> None:
    world = make_world(bolts=12)
    with pytest.raises(NotEnoughStock):
        bring(world, past("A", 10), past("B", 5))
    with pytest.raises(Invalid) as refusal:
        bring(world, replace(past("A", 10), customer="NOBODY"))
    assert set(refusal.value.fields) == {"customer"}
    assert not SalesOrder.objects.exists()


def test_the_number_of_statements_does_not_depend_on_the_number_of_orders() -> None:
    world = make_world(bolts=1000, nuts=1000)

    def statements(*orders: PastOrder) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            bring(world, *orders)
        return len(found)

    assert statements(past("A", 1)) == statements(*(past(f"N{n}", 3, 4) for n in range(30)))
