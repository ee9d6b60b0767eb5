"""Shipments of two orders, their corrections, receipts, inspections and reversals in any order keep the books clean."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.catalog.models import Product
from gendan.inventory.models import Balance
from gendan.kernel.errors import AppError
from gendan.kernel.unit import Done
from gendan.purchasing import commands
from gendan.purchasing.models import GoodsReceipt, OrderLine, Promise, Shipment
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.shipments import ShipIn, ShipmentLineIn
from gendan.purchasing.tests.make import World, make_order, make_world
from gendan.purchasing.tests.test_quantities import clean

quantity = st.decimals(0, 14, places=0)
which = st.integers(0, 5)
part = st.tuples(st.integers(0, 1), st.integers(1, 2), quantity)
day = st.integers(0, 9).map(lambda n: timezone.localdate() + timedelta(days=n))
step = st.one_of(
    st.tuples(st.just("announce"), st.tuples(st.lists(part, min_size=1, max_size=3), st.none() | day)),
    st.tuples(st.just("send"), st.tuples(st.lists(part, min_size=1, max_size=3), st.none() | day)),
    st.tuples(st.just("dispatch"), which),
    st.tuples(st.just("arrive"), which),
    st.tuples(st.just("correct"), st.tuples(which, st.integers(1, 2), quantity)),
    st.tuples(st.just("expect"), st.tuples(which, day)),
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("receive"), st.tuples(which, st.none() | st.lists(part, min_size=1, max_size=3))),
    st.tuples(st.just("receive_order"), st.lists(part, min_size=1, max_size=2)),
    st.tuples(st.just("inspect"), st.tuples(which, quantity, quantity)),
    st.tuples(st.just("reverse"), which),
)


def nth(model: Any, world: World, n: int) -> str:
    """One of the documents that exist."""
    found = list(model.objects.filter(company_id=world.company_id).order_by("id").values_list("number", flat=True))
    return found[n % len(found)] if found else "none"


def perform(world: World, orders: list[str], verb: str, argument: Any) -> Done:
    actor = world.actor
    if verb in {"announce", "send"}:
        parts, expected = argument
        return commands.create_shipment(
            actor=actor,
            lines=[ShipIn(line, q, orders[n]) for n, line, q in parts],
            shipped_on=timezone.localdate() if verb == "send" else None,
            expected_on=expected,
        )
    if verb == "dispatch":
        return commands.dispatch_shipment(actor=actor, number=nth(Shipment, world, argument))
    if verb == "arrive":
        return commands.arrive_shipment(actor=actor, number=nth(Shipment, world, argument))
    if verb == "cancel":
        return commands.cancel_shipment(actor=actor, number=nth(Shipment, world, argument), reason="x")
    if verb == "correct":
        n, line, corrected = argument
        number = nth(Shipment, world, n)
        return commands.update_shipment(actor=actor, number=number, lines=[ShipmentLineIn(line, corrected)])
    if verb == "expect":
        changes = {"expected_on": argument[1]}
        return commands.update_shipment(actor=actor, number=nth(Shipment, world, argument[0]), changes=changes)
    if verb == "receive":
        lines = [ReceiveIn(line, q, orders[n]) for n, line, q in argument[1]] if argument[1] else None
        return commands.receive_goods(actor=actor, shipment=nth(Shipment, world, argument[0]), lines=lines)
    if verb == "receive_order":
        return commands.receive_goods(
            actor=actor, order=orders[argument[0][0]], lines=[ReceiveIn(line, q) for _n, line, q in argument]
        )
    if verb == "inspect":
        n, good, bad = argument
        number = nth(GoodsReceipt, world, n)
        return commands.inspect_receipt(actor=actor, number=number, lines=[InspectIn(1, good, bad)])
    return commands.reverse_receipt(actor=actor, number=nth(GoodsReceipt, world, argument))


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, min_size=1, max_size=12))
def test_any_sequence_of_commands_keeps_the_books_clean(db: None, steps: list[tuple[str, Any]]) -> None:
    world = make_world()
    Product.objects.filter(pk=world.bolt.pk).update(inspect=True)
    orders = [make_order(world, 10, 20).number, make_order(world, 8).number]
    for verb, argument in steps:
        with suppress(AppError):  # a refusal is fine; what it must not do is leave something behind
            perform(world, orders, verb, argument)
        assert clean(world.company_id) == [], (verb, argument)
    mine = OrderLine.objects.filter(company_id=world.company_id)
    assert not Balance.objects.filter(company_id=world.company_id, on_hand__lt=0).exists()
    for line in mine:
        assert line.shipped <= line.quantity, "announced or shipped more than ordered"
        newest = Promise.objects.filter(order_line=line).order_by("-revision", "-id").first()
        assert line.expected_on == (newest.promised_on if newest else None)
        assert line.accepted + line.rejected <= line.received <= Decimal(line.quantity)
