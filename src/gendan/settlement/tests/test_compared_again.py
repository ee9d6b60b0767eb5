"""Invoices that nobody let be paid yet are compared again by themselves when goods go back."""

from __future__ import annotations

import pytest

from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.settlement.tasks import rematch_changed
from gendan.settlement.tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["return", "reversal"])
def test_what_went_back_after_the_invoice_is_a_difference(by: str) -> None:
    world = buying.make_world()
    order = buying.make_order(world, 10).number
    receipt = buying.receive(world, order).number
    number = make.make_bill(world, make.line(order, 1, 10)).number
    assert (rematch_changed(world.actor), make.bill(number).state) == (0, "matched")
    if by == "return":
        make.credited(world, order)
    else:
        purchasing.reverse_receipt(actor=world.actor, number=receipt, reason="收错")
    assert (rematch_changed(world.actor), make.bill(number).state) == (1, "mismatch")
    assert rematch_changed(world.actor) == 0
