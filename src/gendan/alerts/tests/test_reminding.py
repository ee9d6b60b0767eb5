"""Who is told when: a rule's ladder, quiet hours, channels and reminders; how it is measured, tried and reported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.alerts import commands
from gendan.alerts.models import Case, Report
from gendan.alerts.queries.measures import measures, proposals
from gendan.alerts.queries.report import report, week_from
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.trial import tried
from gendan.alerts.tests.make import at, cases, scan
from gendan.flow.queries.people import people_of
from gendan.kernel import pdf
from gendan.kernel.errors import NotFound
from gendan.kernel.models import Notice
from gendan.notices.models import Channel, Delivery
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)  # of make_order's lines, a Tuesday


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def rule(world: buying.World, **said: Any) -> str:
    definition = {"name": "晚了", "is_active": True, "trigger": "date", "field": "due_on", "offset": 1, **said}
    return commands.save_own_rule(actor=world.actor, definition=definition).number


def colleague(world: buying.World, name: str, superior: str = "") -> User:
    found = make_user(Company.objects.get(pk=world.company_id), username=name)
    if superior:
        accounts.update_user(actor=world.actor, username=name, superior=superior)
    return found


def told(user_id: int | None) -> int:
    return Notice.objects.filter(user_id=user_id or 0, kind__in=("case", "case_escalated")).count()


def mind(world: buying.World, moment: Any) -> dict[str, Any]:
    return commands.mind_answers(actor=world.actor, now=moment).data


def test_who_does_not_answer_passes_the_case_up_the_ladder_of_its_rule(world: buying.World) -> None:
    boss, head = colleague(world, "boss"), colleague(world, "head")
    me = User.objects.get(pk=world.actor.user_id or 0)
    accounts.update_user(actor=world.actor, username=me.username, superior="boss")
    code = rule(world, ladder=[["2", "superior", ""], ["4", "person", "head"]])
    buying.make_order(world, 10)
    scan(world.actor, date(2026, 12, 2), code)
    (case,) = cases(world.actor, code)
    assert mind(world, at("2026-12-02", 11))["escalated"] == 0
    for moment, owner in ((at("2026-12-02", 14), boss), (at("2026-12-03", 10), head)):
        assert mind(world, moment)["escalated"] == 1
        case.refresh_from_db()
        assert case.owner_id == owner.pk
        assert told(owner.pk) == 1
    assert case.answer_by is None
    assert mind(world, at("2026-12-20"))["escalated"] == 0


def test_nobody_is_reminded_unless_the_rule_says_so(world: buying.World) -> None:
    quiet, loud = rule(world, answer_hours="0"), rule(world, name="再催", answer_hours="0", repeat_hours="8")
    buying.make_order(world, 10)
    scan(world.actor, date(2026, 12, 2), quiet, loud)
    assert told(world.actor.user_id) == 2
    for day, reminded in (("2026-12-02", 0), ("2026-12-03", 1), ("2026-12-04", 1)):
        assert mind(world, at(day, 12))["reminded"] == reminded
    assert told(world.actor.user_id) == 4
    (case,) = cases(world.actor, loud)
    commands.take_case(actor=world.actor, number=case.number)
    assert mind(world, at("2026-12-20"))["reminded"] == 0


@pytest.mark.parametrize("again", ["", "8"])
def test_in_quiet_hours_of_a_rule_its_cases_wait_for_the_morning(world: buying.World, again: str) -> None:
    code = rule(
        world, answer_hours="0", quiet_from="20:00", quiet_to="08:00", **({"repeat_hours": again} if again else {})
    )
    buying.make_order(world, 10)
    commands.scan(actor=world.actor, rules=[code], now=at("2026-12-02", 23))
    assert told(world.actor.user_id) == 0
    assert mind(world, at("2026-12-03", 7))["reminded"] == 0
    assert mind(world, at("2026-12-03", 8))["reminded"] == 1
    (said,) = Notice.objects.filter(user_id=world.actor.user_id or 0, kind="case")
    assert not said.text.startswith("提醒")
    assert mind(world, at("2026-12-09"))["reminded"] == bool(again)


def test_what_was_told_leaves_the_bell_when_the_last_of_its_cases_is_closed(world: buying.World) -> None:
    code = rule(world, name="晚了")
    orders = [buying.make_order(world, 10) for _n in range(2)]
    scan(world.actor, date(2026, 12, 2), code)
    one, other = cases(world.actor, code)
    unread = Notice.objects.filter(company_id=world.company_id, kind="case", read_at=None)
    assert unread.count() == 1  # of one cause: told together
    commands.resolve_case(actor=world.actor, number=one.number)
    assert unread.count() == 1
    commands.dismiss_case(actor=world.actor, number=other.number, reason="x")
    assert unread.count() == 0
    assert len(orders) == 2
    code = rule(world, name="又晚了")
    scan(world.actor, date(2026, 12, 2), code)
    assert unread.count() == 1
    commands.save_own_rule(actor=world.actor, code=code, definition={"is_active": False})
    scan(world.actor, date(2026, 12, 2), code)
    assert unread.count() == 0  # gone by itself


def test_an_escalation_of_several_cases_stays_in_the_bell_until_the_last_is_closed(world: buying.World) -> None:
    boss = colleague(world, "boss")
    accounts.update_user(
        actor=world.actor, username=User.objects.get(pk=world.actor.user_id or 0).username, superior="boss"
    )
    codes = [rule(world, name=name, ladder=[["2", "superior", ""]]) for name in ("晚了", "还是晚")]
    buying.make_order(world, 10)
    for day, code in zip((2, 3), codes, strict=True):  # each found on a day of its own
        scan(world.actor, date(2026, 12, day), code)
    assert mind(world, at("2026-12-04", 15))["escalated"] == 2
    Notice.objects.filter(kind="case_escalated").update(at=at("2026-12-04", 15))
    unread = Notice.objects.filter(company_id=world.company_id, read_at=None)
    escalated = unread.filter(kind="case_escalated")
    (named,) = escalated.values_list("subject_number", flat=True)
    (one,), (other,) = cases(world.actor, codes[0]), cases(world.actor, codes[1])
    assert (one.owner_id, other.owner_id, named) == (boss.pk, boss.pk, one.number)
    commands.resolve_case(actor=world.actor, number=one.number)
    assert list(escalated.values_list("user_id", flat=True)) == [boss.pk]
    commands.resolve_case(actor=world.actor, number=other.number)
    assert not unread.filter(kind__in=("case", "case_escalated")).exists()


def test_a_reminder_stays_while_another_case_of_its_rule_is_open(world: buying.World) -> None:
    code = rule(world, answer_hours="0", repeat_hours="8")
    for day in (2, 3):
        buying.make_order(world, 10)
        scan(world.actor, date(2026, 12, day), code)
    Notice.objects.all().delete()
    assert mind(world, at("2026-12-07", 12))["reminded"] == 2
    Notice.objects.update(at=at("2026-12-07", 12))
    unread = Notice.objects.filter(company_id=world.company_id, kind="case", read_at=None)
    named = unread.get().subject_number
    (other,) = [case for case in cases(world.actor, code) if case.number != named]
    commands.resolve_case(actor=world.actor, number=named)
    assert unread.count() == 1
    commands.resolve_case(actor=world.actor, number=other.number)
    assert unread.count() == 0


def test_a_rule_sends_through_its_channels_and_once(world: buying.World) -> None:
    mail = {"name": "邮件", "means": "email"}
    Channel.objects.get_or_create(company_id=world.company_id, code="email", defaults=mail)
    code = rule(world, channels=["email"])
    buying.make_order(world, 10)
    scan(world.actor, date(2026, 12, 2), code)
    (sent,) = Delivery.objects.filter(company_id=world.company_id, subject_kind="case")
    (case,) = cases(world.actor, code)
    assert (sent.user_id, sent.subject_number, sent.key) == (case.owner_id, case.number, f"n{sent.notice_id}")


def closed(
    world: buying.World,
    n: int,
    *,
    stood: int,
    answered: bool = False,
    wrong: bool = False,
    rule: str = "overdue_receipt",
) -> None:
    opened = at("2026-12-02") + timedelta(minutes=n)
    Case.objects.create(
        company_id=world.company_id, number=f"EX-8{n}", rule=rule, key=f"t{n}", severity="low",
        document_kind="po", document_id=1, document_number="PO-1", active=False, opened_at=opened, was_wrong=wrong,
        closed_at=opened + timedelta(days=stood), state="dismissed" if wrong else "resolved", due_on=DUE,
        answered_at=opened + timedelta(hours=2) if answered else None, closed_how="hand" if answered else "gone",
    )  # fmt: skip


def test_figures_propose_a_threshold_that_loses_none_that_mattered_and_it_can_be_undone(world: buying.World) -> None:
    for n in range(6):
        closed(world, n, stood=1)
    for n in range(6, 10):
        closed(world, n, stood=9, answered=True)
    (found,) = proposals(world.actor, days=36500)
    assert (found.kind, found.before, found.after, found.cases, found.fewer, found.lost) == (
        "raise",
        "0",
        "2",
        10,
        6,
        0,
    )
    done = commands.apply_proposal(actor=world.actor, rule=found.rule, after=found.after)
    assert rules_of(world.company_id)["overdue_receipt"].threshold("days") == 2
    commands.undo_proposal(actor=world.actor, proposal=done.data["proposal"])
    assert rules_of(world.company_id)["overdue_receipt"].threshold("days") == 0


def test_the_day_of_a_rule_of_ones_own_moves_from_where_it_is_and_back(world: buying.World) -> None:
    code = rule(world, name="快到期", trigger="date", field="promised_on", offset=-5)
    for n in range(10):
        closed(world, n, stood=1, rule=code)
    (found,) = proposals(world.actor, days=36500)
    assert (found.before, found.after) == ("-5", "-3")
    assert "从前 5 天改成前 3 天" in found.text
    done = commands.apply_proposal(actor=world.actor, rule=code, after=found.after)
    assert rules_of(world.company_id)[code].own.trigger.offset == -3  # type: ignore[union-attr]
    commands.undo_proposal(actor=world.actor, proposal=done.data["proposal"])
    assert rules_of(world.company_id)[code].own.trigger.offset == -5  # type: ignore[union-attr]


def test_what_stands_still_speaks_for_no_other_threshold(world: buying.World) -> None:
    for n in range(12):
        closed(world, n, stood=0)
    Case.objects.filter(company_id=world.company_id).update(active=True, state="open", closed_at=None, closed_how="")
    assert proposals(world.actor, days=36500) == []


def test_measures_count_what_was_answered_ignored_wrong_and_too_late(world: buying.World) -> None:
    closed(world, 1, stood=3, answered=True)
    closed(world, 2, stood=3)
    closed(world, 3, stood=3, answered=True, wrong=True)
    (row,) = measures(world.actor, days=36500)["rules"]
    assert (row["cases"], row["answered"], row["ignored"], row["dismissed"], row["wrong"]) == (3, 2, 1, 1, 1)
    assert (row["hours"], row["late"]) == (2.0, 0)


def test_the_week_is_reported_once_as_page_paper_and_notice(world: buying.World) -> None:
    buying.make_order(world, 10)
    scan(world.actor, date(2026, 12, 2), "overdue_receipt")
    week = date(2026, 11, 30)
    found = report(world.actor, week)
    assert (found["total"]["opened"], found["total"]["left"]) == (1, 1)
    assert [row["name"] for row in found["by_partner"]] == ["华东五金有限公司"]
    accounts_told = commands.tell_report(actor=world.actor, week=week).data["told"]
    assert commands.tell_report(actor=world.actor, week=week).data["told"] == 0
    assert accounts_told == Notice.objects.filter(kind="case_report").count() == Report.objects.get().told
    for never in ("9999-12-31", "0001-01-01", "2026-13-01"):
        with pytest.raises(NotFound):
            week_from(never)
    paper = pdf.PRINTS["alerts.report"].read(world.actor, [week.isoformat()])
    assert paper[0]["total"]["opened"] == 1
    content = {**paper[0], "letterhead": pdf.letterhead_of(world.actor)}
    assert pdf.render("alerts/print/report.html", content, language="zh-hans").startswith(b"%PDF")


def test_the_pages_show_what_there_is(world: buying.World) -> None:
    for n in range(12):
        closed(world, n, stood=1)
    buying.make_order(world, 10)
    scan(world.actor, date(2026, 12, 2), "overdue_receipt")
    commands.apply_proposal(actor=world.actor, rule="overdue_receipt", after="2")
    code = rule(world, is_active=False)
    commands.save_own_rule(actor=world.actor, code=code, definition={"offset": 2})
    client = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    for path, shown in (
        ("measures?days=365", "超期未入库"),
        ("report/2026-11-30", "华东五金有限公司"),
        (f"trial/{code}", "晚了"),
        ("trial/low_stock", "只能按今天的数据算"),
        (f"own-rules/{code}", "恢复"),
        ("own-rules/export", "due_on"),
    ):
        response = client.get(f"/cases/{path}")
        assert response.status_code == 200
        assert shown in response.content.decode()


def test_a_dry_run_says_what_would_have_come_up_and_writes_nothing(world: buying.World) -> None:
    buying.make_order(world, 10, 5)
    commands.save_rule(actor=world.actor, code="overdue_receipt", is_active=False)
    own = rule(world, is_active=False, condition="missing > 5.0")
    calendar = people_of(world.company_id, world.actor.zone)[1]
    found = {
        code: tried(world.actor, rules_of(world.company_id)[code], date(2026, 11, 28), date(2026, 12, 5), calendar)
        for code in ("overdue_receipt", own, "low_stock")
    }
    built_in, written = found["overdue_receipt"], found[own]
    assert (len(built_in.found), built_in.still, built_in.exact) == (2, 2, True)
    assert {one.first for one in built_in.found.values()} == {date(2026, 12, 2)}
    assert [(one.line_no, one.first) for one in written.found.values()] == [(1, date(2026, 12, 2))]
    assert not found["low_stock"].exact
    assert not Case.objects.filter(company_id=world.company_id).exists()
