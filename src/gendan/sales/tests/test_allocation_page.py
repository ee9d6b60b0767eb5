"""Who holds what of a product: the page, its dry run, shortages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gendan.inventory.tests import make as inventory
from gendan.inventory.tests.make import statements
from gendan.kernel import jobs
from gendan.kernel.models import Job
from gendan.purchasing.models import Requisition
from gendan.sales import commands
from gendan.sales.queries.allocation import allocation_of
from gendan.sales.tests.make import line, make_order, make_world
from gendan.sales.tests.test_api import Caller
from gendan.sales.tests.test_atp import buy
from gendan.sales.tests.test_why import client

pytestmark = pytest.mark.django_db


def test_supply_and_demand_stand_side_by_side_and_in_time() -> None:
    world = make_world(bolts=10)
    today = world.actor.today()
    first = make_order(world, 8, requested_on=today + timedelta(days=3)).number
    bought = buy(world, "5", today + timedelta(days=4))
    second = make_order(world, 9, requested_on=today + timedelta(days=2)).number
    with statements() as seen:
        found = allocation_of(world.actor, "BOLT")
    assert len(seen) == 6
    assert [
        (row["number"], row["uncovered"], [(t["kind"], t["quantity"]) for t in row["ties"]]) for row in found.demand
    ] == [
        (second, 2, [("way", 5), ("stock", 2)]),
        (first, 0, [("stock", 8)]),
    ], "the earlier day first"
    assert (found.sums["free"], found.sums["short"]) == (0, 2)
    assert [(day.on, day.left) for day in found.days] == [
        (today, 10),
        (today + timedelta(days=2), 1),
        (today + timedelta(days=3), -7),
        (today + timedelta(days=4), -2),
    ]
    told = Caller(world.actor).get("/allocation?product=BOLT")
    assert told["coming"][0]["number"] == bought
    assert Caller(world.actor).get("/shortages")["items"][0]["short"] == "2"


def test_the_page_shows_shortages_a_dry_run_and_does_it() -> None:
    world = make_world(bolts=5)
    today = world.actor.today()
    first = make_order(world, 5, requested_on=today + timedelta(days=30)).number
    second = make_order(world, 5, requested_on=today + timedelta(days=1)).number
    browser = client(world)
    page = browser.get("/allocation").content.decode()
    assert "BOLT" in page
    page = browser.get("/allocation?product=BOLT&plan=1").content.decode()
    assert "得到更多" in page
    assert "让出" in page
    assert line(first).reserved == 5, "nothing was done yet"
    assert browser.post("/allocation/reallocate", {"product": "BOLT"}).status_code == 302
    assert (line(first).reserved, line(second).reserved) == (0, 5)
    assert browser.post("/allocation/shortage", {"product": "BOLT"}).status_code == 302
    assert Requisition.objects.count() == 1
    assert line(first).requested == 5
    assert browser.get("/allocation?product=NOTHING").status_code == 404


def test_what_is_overdue_counts_today_and_what_is_free_is_not_short() -> None:
    world = make_world()
    inventory.stock(world.stock, "BOLT", 3)
    make_order(world, 3)
    commands.request_shortage(actor=world.actor)
    found = allocation_of(world.actor, "BOLT", "MAIN")
    assert [(day.on, day.left) for day in found.days] == [(world.actor.today(), 0)]


def test_a_dry_run_over_many_lines_is_made_by_the_worker_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gendan.sales.views.trial.AT_ONCE", 1)
    world = make_world(bolts=5)
    today = world.actor.today()
    first = make_order(world, 5, requested_on=today + timedelta(days=30)).number
    second = make_order(world, 5, requested_on=today + timedelta(days=1)).number
    browser = client(world)
    assert "/allocation/plan" in browser.get("/allocation").content.decode()
    assert "试算结果" not in browser.get("/allocation?plan=1").content.decode(), "not while the browser waits"
    assert "/jobs/" in browser.post("/allocation/plan", {"product": "", "warehouse": "MAIN"}).headers["Location"]
    job = Job.objects.get()
    jobs.execute(job.pk, "sales.plan_reallocation")
    job.refresh_from_db()
    assert (job.state, job.result["plan"]["changed"]) == ("done", 2)
    shown = browser.get(job.result["links"][0]["url"]).content.decode()
    assert all(said in shown for said in (first, second, "得到更多", "让出", "执行重新分配"))
    assert line(first).reserved == 5, "nothing was done"


def test_everything_is_given_out_anew_in_the_worker() -> None:
    world = make_world(bolts=5)
    answer = client(world).post("/allocation/reallocate", {})
    assert answer.status_code == 302
    assert "/jobs/" in answer.headers["Location"]


def test_who_may_not_see_purchasing_reads_what_comes_and_when_but_not_from_whom() -> None:
    world = make_world()
    bought = buy(world, "5", world.actor.today() + timedelta(days=4))
    everything, without = (
        Caller(actor).get("/allocation?product=BOLT")["coming"][0]
        for actor in (world.actor, world.stock.colleague("sales.view"))
    )
    assert (without["number"], without["on"], without["supplier"]) == (bought, everything["on"], "")
    assert everything["supplier"]
