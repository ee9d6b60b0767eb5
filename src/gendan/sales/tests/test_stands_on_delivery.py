"""Stock that stands on a delivery does not make way for counts, losses or transfers: the refusal names the delivery."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import Invalid
from gendan.sales import commands
from gendan.sales.errors import StandsOnDelivery
from gendan.sales.steps.packing import ParcelIn
from gendan.sales.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_loses_stock_of_a_delivery_is_told_which_one() -> None:
    world = make_world(10)
    order = make_order(world, 8)
    number = commands.create_delivery(actor=world.actor, orders=[order.number]).number
    with pytest.raises(StandsOnDelivery) as refused:
        inventory.adjust(world.stock, post=True)
    assert refused.value.data["deliveries"] == number
    commands.cancel_delivery(actor=world.actor, number=number)
    inventory.adjust(world.stock, post=True)


def test_a_weight_below_zero_is_called_a_weight() -> None:
    world = make_world(10)
    order = make_order(world, 8)
    number = commands.create_delivery(actor=world.actor, orders=[order.number]).number
    parcel = ParcelIn(((1, Decimal(8)),), weight=Decimal(-3))
    with pytest.raises(Invalid, match="重量"):
        commands.pack_delivery(actor=world.actor, number=number, parcels=[parcel], finish=False)
