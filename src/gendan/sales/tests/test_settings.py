"""How a company sells is decided on a page and over the API, and counts at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.kernel.errors import Forbidden, Invalid, Stale
from gendan.kernel.models import Event
from gendan.sales import commands
from gendan.sales.models import PriorityRule, ReviewRule
from gendan.sales.queries.policy import policy_of
from gendan.sales.rules.policy import PriorityIn, RuleIn
from gendan.sales.tests.make import make_world

pytestmark = pytest.mark.django_db


def test_what_is_given_changes_and_the_rest_stays() -> None:
    actor = make_world().actor
    done = commands.save_settings(actor=actor, values={"handling_days": 2}, rules=[RuleIn("margin", "stop")], version=1)
    assert done.version == 2
    commands.save_settings(actor=actor, priorities=[PriorityIn("order_value"), PriorityIn("promised_on", True)])
    policy = policy_of(actor)
    assert (policy.settings["handling_days"], policy.settings["back_order"]) == (2, "partial")
    assert {rule["code"]: (rule["answer"], rule["threshold"]) for rule in policy.rules}["margin"] == ("stop", 5)
    assert [each["key"] for each in policy.priorities] == ["order_value", "promised_on"]
    assert ReviewRule.objects.count() == 1
    told = [event.data["changes"] for event in Event.objects.filter(type="sales.settings_saved").order_by("id")]
    assert told[0] == {"handling_days": [0, 2], "review.margin": ["warn 5", "stop 5"]}
    with pytest.raises(Stale):
        commands.save_settings(actor=actor, values={"handling_days": 3}, version=1)
    assert commands.save_settings(actor=actor, values={"handling_days": 2}).version == policy.version
    commands.save_settings(actor=actor, priorities=[])
    assert [each["key"] for each in policy_of(actor).priorities] == ["customer_class", "promised_on"]


def test_what_makes_no_sense_is_refused_beside_its_field() -> None:
    actor = make_world().actor
    with pytest.raises(Invalid) as refusal:
        commands.save_settings(
            actor=actor,
            values={"handling_days": -1, "discount_limit": Decimal(101), "nonsense": 1},
            rules=[
                RuleIn("margin", "maybe"),
                RuleIn("overdue", "warn", Decimal("0.5")),
                RuleIn("discount", "stop", Decimal(1)),
            ],
            priorities=[PriorityIn("order_value"), PriorityIn("order_value", True)],
        )
    assert set(refusal.value.fields) == {
        "handling_days",
        "discount_limit",
        "nonsense",
        "rules.margin",
        "threshold.overdue",
        "threshold.discount",
        "priorities.1.key",
    }
    assert not PriorityRule.objects.exists()


def test_the_page_saves_everything_and_says_what_cannot_be() -> None:
    world = make_world()
    page = signed_in_client(world.actor)
    assert "信用额度" in page.get("/sales/settings").content.decode()
    form = {f"rules.{rule['code']}": rule["answer"] for rule in policy_of(world.actor).rules}
    form |= {"rules.credit_limit": "stop", "threshold.margin": "12.5", "discount_limit": "15", "back_order": "complete"}
    form |= {"handling_days": "1", "peg_incoming": "on", "version": "1"}
    answer = page.post("/sales/settings", {**form, "priority": ["-order_value", "", "ordered_on", ""]})
    assert answer.status_code in {200, 204, 302}
    policy = policy_of(world.actor)
    assert (policy.settings["discount_limit"], policy.settings["reserve_on_review"]) == (15, False)
    assert policy.rules[0]["answer"] == "stop"
    assert policy.priorities == [
        {"key": "order_value", "descending": True},
        {"key": "ordered_on", "descending": False},
    ]
    shown = page.get("/sales/settings").content.decode()
    assert "禁止" in shown
    assert "提醒 12.5" in shown
    refused = page.post("/sales/settings", {**form, "threshold.margin": "x", "version": "2"})
    assert refused.status_code == 422
    assert policy_of(world.actor).version == 2


def test_the_api_reads_and_writes_the_same() -> None:
    world = make_world()
    api = api_client(world.actor)
    body = {
        "settings": {"request_shortage": True, "discount_limit": "12.5"},
        "rules": [{"code": "overdue", "answer": "stop", "threshold": "15"}],
    }
    answer = api.patch("/sales-settings", {**body, "version": 1})
    assert answer.status_code == 200
    found = api.get("/sales-settings").json()
    assert (found["version"], found["settings"]["request_shortage"]) == (2, True)
    assert found["settings"]["discount_limit"] == "12.5"
    assert found["rules"][1] == {"code": "overdue", "name": "逾期未付", "answer": "stop", "threshold": "15"}
    with pytest.raises(Forbidden):
        commands.save_settings(actor=world.stock.colleague("sales.view"), values={"handling_days": 3})
