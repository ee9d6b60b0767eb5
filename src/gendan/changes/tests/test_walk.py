"""Whatever is changed between whatever else happens: counters, promises, ties, states and versions agree."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.changes import commands
from gendan.changes.models import ChangeOrder
from gendan.changes.targets import TARGETS
from gendan.kernel.errors import AppError
from gendan.kernel.verify import differences
from gendan.purchasing import commands as buying
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as bought
from gendan.purchasing.tests import test_quantities as moves
from gendan.sales import commands as selling
from gendan.sales.rules.lines import DeliverIn
from gendan.sales.tests import make as sold

quantity = st.integers(0, 25)
part = st.tuples(st.integers(0, 2), quantity, st.integers(0, 9))
change = st.tuples(st.just("change"), st.tuples(part, st.sampled_from(["own", "partner"]), st.booleans()))
answer = st.tuples(st.sampled_from(["accept", "refuse", "counter", "approve", "apply", "withdraw"]), quantity)


def perform(actor: Any, kind: str, number: str, verb: str, argument: Any) -> None:
    """A change of a line (none of it: the line is taken out; beyond the last line: a new one), or what follows."""
    if verb == "change":
        (n, much, days), origin, limited = argument
        content = TARGETS[kind].read(actor, number).content
        lines = content["lines"]
        if not lines:
            return
        if n >= len(lines):
            lines.append({**lines[0], "id": None, "quantity": str(much or 1)})
        elif not much:
            del lines[n]
        else:
            day = "required_on" if kind == "po" else "requested_on"
            lines[n] = {**lines[n], "quantity": str(much), day: str(date(2026, 12, 1) + timedelta(days=days))}
        who = replace(actor, amount_limit=Decimal(100)) if limited else actor
        commands.create_change(actor=who, kind=kind, order=number, content=content, origin=origin, submit=True)
        return
    found = ChangeOrder.objects.filter(company_id=actor.company_id, is_open=True).order_by("id").first()
    if found is None:
        return
    if verb == "counter":
        content = {**found.content, "lines": [{**found.content["lines"][0], "quantity": str(argument or 1)}]}
        commands.counter_change(actor=actor, number=found.number, content=content)
        return
    run = {
        "accept": commands.accept_change,
        "refuse": lambda **more: commands.refuse_change(reason="不行", **more),
        "approve": commands.approve_change,
        "apply": commands.apply_change,
        "withdraw": commands.withdraw_change,
    }[verb]
    run(actor=actor, number=found.number)


def clean(company_id: int) -> list[str]:
    return [str(one) for _check, found in differences(company_id) for one in found]


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(change, answer, moves.step), min_size=3, max_size=10))
def test_a_purchase_that_customers_wait_for(happens: list[Any]) -> None:
    world = sold.make_world()
    _supplier(world)
    lines = [LineIn(product, Decimal(q), Decimal("9.90"), required_on=date(2026, 12, 1)) for product, q in _BOUGHT]
    number = buying.create_order(actor=world.actor, supplier="S001", warehouse="MAIN", lines=lines, submit=True).number
    sold.make_order(world, 8, 15)
    sold.make_order(world, 4)
    buy = bought.World(world.actor, _supplier(world), world.stock.bolt, world.stock.nut, world.stock.main)
    for verb, argument in happens:
        with contextlib.suppress(AppError, ValueError, IndexError):
            if verb in _MINE:
                perform(world.actor, "po", number, verb, argument)
            else:
                moves.perform(buy, number, verb, argument)
        assert clean(world.actor.company_id) == [], (verb, argument)


_BOUGHT = (("BOLT", 10), ("NUT", 20))
_MINE = {"change", "accept", "refuse", "counter", "approve", "apply", "withdraw"}
deliver = st.tuples(st.just("deliver"), st.integers(1, 9))
other = st.tuples(st.sampled_from(["reserve", "release", "close", "cancel"]), st.none())


def _supplier(world: sold.World) -> Any:
    from gendan.accounts.models import Company
    from gendan.catalog.models import Partner
    from gendan.catalog.tests import make as catalog

    known = Partner.objects.filter(company_id=world.stock.company_id, code="S001").first()
    return known or catalog.make_supplier(Company.objects.get(pk=world.stock.company_id), "S001")


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(change, answer, deliver, other), min_size=3, max_size=10))
def test_a_sales_order_of_which_goods_leave(happens: list[Any]) -> None:
    world = sold.make_world(bolts=12, nuts=9)
    number = sold.make_order(world, 8, 15).number
    sold.make_order(world, 6)
    verbs = {
        "reserve": selling.reserve_order,
        "release": selling.release_order,
        "close": lambda **more: selling.close_order(reason="不发了", **more),
        "cancel": selling.cancel_order,
    }
    for verb, argument in happens:
        with contextlib.suppress(AppError):
            if verb in _MINE:
                perform(world.actor, "so", number, verb, argument)
            elif verb == "deliver":
                goods = [DeliverIn(1, Decimal(argument))]
                selling.deliver_order(actor=world.actor, number=number, lines=goods)
            else:
                verbs[verb](actor=world.actor, number=number)
        assert clean(world.actor.company_id) == [], (verb, argument)
