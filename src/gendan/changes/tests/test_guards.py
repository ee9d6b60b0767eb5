"""What must not slip past the approval of a change order, past duties, fields and what somebody sees of orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company
from gendan.accounts.queries import FieldRight, known_permissions
from gendan.accounts.tests.make import actor_for, api_client, make_user
from gendan.catalog.models import Partner
from gendan.changes import commands
from gendan.changes.errors import SomebodyElse
from gendan.changes.models import ChangeOrder
from gendan.changes.queries import change_detail
from gendan.changes.rules import Content
from gendan.changes.targets import TARGETS
from gendan.flow import commands as flows
from gendan.flow.models import Task
from gendan.flow.queries.inbox import Wanted, inbox
from gendan.flow.tests.make import approve, draw, make_flowing, redraw
from gendan.kernel.actor import Actor
from gendan.kernel.duties import DutiesMixed
from gendan.kernel.fields import FieldNotYours
from gendan.kernel.verify import differences
from gendan.purchasing import commands as buying
from gendan.purchasing.models import OrderLine, PurchaseOrder
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as bought
from gendan.sales.models import SalesOrder
from gendan.sales.permissions import OVERRIDE
from gendan.sales.tests import make as sold

pytestmark = pytest.mark.django_db
EVERYTHING = sorted(known_permissions())


def content(actor: Actor, kind: str, number: str, n: int = 1, **cells: Any) -> Content:
    """The order with other cells in its n-th line."""
    found = TARGETS[kind].read(actor, number).content
    found["lines"][n - 1].update(cells)
    return found


def colleague(company_id: int, permissions: Iterable[str] = EVERYTHING, limit: int | None = None) -> Any:
    return make_user(Company.objects.get(pk=company_id), permissions=permissions, limit=limit)


def blind(actor: Actor) -> Actor:
    """The same without the right to see what things cost."""
    return replace(actor, permissions=frozenset(set(EVERYTHING) - {"purchasing.view_price"}))


def clean(company_id: int) -> bool:
    return not any(found for _check, found in differences(company_id))


def test_two_changes_below_a_limit_do_not_make_an_order_beyond_it() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10, 20).number  # 297.00
    clerk, boss = (replace(world.actor, amount_limit=Decimal(limit)) for limit in (0, 500))
    numbers = [
        commands.create_change(
            actor=clerk, kind="po", order=number, content=content(clerk, "po", number, n, quantity=much), submit=True
        ).number
        for n, much in ((1, "30"), (2, "40"))
    ]
    assert commands.approve_change(actor=boss, number=numbers[0]).state == "applied"
    second = commands.approve_change(actor=boss, number=numbers[1])
    assert (second.state, PurchaseOrder.objects.get(number=number).gross) == ("approved", Decimal("495.00"))
    assert "重新" in second.data["blocked"]
    told = [change_detail(actor, numbers[1])["blocked"] for actor in (world.actor, blind(world.actor))]
    assert told[0] == second.data["blocked"]
    assert "看不到" in told[1]
    assert clean(world.company_id)


def test_what_somebody_has_to_look_at_is_not_let_pass_unread_by_a_late_answer() -> None:
    world = sold.make_world(bolts=100)
    Partner.objects.filter(code="C001").update(credit_limit=300)
    seller = replace(world.actor, permissions=frozenset(set(EVERYTHING) - {OVERRIDE}))
    number = sold.make_order(world, 10, actor=seller).number  # 99.00
    wanted = content(seller, "so", number, quantity="20")
    waiting = commands.create_change(actor=seller, kind="so", order=number, content=wanted, origin="own", submit=True)
    assert waiting.state == "awaiting_partner"
    sold.make_order(world, 15)  # 148.50: both do not fit into the limit
    done = commands.accept_change(actor=seller, number=waiting.number)
    assert (done.state, SalesOrder.objects.get(number=number).gross) == ("approved", Decimal("99.00"))
    assert clean(world.actor.company_id)


def test_who_recorded_another_proposal_does_not_approve_it() -> None:
    world = bought.make_world()
    accounts.set_duties(actor=world.actor, rules={"submit_approve": "stop"})
    author, boss, answerer, buyer = (actor_for(colleague(world.company_id)) for _ in range(4))
    number = bought.make_order(replace(world, actor=buyer), 10, submit=False).number
    buying.submit_order(actor=author, number=number)
    buying.approve_order(actor=boss, number=number)
    bought.confirm(world, number)
    change = commands.create_change(
        actor=author, kind="po", order=number, content=content(author, "po", number, quantity="12"), submit=True
    ).number
    assert commands.approve_change(actor=boss, number=change).state == "awaiting_partner"
    countered = commands.counter_change(
        actor=answerer, number=change, content=content(answerer, "po", number, quantity="500")
    )
    assert countered.state == "pending_approval"
    with pytest.raises(DutiesMixed):
        commands.approve_change(actor=answerer, number=change)
    assert commands.approve_change(actor=boss, number=change).state == "applied"


def test_a_line_that_came_in_beyond_its_order_does_not_grow_when_it_is_taken_out() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10, 20).number
    OrderLine.objects.update(over_tolerance=50)
    bought.receive(world, number, (1, "12"))
    found = TARGETS["po"].read(world.actor, number).content
    del found["lines"][0]
    commands.create_change(actor=world.actor, kind="po", order=number, content=found, submit=True)
    assert (bought.line(number).quantity, PurchaseOrder.objects.get(number=number).gross) == (10, Decimal("297.00"))
    assert clean(world.company_id)


def test_a_field_that_a_role_fixes_is_fixed_in_new_lines_and_behind_many_changes() -> None:
    world = bought.make_world()
    user = colleague(world.company_id)
    role = user.memberships.get().roles.get().code
    accounts.save_field_rights(actor=world.actor, code=role, rights=[FieldRight("po", "required_on", "read_only")])
    li = actor_for(user)
    lines = [LineIn("BOLT", Decimal(1), Decimal(n + 1)) for n in range(60)]
    number = bought.make_order(world, lines=lines).number
    found = content(li, "po", number)
    for row in found["lines"]:
        row["quantity"] = "2"
    found["lines"][-1]["required_on"] = "2026-12-24"
    with pytest.raises(FieldNotYours):
        commands.create_change(actor=li, kind="po", order=number, content=found)
    found = content(li, "po", number)
    found["lines"].append({**found["lines"][0], "id": None, "required_on": "2026-12-24"})
    with pytest.raises(FieldNotYours):
        commands.create_change(actor=li, kind="po", order=number, content=found)


def test_change_orders_of_orders_out_of_sight_are_out_of_sight() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10).number
    change = commands.create_change(
        actor=world.actor, kind="po", order=number, content=content(world.actor, "po", number, quantity="9")
    ).number
    user = colleague(world.company_id)
    accounts.save_role_scope(
        actor=world.actor, code=user.memberships.get().roles.get().code, documents={"purchasing": "own"}
    )
    api = api_client(user)
    for address in (f"/changes/{change}", f"/documents/co/{change}/comments", f"/documents/co/{change}/attachments"):
        assert api.get(address).status_code == 404, address
    assert api.post(f"/documents/co/{change}/comments", {"text": "x"}).status_code == 404
    mine = bought.make_order(replace(world, actor=actor_for(user)), 10).number
    own = commands.create_change(
        actor=actor_for(user), kind="po", order=mine, content=content(world.actor, "po", mine, quantity="9")
    ).number
    assert api.get(f"/documents/co/{own}/comments").status_code == 200
    assert ChangeOrder.objects.count() == 2


def test_who_makes_an_order_dearer_that_a_flow_approves_does_not_approve_what_a_review_left_open() -> None:
    world = make_flowing()
    number = world.order(10)
    task = Task.objects.get(instance__number=number, state="waiting")
    flows.approve_task(actor=world.actor(world.boss), task_id=task.pk)
    flows.switch_off(actor=world.admin, kind="po")
    admin = replace(world.admin, amount_limit=Decimal(0))
    more = content(admin, "po", number, quantity="1000")
    done = commands.create_change(actor=admin, kind="po", order=number, content=more, submit=True)
    assert done.state == "pending_approval"
    redraw(world.admin, approve())
    with pytest.raises(SomebodyElse):
        commands.approve_change(actor=world.admin, number=done.number)
    other = actor_for(colleague(world.buy.company_id))
    assert commands.approve_change(actor=other, number=done.number).state == "applied"


def test_the_worth_of_a_changed_sale_is_for_who_sees_sales_prices() -> None:
    world = sold.make_world()
    boss = colleague(world.actor.company_id, permissions=set(EVERYTHING) - {"sales.view_price"})
    draw(world.actor, approve("boss", {"by": "person", "value": boss.username}), kind="co")
    number = sold.make_order(world, 10).number
    wanted = content(world.actor, "so", number, quantity="20")
    commands.create_change(actor=world.actor, kind="so", order=number, content=wanted, submit=True)
    (row,) = inbox(actor_for(boss), Wanted()).items
    assert row.amount is None
    seller = actor_for(boss)
    (row,) = inbox(replace(seller, permissions=seller.permissions | {"sales.view_price"}), Wanted()).items
    assert row.amount == Decimal("198.00")


def test_who_does_not_see_prices_leaves_those_of_a_draft_as_they_are() -> None:
    world = bought.make_world()
    number = bought.make_order(world, 10).number
    dearer = content(world.actor, "po", number, unit_price="12", discount="5")
    change = commands.create_change(actor=world.actor, kind="po", order=number, content=dearer).number
    blind = replace(world.actor, permissions=frozenset(EVERYTHING) - {"purchasing.view_price"})
    seen = change_detail(blind, change)["content"]
    assert "unit_price" not in seen["lines"][0]
    seen["lines"][0]["required_on"] = "2026-12-24"
    commands.update_change(actor=blind, number=change, content=seen)
    (row,) = ChangeOrder.objects.get(number=change).content["lines"]
    assert (row["unit_price"], row["discount"], row["required_on"]) == ("12", "5", "2026-12-24")
    commands.submit_change(actor=world.actor, number=change)
    assert bought.line(number).gross == Decimal("114.00")
