"""Every rule: found on the right day and not before, one case however often it looks, gone when its cause is gone, and
back as the same case; with words in three languages that leave out money for who may not see it.
"""

from __future__ import annotations

import pytest
from django.utils import translation

from gendan.accounts.tests.make import signed_in_client
from gendan.alerts import commands
from gendan.alerts.queries.cases import case_detail
from gendan.alerts.queries.finders import FINDERS
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.tests import buying, others, settling, supplying  # noqa: F401 - they declare situations
from gendan.alerts.tests.make import cases, scan
from gendan.alerts.tests.situations import SITUATIONS, make_world
from gendan.kernel import verify
from gendan.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


def test_every_rule_has_a_situation() -> None:
    assert set(SITUATIONS) == set(FINDERS)


@pytest.mark.parametrize("code", sorted(SITUATIONS))
def test_a_rule_finds_its_cause_on_the_right_day_and_lets_it_go(code: str) -> None:
    world = make_world()
    there = SITUATIONS[code](world)
    actor = world.actor
    for day in there.quiet:
        assert scan(actor, day, code)["found"] == 0, day
    for _again in range(2):
        assert scan(actor, there.found, code)["found"] == 1
    (case,) = cases(actor, code)
    assert case.state == "open"
    assert case.times == 1
    assert case.owner_id is not None
    assert there.days in {None, case.days}
    assert {name: case.facts[name] for name in there.says} == there.says
    _words(world.actor, case.number)
    there.mend()
    assert scan(actor, there.found, code)["closed"] == 1
    case.refresh_from_db()
    assert (case.state, case.closed_how) == ("resolved", "gone")
    there.spoil()
    assert scan(actor, there.found, code)["reopened"] == 1
    assert [(one.pk, one.state, one.times) for one in cases(actor, code)] == [(case.pk, "open", 2)]
    assert [
        (c.name, found) for c, found in verify.differences(actor.company_id) if c.name.startswith("alerts") and found
    ] == []


def _words(actor, number: str) -> None:
    """The sentence names its facts in each language."""
    for language in ("zh-hans", "zh-hant", "en"):
        with translation.override(language):
            text = case_detail(actor, number)["text"]
        assert text
        assert "%(" not in text


@pytest.mark.django_db
def test_how_people_are_told_of_a_built_in_rule_is_set_with_the_form_of_own_rules() -> None:
    world = make_world()
    client = signed_in_client(world.actor)
    form = {"repeat_hours": "4", "quiet_from": "22:00", "quiet_to": "07:00", "version": "1",
            "ladder_hours": ["2", "8"], "ladder_to": ["superior", "role management"]}  # fmt: skip
    assert client.post("/cases/rules/overdue_receipt/telling", form).status_code == 302
    rule = rules_of(world.actor.company_id)["overdue_receipt"]
    assert [(step.hours, step.to.by, step.to.value) for step in rule.reminding.ladder] == [
        (2, "superior", ""), (8, "role", "management")
    ]  # fmt: skip
    assert rule.reminding.repeat_hours == 4
    assert rule.answer_hours == 8  # what was not given stays
    page = client.get("/cases/rules/overdue_receipt/telling").content.decode()
    assert 'value="22:00"' in page
    commands.save_rule(actor=world.actor, code="overdue_receipt", severity="low")
    assert rules_of(world.actor.company_id)["overdue_receipt"].reminding == rule.reminding
    with pytest.raises(Invalid) as refusal:
        commands.save_rule(actor=world.actor, code="overdue_receipt", reminding={"quiet_from": "22:00", "quiet_to": ""})
    assert set(refusal.value.fields) == {"quiet_from"}
