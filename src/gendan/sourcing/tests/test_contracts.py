"""Framework contracts: their prices feed orders, nothing is called off beyond the agreement, versions, approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.accounts.models import User
from gendan.accounts.tests.make import actor_for, make_user
from gendan.alerts.tests.make import cases, scan
from gendan.catalog.models import Partner, Product, SupplierPrice
from gendan.catalog.tests import make as catalog
from gendan.flow import commands as flows
from gendan.flow.errors import InApproval
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel import timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.tests.make import at_once
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.sourcing import commands
from gendan.sourcing.errors import ContractExceeded, ContractOverlaps, ExceedingForbidden, NothingChanged
from gendan.sourcing.models import Contract, ContractVersion
from gendan.sourcing.queries.contracts import contract_detail, contract_draft, ending
from gendan.sourcing.rules.contract import ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import BreakIn
from gendan.sourcing.tests.make import World, answered, award, make_world

pytestmark = pytest.mark.django_db


def found_wrong() -> list[str]:
    return [str(one) for _check, found in differences() for one in found]


def agreed(world: World, quantity: str | None = "500", **fields: Any) -> ContractDraft:
    """BOLT at 1.80, from 100 on 1.70, at most 500 this year."""
    today = world.actor.today()
    prices = (BreakIn(Decimal(0), Decimal("1.80")), BreakIn(Decimal(100), Decimal("1.70")))
    line = ContractLineIn("BOLT", prices, Decimal(quantity) if quantity else None, minimum=Decimal(10), lead_days=7)
    given = {"supplier": "S001", "valid_from": today, "valid_to": today + timedelta(days=300), "lines": (line,)}
    return ContractDraft(**{**given, **fields})


def in_force(world: World, quantity: str | None = "500", **fields: Any) -> str:
    """The number of such a contract in force."""
    number = commands.create_contract(actor=world.actor, draft=agreed(world, quantity, **fields)).number
    commands.start_contract(actor=world.actor, number=number)
    return number


def order(actor: Actor, quantity: str, price: str | None = None) -> str:
    line = LineIn("BOLT", Decimal(quantity), None if price is None else Decimal(price))
    return purchasing.create_order(actor=actor, supplier="S001", warehouse="MAIN", lines=[line]).number


def line_of(number: str) -> OrderLine:
    return OrderLine.objects.get(order__number=number)


def test_a_contract_in_force_goes_before_the_price_list_and_the_line_says_so() -> None:
    world = make_world()
    bolt, supplier = Product.objects.get(code="BOLT"), Partner.objects.get(code="S001")
    SupplierPrice.objects.filter(partner=supplier).delete()
    catalog.make_price(supplier, bolt, "1.50")
    number = commands.create_contract(actor=world.actor, draft=agreed(world)).number
    before = line_of(order(world.actor, "5"))
    commands.start_contract(actor=world.actor, number=number)
    small, large = line_of(order(world.actor, "20")), line_of(order(world.actor, "150"))
    typed, other = line_of(order(world.actor, "20", "1.80")), line_of(order(world.actor, "20", "1.65"))
    assert (before.unit_price, before.contract) == (Decimal("1.5"), "")
    assert (small.unit_price, small.contract) == (Decimal("1.8"), number)
    assert (large.unit_price, large.contract) == (Decimal("1.7"), number)
    assert (typed.contract, other.contract) == (number, "")
    detail = contract_detail(world.actor, number)
    assert (detail.lines[0]["called"], detail.lines[0]["open"]) == (Decimal(190), Decimal(310))
    assert len(detail.orders) == 3
    commands.terminate_contract(actor=world.actor, number=number, reason="改供应商")
    assert line_of(order(world.actor, "20")).unit_price == Decimal("1.5")
    assert found_wrong() == []


def test_nothing_beyond_the_agreement_unless_the_contract_allows_it() -> None:
    world = make_world()
    number = in_force(world, "100")
    first = order(world.actor, "60")
    with pytest.raises(ContractExceeded) as refused:
        order(world.actor, "41")
    assert refused.value.data["left"] == Decimal(40)
    with pytest.raises(ContractExceeded):
        _quantity(world.actor, first, "101")
    purchasing.cancel_order(actor=world.actor, number=first, reason="不要了")
    order(world.actor, "100")
    permitted = agreed(world, "100", over="approve")
    commands.change_contract(actor=world.actor, number=number, draft=permitted, reason="放宽")
    buyer = replace(world.actor, permissions=frozenset({"purchasing.create_order", "purchasing.view_price"}))
    with pytest.raises(ExceedingForbidden):
        order(buyer, "5")
    order(world.actor, "5")
    warned = agreed(world, "100", over="warn")
    commands.change_contract(actor=world.actor, number=number, draft=warned, reason="只提醒")
    order(buyer, "5")
    assert contract_detail(world.actor, number).lines[0]["called"] == Decimal(110)
    assert found_wrong() == []


def test_reopening_an_order_takes_no_more_than_what_is_left() -> None:
    world = make_world()
    number = in_force(world, "100")
    first = order(world.actor, "100")
    purchasing.submit_order(actor=world.actor, number=first)
    purchasing.receive_goods(actor=world.actor, order=first, lines=[ReceiveIn(1, Decimal(50))])
    purchasing.close_order(actor=world.actor, number=first, reason="停产")
    second = order(world.actor, "50")
    with pytest.raises(ContractExceeded) as refused:
        purchasing.reopen_order(actor=world.actor, number=first)
    assert refused.value.data["left"] == Decimal(50)
    assert contract_detail(world.actor, number).lines[0]["called"] == Decimal(100)
    purchasing.cancel_order(actor=world.actor, number=second, reason="不要了")
    purchasing.reopen_order(actor=world.actor, number=first)
    assert contract_detail(world.actor, number).lines[0]["called"] == Decimal(100)
    assert found_wrong() == []


def _quantity(actor: Actor, number: str, quantity: str) -> None:
    draft = draft_of(actor, number).draft
    lines = tuple(replace(line, quantity=Decimal(quantity), unit_price=None) for line in draft.lines)
    purchasing.update_order(actor=actor, number=number, draft=replace(draft, lines=lines))


def test_an_agreed_amount_is_watched_as_the_quantity_is() -> None:
    world = make_world()
    in_force(world, None, agreed_amount=Decimal(200))
    order(world.actor, "60")
    with pytest.raises(ContractExceeded):
        order(world.actor, "60")


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_do_not_take_more_than_what_is_left() -> None:
    world = make_world()
    number = in_force(world, "100")
    outcomes = at_once([partial(order, world.actor, "60")] * 2)
    assert sorted(type(one).__name__ for one in outcomes) == [ContractExceeded.__name__, "str"]
    assert contract_detail(world.actor, number).lines[0]["called"] == Decimal(60)


def test_a_change_is_a_version_and_what_was_called_off_stays() -> None:
    world = make_world()
    number = in_force(world)
    order(world.actor, "20")
    draft, _opened = contract_draft(world.actor, number)
    with pytest.raises(NothingChanged):
        commands.change_contract(actor=world.actor, number=number, draft=draft, reason="没变")
    cheaper = replace(draft.lines[0], prices=(BreakIn(Decimal(0), Decimal("1.60")),))
    nut = ContractLineIn("NUT", (BreakIn(Decimal(0), Decimal("0.30")),))
    changed = replace(draft, lines=(cheaper, nut))
    commands.change_contract(actor=world.actor, number=number, draft=changed, reason="年度降价")
    assert line_of(order(world.actor, "20")).unit_price == Decimal("1.6")
    detail = contract_detail(world.actor, number)
    assert detail.lines[0]["called"] == Decimal(40)
    assert [row["revision"] for row in detail.versions] == [2, 1]
    assert ["NUT price", None, "∞ @ 0.3"] in detail.versions[0]["changes"]
    commands.change_contract(actor=world.actor, number=number, draft=replace(changed, lines=(nut,)), reason="不再买")
    assert found_wrong() == []
    assert contract_detail(world.actor, number).lines[0]["is_active"] is False


def test_a_timeline_tells_no_prices_of_a_contract_to_who_may_not_see_them() -> None:
    world = make_world()
    number = in_force(world, agreed_amount=Decimal(2000))
    draft, _opened = contract_draft(world.actor, number)
    cheaper = replace(draft.lines[0], prices=(BreakIn(Decimal(0), Decimal("1.63")),))
    changed = replace(draft, lines=(cheaper,), agreed_amount=Decimal(1987), title="年度合同")
    commands.change_contract(actor=world.actor, number=number, draft=changed, reason="降价")
    subjects = [("contract", Contract.objects.get(number=number).pk)]
    keeper = replace(world.actor, permissions=frozenset({"sourcing.view"}))
    told, whole = (
        {change for entry in timeline.entries(actor, subjects) for change in entry["changes"]}
        for actor in (keeper, world.actor)
    )
    assert {what for what, _before, _after in told} == {"合同名称"}
    assert whole - told == {
        ("BOLT 单价", "500 @ 1.8; 100=1.7", "500 @ 1.63"),
        ("约定金额", "2000", "1987"),
    }


def test_two_contracts_do_not_price_the_same_goods_in_the_same_days() -> None:
    world = make_world()
    in_force(world)
    second = commands.create_contract(actor=world.actor, draft=agreed(world)).number
    with pytest.raises(ContractOverlaps):
        commands.start_contract(actor=world.actor, number=second)


def test_what_ends_or_is_used_up_is_known_and_ends_by_the_clock() -> None:
    world = make_world()
    today = world.actor.today()
    number = in_force(world, "100", valid_to=today + timedelta(days=60))
    assert ending(world.company.pk, today) == []
    assert [row["number"] for row in ending(world.company.pk, today, days=60)] == [number]
    order(world.actor, "80")
    found = ending(world.company.pk, today)
    assert (found[0]["number"], found[0]["used_percent"], found[0]["days_left"]) == (number, Decimal(80), 60)
    commands.end_contracts(actor=world.actor, today=today + timedelta(days=61))
    assert Contract.objects.get().state == "ended"
    assert found_wrong() == []


def test_a_flow_lets_a_contract_and_its_changes_take_effect() -> None:
    world = make_world()
    boss = make_user(world.company, permissions=["sourcing.view", "purchasing.view_price"], limit=0, name="孙")
    draw(world.actor, approve("boss", {"by": "person", "value": boss.username}), kind="contract")
    number = commands.create_contract(actor=world.actor, draft=agreed(world)).number
    done = commands.start_contract(actor=world.actor, number=number)
    assert (done.state, done.data) == ("draft", {"approval": "running"})
    with pytest.raises(InApproval):
        commands.update_contract(actor=world.actor, number=number, draft=agreed(world))
    decide(boss, number)
    assert (Contract.objects.get().state, ContractVersion.objects.get().state) == ("in_force", "applied")
    dearer = agreed(world, "900")
    commands.change_contract(actor=world.actor, number=number, draft=dearer, reason="多买")
    assert contract_detail(world.actor, number).lines[0]["quantity"] == Decimal(500)
    decide(boss, number, "太多")
    assert contract_detail(world.actor, number).lines[0]["quantity"] == Decimal(500)
    commands.change_contract(actor=world.actor, number=number, draft=dearer, reason="还是多买")
    decide(boss, number)
    assert contract_detail(world.actor, number).lines[0]["quantity"] == Decimal(900)
    assert [row["state"] for row in contract_detail(world.actor, number).versions] == ["applied", "refused", "applied"]
    assert found_wrong() == []


def decide(boss: User, number: str, reason: str = "") -> None:
    """Let the boss say yes, or no with a reason."""
    task = Task.objects.get(instance__number=number, state="waiting").pk
    if reason:
        flows.reject_task(actor=actor_for(boss), task_id=task, reason=reason)
    else:
        flows.approve_task(actor=actor_for(boss), task_id=task)


def test_what_is_wrong_with_a_contract_is_told_by_field() -> None:
    world = make_world()
    today = world.actor.today()
    line = ContractLineIn("NOPE", (BreakIn(Decimal(5), Decimal(1)),))
    wrong = ContractDraft("S001", today, today - timedelta(days=1), over="never", lines=(line, *agreed(world).lines))
    with pytest.raises(Invalid) as refused:
        commands.create_contract(actor=world.actor, draft=wrong)
    assert {"valid_to", "over", "lines.0.product", "lines.0.price"} <= set(refused.value.fields)


def test_awards_become_a_contract_whose_prices_orders_then_have() -> None:
    world = make_world()
    number = answered(world)
    award(world, number, (1, "S002", "100"))
    made = commands.contract_awards(actor=world.actor, number=number).data["contracts"]
    assert [one["supplier"] for one in made] == ["S002"]
    commands.start_contract(actor=world.actor, number=made[0]["number"])
    line = contract_detail(world.actor, made[0]["number"]).lines[0]
    assert (line["product"], line["prices"][0][0]) == ("BOLT", "0.000000")
    commands.list_awards(actor=world.actor, number=number)
    assert SupplierPrice.objects.filter(partner__code="S002", product__code="BOLT").exists()
    assert found_wrong() == []


def test_a_price_beside_the_contract_is_an_exception() -> None:
    world = make_world()
    in_force(world)
    line = LineIn("BOLT", Decimal(20), Decimal("2.50"))
    done = purchasing.create_order(actor=world.actor, supplier="S001", warehouse="MAIN", lines=[line], submit=True)
    number = done.number
    scan(world.actor, world.actor.today(), "price_deviation")
    (case,) = cases(world.actor, "price_deviation")
    assert (case.document_number, Decimal(str(case.facts["agreed"])) > 0) == (number, True)
