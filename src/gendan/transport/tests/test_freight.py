"""Freight is shared over the lines of a shipment to the cent, whatever it is shared by."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.kernel.errors import Forbidden, Invalid, Stale
from gendan.purchasing.tests import make as buying
from gendan.transport import commands
from gendan.transport.errors import BillTwice, NoFreight
from gendan.transport.models import Freight, FreightShare
from gendan.transport.queries.arrivals import arrival
from gendan.transport.queries.freight import freight_of
from gendan.transport.rules.sharing import shares
from gendan.transport.tests.make import make_shipment, transport_differences

POSITIVE = st.decimals(0, 10**9, places=6)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy with other things
@given(
    amount=st.integers(1, 10**12),
    weights=st.lists(POSITIVE, min_size=1, max_size=40).filter(any),
    minor_units=st.sampled_from([0, 2, 3]),
)
def test_the_parts_make_the_whole_and_none_is_off_by_a_unit(amount, weights, minor_units):
    unit = Decimal(1).scaleb(-minor_units)
    parts = shares(amount * unit, weights, minor_units)
    assert sum(parts) == amount * unit
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * unit * weight / whole) < unit * (1 + Decimal("1e-9"))
        assert part == part.quantize(unit)
        assert part >= 0


def test_what_rounding_leaves_goes_to_the_largest_remainders() -> None:
    assert shares(Decimal("100.00"), [Decimal(1)] * 3, 2) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert shares(Decimal(10), [Decimal(2), Decimal(1), Decimal(0)], 0) == [7, 3, 0]


def save(world: buying.World, number: str, **said: Any) -> dict[str, Any]:
    given_: dict[str, Any] = {"amount": Decimal("100.01"), "currency": "CNY"} | said
    return commands.save_freight(actor=world.actor, number=number, **given_).data


@pytest.mark.django_db
def test_freight_makes_the_landed_cost_of_each_line() -> None:
    world = buying.make_world()
    number = make_shipment(world, 10, 20)  # of 9.90 each: a third and two thirds
    assert save(world, number, carrier="顺丰", bill_number="B1")["shares"] == ["33.34", "66.67"]
    save(world, number, basis="weight", weights={1: Decimal(3), 2: Decimal(1)}, amount=Decimal("10.01"))
    assert list(FreightShare.objects.filter(freight__no=2).order_by("line_no").values_list("amount", flat=True)) == [
        Decimal("7.51"),
        Decimal("2.50"),
    ]
    found = freight_of(world.actor, arrival(world.actor, number)["id"])
    assert found is not None
    assert found["freight"] == Decimal("110.02")
    assert [line["freight"] for line in found["lines"]] == [Decimal("40.85"), Decimal("69.17")]
    assert all(line["landed"] == line["goods"] + line["freight"] for line in found["lines"])
    assert transport_differences() == []
    FreightShare.objects.filter(line_no=1).update(amount=1)
    assert transport_differences() == ["transport.freight"]


@pytest.mark.django_db
def test_what_is_wrong_with_a_bill_is_said_by_field() -> None:
    world = buying.make_world()
    number, other = make_shipment(world, 10, 20), make_shipment(world, 5)
    for field, said in (
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal("1.005")}),
        ("currency", {"currency": "XXX"}),
        ("weights.2", {"basis": "weight", "weights": {1: Decimal(1)}}),
        ("weights.3", {"basis": "weight", "weights": {1: Decimal(1), 2: Decimal(1), 3: Decimal(1)}}),
    ):
        with pytest.raises(Invalid) as refused:
            save(world, number, **said)
        assert field in refused.value.fields
    save(world, number, carrier="SF", bill_number="b-1")
    with pytest.raises(BillTwice):
        save(world, other, carrier="sf", bill_number="B-1")
    save(world, number, no=1, version=1, carrier="SF", bill_number="b-1", basis="quantity")
    with pytest.raises(Stale):
        save(world, number, no=1, version=1)
    commands.remove_freight(actor=world.actor, number=number, no=1, version=2)
    with pytest.raises(NoFreight):
        commands.remove_freight(actor=world.actor, number=number, no=1)
    assert not Freight.objects.exists()
    blind = replace(world.actor, permissions=frozenset({"transport.save_freight", "transport.view"}))
    with pytest.raises(Forbidden):
        save(replace(world, actor=blind), number)
    assert freight_of(blind, 1) is None
