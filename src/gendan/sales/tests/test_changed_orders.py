"""An order that is changed, closed, copied or thrown away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, Stale, WrongState
from gendan.kernel.timeline import entries
from gendan.kernel.verify import differences
from gendan.purchasing.errors import DraftChanged, ReasonRequired
from gendan.sales import commands
from gendan.sales.errors import NothingShipped, OnceApproved, OrderHasOpenDeliveries, ReferenceReused
from gendan.sales.models import SalesLine, SalesOrder, SalesSettings
from gendan.sales.queries.drafts import draft_of
from gendan.sales.rules.draft import Draft, DraftLine
from gendan.sales.rules.lines import DeliverIn
from gendan.sales.tests.make import World, line, make_order, make_world, reserved

pytestmark = pytest.mark.django_db


def state(number: str) -> str:
    return SalesOrder.objects.get(number=number).state


def clean(world: World) -> bool:
    return not any(found for _check, found in differences(world.actor.company_id))


def change(world: World, number: str, actor: Actor | None = None, **fields: Any) -> Any:
    """Save the order with other values of its header or its first line's quantity."""
    draft = draft_of(world.actor, number).draft
    if quantity := fields.pop("quantity", None):
        draft = replace(draft, lines=(replace(draft.lines[0], quantity=Decimal(quantity)), *draft.lines[1:]))
    return commands.update_order(actor=actor or world.actor, number=number, draft=replace(draft, **fields))


def test_a_draft_is_made_what_the_form_says() -> None:
    world = make_world()
    number = make_order(world, 10, 20, submit=False).number
    old = draft_of(world.actor, number).draft
    new = replace(old, note="加急", lines=(old.lines[1], DraftLine("BOLT", Decimal(3), Decimal("9.5"))))
    done = commands.update_order(actor=world.actor, number=number, draft=new)
    found = draft_of(world.actor, number).draft
    assert [(each.product, each.quantity) for each in found.lines] == [("NUT", 20), ("BOLT", 3)]
    assert (done.state, found.note, found.lines[0].id) == ("draft", "加急", old.lines[1].id)
    order = SalesOrder.objects.get(number=number)
    assert order.gross == sum(each.gross for each in order.lines.all())
    assert clean(world)


def test_an_order_that_passed_keeps_what_it_holds_when_it_passes_again() -> None:
    world = make_world(bolts=15)
    number = make_order(world, 10).number
    change(world, number, note="客户来电")
    assert (state(number), reserved(world)) == ("to_ship", 10)
    change(world, number, quantity="12")
    assert (state(number), reserved(world)) == ("to_ship", 12)
    change(world, number, quantity="4")
    assert (state(number), reserved(world)) == ("to_ship", 4)
    assert clean(world)


def test_an_order_that_has_to_be_looked_at_again_lets_its_stock_go() -> None:
    world = make_world(bolts=15)
    number = make_order(world, 10).number
    clerk = world.stock.colleague("sales.update_order", "sales.view_price")
    done = change(world, number, clerk, quantity="11")
    assert (done.state, state(number), reserved(world)) == ("pending_review", "pending_review", 0)
    change(world, number, clerk, quantity="9")
    assert state(number) == "pending_review"
    commands.approve_order(actor=world.actor, number=number)
    assert (state(number), reserved(world)) == ("to_ship", 9)
    assert clean(world)


def test_a_line_that_was_promised_stays_as_cancelled_when_it_is_taken_out() -> None:
    world = make_world(bolts=10, nuts=20)
    number = make_order(world, 10, 20).number
    draft = draft_of(world.actor, number).draft
    commands.update_order(actor=world.actor, number=number, draft=replace(draft, lines=draft.lines[1:]))
    gone = SalesLine.objects.get(pk=draft.lines[0].id or 0)
    assert (gone.cancelled, gone.gross, gone.reserved) == (10, 0, 0)
    assert [each.product for each in draft_of(world.actor, number).draft.lines] == ["NUT"]
    assert (reserved(world), state(number)) == (0, "to_ship")
    assert clean(world)


def test_two_people_at_one_order_are_merged_or_shown_both() -> None:
    world = make_world()
    number = make_order(world, 10, submit=False).number
    base = draft_of(world.actor, number).draft
    change(world, number, note="下午送")
    mine: dict[str, Any] = {"actor": world.actor, "number": number, "version": 1}
    with pytest.raises(Stale):
        commands.update_order(draft=replace(base, customer_reference="K1"), **mine)
    commands.update_order(draft=replace(base, customer_reference="K1"), base=base, **mine)
    found = draft_of(world.actor, number).draft
    assert (found.note, found.customer_reference) == ("下午送", "K1")
    with pytest.raises(DraftChanged):
        commands.update_order(draft=replace(base, note="上午送"), base=base, **mine)


