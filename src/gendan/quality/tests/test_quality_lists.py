"""Lists of inspections and corrective actions: filters, Excel files, the search of everything."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.accounts.tests.make import signed_in_client
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.returned import BackIn
from gendan.purchasing.tests.make import make_world
from gendan.purchasing.tests.test_return_lists import sheet
from gendan.quality import commands
from gendan.quality.queries.actions import ActionFilter, action_list
from gendan.quality.queries.inspections import InspectionFilter, inspection_list
from gendan.quality.tests.make import came, make_plan

pytestmark = pytest.mark.django_db


def test_lists_are_narrowed_taken_away_and_found() -> None:
    world = make_world()
    make_plan(world, method="all", aql="")
    inspection, receipt = came(world, 10)
    lines = [InspectIn(1, Decimal(6), Decimal(4), note="划伤")]
    purchasing.inspect_receipt(actor=world.actor, number=receipt.number, lines=lines)
    today = world.actor.today()
    action = commands.create_action(
        actor=world.actor, problem="划伤", inspection=inspection.number, due_on=today + timedelta(days=3)
    ).number
    back = [BackIn(receipt.number, 1, Decimal(4), "quality")]
    rtv = purchasing.create_return(actor=world.actor, lines=back).number
    for filters, found in (
        ({"first": today, "last": today, "warehouse": "MAIN", "supplier": "S001"}, 1),
        ({"first": today + timedelta(days=1)}, 0),
        ({"last": today - timedelta(days=1)}, 0),
        ({"warehouse": "NOWHERE"}, 0),
    ):
        assert len(inspection_list(world.actor, InspectionFilter("all", **filters)).items) == found, filters
    assert [row["number"] for row in action_list(world.actor, ActionFilter(q="S001")).items] == [action]
    assert action_list(world.actor, ActionFilter(q="S009")).items == []
    web = signed_in_client(world.actor)
    (row,) = sheet(web, f"/qi/?state=all&from={today}&to={today}&export=xlsx")
    assert [row[name] for name in ("单号", "产品编码", "数量", "合格", "不合格", "判定", "说明")] == [
        inspection.number, "BOLT", 10, 6, 4, "部分接收", "划伤",
    ]  # fmt: skip
    (row,) = sheet(web, "/car/?export=xlsx")
    assert (row["单号"], row["检验单"], row["问题"]) == (action, inspection.number, "划伤")
    for number in (inspection.number, action, rtv):
        assert f"/{number}" in web.get(f"/search?q={number.lower()}").content.decode(), number
