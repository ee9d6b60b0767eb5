"""A supplier is urged once for any number of lines; the answer comes back to the cases, else somebody above hears."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, User
from gendan.accounts.tests import make as people
from gendan.alerts import commands
from gendan.alerts.models import Case
from gendan.alerts.remedies import letter
from gendan.alerts.remedies.doing import do, remedies_of
from gendan.alerts.remedies.errors import AlreadyUrged, AnswerEnded, NothingAnswered, OtherSupplier
from gendan.alerts.remedies.models import RemedyDone, Urge
from gendan.alerts.remedies.urging import AnswerIn, urge_shown
from gendan.alerts.tests.make import cases, scan
from gendan.catalog.models import Contact
from gendan.catalog.tests import make as catalog
from gendan.inventory.tests.make import statements
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.kernel.models import Event, Notice
from gendan.kernel.tests.make import at_once
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
RULE = "overdue_receipt"
LATER = date(2026, 12, 5)
DAY = date(2030, 5, 20)


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def late(world: buying.World, *quantities: int) -> list[Case]:
    """The cases of an order that should have come, by line."""
    number = buying.make_order(world, *quantities).number
    scan(world.actor, LATER, RULE)
    found = [case for case in cases(world.actor, RULE) if case.document_number == number]
    return sorted(found, key=lambda case: case.line_no or 0)


def urge(world: buying.World, case: Case, *others: Case, **fields: Any) -> int:
    numbers = [other.number for other in others]
    done = commands.urge_supplier(actor=world.actor, number=case.number, cases=numbers, **fields)
    return int(done.data["urge"])


def answer(world: buying.World, urge_id: int, *lines: AnswerIn, **fields: Any) -> None:
    supplier = replace(world.actor, user_id=None, name="王经理", permissions=frozenset({"alerts.answer_urge"}))
    commands.answer_urge(actor=supplier, urge=urge_id, lines=lines, **fields)


def test_forty_lines_are_urged_by_one_message_with_one_link(world: buying.World) -> None:
    found = late(world, *[10] * 40)
    assert len(found) == 40
    Contact.objects.create(partner=world.supplier, name="王经理", email="wang@example.com", is_main=True)
    offer = next(row for row in remedies_of(world.actor, found[0].number)["offers"] if row["code"] == "urge_supplier")
    fields = {field["name"]: field for field in offer["fields"]}
    assert (fields["email"]["value"], len(fields["cases"]["value"])) == ("wang@example.com", 39)
    values = {"email": "wang@example.com", "cases": fields["cases"]["value"], "note": "客户在等"}
    with statements() as sent:
        done = do(actor=world.actor, number=found[0].number, code="urge_supplier", values=values)
    assert len(sent) <= 26, sent
    assert done.data["lines"] == 40
    assert Urge.objects.get(company_id=world.company_id).cases == 40
    assert Case.objects.filter(company_id=world.company_id, state="in_progress").count() == 40
    assert Event.objects.filter(type="alerts.supplier_urged", company_id=world.company_id).count() == 40
    letter.send(world.company_id, done.data["urge"])
    letter.send(world.company_id, done.data["urge"])
    (message,) = mail.outbox
    assert message.to == ["wang@example.com"]
    assert urge_shown(world.actor, done.data["urge"])["url"] in message.body
    assert all(word in message.body for word in (found[0].document_number, "客户在等", "另有 10 项"))
    assert "9.9" not in message.body
    shown = remedies_of(world.actor, found[0].number)
    assert shown["done"][0]["text"].startswith(f"催了 {world.supplier.name}，共 40 项")
    assert "urge_supplier" not in {row["code"] for row in shown["offers"]}


def test_the_message_is_in_the_suppliers_language(world: buying.World) -> None:
    (case,) = late(world, 10)
    letter.send(world.company_id, urge(world, case, email="a@example.com", language="en"))
    assert "Please" in mail.outbox[0].body
    assert case.document_number in mail.outbox[0].body


def test_a_date_comes_back_and_is_proposed_not_written(world: buying.World) -> None:
    (case,) = late(world, 10)
    urge_id = urge(world, case)
    answer(world, urge_id, AnswerIn(case.document_number, 1, "date", DAY, note="缺料"))
    line = OrderLine.objects.get(order__number=case.document_number, order__company_id=world.company_id)
    assert line.expected_on is None
    shown = remedies_of(world.actor, case.number)
    assert shown["done"][0]["state"] == "answered"
    assert shown["done"][0]["answers"] == [f"{case.document_number} 第 1 行 2030-05-20 到货：缺料"]
    move = next(row for row in shown["offers"] if row["code"] == "move_date")
    assert (move["fields"][0]["value"], move["why"]) == ("2030-05-20", "供应商答复 2030-05-20")
    assert Notice.objects.filter(kind="urge_answered", subject_number=case.number).count() == 1
    values = {field["name"]: field["value"] for field in move["fields"]}
    do(actor=world.actor, number=case.number, code="move_date", values=values)
    line.refresh_from_db()
    assert line.expected_on == DAY


def test_a_part_is_proposed_as_a_split_and_a_no_as_another_supplier(world: buying.World) -> None:
    one, two = late(world, 10, 20)
    urge_id = urge(world, one, two)
    partly = AnswerIn(one.document_number, 1, "partly", DAY, Decimal(4), DAY + timedelta(days=9))
    answer(world, urge_id, partly, AnswerIn(two.document_number, 2, "cannot"))
    split = next(row for row in remedies_of(world.actor, one.number)["offers"] if row["code"] == "split")
    assert [field["value"] for field in split["fields"][:3]] == ["4", "2030-05-20", "2030-05-29"]
    assert Urge.objects.get(pk=urge_id).state == "answered"
    assert remedies_of(world.actor, two.number)["done"][0]["answers"] == [f"{two.document_number} 第 2 行不能供货"]


def test_the_whole_answer_to_an_order_is_recorded_line_by_line(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20, 30).number
    scan(world.actor, date(2027, 1, 31), "late_confirmation")
    (case,) = cases(world.actor, "late_confirmation")
    urge_id = urge(world, case)
    answer(
        world,
        urge_id,
        AnswerIn(number, 1, "date", DAY),
        AnswerIn(number, 2, "partly", DAY, Decimal(5)),
        AnswerIn(number, 3, "cannot"),
    )
    do(actor=world.actor, number=case.number, code="record_confirmation", values={"by_answer": True})
    lines = OrderLine.objects.filter(order__number=number, order__company_id=world.company_id).order_by("line_no")
    assert [(line.confirmed, line.refused) for line in lines] == [(10, 0), (5, 15), (0, 30)]


def test_what_is_wrong_with_an_answer_is_named_at_its_place(world: buying.World) -> None:
    (case,) = late(world, 10)
    urge_id, number = urge(world, case), case.document_number
    for wrong, place in (
        (AnswerIn(number, 1, "date"), "lines.0.on"),
        (AnswerIn(number, 1, "date", date(2020, 1, 1)), "lines.0.on"),
        (AnswerIn(number, 1, "partly", DAY, Decimal(10)), "lines.0.quantity"),
        (AnswerIn(number, 1, "partly", DAY, Decimal(4), DAY - timedelta(days=1)), "lines.0.rest_on"),
        (AnswerIn(number, 1, "maybe", DAY), "lines.0.kind"),
        (AnswerIn(number, 7, "date", DAY), "lines.0.line"),
        (AnswerIn("PO-999999", 1, "date", DAY), "lines.0.line"),
    ):
        with pytest.raises(Invalid) as refused:
            answer(world, urge_id, wrong)
        assert list(refused.value.fields) == [place]
    with pytest.raises(NothingAnswered):
        answer(world, urge_id)
    with pytest.raises(AnswerEnded):
        answer(world, urge_id, AnswerIn(number, 1, "date", DAY), now=timezone.now() + timedelta(days=400))
    stranger = catalog.make_actor(company=catalog.make_company())
    with pytest.raises(NotFound):
        commands.answer_urge(actor=stranger, urge=urge_id, lines=[AnswerIn(number, 1, "date", DAY)])
    with pytest.raises(NotFound):
        urge_shown(stranger, urge_id)


def test_the_last_word_of_a_supplier_counts(world: buying.World) -> None:
    (case,) = late(world, 10)
    urge_id = urge(world, case)
    answer(world, urge_id, AnswerIn(case.document_number, 1, "date", DAY))
    answer(world, urge_id, AnswerIn(case.document_number, 1, "cannot"))
    assert remedies_of(world.actor, case.number)["done"][0]["answers"] == [f"{case.document_number} 第 1 行不能供货"]
    assert Urge.objects.get(pk=urge_id).answers == 2


def test_one_supplier_at_a_time_and_not_twice(world: buying.World) -> None:
    (case,) = late(world, 10)
    theirs = of_another(world)
    with pytest.raises(OtherSupplier):
        urge(world, case, theirs)
    urge(world, case)
    with pytest.raises(AlreadyUrged):
        urge(world, case)
    with pytest.raises(Invalid) as refused:
        urge(world, theirs, email="nobody", hours=Decimal(0), language="xx")
    assert set(refused.value.fields) == {"email", "hours", "language"}
    watching = replace(world.actor, permissions=frozenset({"alerts.view", "alerts.take_case", "purchasing.view"}))
    with pytest.raises(Forbidden):
        do(actor=watching, number=theirs.number, code="urge_supplier", values={})


def of_another(world: buying.World) -> Case:
    """The case of an order to another supplier."""
    catalog.make_supplier(world.company_id, "S002")
    lines = [LineIn("BOLT", Decimal(10), Decimal(9), required_on=date(2026, 12, 1))]
    done = purchasing.create_order(actor=world.actor, supplier="S002", warehouse="MAIN", lines=lines, submit=True)
    scan(world.actor, LATER, RULE)
    return Case.objects.get(company_id=world.company_id, rule=RULE, document_number=done.number)


def test_without_an_answer_it_goes_to_the_superior_who_is_told_once(world: buying.World) -> None:
    company = Company.objects.get(pk=world.company_id)
    boss = people.make_user(company, permissions=["alerts.view"])
    mine = User.objects.get(name=world.actor.name, pk=world.actor.user_id or 0)
    accounts.update_user(actor=world.actor, username=mine.username, superior=boss.username)
    one, two = late(world, 10, 20)
    urge_id = urge(world, one, two)
    answer(world, urge_id, AnswerIn(two.document_number, 2, "date", DAY))
    assert commands.mind_urges(actor=world.actor).data["unanswered"] == 0
    later = timezone.now() + timedelta(days=60)
    assert commands.mind_urges(actor=world.actor, now=later).data["unanswered"] == 1
    assert commands.mind_urges(actor=world.actor, now=later).data["unanswered"] == 0
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.owner_id, one.escalations, two.owner_id) == (boss.pk, 1, world.actor.user_id)
    assert Notice.objects.filter(user_id=boss.pk, kind="case_escalated").count() == 1
    assert remedies_of(world.actor, one.number)["done"][0]["state"] == "unanswered"
    assert "urge_supplier" in {row["code"] for row in remedies_of(world.actor, one.number)["offers"]}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_urge_at_once_one_does() -> None:
    world = buying.make_world()
    found = late(world, 10, 20)
    calls = [
        partial(commands.urge_supplier, actor=world.actor, number=case.number, cases=[each.number for each in found])
        for case in (*found, *reversed(found))
    ]
    results = at_once(calls)
    assert sorted(type(result) is AlreadyUrged for result in results) == [False, True, True, True], results
    assert RemedyDone.objects.filter(company_id=world.company_id).count() == 2
