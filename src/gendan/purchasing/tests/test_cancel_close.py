"""Cancelling, closing short, reopening, and what happens to the requisitions behind an order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gendan.accounts.models import Company
from gendan.catalog.tests.make import make_actor
from gendan.kernel.errors import Forbidden, NotFound, Stale, WrongState
from gendan.kernel.models import Event
from gendan.purchasing import commands
from gendan.purchasing.errors import OrderHasReceipts, ReasonRequired
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests.make import confirm, line, make_order, make_world, receive

pytestmark = pytest.mark.django_db


def state_of(number: str) -> str:
    return PurchaseOrder.objects.get(number=number).state


def test_a_cancelled_order_is_out_of_the_open_work() -> None:
    world = make_world()
    order = make_order(world, 10)
    done = commands.cancel_order(actor=world.actor, number=order.number, reason="项目取消", version=1)
    assert (done.state, state_of(order.number)) == ("cancelled", "cancelled")
    found = line(order.number)
    assert (found.cancelled, found.live, found.is_open) == (10, False, False)
    assert Event.objects.filter(type="purchasing.order_cancelled", subject_number=order.number).count() == 1
    with pytest.raises(WrongState):
        commands.cancel_order(actor=world.actor, number=order.number)


def test_an_order_with_receipts_is_closed_not_cancelled() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    receive(world, order.number, (1, "4"))
    with pytest.raises(OrderHasReceipts):
        commands.cancel_order(actor=world.actor, number=order.number)
    with pytest.raises(ReasonRequired):
        commands.close_order(actor=world.actor, number=order.number)
    commands.close_order(actor=world.actor, number=order.number, reason="供应商停产")
    assert state_of(order.number) == "closed"
    assert [line(order.number, n).cancelled for n in (1, 2)] == [6, 20]
    with pytest.raises(WrongState):
        receive(world, order.number, (1, "1"))


def test_reopening_gives_back_what_closing_wrote_off() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    confirm(world, order.number)
    receive(world, order.number, (1, "4"))
    commands.close_order(actor=world.actor, number=order.number, reason="停产")
    done = commands.reopen_order(actor=world.actor, number=order.number)
    assert done.state == state_of(order.number) == "partly_received"
    assert [line(order.number, n).cancelled for n in (1, 2)] == [0, 0]
    assert line(order.number).is_open
    receive(world, order.number)
    assert state_of(order.number) == "received"
    assert commands.close_order(actor=world.actor, number=order.number).state == "closed"


def test_draft_to_approval_and_back() -> None:
    world = make_world()
    company = Company.objects.get(pk=world.company_id)
    buyer = make_actor(
        "purchasing.create_order", "purchasing.submit_order", "purchasing.withdraw_order", company=company
    )
    order = make_order(world, 10, submit=False)
    assert commands.submit_order(actor=buyer, number=order.number).state == "pending_approval"
    with pytest.raises(WrongState):
        commands.submit_order(actor=buyer, number=order.number)
    assert commands.withdraw_order(actor=buyer, number=order.number).state == "draft"
    commands.submit_order(actor=buyer, number=order.number)
    with pytest.raises(Forbidden):
        commands.reject_order(actor=buyer, number=order.number, reason="贵")
    with pytest.raises(ReasonRequired):
        commands.reject_order(actor=world.actor, number=order.number)
    commands.reject_order(actor=world.actor, number=order.number, reason="太贵")
    assert PurchaseOrder.objects.get(number=order.number).decision_note == "太贵"
    assert commands.submit_order(actor=world.actor, number=order.number).state == "approved"
    assert line(order.number).live


VERBS = ["cancel_order", "close_order", "reopen_order", "submit_order", "withdraw_order", "reject_order"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_checks_right_company_version(verb: str) -> None:
    world = make_world()
    order = make_order(world, 10)
    run = getattr(commands, verb)
    colleague = make_actor("purchasing.view", company=Company.objects.get(pk=world.company_id))
    with pytest.raises(Forbidden):
        run(actor=colleague, number=order.number)
    with pytest.raises(NotFound):
        run(actor=make_world().actor, number=order.number)
    with pytest.raises(Stale):
        run(actor=world.actor, number=order.number, version=99)


def test_a_repeated_request_closes_once() -> None:
    world = make_world()
    order = make_order(world, 10)
    actor = world.actor.with_key("k1")
    first = commands.close_order(actor=actor, number=order.number, reason="停产")
    second = commands.close_order(actor=actor, number=order.number, reason="停产")
    assert second.replayed
    assert first.version == second.version
    assert line(order.number).cancelled == Decimal(10)
