"""Eight at once: no rejected piece goes back twice, none is scrapped and sent back, none is replaced twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.kernel.errors import AppError, Stale
from gendan.kernel.verify import differences
from gendan.purchasing import commands
from gendan.purchasing.models import GoodsReceipt, OrderLine, PurchaseReturnLine
from gendan.purchasing.queries.drafts import return_draft
from gendan.purchasing.rules.inspection import InspectIn, RejectIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn
from gendan.purchasing.tests.make import make_world
from gendan.purchasing.tests.test_inspect_receipt import inspecting_world
from gendan.purchasing.tests.test_order_races import at_once
from gendan.purchasing.tests.test_returns_to_supplier import back, rejected
from gendan.quality import commands as quality
from gendan.quality.rules.inspection import ResultIn
from gendan.quality.tests.make import came, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def worked(results: list[Any]) -> int:
    """How many were not refused; none may be left without an answer."""
    assert None not in results
    return sum(not isinstance(result, AppError) for result in results)


def test_eight_at_once_ask_back_no_more_than_was_rejected() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world, "0", "10")

    def ask(n: int) -> Any:
        if n % 4 == 3:
            lines = [RejectIn(1, scrap=Decimal(3))]
            return commands.settle_rejects(actor=world.actor, number=receipt, lines=lines)
        return commands.create_return(actor=world.actor, lines=[BackIn(receipt, 1, Decimal(3), "quality")])

    results = at_once(*(partial(ask, n) for n in range(8)))
    assert worked(results) == 3
    asked = sum(PurchaseReturnLine.objects.values_list("quantity", flat=True))
    scrapped = GoodsReceipt.objects.get(number=receipt).lines.get().scrapped
    assert asked + scrapped == 9
    assert not any(list(each) for _check, each in differences(world.company_id))


def test_eight_at_once_post_one_return_once_and_replace_it_once() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world, "6", "4")
    rtv = back(world, receipt, "4").number
    results = at_once(*[partial(commands.post_return, actor=world.actor, number=rtv)] * 8)
    assert worked(results) == 1
    assert OrderLine.objects.get().returned == 4
    come = partial(commands.receive_replacement, actor=world.actor, number=rtv, lines=[InsteadIn(1, Decimal(3))])
    results = at_once(*[come] * 8)
    assert worked(results) == 1
    assert OrderLine.objects.get().replaced == 3
    assert not any(list(each) for _check, each in differences(world.company_id))


def test_two_who_change_one_draft_at_once_are_told_and_nothing_is_promised_twice() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world, "0", "10")
    drafts = [back(world, receipt, "2", approve=False).number for _n in range(2)]
    seen = [return_draft(world.actor, number) for number in drafts]

    def change(n: int) -> Any:
        draft = seen[n % 2].draft
        line = replace(draft.lines[0], quantity=Decimal(5 + n // 2))
        return commands.update_return(
            actor=world.actor, number=drafts[n % 2], draft=replace(draft, lines=(line,)), version=1
        )

    results = at_once(*(partial(change, n) for n in range(8)))
    assert worked(results) in (1, 2)
    assert sum(PurchaseReturnLine.objects.values_list("quantity", flat=True)) <= 10
    assert not any(list(each) for _check, each in differences(world.company_id))


def test_inspecting_and_sending_back_the_same_goods_at_once_never_takes_more_than_came() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world, "3", "3")

    def work(n: int) -> Any:
        if n % 3 == 0:
            return commands.create_return(
                actor=world.actor, lines=[BackIn(receipt, 1, Decimal(2), "quality")], approve=True
            )
        if n % 3 == 1:
            return commands.inspect_receipt(
                actor=world.actor, number=receipt, lines=[InspectIn(1, Decimal(1), Decimal(2))]
            )
        rework = [RejectIn(1, rework=Decimal(2))]
        return commands.settle_rejects(actor=world.actor, number=receipt, lines=rework)

    assert None not in at_once(*(partial(work, n) for n in range(9)))
    found = GoodsReceipt.objects.get(number=receipt).lines.get()
    assert found.accepted + found.rejected <= found.quantity
    assert not any(list(each) for _check, each in differences(world.company_id))


def test_two_inspectors_write_one_inspection_the_later_one_is_told() -> None:
    world = make_world()
    make_plan(world)
    inspection, receipt = came(world, 100)
    write = partial(quality.record_results, actor=world.actor, number=inspection.number, version=1)
    results = at_once(*(partial(write, lines=[ResultIn(1, defective=n)]) for n in range(4)))
    assert worked(results) == 1
    assert {type(result) for result in results if isinstance(result, AppError)} == {Stale}
    verdict = [InspectIn(1, Decimal(60), Decimal(0), sorted=True)]
    decide = partial(commands.inspect_receipt, actor=world.actor, number=receipt.number, lines=verdict)
    assert worked(at_once(*[decide] * 4)) == 1
    assert GoodsReceipt.objects.get(number=receipt.number).lines.get().accepted == 60
    assert not any(list(each) for _check, each in differences(world.company_id))


def test_verify_names_what_is_promised_twice_or_lies_elsewhere() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    number = back(world, receipt, "4", approve=False).number
    PurchaseReturnLine.objects.update(quantity=5)
    GoodsReceipt.objects.get(number=receipt).lines.update(scrapped=1)
    names = {check.name for check, each in differences(world.company_id) if list(each)}
    assert {"purchasing.return_asked", "purchasing.rejected_places", "purchasing.receipt_returned"} <= names, number
