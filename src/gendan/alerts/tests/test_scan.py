"""A look: what it finds becomes one case, which follows its cause; eight looks at once are as one."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from gendan.alerts import commands
from gendan.alerts.models import Case, Scan
from gendan.alerts.tests.make import at, cases, scan
from gendan.kernel import verify
from gendan.kernel.models import Notice
from gendan.kernel.tests.make import at_once
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)  # of make_order's lines
RULE = "overdue_receipt"


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def day(n: int) -> date:
    return DUE + timedelta(days=n)


def test_an_overdue_line_is_one_case_that_grows_closes_itself_and_comes_back(world: buying.World) -> None:
    number = buying.make_order(world, 10).number
    assert scan(world.actor, DUE, RULE) | {"by_rule": {}} == {
        "found": 0, "opened": 0, "reopened": 0, "closed": 0, "by_rule": {}
    }  # fmt: skip
    scan(world.actor, day(3), RULE)
    scan(world.actor, day(3), RULE)
    scan(world.actor, day(5), RULE)
    (case,) = cases(world.actor, RULE)
    assert (case.state, case.days, case.document_number, case.line_no, case.times) == ("open", 5, number, 1, 1)
    assert case.owner_id == world.actor.user_id
    assert case.number.startswith("EX-")
    assert Notice.objects.filter(kind="case", subject_number=case.number).count() == 1
    buying.receive(world, number)
    assert scan(world.actor, day(6), RULE)["closed"] == 1
    case.refresh_from_db()
    assert (case.state, case.closed_how, case.active) == ("resolved", "gone", False)
    from gendan.purchasing import commands as purchasing

    receipt = purchasing.receive_goods.__module__ and _receipt(number)
    purchasing.reverse_receipt(actor=world.actor, number=receipt, reason="点错了")
    assert scan(world.actor, day(7), RULE)["reopened"] == 1
    case.refresh_from_db()
    assert (case.state, case.days, case.times, case.closed_at) == ("open", 7, 2, None)
    assert Case.objects.filter(company_id=world.company_id, rule=RULE).count() == 1
    assert [found for _check, found in verify.differences(world.company_id) if found] == []


def _receipt(order: str) -> str:
    from gendan.purchasing.models import ReceiptLine

    return ReceiptLine.objects.get(order_line__order__number=order).receipt.number


def test_a_dismissed_case_stays_so_until_it_gets_worse_by_a_step(world: buying.World) -> None:
    buying.make_order(world, 10)
    scan(world.actor, day(2), RULE)
    (case,) = cases(world.actor, RULE)
    commands.dismiss_case(actor=world.actor, number=case.number, reason="供应商已说明")
    for later in (2, 3, 4):
        scan(world.actor, day(later), RULE)
        case.refresh_from_db()
        assert (case.state, case.days) == ("dismissed", later)
    assert scan(world.actor, day(5), RULE)["reopened"] == 1
    case.refresh_from_db()
    assert (case.state, case.times) == ("open", 2)


def test_a_rule_that_is_off_finds_nothing_and_its_cases_close(world: buying.World) -> None:
    buying.make_order(world, 10)
    scan(world.actor, day(2), RULE)
    commands.save_rule(actor=world.actor, code=RULE, is_active=False)
    assert scan(world.actor, day(2), RULE)["closed"] == 1
    (case,) = cases(world.actor, RULE)
    assert (case.state, case.active) == ("resolved", False)


def test_a_threshold_is_the_companys(world: buying.World) -> None:
    from decimal import Decimal

    buying.make_order(world, 10)
    commands.save_rule(actor=world.actor, code=RULE, thresholds={"days": Decimal(3)})
    assert scan(world.actor, day(3), RULE)["found"] == 0
    assert scan(world.actor, day(4), RULE)["found"] == 1


@pytest.mark.django_db(transaction=True)
def test_eight_looks_at_once_make_one_case() -> None:
    world = buying.make_world()
    for _n in range(3):
        buying.make_order(world, 10, 20)
    looks = [partial(commands.scan, actor=world.actor, now=at(day(2))) for _n in range(8)]
    done = at_once(looks)
    assert [str(failed) for failed in done if isinstance(failed, Exception)] == []
    assert sum(one.data["opened"] for one in done) == Case.objects.filter(company_id=world.company_id).count()
    assert len(cases(world.actor, RULE, "open")) == 6
    assert Scan.objects.filter(company_id=world.company_id, rule=RULE).count() == 1


def test_a_case_that_is_put_back_is_seen_again_and_its_ladder_begins_anew(world: buying.World) -> None:
    buying.make_order(world, 10)
    scan(world.actor, day(5), RULE)
    (case,) = cases(world.actor, RULE)
    Case.objects.filter(pk=case.pk).update(state="in_progress", snoozed_until=date(2030, 1, 1), escalations=3)
    commands.reopen_case(actor=world.actor, number=case.number)
    case.refresh_from_db()
    assert (case.state, case.snoozed_until, case.escalations) == ("open", None, 0)
