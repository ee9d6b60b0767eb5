"""Scorecards: no data is no data, each figure leads to its rows, terms are versions, suppliers see their own only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.catalog.tests.make import make_actor, make_supplier
from gendan.insight import commands
from gendan.insight.fold import fold
from gendan.insight.models import ScorecardTerms
from gendan.insight.queries.behind import Narrow, behind
from gendan.insight.queries.display import rows_of
from gendan.insight.queries.scorecard import Card, ranking, scorecard, scores
from gendan.insight.rules.advice import Other, advice_of
from gendan.insight.rules.figures import FIGURES, Sum
from gendan.insight.rules.scoring import Measure, Terms, points_of, scored, terms_from
from gendan.insight.tests.test_supplier_performance import measured_world
from gendan.kernel import db
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gendan.kernel.sealed import unseal
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.tests.make import World, make_world
from gendan.sourcing.queries.comparison import records_of

pytestmark = pytest.mark.django_db
ALL = "all"


def card_of(world: World, code: str = "S001", period: str = ALL) -> Card:
    return scorecard(world.actor, code, period)[1]


def taken(client: Client, address: str) -> bytes:
    """A file in full."""
    found: bytes = client.get(address).getvalue()
    return found


def value(world: World, figure: str, code: str = "S001") -> Decimal | None:
    return card_of(world, code).score.of(figure).value


def test_no_data_is_neither_a_hundred_nor_a_point() -> None:
    world = make_world()
    card = card_of(world)
    assert (card.total, card.score.grade, card.advice.kind) == (None, "", "unknown")
    assert ranking(world.actor, ALL).cards == []
    page = signed_in_client(world.actor).get("/suppliers/scorecard/S001").content.decode()
    assert page.count("没有数据") > 2 * len(FIGURES)
    assert "</i>100%" not in page
    body = api_client(world.actor).get("/supplier-scorecards/S001?period=all").json()
    assert {one["value"] for one in body["figures"]} == {None}
    assert body["score"] is None


def test_weights_without_data_go_to_the_others() -> None:
    sums = {"on_time_first": Sum(4, Decimal(4), Decimal(3)), "in_full": Sum(4, Decimal(4), Decimal(4))}
    score = scored(sums, Terms())
    assert (score.of("on_time_first").points, score.of("in_full").points) == (Decimal(20), Decimal(100))
    assert score.total == round((15 * Decimal(20) + 8 * Decimal(100)) / 23, 1)
    assert (score.covered, score.grade) == (Decimal(23), "")
    shares = [one.share for one in score.figures if one.points is not None]
    assert sum(shares) == 100
    assert scored(sums, terms_from({"least": 20})).grade == "D"
    assert points_of(Decimal(3), Measure(1, Decimal(2), Decimal(24))) == Decimal("95.5")


def test_advice_says_why_and_whom_else() -> None:
    def score(points: int) -> Any:
        codes = ("on_time_first", "in_full", "lots", "accuracy")
        return scored({code: Sum(2, Decimal(100), Decimal(points)) for code in codes}, Terms())

    good, poor = score(99), score(71)
    other = Other("S002", "南方", 3, Decimal(90))
    assert advice_of(good, [], []).kind == "develop"
    assert advice_of(good, [Decimal(99)] * 6 + [Decimal(80)] * 6, []).kind == "keep"
    assert advice_of(poor, [], [other]).kind == "leave"
    assert advice_of(poor, [], [other]).worst[0].code == "on_time_first"
    assert advice_of(poor, [], []).kind == "improve"


def test_the_first_and_the_last_promise_are_two_figures() -> None:
    world = measured_world()
    assert (value(world, "on_time_first"), value(world, "on_time_last")) == (Decimal("33.33"), Decimal("66.67"))
    fold()
    assert value(world, "on_time_first") == Decimal("33.33")


def test_what_was_closed_short_or_came_too_much_is_not_accurate() -> None:
    world = make_world()
    for quantity in (Decimal(10), Decimal(4)):
        order = purchasing.create_order(
            actor=world.actor, supplier="S001", warehouse="MAIN", lines=[LineIn("BOLT", Decimal(10), Decimal(1))],
            submit=True,
        ).number  # fmt: skip
        purchasing.receive_goods(actor=world.actor, order=order, lines=[ReceiveIn(1, quantity)])
    assert value(world, "in_full") == 100
    purchasing.close_order(actor=world.actor, number=order, reason="停产")
    assert (value(world, "in_full"), value(world, "accuracy")) == (50, 50)
    assert value(world, "cost") == Decimal("3.00")  # six of twenty are missing, at ten percent
    assert [row["good"] for row in behind(world.actor, Narrow("in_full", "S001", ALL)).items].count(False) == 1
    purchasing.reopen_order(actor=world.actor, number=order)
    assert value(world, "in_full") == 100
    db.execute("UPDATE purchasing_orderline SET received = 11 WHERE completed_on IS NOT NULL")
    assert (value(world, "in_full"), value(world, "accuracy")) == (100, 0)


def test_prices_are_measured_against_others_and_the_year_before() -> None:
    world = make_world()
    make_supplier(world.company_id, "S002", "南方紧固件")
    today = timezone.localdate()
    for supplier, price, back in (("S001", 12, 0), ("S002", 10, 40), ("S001", 8, 370)):
        day = today - timedelta(back)
        order = purchasing.create_order(
            actor=world.actor, supplier=supplier, warehouse="MAIN", ordered_on=day, submit=True,
            lines=[LineIn("BOLT", Decimal(10), Decimal(price), required_on=day)],
        ).number  # fmt: skip
        purchasing.receive_goods(actor=world.actor, order=order, received_on=day)
    this = f"{today:%Y-%m}"
    card = card_of(world, period=this)
    assert (card.score.of("price_market").value, card.score.of("price_year").value) == (20, 50)
    (row,) = behind(world.actor, Narrow("price_market", "S001", this)).items
    assert (row["price"], row["measure"], row["good"]) == (12, 10, False)
    keeper = replace(world.actor, permissions=frozenset({"insight.view", "purchasing.view"}))
    shown = {one["code"]: one for one in rows_of(keeper, scorecard(keeper, "S001", this)[1])}
    assert shown["price_market"]["value"] is None
    assert scorecard(keeper, "S001", this)[1].total == card.total
    with pytest.raises(Forbidden):
        behind(keeper, Narrow("price_market", "S001", this))


def test_each_figure_leads_to_as_many_rows_as_it_counts() -> None:
    world = measured_world()
    client = signed_in_client(world.actor)
    for code in FIGURES:
        counted = sum(card.score.of(code).n for card in ranking(world.actor, ALL).cards)
        assert len(behind(world.actor, Narrow(code, "", ALL)).items) == counted, code
        address = f"/suppliers/performance/lines?figure={code}&period=all"
        assert client.get(address).status_code == 200
        assert taken(client, f"{address}&export=xlsx").startswith(b"PK")
        api = api_client(world.actor).get(f"/supplier-scorecard-lines?figure={code}&period=all").json()
        assert len(api["items"]) == counted
    first = behind(world.actor, Narrow("lead", "", ALL), limit=2)
    rest = behind(world.actor, Narrow("lead", "", ALL), after=first.after)
    assert (len(first.items), len(rest.items)) == (2, 3)
    assert len(behind(world.actor, Narrow("on_time_first", "", ALL, only="unmeasured")).items) == 1
    with pytest.raises(Invalid):
        behind(world.actor, Narrow("nonsense"))


def test_pages_exports_and_paper() -> None:
    world = measured_world()
    client = signed_in_client(world.actor)
    for address in ("/suppliers/performance?period=all", "/suppliers/scorecard/S001?period=all"):
        assert client.get(address).status_code == 200
        assert taken(client, f"{address}&export=xlsx").startswith(b"PK")
    for period in ("month", "2025-Q1", "2024", "2026-02"):
        assert client.get(f"/suppliers/scorecard/S001?period={period}").status_code == 200
    for period in ("0001", "9999", "x"):
        assert client.get(f"/suppliers/scorecard/S001?period={period}").status_code == 422
    assert client.get("/suppliers/scorecard/S999").status_code == 404
    assert client.get("/suppliers/performance/lines?figure=x").status_code == 404


def test_a_fixed_number_of_statements() -> None:
    world = measured_world()
    counts = set()
    for n in range(2):
        make_supplier(world.company_id, f"S10{n}", "又一家")
        with CaptureQueriesContext(connection) as captured:
            ranking(world.actor, ALL)
        counts.add(len(captured))
    assert counts == {12}


def test_terms_are_versions() -> None:
    world = measured_world()
    before = card_of(world).total
    change = {"measures": {"on_time_first": {"weight": 100, "goal": "30", "zero": "10"}}, "least": 10}
    commands.set_scorecard(actor=world.actor, values=change, version=0)
    after = card_of(world)
    assert after.total != before
    assert after.score.of("on_time_first").points == 100
    assert scorecard(world.actor, "S001", ALL, version=0)[1].total == before
    with pytest.raises(Stale):
        commands.set_scorecard(actor=world.actor, values={"shown": True}, version=0)
    commands.set_scorecard(actor=world.actor, values={"shown": True}, version=1)
    commands.set_scorecard(actor=world.actor, values={"shown": True}, version=2)  # changes nothing
    api = api_client(world.actor)
    assert [(one["version"], one["changes"]) for one in api.get("/scorecard-terms/versions").json()["items"]] == [
        (2, {"shown": [False, True]}),
        (1, {"on_time_first.weight": [15, 100], "on_time_first.goal": ["95", "30"], "on_time_first.zero": ["70", "10"],
             "least": ["30", "10"]}),
    ]  # fmt: skip
    assert api.put("/scorecard-terms", {"measures": {"lead": {"goal": "200"}}}).status_code == 422
    for wrong in ({"measures": {"nothing": {"weight": 1}}}, {"grades": {"A": 10}}, {"costs": {"late": "x"}}, {"x": 1},
                  {"measures": {code: {"weight": 0} for code in FIGURES}}):  # fmt: skip
        with pytest.raises(Invalid):
            commands.set_scorecard(actor=world.actor, values=wrong)
    assert ScorecardTerms.objects.count() == 2
    client = signed_in_client(world.actor)
    page = client.get("/settings/scorecard").content.decode()
    assert "给供应商看 否 → 是" in page
    with pytest.raises(NotFound):
        scorecard(world.actor, "S001", ALL, version=9)


def test_offers_are_compared_by_the_same_score() -> None:
    world = measured_world()
    assert scores(world.actor, ["S001", "S003"]).keys() == {"S001"}
    record = records_of(world.actor, ["S001", "S003"])
    assert record["S001"].points == record["S001"].score == scores(world.actor, ["S001"])["S001"]
    assert "S003" not in record


def test_narrowed_people_count_what_they_see() -> None:
    world = measured_world()
    stranger = make_actor("insight.view")
    assert ranking(stranger, ALL).cards == []
    colleague = make_actor("purchasing.view", company=Company.objects.get(pk=world.company_id))
    assert signed_in_client(colleague).get("/suppliers/scorecard/S001").status_code == 403


def test_a_supplier_sees_its_own_where_the_company_shows_it() -> None:
    world = measured_world()
    order = purchasing.create_order(
        actor=world.actor,
        supplier="S001",
        warehouse="MAIN",
        lines=[LineIn("BOLT", Decimal(1), Decimal(1))],
        submit=True,
    )
    purchasing.send_order(actor=world.actor, number=order.number, recipient="王小姐")
    (sealed,) = db.row("SELECT sealed FROM purchasing_supplierlink WHERE company_id = %s", [world.company_id]) or ("",)
    token = unseal(sealed)["token"]
    client = Client()
    hidden = client.get(f"/s/{token}/scorecard").content.decode()
    assert "没有公开评分卡" in hidden
    assert "33.33" not in hidden
    commands.set_scorecard(actor=world.actor, values={"shown": True})
    page = client.get(f"/s/{token}/scorecard?period=all").content.decode()
    assert "33.33%" in page
    assert "价格对市场" not in page
    assert "南方紧固件" not in page
    assert f"/s/{token}/scorecard" in client.get(f"/s/{token}").content.decode()
