"""An approved purchase order changes by change orders: applied as a whole, never below what has moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gendan.changes import commands
from gendan.changes.errors import BelowMoved, ChangedSince, HasMoved, NotByChange, NothingChanged, NothingLeft
from gendan.changes.models import ChangeOrder, OrderVersion
from gendan.changes.queries import compare_versions, versions_of
from gendan.changes.rules import Content
from gendan.changes.targets import TARGETS
from gendan.flow.errors import AmountLimitExceeded
from gendan.kernel.actor import Actor
from gendan.kernel.models import Notice
from gendan.kernel.timeline import entries
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing import commands as buying
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world, receive

pytestmark = pytest.mark.django_db


def content_of(world: World, number: str) -> Content:
    return TARGETS["po"].read(world.actor, number).content


def with_line(content: Content, n: int = 1, **cells: Any) -> Content:
    """The content with other cells in its n-th line."""
    lines = [dict(row) for row in content["lines"]]
    lines[n - 1].update(cells)
    return {**content, "lines": lines}


def change(world: World, number: str, content: Content | None = None, n: int = 1, **cells: Any) -> Done:
    """A change order of the n-th line, sent on its way."""
    wanted = with_line(content or content_of(world, number), n, **cells)
    return commands.create_change(actor=world.actor, kind="po", order=number, content=wanted, submit=True)


def clean(world: World) -> bool:
    return not any(found for _check, found in differences(world.actor.company_id))


def clerk(world: World) -> Actor:
    return replace(world.actor, amount_limit=Decimal(0), name="小李")


def test_quantity_and_date_of_an_unanswered_order_change_at_once() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    done = change(world, number, quantity="12", required_on="2026-12-05")
    first = line(number)
    assert (done.state, done.data["revision"]) == ("applied", 2)
    assert (first.quantity, first.required_on, first.due_on) == (12, date(2026, 12, 5), date(2026, 12, 5))
    order = PurchaseOrder.objects.get(number=number)
    assert order.gross == Decimal("316.80") == sum(each.gross for each in order.lines.all())
    assert [v.revision for v in OrderVersion.objects.order_by("revision")] == [1, 2]
    (diff,) = compare_versions(world.actor, "po", number, 1, 2)
    assert diff.cells == (("quantity", "10", "12"), ("required_on", "2026-12-01", "2026-12-05"))
    told = [entry for entry in entries(world.actor, [("po", order.pk)]) if entry["type"] == "purchasing.order_changed"]
    assert ("BOLT 数量", "10", "12") in told[0]["changes"]
    assert clean(world)


def test_lines_are_added_and_taken_out() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    receive(world, number, (2, "5"))
    content = content_of(world, number)
    new = {**content["lines"][0], "id": None, "quantity": "7", "note": "补"}
    commands.create_change(actor=world.actor, kind="po", order=number, content={**content, "lines": [new]}, submit=True)
    assert [(line(number, n).quantity, line(number, n).cancelled) for n in (1, 2, 3)] == [(10, 10), (5, 0), (7, 0)]
    assert (line(number).gross, line(number, 2).gross) == (0, Decimal("49.50"))
    assert PurchaseOrder.objects.get(number=number).state == "partly_received"
    assert [row["product"] for row in content_of(world, number)["lines"]] == ["NUT", "BOLT"]
    receive(world, number)
    assert PurchaseOrder.objects.get(number=number).state == "received"
    assert clean(world)


def test_never_below_what_came_in_or_is_announced() -> None:
    world = make_world()
    number = make_order(world, 10).number
    receive(world, number, (1, "4"))
    with pytest.raises(BelowMoved):
        change(world, number, quantity="3")
    with pytest.raises(HasMoved):
        commands.create_change(
            actor=world.actor, kind="po", order=number, content={**content_of(world, number), "warehouse": "OLD"}
        ) if _second_warehouse(world) else None
    change(world, number, quantity="4")
    assert (line(number).quantity, PurchaseOrder.objects.get(number=number).state) == (4, "received")
    with pytest.raises(NothingLeft):
        commands.create_change(
            actor=world.actor, kind="po", order=number, content={**content_of(world, number), "lines": []}
        )
    with pytest.raises(NothingChanged):
        change(world, number)
    assert clean(world)


def _second_warehouse(world: World) -> bool:
    from gendan.catalog.tests import make as catalog

    catalog.make_warehouse(world.company_id, "OLD")
    return True


def test_what_the_supplier_confirmed_waits_for_its_word_and_is_confirmed_anew() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    confirm(world, number, (1, "6", "2026-12-01"), (1, "4", "2026-12-08"), (2, "20", "2026-12-01"))
    waiting = change(world, number, quantity="7")
    assert (waiting.state, line(number).quantity) == ("awaiting_partner", 10)
    done = commands.accept_change(actor=world.actor, number=waiting.number, note="电话")
    first = line(number)
    assert (done.state, first.quantity, first.confirmed, first.expected_on) == ("applied", 7, 7, date(2026, 12, 8))
    assert PurchaseOrder.objects.get(number=number).state == "confirmed"
    again = change(world, number, quantity="9", required_on="2026-12-20")
    commands.accept_change(actor=world.actor, number=again.number)
    first = line(number)
    assert (first.confirmed, first.expected_on, first.promised_on) == (9, date(2026, 12, 20), date(2026, 12, 20))
    found = ChangeOrder.objects.get(number=again.number)
    assert found.sent_at
    assert found.answered_at
    assert clean(world)


def test_the_supplier_wants_something_else_or_says_no() -> None:
    world = make_world()
    number = make_order(world, 10).number
    confirm(world, number)
    waiting = change(world, number, quantity="20")
    content = with_line(content_of(world, number), quantity="15")
    done = commands.counter_change(actor=world.actor, number=waiting.number, content=content, note="只能 15")
    assert (done.state, line(number).quantity, line(number).confirmed) == ("applied", 15, 15)
    refused = change(world, number, quantity="20")
    done = commands.refuse_change(actor=world.actor, number=refused.number, reason="没有产能")
    assert (done.state, line(number).quantity) == ("rejected", 15)
    assert clean(world)


def test_who_may_not_approve_the_new_amount_waits_for_somebody_who_may() -> None:
    world = make_world()
    number = make_order(world, 10).number
    wanted = with_line(content_of(world, number), quantity="11")
    mine: dict[str, Any] = {"kind": "po", "order": number, "content": wanted, "submit": True}
    done = commands.create_change(actor=clerk(world), **mine)
    assert (done.state, line(number).quantity) == ("pending_approval", 10)
    with pytest.raises(AmountLimitExceeded):
        commands.approve_change(actor=clerk(world), number=done.number)
    done = commands.approve_change(actor=world.actor, number=done.number, note="好")
    assert (done.state, line(number).quantity) == ("applied", 11)
    other = commands.create_change(actor=clerk(world), **{**mine, "content": with_line(wanted, quantity="30")})
    commands.reject_change(actor=world.actor, number=other.number, reason="太多")
    third = commands.create_change(actor=clerk(world), **{**mine, "content": with_line(wanted, quantity="31")})
    done = commands.withdraw_change(actor=clerk(world), number=third.number)
    assert (done.state, line(number).quantity) == ("withdrawn", 11)
    assert clean(world)


def test_two_changes_are_merged_unless_they_touch_the_same() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    content = content_of(world, number)
    mine: dict[str, Any] = {"actor": world.actor, "kind": "po", "order": number}
    drafts = [
        commands.create_change(content=with_line(content, n, **cells), **mine).number
        for n, cells in ((1, {"quantity": "12"}), (2, {"quantity": "25"}), (1, {"quantity": "9"}))
    ]
    commands.submit_change(actor=world.actor, number=drafts[0])
    commands.submit_change(actor=world.actor, number=drafts[1])
    assert (line(number).quantity, line(number, 2).quantity) == (12, 25)
    with pytest.raises(ChangedSince, match="BOLT 数量 10 → 12"):
        commands.submit_change(actor=world.actor, number=drafts[2])
    assert ChangeOrder.objects.get(number=drafts[2]).state == "draft"
    assert clean(world)


def test_what_stands_in_the_way_at_approval_is_kept_and_told() -> None:
    world = make_world()
    number = make_order(world, 10).number
    buyer = clerk(world)
    wanted = with_line(content_of(world, number), quantity="6")
    done = commands.create_change(actor=buyer, kind="po", order=number, content=wanted, submit=True)
    receive(world, number, (1, "8"))
    done = commands.approve_change(actor=world.actor, number=done.number)
    assert done.state == "approved"
    assert "8" in done.data["blocked"]
    assert line(number).quantity == 10
    with pytest.raises(BelowMoved):
        commands.apply_change(actor=world.actor, number=done.number)
    assert commands.withdraw_change(actor=world.actor, number=done.number).state == "withdrawn"
    assert clean(world)


def test_only_approved_orders_that_are_not_over_change_so() -> None:
    world = make_world()
    draft = make_order(world, 10, submit=False).number
    with pytest.raises(NotByChange):
        change(world, draft, quantity="11")
    over = make_order(world, 10).number
    buying.cancel_order(actor=world.actor, number=over)
    with pytest.raises(NotByChange):
        commands.create_change(actor=world.actor, kind="po", order=over, content={"lines": []})


def test_every_version_can_be_seen_and_the_keeper_is_told() -> None:
    world = make_world()
    number = make_order(world, 10).number
    assert [v["revision"] for v in versions_of(world.actor, "po", number)] == [1]
    change(world, number, quantity="12")
    change(world, number, quantity="13")
    found = versions_of(world.actor, "po", number)
    assert [(v["revision"], v["content"]["lines"][0]["quantity"]) for v in found] == [(1, "10"), (2, "12"), (3, "13")]
    assert [v["paper"]["lines"][0]["quantity"] for v in found] == [10, 12, 13]
    order = PurchaseOrder.objects.select_related("approved_by").get(number=number)
    assert order.approved_by
    assert (found[0]["at"], found[0]["user"]) == (order.approved_at, order.approved_by.name), "not of the first change"
    assert found[1]["at"] > found[0]["at"]
    assert Notice.objects.count() == 0, "who does it is not told"
