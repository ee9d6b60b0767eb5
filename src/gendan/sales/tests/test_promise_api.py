"""Asking when goods can leave and promising days, over HTTP and by command."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gendan.kernel.errors import WrongState
from gendan.purchasing.errors import ReasonRequired, UnknownLine
from gendan.sales import commands
from gendan.sales.rules.promises import PromiseIn
from gendan.sales.tests.make import line, make_order, make_world
from gendan.sales.tests.test_api import Caller
from gendan.sales.tests.test_atp import buy
from gendan.sales.tests.test_promises import words

pytestmark = pytest.mark.django_db


def test_one_product_is_answered_in_words_with_its_parts_by_day() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    number = buy(world, "20", today + timedelta(days=9))
    caller = Caller(world.actor)
    found = caller.get("/atp?product=BOLT&quantity=10&warehouse=MAIN")
    assert (found["text"], found["on"], found["from_stock"]) == ("有现货", str(today), True)
    wanted = today + timedelta(days=3)
    found = caller.get(f"/atp?product=BOLT&quantity=25&warehouse=MAIN&date={wanted}")
    assert found["text"] == f"10 件 有现货；15 件 {today + timedelta(days=9)} 由 {number} 到货可发"
    assert (found["in_time"], found["by_then"], found["promise"]) == (False, "10", str(today + timedelta(days=9)))
    found = caller.get("/atp?product=NUT&quantity=1&warehouse=MAIN")
    assert found["on"] is None
    assert "日期未知" in found["text"]


def test_lines_of_one_form_do_not_get_the_same_piece() -> None:
    world = make_world(bolts=10)
    body = {"warehouse": "MAIN", "lines": [{"product": "BOLT", "quantity": "8"}] * 2}
    status, found = Caller(world.actor).post("/atp", body)
    assert status == 200
    assert [(row["from_stock"], row["by_then"]) for row in found["lines"]] == [(True, "8"), (False, "2")]
    status, found = Caller(world.actor).post("/atp", {"warehouse": "X", "lines": [{"product": "Y", "quantity": "0"}]})
    assert status == 422
    assert set(found["data"]["fields"]) == {"warehouse", "lines.0.product", "lines.0.quantity"}


def test_the_first_promise_stays_and_a_later_word_needs_a_reason() -> None:
    world = make_world(bolts=100)
    today = world.actor.today()
    number = make_order(world, 5).number
    later = [PromiseIn(1, today + timedelta(days=4))]
    with pytest.raises(ReasonRequired):
        commands.promise_order(actor=world.actor, number=number, lines=later)
    done = commands.promise_order(actor=world.actor, number=number, lines=later, reason="客户要求晚发")
    assert done.data["lines"] == [{"line": 1, "before": str(today), "after": str(today + timedelta(days=4))}]
    found = line(number)
    assert (found.promised_on, found.expected_on) == (today, today + timedelta(days=4))
    assert words(number)[-1] == (2, "hand", today + timedelta(days=4), "客户要求晚发")
    assert not commands.promise_order(actor=world.actor, number=number).data["lines"], "a word by hand is kept"


def test_a_day_can_be_promised_before_the_review_and_only_for_what_has_not_left() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    number = make_order(world, 5, submit=False).number
    day = today + timedelta(days=6)
    commands.promise_order(actor=world.actor, number=number, lines=[PromiseIn(1, day)])
    commands.submit_order(actor=world.actor, number=number)
    assert [word[:3] for word in words(number)] == [(1, "hand", day)]
    with pytest.raises(UnknownLine):
        commands.promise_order(actor=world.actor, number=number, lines=[PromiseIn(7, day)])
    commands.deliver_order(actor=world.actor, number=number)
    with pytest.raises(WrongState):
        commands.promise_order(actor=world.actor, number=number, lines=[PromiseIn(1, day)], reason="x")


def test_days_are_promised_over_the_api() -> None:
    world = make_world()
    number = make_order(world, 5).number
    assert line(number).promised_on is None
    day = world.actor.today() + timedelta(days=20)
    buy(world, "20", day)
    status, found = Caller(world.actor).post(f"/sales-orders/{number}/promise", {})
    assert (status, found["data"]["lines"]) == (200, [{"line": 1, "before": "", "after": str(day)}])
    assert line(number).quantity == Decimal(5)
