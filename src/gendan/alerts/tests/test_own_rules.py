"""Rules that a company writes itself: what is refused on saving, what they find, versions, and going back."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from gendan.alerts import commands
from gendan.alerts.errors import RuleTooSlow
from gendan.alerts.labels import RESTED
from gendan.alerts.models import Case
from gendan.alerts.queries import own
from gendan.alerts.queries.cases import case_detail
from gendan.alerts.queries.own_rules import own_rule, own_rules, versions
from gendan.alerts.queries.own_subjects import SUBJECTS
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.trial import tried
from gendan.alerts.queries.words import MONEY
from gendan.alerts.rules.own import Trigger, latest
from gendan.alerts.tests.make import ZONE, at, cases, scan
from gendan.flow.queries.people import people_of
from gendan.kernel.errors import Invalid, Stale
from gendan.kernel.models import Notice
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)  # of make_order's lines, a Tuesday
BIG = ",".join("1" * 230)


def rule(**said: Any) -> dict[str, Any]:
    """A rule that is on: a purchase line of more than 5 that should have come."""
    return {
        "name": "大行晚了",
        "is_active": True,
        "subject": "po_line",
        "trigger": "date",
        "field": "due_on",
        "offset": 3,
        "condition": "missing > 5.0",
        "message": "{supplier_name} 的 {product} 还差 {missing}",
    } | said


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def make(world: buying.World, **said: Any) -> str:
    return commands.save_own_rule(actor=world.actor, definition=rule(**said)).number


def test_the_date_narrows_the_condition_judges_and_the_case_says_it_in_the_rules_own_words(world: buying.World) -> None:
    code = make(world)
    number = buying.make_order(world, 10, 5).number
    assert scan(world.actor, DUE + timedelta(days=2), code)["found"] == 0
    assert scan(world.actor, DUE + timedelta(days=3), code)["found"] == 1
    (case,) = cases(world.actor, code)
    assert (case.document_number, case.line_no, case.days, case.state) == (number, 1, 3, "open")
    shown = case_detail(world.actor, case.number)
    assert shown["rule_name"] == "大行晚了"
    assert shown["text"].endswith("还差 10")
    buying.receive(world, number, (1, "6"))
    assert scan(world.actor, DUE + timedelta(days=4), code)["closed"] == 1


def test_a_touched_document_is_judged_by_itself(world: buying.World) -> None:
    code = make(world, trigger="state", condition="missing > 5.0")
    commands.read_events(actor=world.actor)
    number = buying.make_order(world, 10).number
    buying.make_order(world, 3)
    commands.read_events(actor=world.actor, now=at(DUE))
    assert [case.document_number for case in cases(world.actor, code)] == [number]


def test_an_event_sets_a_rule_off_and_what_happened_before_it_is_left_alone(world: buying.World) -> None:
    code = make(world, trigger="event", events=["purchasing.order_confirmed"], condition="", subject="po", message="")
    first, second = buying.make_order(world, 10).number, buying.make_order(world, 10).number
    buying.confirm(world, second)
    assert scan(world.actor, world.actor.today(), code)["found"] == 1
    assert [case.document_number for case in cases(world.actor, code)] == [second]
    assert first != second


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"condition": "missing >"}, "condition"),
        ({"condition": "weight > 3.0"}, "condition"),
        ({"condition": "missing > 'x'"}, "condition"),
        ({"condition": "missing"}, "condition"),
        ({"trigger": "state", "condition": ""}, "condition"),
        ({"field": "born_on"}, "field"),
        ({"offset": 2000}, "offset"),
        ({"trigger": "event", "events": ["nothing.happened"]}, "events"),
        ({"trigger": "event", "events": []}, "events"),
        ({"subject": "moon"}, "subject"),
        ({"name": " "}, "name"),
        ({"owner": []}, "owner"),
        ({"owner": [["role", "astronaut"]]}, "owner"),
        ({"owner": [["expression", "nobody_knows"]]}, "owner"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"quiet_from": "21:00"}, "quiet_from"),
        ({"quiet_from": "25:99", "quiet_to": "08:00"}, "quiet_from"),
        ({"ladder": [["8", "buyer", ""]]}, "ladder"),
        ({"ladder": [["0", "superior", ""]]}, "ladder"),
        ({"repeat_hours": "often"}, "repeat_hours"),
        ({"remedies": ["pray"]}, "remedies"),
        ({"answer_hours": "-1"}, "answer_hours"),
        ({"colour": "red"}, "colour"),
        ({"owner": 5}, "owner"),
        ({"owner": ["buyer"]}, "owner"),
        ({"ladder": [["8", "superior"]]}, "ladder"),
        ({"events": {"a": 1}, "trigger": "event"}, "events"),
        ({"name": {"a": 1}}, "name"),
        ({"message": "\0"}, "message"),
        ({"message": "{secret} 的 {missing!r:>9}"}, "message"),
        ({"condition": f"[{BIG}].exists(x, [{BIG}].exists(y, x + y == 3))"}, "condition"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(world: buying.World, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(world, **said)
    assert field in refused.value.fields
    assert own_rules(world.actor) == []


def test_versions_are_kept_and_an_earlier_one_comes_back_as_a_new_one(world: buying.World) -> None:
    code = make(world)
    commands.save_own_rule(actor=world.actor, code=code, definition={"condition": "missing > 50.0"}, version=1)
    with pytest.raises(Stale):
        commands.save_own_rule(actor=world.actor, code=code, definition={"condition": "missing > 60.0"}, version=1)
    assert own_rule(world.actor, code)["condition"] == "missing > 50.0"
    commands.restore_own_rule(actor=world.actor, code=code, to=1)
    assert own_rule(world.actor, code)["condition"] == "missing > 5.0"
    assert [row["version"] for row in versions(world.actor, code)] == [3, 2, 1]


def test_what_was_exported_comes_in_elsewhere_switched_off_and_again_changes_it(world: buying.World) -> None:
    make(world)
    exported = [row["definition"] for row in own_rules(world.actor)]
    other = buying.make_world()
    commands.import_own_rules(actor=other.actor, rules=exported)
    (row,) = own_rules(other.actor)
    assert (row["condition"], row["is_active"]) == ("missing > 5.0", False)
    commands.import_own_rules(actor=other.actor, rules=[exported[0] | {"condition": "missing > 7.0"}])
    (row,) = own_rules(other.actor)
    assert (row["condition"], row["version"]) == ("missing > 7.0", 2)
    with pytest.raises(Invalid) as refused:
        commands.import_own_rules(actor=other.actor, rules=[exported[0], rule(name="坏", condition="(")])
    assert list(refused.value.fields) == ["rules.1.condition"]


@pytest.mark.parametrize("subject", list(SUBJECTS))
def test_every_subject_can_be_looked_at_with_each_of_its_facts_and_dates(world: buying.World, subject: str) -> None:
    buying.make_order(world, 10)
    facts = " && ".join(f"{name} == {name}" for name in SUBJECTS[subject].facts)
    codes = [make(world, subject=subject, trigger="state", condition=facts, message="")]
    codes += [make(world, subject=subject, field=name, condition="", message="") for name in SUBJECTS[subject].dates]
    for code in codes:
        scan(world.actor, DUE + timedelta(days=900), code)
    if subject in {"po_line", "po", "partner"}:
        assert Case.objects.filter(company_id=world.company_id, rule=codes[0]).exists()


def test_the_owner_may_be_whoever_an_expression_names(world: buying.World) -> None:
    code = make(world, owner=[["expression", "buyer"], ["seller", ""]])
    buying.make_order(world, 10)
    scan(world.actor, DUE + timedelta(days=3), code)
    assert cases(world.actor, code)[0].owner_id == world.actor.user_id


def test_working_days_are_counted_by_the_calendar() -> None:
    friday, works = date(2026, 12, 4), lambda day: day.weekday() < 5
    after, before = Trigger("date", "due_on", 2, True), Trigger("date", "due_on", -2, True)
    assert latest(after, friday, works) == date(2026, 12, 2)
    assert latest(after, date(2026, 12, 7), works) == date(2026, 12, 3)  # Monday: Thursday and its two days
    assert latest(before, friday, works) == date(2026, 12, 8)  # two working days ahead over the weekend
    assert latest(Trigger("date", "due_on", -2), friday, works) == date(2026, 12, 6)


def test_a_rule_that_takes_too_long_rests_until_it_is_changed_and_the_others_go_on(
    world: buying.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = make(world), make(world, name="小行", condition="")
    buying.make_order(world, 10, 5)
    day = DUE + timedelta(days=3)
    assert scan(world.actor, day, slow)["found"] == 1
    judged = own._holds

    def slowly(condition: str, facts: str) -> bool:
        time.sleep(0.2)
        return judged(condition, facts)

    monkeypatch.setattr(own, "_holds", slowly)
    monkeypatch.setattr(own, "SECONDS", 0.1)
    monkeypatch.setattr(own, "BATCH", 1)
    found = commands.scan(actor=world.actor, rules=[slow, other], now=at(day)).data["by_rule"]
    assert found == {other: 2}
    kept = own_rule(world.actor, slow)
    assert (kept["is_active"], bool(kept["rested_at"])) == (True, True)
    assert [case.state for case in cases(world.actor, slow)] == ["open"]  # as it was
    (notice,) = Notice.objects.filter(kind=RESTED)
    assert notice.user_id == world.actor.user_id
    assert "大行晚了" in notice.text
    assert "0.1 秒" in notice.text
    assert commands.scan(actor=world.actor, rules=[slow], now=at(day)).data["by_rule"] == {}
    assert Notice.objects.filter(kind=RESTED).count() == 1  # told once
    calendar = people_of(world.actor.company_id, ZONE)[1]
    with pytest.raises(RuleTooSlow):
        tried(world.actor, rules_of(world.actor.company_id)[slow], day, day, calendar)
    monkeypatch.undo()
    commands.save_own_rule(actor=world.actor, code=slow, definition={"condition": "missing > 6.0"})
    assert own_rule(world.actor, slow)["rested_at"] is None
    assert scan(world.actor, day, slow)["found"] == 1


def test_the_database_is_stopped_in_time_too(world: buying.World, monkeypatch: pytest.MonkeyPatch) -> None:
    code = make(world)
    rule_ = rules_of(world.actor.company_id)[code]
    assert rule_.own is not None
    with pytest.raises(RuleTooSlow):
        own.found(rule_.own, "SELECT pg_sleep(5)", {}, 0.1)
    assert Case.objects.count() == 0  # the connection goes on


def test_every_fact_that_is_money_is_hidden_from_who_may_not_see_prices() -> None:
    money = {name for subject in SUBJECTS.values() for name, (_sql, fact) in subject.facts.items() if fact.price}
    assert money <= MONEY