def test_who_does_not_see_prices_cannot_change_them() -> None:
    world = make_world()
    number = make_order(world, 10, submit=False).number
    clerk = world.stock.colleague("sales.update_order")
    draft: Draft = draft_of(world.actor, number).draft
    cheap = replace(draft.lines[0], unit_price=Decimal(1), quantity=Decimal(7))
    commands.update_order(actor=clerk, number=number, draft=replace(draft, lines=(cheap,)))
    assert (line(number).unit_price, line(number).quantity) == (Decimal("9.90"), 7)


def test_what_left_is_not_changed_and_the_rest_is_closed_with_a_reason() -> None:
    world = make_world(bolts=10)
    number = make_order(world, 10).number
    with pytest.raises(NothingShipped):
        commands.close_order(actor=world.actor, number=number, reason="停产")
    commands.deliver_order(actor=world.actor, number=number, lines=[DeliverIn(1, Decimal(4))])
    with pytest.raises(WrongState):
        change(world, number, note="x")
    with pytest.raises(ReasonRequired):
        commands.close_order(actor=world.actor, number=number)
    commands.close_order(actor=world.actor, number=number, reason="停产")
    assert (state(number), line(number).cancelled, line(number).closed_short, reserved(world)) == ("shipped", 6, 6, 0)
    assert clean(world)


def test_closed_short_a_line_is_complete_from_its_last_delivery_until_the_goods_are_taken_back() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    before = today - timedelta(days=2)
    number = make_order(world, 10, 20, ordered_on=before).number
    sent = commands.deliver_order(actor=world.actor, number=number, lines=[DeliverIn(1, Decimal(4))], shipped_on=before)
    commands.close_order(actor=world.actor, number=number, reason="停产")

    def ends() -> tuple[Any, Any, bool]:
        closed = SalesOrder.objects.get(number=number).closed_at is not None
        return line(number).completed_on, line(number, 2).completed_on, closed

    assert ends() == (before, None, True)
    commands.cancel_delivery(actor=world.actor, number=sent.number)
    assert (state(number), ends()) == ("to_ship", (None, None, False))
    commands.deliver_order(actor=world.actor, number=number)
    assert (state(number), ends()) == ("shipped", (today, None, True))
    assert clean(world)


def test_one_line_is_closed_and_the_others_go_on() -> None:
    world = make_world(bolts=10, nuts=20)
    number = make_order(world, 10, 20).number
    commands.close_order(actor=world.actor, number=number, lines=[1], reason="客户不要了")
    assert (state(number), line(number).cancelled, line(number, 2).reserved) == ("to_ship", 10, 20)
    assert clean(world)


def test_only_its_author_throws_a_draft_away_and_none_that_had_passed() -> None:
    world = make_world(bolts=10)
    number = make_order(world, 10, submit=False).number
    with pytest.raises(Forbidden):
        commands.delete_order(actor=world.stock.colleague("sales.create_order"), number=number)
    commands.delete_order(actor=world.actor, number=number)
    assert not SalesOrder.objects.filter(number=number).exists()
    passed = make_order(world, 10).number
    clerk = world.stock.colleague("sales.update_order", "sales.view_price")
    change(world, passed, clerk, note="改")
    commands.reject_order(actor=world.actor, number=passed, reason="价格不对")
    with pytest.raises(OnceApproved):
        commands.delete_order(actor=world.actor, number=passed)
    assert clean(world)


def test_a_copy_has_the_lines_but_not_the_customers_number() -> None:
    world = make_world()
    number = make_order(world, 10, customer_reference="K1", submit=False).number
    copy = commands.copy_order(actor=world.actor, number=number)
    found = draft_of(world.actor, copy.number).draft
    assert (found.customer_reference, found.lines[0].quantity, copy.state) == ("", 10, "draft")
    with pytest.raises(ReferenceReused):
        change(world, copy.number, customer_reference="k1")


def test_what_stands_on_a_delivery_keeps_the_order_as_it_is() -> None:
    world = make_world(bolts=10)
    number = make_order(world, 10).number
    SalesLine.objects.filter(order__number=number).update(delivering=1)
    with pytest.raises(OrderHasOpenDeliveries):
        change(world, number, note="x")


def test_what_happens_when_goods_are_short_is_the_companys_word_until_the_order_says_otherwise() -> None:
    world = make_world()
    SalesSettings.objects.create(company_id=world.actor.company_id, back_order="line")
    number = make_order(world, 10, submit=False).number
    assert SalesOrder.objects.get(number=number).back_order == "line"
    change(world, number, back_order="complete")
    order = SalesOrder.objects.get(number=number)
    assert order.back_order == "complete"
    told = [change for entry in entries(world.actor, [("so", order.pk)]) for change in entry["changes"]]
    assert told == [("缺货时", "按行备齐再发", "全部备齐再发")]
    with pytest.raises(Invalid):
        change(world, number, back_order="never")
