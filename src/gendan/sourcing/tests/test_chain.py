"""From a requisition over an inquiry, answers and awards to orders; every refusal on the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from gendan.kernel.errors import Invalid
from gendan.kernel.verify import differences
from gendan.purchasing.models import OrderLine, RequisitionLine
from gendan.sourcing import commands
from gendan.sourcing.errors import AnswerTooLate, NotOffered, OverAwarded, RequisitionTaken, StillSealed
from gendan.sourcing.models import Answer, Award, Inquiry
from gendan.sourcing.queries.inquiries import inquiry_detail
from gendan.sourcing.tests.make import (
    answer,
    answered,
    award,
    for_requisition,
    in_past,
    inquire,
    make_world,
    offer,
    requested,
)

pytestmark = pytest.mark.django_db


def state_of(number: str) -> str:
    return Inquiry.objects.get(number=number).state


def test_awards_become_orders_that_serve_the_requisition() -> None:
    world = make_world()
    requisition = requested(world)
    number = inquire(world, lines=[for_requisition(requisition)])
    answer(world, number, "S001", offer(1, "2", 5))
    answer(world, number, "S002", offer(1, "1.8", 30, breaks=[("50", "1.5")]))
    assert state_of(number) == "answered"
    done = award(world, number, (1, "S001", "30"), (1, "S002", "60"))
    assert [order["supplier"] for order in done.data["orders"]] == ["S001", "S002"]
    assert done.state == "answered", "ten are left"
    found = OrderLine.objects.order_by("supplier__code").values_list("quantity", "unit_price", "supplier__code")
    assert list(found) == [(30, 2, "S001"), (60, Decimal("1.5"), "S002")], "the break that 60 reaches"
    asked = RequisitionLine.objects.get(requisition__number=requisition)
    assert (asked.ordered, asked.requisition.state) == (90, "partly_ordered")
    assert award(world, number, (1, "S001", "10")).state == "awarded"
    assert RequisitionLine.objects.get(pk=asked.pk).requisition.state == "ordered"
    assert [str(one) for _check, found in differences() for one in found] == []


def test_no_more_is_awarded_than_was_asked_nor_to_who_did_not_offer_it() -> None:
    world = make_world()
    number = inquire(world, "S001", "S002", "S003")
    answer(world, number, "S001", offer(1, "2"), offer(2, "1", minimum=Decimal(500)))
    answer(world, number, "S002", offer(1, "2", no_quote=True, note="停产"))
    with pytest.raises(NotOffered):
        award(world, number, (1, "S003", "1"))
    with pytest.raises(NotOffered):
        award(world, number, (1, "S002", "1"))
    with pytest.raises(OverAwarded):
        award(world, number, (1, "S001", "60"), (1, "S001", "41"))
    with pytest.raises(Invalid, match="最小起订量"):
        award(world, number, (2, "S001", "200"))
    assert not Award.objects.exists()


def test_every_answer_is_kept_and_the_last_one_counts() -> None:
    world = make_world()
    number = inquire(world)
    answer(world, number, "S001", offer(1, "2"), currency="CNY")
    answer(world, number, "S001", offer(1, "1.9"), offer(2, "1"))
    kept = Answer.objects.filter(invitation__partner__code="S001").order_by("version")
    assert [(a.version, a.current, a.lines.count()) for a in kept] == [(1, False, 1), (2, True, 2)]
    assert award(world, number, (1, "S001", "100")).data["orders"]
    assert OrderLine.objects.get().unit_price == Decimal("1.9")


def test_late_answers_are_marked_or_refused_as_the_company_wishes() -> None:
    world = make_world()
    number = inquire(world, closes_at=timezone.now() + timedelta(days=1))
    in_past(number, timezone.now() - timedelta(hours=1))
    assert answer(world, number, "S001", offer(1, "2")).data["late"] is True
    commands.save_settings(actor=world.actor, values={"late_answers": "refuse"})
    with pytest.raises(AnswerTooLate):
        answer(world, number, "S001", offer(1, "1"))


def test_a_sealed_inquiry_is_closed_to_everybody_until_its_end() -> None:
    world = make_world()
    number = inquire(world, sealed=True, closes_at=timezone.now() + timedelta(days=1))
    answer(world, number, "S001", offer(1, "2"))
    shown = {row["supplier"]: row for row in inquiry_detail(world.actor, number).suppliers}["S001"]
    assert (shown["answers"], shown["currency"], shown["freight"]) == (1, None, None)
    with pytest.raises(StillSealed):
        award(world, number, (1, "S001", "1"))
    with pytest.raises(Invalid):
        commands.move_closing(actor=world.actor, number=number, closes_at=timezone.now() + timedelta(hours=1))
    in_past(number, timezone.now() - timedelta(minutes=1))
    assert award(world, number, (1, "S001", "1")).data["orders"]


def test_a_requisition_is_not_asked_for_beyond_what_is_open() -> None:
    world = make_world()
    requisition = requested(world, "50")
    with pytest.raises(RequisitionTaken):
        inquire(world, lines=[for_requisition(requisition, "51")])


def test_savings_are_measured_by_what_was_known_at_the_award() -> None:
    world = make_world()
    number = answered(world)
    award(world, number, (1, "S002", "100"), (2, "S001", "200"))
    header = inquiry_detail(world.actor, number).header
    assert header["awarded_amount"] == Decimal("380.00")
    assert header["saving_average"] == Decimal("30.00"), "100 × (1.9 − 1.8) + 200 × (1.1 − 1)"
    assert header["saving"] is None, "nothing was ever bought"
