"""A line takes other goods than those it waits for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.inventory.tests import make as inventory
from gendan.kernel.verify import differences
from gendan.purchasing.models import OrderLine
from gendan.sales import commands
from gendan.sales.errors import NothingToCover
from gendan.sales.tests.make import line, make_order, make_world
from gendan.sales.tests.test_atp import buy
from gendan.sales.tests.test_promises import words

pytestmark = pytest.mark.django_db


def test_a_line_takes_free_stock_instead_of_what_is_late_and_an_earlier_purchase() -> None:
    world = make_world()
    today = world.actor.today()
    late = buy(world, "20", today + timedelta(days=9))
    number = make_order(world, 8).number
    assert line(number).pegged == 8
    early = buy(world, "3", today + timedelta(days=4))
    inventory.stock(world.stock, "BOLT", 2)
    done = commands.cover_line(actor=world.actor, number=number, line=1, instead=late)
    assert done.data == {"covered": "2"}
    commands.cover_line(actor=world.actor, number=number, line=1, purchase=early, instead=late)
    found = line(number)
    assert (found.reserved, found.pegged) == (2, 6)
    pegged = {each.order.number: each.pegged for each in OrderLine.objects.select_related("order")}
    assert pegged == {late: Decimal(3), early: Decimal(3)}
    with pytest.raises(NothingToCover):
        commands.cover_line(actor=world.actor, number=number, line=1)
    assert words(number)[0] == (1, "atp", today + timedelta(days=9), "")
    assert not [found for _check, rows in differences(world.stock.company_id) for found in rows]
