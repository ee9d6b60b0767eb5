"""Two at once: the same request is not ordered twice, an order is not cancelled while goods come in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from gendan.catalog.tests.make import make_price
from gendan.kernel.errors import AppError
from gendan.purchasing import commands
from gendan.purchasing.models import OrderLine, PurchaseOrder, RequisitionLine
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.rules.requisitions import Pick
from gendan.purchasing.tests.make import make_order, make_world, receive
from gendan.purchasing.tests.test_requisitions import make_requisition

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or was refused with."""
    barrier = threading.Barrier(len(calls), timeout=60)
    results: list[Any] = [None] * len(calls)

    def run(n: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[n] = call()
        except AppError as refusal:
            results[n] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_a_request_is_ordered_once() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "2.50")
    asked = make_requisition(world, 10)

    def order() -> Any:
        return commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 1)])

    results = at_once(order, order, order)
    assert sum(isinstance(result, AppError) for result in results) == 2
    assert RequisitionLine.objects.get().ordered == 10
    assert OrderLine.objects.count() == 1


def test_an_order_is_cancelled_or_received_never_both() -> None:
    world = make_world()
    order = make_order(world, 10)
    results = at_once(
        lambda: commands.cancel_order(actor=world.actor, number=order.number),
        lambda: receive(world, order.number),
    )
    assert sum(isinstance(result, AppError) for result in results) == 1
    line = OrderLine.objects.get()
    assert (line.cancelled, line.received) in {(Decimal(10), Decimal(0)), (Decimal(0), Decimal(10))}


def test_two_drafts_saved_at_once_are_merged_or_refused_but_never_lost() -> None:
    world = make_world()
    number = make_order(world, 10, 20, submit=False).number
    opened = draft_of(world.actor, number)

    def change(n: int, quantity: int) -> Callable[[], Any]:
        lines = list(opened.draft.lines)
        lines[n] = replace(lines[n], quantity=Decimal(quantity))
        draft = replace(opened.draft, lines=tuple(lines))
        return lambda: commands.update_order(
            actor=world.actor, number=number, draft=draft, version=1, base=opened.draft
        )

    results = at_once(change(0, 11), change(1, 21))
    assert not any(isinstance(result, AppError) for result in results)
    assert list(OrderLine.objects.order_by("line_no").values_list("quantity", flat=True)) == [11, 21]
    assert PurchaseOrder.objects.get().version == 3
