"""A reviewed sales order changes by change orders, also when part of it has left; edits that apply at once are kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.catalog.models import Partner
from gendan.changes import commands
from gendan.changes.errors import BelowMoved
from gendan.changes.models import ChangeOrder, OrderVersion
from gendan.changes.queries import change_detail, compare_versions, versions_of
from gendan.changes.rules import Content
from gendan.changes.targets import TARGETS
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.sales import commands as selling
from gendan.sales.models import SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.rules.lines import DeliverIn
from gendan.sales.tests.make import World, line, make_order, make_world, reserved

pytestmark = pytest.mark.django_db


def content_of(world: World, number: str) -> Content:
    return TARGETS["so"].read(world.actor, number).content


def change(world: World, number: str, n: int = 1, **cells: Any) -> Done:
    content = content_of(world, number)
    content["lines"][n - 1].update(cells)
    return commands.create_change(actor=world.actor, kind="so", order=number, content=content, submit=True)


def state(number: str) -> str:
    return SalesOrder.objects.get(number=number).state


def clean(world: World) -> bool:
    return not any(found for _check, found in differences(world.actor.company_id))


def test_what_the_customer_asks_for_applies_at_once_and_takes_stock() -> None:
    world = make_world(bolts=15)
    number = make_order(world, 10).number
    done = change(world, number, quantity="14", unit_price="9.5")
    assert (done.state, line(number).quantity, reserved(world), line(number).price_source) == (
        "applied",
        14,
        14,
        "hand",
    )
    assert SalesOrder.objects.get(number=number).gross == Decimal("133.00")
    change(world, number, quantity="6")
    assert (reserved(world), [v["revision"] for v in versions_of(world.actor, "so", number)]) == (6, [1, 2, 3])
    assert clean(world)


def test_an_order_of_which_part_has_left_changes_but_not_below_that() -> None:
    world = make_world(bolts=20, nuts=5)
    number = make_order(world, 10, 20).number
    selling.deliver_order(actor=world.actor, number=number, lines=[DeliverIn(1, Decimal(4))])
    with pytest.raises(BelowMoved):
        change(world, number, quantity="3")
    change(world, number, quantity="12")
    assert (line(number).reserved, state(number)) == (8, "partly_shipped")
    content = content_of(world, number)
    new = {**content["lines"][0], "id": None, "quantity": "2"}
    commands.create_change(actor=world.actor, kind="so", order=number, content={**content, "lines": [new]}, submit=True)
    assert [(line(number, n).quantity, line(number, n).cancelled) for n in (1, 2, 3)] == [(4, 0), (20, 20), (2, 0)]
    assert (line(number).completed_on, line(number, 3).reserved) == (world.actor.today(), 2)
    selling.deliver_order(actor=world.actor, number=number)
    assert state(number) == "shipped"
    assert clean(world)


def test_what_we_ask_for_waits_for_the_customers_word() -> None:
    world = make_world(bolts=20)
    number = make_order(world, 10).number
    content = content_of(world, number)
    content["lines"][0]["quantity"] = "8"
    mine: dict[str, Any] = {"actor": world.actor, "kind": "so", "order": number, "content": content}
    done = commands.create_change(**mine, origin="own", submit=True)
    assert (done.state, reserved(world)) == ("awaiting_partner", 10)
    commands.accept_change(actor=world.actor, number=done.number)
    assert (line(number).quantity, reserved(world)) == (8, 8)
    told = {**content_of(world, number), "note": "上午送"}
    done = commands.create_change(**{**mine, "content": told}, origin="own", submit=True)
    assert done.state == "applied", "a note is ours"
    assert clean(world)


def test_a_salesperson_without_the_right_waits_and_the_order_keeps_its_stock() -> None:
    world = make_world(bolts=20)
    number = make_order(world, 10).number
    content = content_of(world, number)
    content["lines"][0]["quantity"] = "18"
    clerk = replace(world.actor, amount_limit=Decimal(0))
    done = commands.create_change(actor=clerk, kind="so", order=number, content=content, submit=True)
    assert (done.state, reserved(world), state(number)) == ("pending_approval", 10, "to_ship")
    commands.approve_change(actor=world.actor, number=done.number)
    assert reserved(world) == 18
    assert clean(world)


def test_an_edit_of_a_reviewed_order_is_a_change_that_applied_at_once() -> None:
    world = make_world(bolts=15)
    number = make_order(world, 10).number
    draft = draft_of(world.actor, number).draft
    new = replace(draft, lines=(replace(draft.lines[0], quantity=Decimal(12)),))
    done = selling.update_order(actor=world.actor, number=number, draft=new)
    found = ChangeOrder.objects.get(number=done.data["change"])
    assert (found.state, found.revision, OrderVersion.objects.count()) == ("applied", 2, 2)
    (diff,) = compare_versions(world.actor, "so", number, 1, 2)
    assert diff.cells == (("quantity", "10", "12"),)
    assert selling.update_order(actor=world.actor, number=number, draft=new).data["change"] == ""
    assert clean(world)


def test_what_the_review_doubts_is_told_without_figures_to_who_may_not_see_them() -> None:
    world = make_world(bolts=100)
    number = make_order(world, 10).number  # 99.00
    Partner.objects.filter(code="C001").update(credit_limit=150)
    rights = ("sales.view", "sales.view_price", "sales.update_order", "changes.view", "changes.create_change")
    seller = world.stock.colleague(*rights)
    content = content_of(world, number)
    content["lines"][0]["quantity"] = "20"
    done = commands.create_change(actor=seller, kind="so", order=number, content=content, submit=True)
    assert done.state == "pending_approval"
    assert "150" in change_detail(seller, done.number)["doubts"][0]
    keeper = world.stock.colleague("sales.view", "changes.view")
    assert change_detail(keeper, done.number)["doubts"] == ["超出客户的信用额度。"]
