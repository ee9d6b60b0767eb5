"""A new date for one line: kept in the ledger, the first promise untouched."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.catalog.tests.make import make_actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.purchasing import commands
from gendan.purchasing.errors import NothingToReceive, UnknownLine
from gendan.purchasing.models import Promise
from gendan.purchasing.tests.make import confirm, line, make_order, make_world, receive

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 24)


def test_a_new_date_is_kept_beside_the_first_promise() -> None:
    world = make_world()
    order = make_order(world, 10)
    confirm(world, order.number, (1, "10", "2026-12-03"))
    receive(world, order.number, (1, "4"))
    commands.revise_promise(
        actor=world.actor, number=order.number, line=1, expected_on=LATER, note="缺料", source="supplier"
    )
    found = line(order.number)
    assert (found.promised_on, found.expected_on, found.due_on) == (date(2026, 12, 3), LATER, date(2026, 12, 3))
    entry = Promise.objects.get(order_line=found, kind="expected")
    assert (entry.quantity, entry.promised_on, entry.note, entry.source) == (6, LATER, "缺料", "supplier")


def test_refusals() -> None:
    world = make_world()
    order = make_order(world, 10, 20)

    def revise(**fields: object) -> None:
        commands.revise_promise(
            **{"actor": world.actor, "number": order.number, "line": 1, "expected_on": LATER, **fields}  # type: ignore[arg-type]
        )

    with pytest.raises(UnknownLine):
        revise(line=9)
    with pytest.raises(Invalid):
        revise(expected_on=timezone.localdate() - timedelta(1))
    with pytest.raises(Invalid):
        revise(source="god")
    with pytest.raises(Stale):
        revise(version=9)
    with pytest.raises(NotFound):
        revise(actor=make_actor())
    with pytest.raises(Forbidden):
        revise(actor=make_actor("purchasing.view", company=Company.objects.get(pk=world.company_id)))
    receive(world, order.number, (1, "10"))
    with pytest.raises(NothingToReceive):
        revise()
    receive(world, order.number)
    with pytest.raises(WrongState):
        revise(line=2)
