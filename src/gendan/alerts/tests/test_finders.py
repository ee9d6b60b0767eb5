"""Every rule has a finder, words and thresholds, and its statement is right with and without documents."""

from __future__ import annotations

import pytest

from gendan.alerts import commands
from gendan.alerts.queries.finders import FINDERS
from gendan.alerts.queries.texts import NAMES, REMEDIES, SENTENCES, THRESHOLDS
from gendan.alerts.queries.words import sentence
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.steps.scan import look_at
from gendan.alerts.tests.make import at, cases, scan
from gendan.alerts.tests.others import SOLD
from gendan.alerts.tests.situations import DUE, after, make_world
from gendan.kernel.unit import tentative
from gendan.purchasing.tests import make as buying
from gendan.sales.tests import make as selling


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


def test_money_in_words_names_its_currency() -> None:
    facts: dict[str, object] = {"price": 14.768, "last_price": 15.3, "percent": -3.5}
    said = sentence("price_deviation", facts, 0, priced=True, currency="CNY")
    assert "14.768 CNY" in said
    assert "15.30 CNY" in said
    assert "-3.5%" in said
    facts = {"amount": 9314.4, "currency": "USD"}
    assert "9,314.40 USD" in sentence("payable_due", facts, 10, priced=True, currency="CNY")
    assert "USD" not in sentence("payable_due", facts, 10, priced=False, currency="CNY")


@pytest.mark.django_db
def test_what_is_known_to_come_too_late_for_a_customer_is_noticed_long_before() -> None:
    world = make_world()
    selling.make_order(world.sell, 10)
    world.now(SOLD.format(f"due_on = '{DUE}', expected_on = '{after(DUE, 5)}', pegged = 10"))
    scan(world.actor, after(DUE, -60), "reservation_unmet")
    (case,) = cases(world.actor, "reservation_unmet")
    assert (case.customers, case.days) == (1, 5)
    said = sentence(case.rule, case.facts, case.days, priced=True, units=("件", "件"), currency="CNY")
    assert "晚 5 天" in said
    assert "没有货" not in said  # it is on its way, only late
    world.now(SOLD.format(f"expected_on = '{DUE}'"))
    scan(world.actor, after(DUE, -59), "reservation_unmet")
    assert cases(world.actor, "reservation_unmet", "open") == []
