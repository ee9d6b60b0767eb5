"""Who answers for an exception, who sees it, to whom it goes when nobody answers; a look costs the same whatever it
finds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, Membership
from gendan.accounts.tests.make import actor_for, make_user
from gendan.alerts import commands
from gendan.alerts.errors import NobodyAbove
from gendan.alerts.queries.cases import Wanted, case_counts, case_detail, case_groups, case_list, cases_of
from gendan.alerts.queries.told import Told, told_of
from gendan.alerts.tests import buying as situations
from gendan.alerts.tests.make import at, cases, scan
from gendan.alerts.tests.others import below_limit
from gendan.alerts.tests.situations import DUE, World, after, make_world
from gendan.kernel import comments
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.kernel.log import Subject
from gendan.kernel.models import Notice
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
RULE = "overdue_receipt"
LATE = after(DUE, 3)


@pytest.fixture
def world() -> World:
    return make_world()


def colleague(world: World, *permissions: str, **fields: str):
    company = Company.objects.get(pk=world.actor.company_id)
    return actor_for(make_user(company, permissions=permissions, **fields))


def late(world: World, *quantities: int, day: date = LATE):
    buying.make_order(world.buy, *(quantities or (10,)))
    scan(world.actor, day, RULE)
    return cases(world.actor, RULE)


def test_the_keeper_of_the_warehouse_answers_for_what_arrived(world: World) -> None:
    company = Company.objects.get(pk=world.actor.company_id)
    keeper = make_user(company, roles=["warehouse_keeper"])
    there = situations.arrived_not_received(world)
    scan(world.actor, there.found, "arrived_not_received")
    (case,) = cases(world.actor, "arrived_not_received")
    assert case.owner_id == keeper.pk


def test_what_nobody_takes_up_goes_to_the_superior_once_for_each_step(world: World) -> None:
    above = colleague(world, "alerts.view")
    mine = Membership.objects.filter(company_id=world.actor.company_id).exclude(user_id=above.user_id or 0)
    mine.update(superior_id=above.user_id)
    first, second = late(world, 10, 20)
    assert first.answer_by is not None
    commands.take_case(actor=world.actor, number=second.number)
    soon, later = first.answer_by - timedelta(minutes=1), first.answer_by + timedelta(minutes=1)
    assert commands.mind_answers(actor=world.actor, now=soon).data["escalated"] == 0
    assert commands.mind_answers(actor=world.actor, now=later).data["escalated"] == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner_id, first.escalations) == (above.user_id, 1)
    assert (second.owner_id, second.escalations) == (world.actor.user_id, 0)
    assert Notice.objects.filter(user_id=above.user_id, kind="case_escalated").count() == 1
    assert commands.mind_answers(actor=world.actor, now=later).data["escalated"] == 0
    with pytest.raises(NobodyAbove):
        commands.escalate_case(actor=world.actor, number=first.number)


def test_forty_late_lines_of_a_supplier_are_one_group_and_one_notice(world: World) -> None:
    found = late(world, *[10] * 40)
    assert len(found) == 40
    (group,) = [row for row in case_groups(world.actor) if row["rule"] == RULE]
    assert (group["cases"], group["documents"], group["partner"]) == (40, 1, "S001")
    assert Notice.objects.filter(kind="case", company_id=world.actor.company_id).count() == 1
    assert case_counts(world.actor)["all"] == 40
    assert [len(cases_of(world.actor, *of)) for of in (("partner", ["S001"]), ("product", ["BOLT"]))] == [40, 20]


def test_a_case_is_not_put_off_for_ever(world: World) -> None:
    (case,) = late(world)
    with pytest.raises(Invalid):
        commands.snooze_case(actor=world.actor, number=case.number, until=date(9999, 12, 31))
    commands.snooze_case(actor=world.actor, number=case.number, until=world.today + timedelta(days=366))


def test_what_a_rule_finds_in_many_places_is_told_once() -> None:
    def told(causes: int, rule: str = "slow_mover") -> list[str]:
        subject = Subject("case", 1, "EX-000001")
        found = [Told(1, rule, f"product:{n}", f"P{n}", {"on_hand": 1}, 0, subject) for n in range(causes)]
        return [text for _owner, text, _subject in told_of(found, 10)]

    assert len(told(3)) == 3
    (text,) = told(167)
    assert "P0 等 167 项" in text


def test_a_notice_about_several_leads_to_the_worst() -> None:
    found = [
        Told(1, "overdue_receipt", "supplier:1", f"PO-{n}", {}, n, Subject("case", n, f"EX-{n}")) for n in (3, 9, 5)
    ]
    assert told_of(found, 10) == [(1, "超期未入库：PO-9 等 3 项，最多晚 9 天。", Subject("case", 9, "EX-9"))]


def test_who_does_not_see_the_document_does_not_see_the_case(world: World) -> None:
    (case,) = late(world)
    sees, blind = colleague(world, "alerts.view", "purchasing.view"), colleague(world, "alerts.view", "kernel.comment")
    assert [row["number"] for row in case_list(sees).items] == [case.number]
    assert (case_detail(sees, case.number)["amount"], case_detail(world.actor, case.number)["amount"] is None) == (
        None,
        False,
    )
    assert case_list(blind).items == []
    with pytest.raises(Forbidden):
        case_detail(blind, case.number)
    with pytest.raises(Forbidden):
        comments.add_comment(actor=blind, kind="case", number=case.number, text="？")
    stranger = make_world().actor
    with pytest.raises(NotFound):
        case_detail(stranger, case.number)


def test_a_role_that_is_narrowed_sees_the_cases_of_its_documents(world: World) -> None:
    narrowed = make_user(Company.objects.get(pk=world.actor.company_id), permissions=["*"], limit=None)
    role = narrowed.memberships.get().roles.get()
    accounts.save_role_scope(actor=world.actor, code=role.code, documents={"purchasing": "own"})
    own = actor_for(narrowed)
    other = late(world)[0].number
    mine = buying.make_order(world.buy, 10, actor=own).number
    scan(world.actor, LATE, RULE)
    assert [row["document_number"] for row in case_list(own, Wanted(rule=RULE)).items] == [mine]
    with pytest.raises(NotFound):
        commands.take_case(actor=own, number=other)


def test_signs_of_getting_around_approval_are_for_who_audits(world: World) -> None:
    scan(world.actor, below_limit(world).found, "below_limit")
    (case,) = cases(world.actor, "below_limit")
    buyer = colleague(world, "alerts.view", "purchasing.view", "purchasing.view_price")
    assert case_list(buyer).items == []
    with pytest.raises(Forbidden):
        case_detail(buyer, case.number)
    auditor = replace(buyer, permissions=buyer.permissions | {"kernel.audit"})
    assert [row["number"] for row in case_list(auditor).items] == [case.number]


def test_a_look_takes_the_same_statements_however_much_it_finds(world: World) -> None:
    def cost(day: date) -> int:
        with CaptureQueriesContext(connection) as captured:
            commands.scan(actor=world.actor, rules=[RULE], now=at(day))
        return len(captured)

    buying.make_order(world.buy, 10)
    few = cost(LATE)
    buying.make_order(world.buy, *[10] * 30)
    assert cost(after(LATE, 1)) == few
