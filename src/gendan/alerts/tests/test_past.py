"""What a rule would have found on a day that is over: it finds then what a look on that day found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.alerts.queries.past import PAST
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.trial import found_on, tried
from gendan.alerts.queries.trying import WHY_NOT, as_json, rule_to_try
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.rules.rule import Rule
from gendan.alerts.tests import buying, others, supplying  # noqa: F401 - they bring situations
from gendan.alerts.tests.situations import SITUATIONS, World, make_world
from gendan.flow.queries.people import Calendar, people_of
from gendan.inventory.tests import make as stocks
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests import make as made

pytestmark = pytest.mark.django_db
# Those whose situation is a table that is changed by hand, as no command would: nothing moved.
BY_HAND = {"stage_slower"}


@pytest.mark.parametrize("code", sorted(set(PAST) - {"short_delivery"}))
def test_the_past_is_as_it_was(code: str) -> None:
    """On the morning after, when everything of that day is known, the dry run finds what a look finds."""
    world = make_world()
    there = SITUATIONS[code](world)
    rule, calendar = _known(world, code)
    day = max(there.found, world.today) + timedelta(days=1)
    now = {row["key"] for row in found_on(world.actor, rule, day, calendar, past=False)}
    then = {row["key"] for row in found_on(world.actor, rule, day, calendar, past=True)}
    assert then == now
    assert now or code in BY_HAND


def test_a_shipment_that_brought_less_was_short_from_the_morning_after() -> None:
    world = make_world()
    number = made.make_order(world.buy, 10).number
    shipment = purchasing.create_shipment(actor=world.actor, orders=[number], shipped_on=world.today).number
    purchasing.receive_goods(actor=world.actor, shipment=shipment, lines=[ReceiveIn(1, Decimal(6))])
    world.now("UPDATE purchasing_shipment SET state = 'received' WHERE company_id = %(company)s")
    rule, calendar = _known(world, "short_delivery")
    (now,) = found_on(world.actor, rule, world.today, calendar, past=False)
    assert found_on(world.actor, rule, world.today, calendar, past=True) == []
    (then,) = found_on(world.actor, rule, world.today + timedelta(days=1), calendar, past=True)
    assert then["key"] == now["key"]


def test_stock_of_a_day_is_what_lay_there_then() -> None:
    world = make_world()
    stocks.stock(world.stock, "GLUE", 10, lot="L1")
    world.now("UPDATE inventory_lot SET expires_on = '2026-12-31' WHERE company_id = %(company)s")
    rule, calendar = _known(world, "expiring_lot")
    rule = replace(rule, values={"ahead": Decimal(700)})
    assert found_on(world.actor, rule, world.today, calendar, past=True) == []
    (found,) = found_on(world.actor, rule, world.today + timedelta(days=1), calendar, past=True)
    assert found["key"].startswith("lot:")


def _known(world: World, code: str) -> tuple[Rule, Calendar]:
    calendar = people_of(world.actor.company_id, world.actor.zone)[1]
    return rules_of(world.actor.company_id)[code], calendar


def test_a_rule_whose_past_is_not_known_says_why() -> None:
    assert not set(PAST) & set(WHY_NOT)
    assert set(PAST) | set(WHY_NOT) <= set(BUILTIN)
    world = make_world()
    rule = rule_to_try(world.actor, "credit_exceeded")
    today, calendar = world.today, people_of(world.actor.company_id, world.actor.zone)[1]
    told = as_json(world.actor, rule, tried(world.actor, rule, today, today, calendar))
    assert told["text"].startswith("客户的额度和每天的占用没有留下来，只能按今天的数据算")
