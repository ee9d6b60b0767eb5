"""Every rule: found on the right day and not before, one case however often it looks, gone when its cause is gone, and
back as the same case; with words in three languages that leave out money for who may not see it.
"""

from __future__ import annotations

import pytest
from django.utils import translation

from gendan.alerts.queries.cases import case_detail
from gendan.alerts.queries.finders import FINDERS
from gendan.alerts.tests import buying, others, settling  # noqa: F401 - they declare situations
from gendan.alerts.tests.make import cases, scan
from gendan.alerts.tests.situations import SITUATIONS, make_world
from gendan.kernel import verify

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
