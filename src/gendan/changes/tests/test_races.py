"""Two at once: a change against what moves the order, and against another change."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.changes import commands
from gendan.changes.errors import BelowMoved, ChangedSince, NotByChange
from gendan.changes.models import ChangeOrder, OrderVersion
from gendan.changes.targets import TARGETS
from gendan.inventory.models import Balance
from gendan.kernel.errors import AppError
from gendan.kernel.tests.make import at_once
from gendan.kernel.verify import differences
from gendan.purchasing import commands as buying
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests import make as bought
from gendan.sales import commands as selling
from gendan.sales.models import SalesOrder
from gendan.sales.rules.lines import DeliverIn
from gendan.sales.tests import make as sold

pytestmark = pytest.mark.django_db(transaction=True)


def clean(company_id: int) -> list[str]:
    return [str(one) for _check, found in differences(company_id) for one in found]


def draft(actor: Any, kind: str, number: str, **cells: Any) -> str:
    """A change of the first line, drafted."""
    content = TARGETS[kind].read(actor, number).content
    content["lines"][0].update(cells)
    return commands.create_change(actor=actor, kind=kind, order=number, content=content).number


def test_a_change_below_what_is_being_received_loses_or_comes_first() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10).number
    change = draft(world.actor, "po", number, quantity="5")
    changed, received = at_once(
        [
            lambda: commands.submit_change(actor=world.actor, number=change),
            lambda: bought.receive(world, number, (1, "8")),
        ]
    )
    line = bought.line(number)
    if isinstance(changed, BelowMoved):
        assert (line.quantity, line.received) == (10, 8)
    else:
        assert isinstance(received, AppError)
        assert (line.quantity, line.received) == (5, 0)
    assert clean(world.company_id) == []


def test_a_change_and_a_cancellation_do_not_both_happen() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10).number
    change = draft(world.actor, "po", number, quantity="12")
    changed, cancelled = at_once(
        [
            lambda: commands.submit_change(actor=world.actor, number=change),
            lambda: buying.cancel_order(actor=world.actor, number=number, version=1),
        ]
    )
    assert isinstance(changed, NotByChange) or isinstance(cancelled, AppError)
    state = PurchaseOrder.objects.get(number=number).state
    assert state == ("approved" if isinstance(cancelled, AppError) else "cancelled")
    assert clean(world.company_id) == []


def test_of_two_changes_of_one_field_one_applies_and_the_other_is_told() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10, 20).number
    changes = [draft(world.actor, "po", number, quantity=quantity) for quantity in ("12", "14", "16")]
    found = at_once([partial(commands.submit_change, actor=world.actor, number=n) for n in changes])
    refused = [each for each in found if isinstance(each, ChangedSince)]
    assert (len(refused), OrderVersion.objects.count()) == (2, 2)
    assert ChangeOrder.objects.filter(state="applied").count() == 1
    assert clean(world.company_id) == []


def test_changes_beside_each_other_both_apply_in_versions_of_their_own() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10, 20).number
    one = draft(world.actor, "po", number, quantity="12")
    two = draft(world.actor, "po", number, required_on="2026-12-24")
    at_once([partial(commands.submit_change, actor=world.actor, number=n) for n in (one, two)])
    line = bought.line(number)
    assert (line.quantity, str(line.required_on)) == (12, "2026-12-24")
    assert sorted(OrderVersion.objects.values_list("revision", flat=True)) == [1, 2, 3]
    assert clean(world.company_id) == []


def test_a_sales_change_below_what_is_leaving_loses_or_comes_first() -> None:
    world = sold.make_world(bolts=10)
    number = sold.make_order(world, 10).number
    change = draft(world.actor, "so", number, quantity="5")
    changed, sent = at_once(
        [
            lambda: commands.submit_change(actor=world.actor, number=change),
            lambda: selling.deliver_order(actor=world.actor, number=number, lines=[DeliverIn(1, Decimal(8))]),
        ]
    )
    assert isinstance(changed, BelowMoved) != isinstance(sent, AppError)
    assert SalesOrder.objects.get(number=number).state == (
        "partly_shipped" if isinstance(changed, BelowMoved) else "to_ship"
    )
    assert Balance.objects.get(product=world.stock.bolt, reserved__gt=0).reserved <= 10
    assert clean(world.actor.company_id) == []
