"""A change of many lines takes as many statements as one of few; pages do not grow with the order."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import signed_in_client
from gendan.changes import commands
from gendan.changes.targets import TARGETS
from gendan.purchasing.tests import make as bought
from gendan.sales.tests import make as sold

pytestmark = pytest.mark.django_db


def counted(work: object) -> int:
    assert callable(work)
    with CaptureQueriesContext(connection) as statements:
        work()
    return len(statements)


@pytest.mark.parametrize("kind", ["po", "so"])
def test_many_lines_change_in_as_many_statements_as_few(kind: str) -> None:
    found = []
    world = bought.make_world() if kind == "po" else None
    shop = sold.make_world(bolts=500, nuts=500) if kind == "so" else None
    for lines in (2, 30):
        if world:
            actor, number = world.actor, bought.make_order(world, *[10] * lines).number
            bought.confirm(world, number)
        else:
            assert shop is not None
            actor, number = shop.actor, sold.make_order(shop, *[2] * lines).number
        content = TARGETS[kind].read(actor, number).content
        wanted = {**content, "lines": [{**line, "quantity": "3"} for line in content["lines"]]}

        def change(actor=actor, number=number, wanted=wanted) -> None:
            commands.create_change(
                actor=actor, kind=kind, order=number, content=wanted, agreed=True, origin="own", submit=True
            )

        found.append(counted(change))
    assert found[0] == found[1] <= 110, found


def test_the_page_of_a_change_does_not_grow_with_its_lines() -> None:
    world = bought.make_world()
    web = signed_in_client(world.actor)
    found = []
    for lines in (2, 30):
        number = bought.make_order(world, *[10] * lines).number
        content = TARGETS["po"].read(world.actor, number).content
        content["lines"] = [{**line, "quantity": "12"} for line in content["lines"]]
        done = commands.create_change(actor=world.actor, kind="po", order=number, content=content)
        web.get(f"/co/{done.number}")
        found.append(counted(lambda done=done: web.get(f"/co/{done.number}")))
    assert found[0] == found[1] <= 25, found
