"""The form of a shipment changes what it sends, nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from gendan.accounts.tests.make import signed_in_client
from gendan.purchasing import commands
from gendan.purchasing.models import Shipment
from gendan.purchasing.tests.make import make_order, make_world


@pytest.mark.django_db
def test_fields_that_were_not_sent_stay() -> None:
    world = make_world()
    number = commands.create_shipment(
        actor=world.actor,
        orders=[make_order(world).number],
        carrier="顺丰速运",
        tracking_number="SF1",
        expected_on=date(2026, 12, 9),
    ).number
    response = signed_in_client(world.actor).post(f"/asn/{number}/edit", {"carrier": "DHL"})
    assert response.status_code == 302
    shipment = Shipment.objects.get(number=number)
    assert (shipment.carrier, shipment.tracking_number) == ("DHL", "SF1")
    assert shipment.expected_on == date(2026, 12, 9)
