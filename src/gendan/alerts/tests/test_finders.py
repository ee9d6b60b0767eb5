"""Every rule has a finder, words and thresholds, and its statement is right with and without documents."""

from __future__ import annotations

import pytest

from gendan.alerts import commands
from gendan.alerts.queries.finders import FINDERS
from gendan.alerts.queries.texts import NAMES, REMEDIES, SENTENCES, THRESHOLDS
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.steps.scan import look_at
from gendan.alerts.tests.make import at
from gendan.kernel.unit import tentative
from gendan.purchasing.tests import make as buying


def test_every_rule_is_complete() -> None:
    assert set(FINDERS) == set(NAMES) == set(SENTENCES) == set(BUILTIN)
    wanted = {f"{rule.code}.{threshold.name}" for rule in BUILTIN.values() for threshold in rule.thresholds}
    assert set(THRESHOLDS) == wanted
    assert {remedy for rule in BUILTIN.values() for remedy in rule.remedies} == set(REMEDIES)


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(BUILTIN))
def test_a_rule_looks_at_all_and_at_some(code: str) -> None:
    world = buying.make_world()
    commands.scan(actor=world.actor, rules=[code], now=at("2026-12-05"))
    kinds = {kind: ["X-000001"] for rule in BUILTIN.values() for kind in rule.kinds}
    with tentative():
        assert look_at(world.actor, at("2026-12-05"), kinds).found == 0
