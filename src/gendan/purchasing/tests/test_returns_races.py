"""Eight at once: no rejected piece goes back twice, none is scrapped and sent back, none is replaced twice."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.kernel.errors import AppError
from gendan.kernel.verify import differences
from gendan.purchasing import commands
from gendan.purchasing.models import GoodsReceipt, OrderLine, PurchaseReturnLine
from gendan.purchasing.rules.inspection import RejectIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn
from gendan.purchasing.tests.test_inspect_receipt import inspecting_world
from gendan.purchasing.tests.test_order_races import at_once
from gendan.purchasing.tests.test_returns_to_supplier import back, rejected

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
