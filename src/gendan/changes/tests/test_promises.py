"""A day that we asked for ourselves is what a supplier is measured by; what it asked for is not."""

from __future__ import annotations

from datetime import date

import pytest

from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.changes import commands
from gendan.kernel.verify import differences
from gendan.purchasing.models import Promise
from gendan.purchasing.queries.trace import trace
from gendan.purchasing.tests import make as bought

from .test_guards import content

pytestmark = pytest.mark.django_db
FIRST, LATER = date(2026, 12, 1), date(2026, 12, 20)


def postponed(origin: str) -> tuple[bought.World, str]:
    """A confirmed order that a change order postponed, agreed to by both."""
    world = bought.make_world()
    number = bought.make_order(world, 10).number
    bought.confirm(world, number)
    wanted = content(world.actor, "po", number, required_on=LATER.isoformat())
    change = commands.create_change(
        actor=world.actor, kind="po", order=number, content=wanted, origin=origin, submit=True
    )
    if change.state == "awaiting_partner":
        commands.accept_change(actor=world.actor, number=change.number)
    return world, number


def test_a_delay_that_we_asked_for_does_not_make_the_supplier_late() -> None:
    world, number = postponed("own")
    line = bought.line(number)
    assert (line.promised_on, line.due_on, line.expected_on) == (LATER, LATER, LATER)
    kept = Promise.objects.filter(order_line=line).order_by("revision")
    assert [(one.source, one.promised_on) for one in kept] == [("buyer", FIRST), ("agreed", LATER)]
    assert trace(world.actor, number, 1).dates["basis"] == "agreed"
    assert "变更约定" in signed_in_client(world.actor).get(f"/po/{number}/lines/1").content.decode()
    told = api_client(world.actor).get(f"/order-lines/{number}/1/trace").json()
    assert (told["dates"]["basis"], told["dates"]["promised_on"]) == ("agreed", LATER.isoformat())
    bought.receive(world, number, (1, "4"))
    assert bought.line(number).due_on == LATER
    assert not any(found for _check, found in differences(world.company_id))


def test_a_delay_that_the_supplier_asked_for_is_measured_by_the_first_promise() -> None:
    world, number = postponed("partner")
    line = bought.line(number)
    assert (line.promised_on, line.due_on, line.expected_on) == (FIRST, FIRST, LATER)
    assert trace(world.actor, number, 1).dates["basis"] == "promised"
    assert not any(found for _check, found in differences(world.company_id))
