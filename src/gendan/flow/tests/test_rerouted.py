"""An edit that leaves the sum as it was, but about which others would have been asked, makes the approval void."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user
from gendan.flow.models import Instance, Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel.models import Event
from gendan.sales import commands as sales
from gendan.sales.models import SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_product_that_another_signs_for_cannot_be_put_in_place_of_one_that_waits() -> None:
    world = selling.make_world()
    company = Company.objects.get(pk=world.actor.company_id)
    others = [make_user(company, permissions=["sales.view"], limit=0, name=name) for name in ("钱", "生产")]
    plain, both = (
        approve(key, *({"by": "person", "value": person.username} for person in people), mode="all")
        for key, people in (("plain", others[:1]), ("both", others))
    )
    arms = [
        {"key": "nuts", "when": "lines.exists(l, l.product == 'NUT')", "nodes": [both]},
        {"key": "rest", "nodes": [plain]},
    ]
    draw(world.actor, {"key": "made", "type": "branch", "name": "定制产品", "branches": arms}, kind="so")
    number = selling.make_order(world, 10).number
    draft = draft_of(world.actor, number).draft
    same_sum = replace(draft, lines=tuple(replace(line, product="NUT", unit="") for line in draft.lines))
    noted = replace(draft, note="周三送")

    sales.update_order(actor=world.actor, number=number, draft=noted)
    assert Instance.objects.get().state == "running", "what nobody is asked for by is no reason"

    sales.update_order(actor=world.actor, number=number, draft=replace(same_sum, note="周三送"))
    assert SalesOrder.objects.get(number=number).gross == Decimal("99.00")
    assert list(Instance.objects.order_by("id").values_list("state", flat=True)) == ["voided", "running"]
    assert set(Task.objects.filter(state="waiting").values_list("user_id", flat=True)) == {one.pk for one in others}
    assert Event.objects.get(type="flow.voided").data["changed"] == "定制产品"
