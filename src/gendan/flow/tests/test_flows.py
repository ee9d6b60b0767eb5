"""Drawing flows: drafts of two people, publishing with errors, going back, trying on a past document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import actor_for, api_client, make_user
from gendan.flow import commands
from gendan.flow.errors import DraftChanged, FlowExists, FlowHasErrors, FlowIsOff, NothingToPublish
from gendan.flow.models import Flow, FlowVersion
from gendan.flow.queries.flows import documents_like, drawn, flows, versions
from gendan.flow.queries.trial import tried
from gendan.kernel.actor import Limit, Scope
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.purchasing.tests.make import World, make_order, make_world

pytestmark = pytest.mark.django_db
BOSS = {"by": "role", "value": "director"}


def company_of(world: World) -> Company:
    return Company.objects.get(pk=world.company_id)


def approve(key: str, *assignees: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "approve", "name": key, "assignees": list(assignees), **more}


def two_ways(director: dict[str, str]) -> dict[str, Any]:
    """Above 50,000 the director, else the superior."""
    arms = [
        {"key": "much", "name": "金额大", "when": "amount > 50000.0", "nodes": [approve("director", director)]},
        {"key": "rest", "name": "其他", "nodes": [approve("chief", {"by": "superior"})]},
    ]
    return {"nodes": [{"key": "split", "type": "branch", "branches": arms}]}


def test_a_flow_is_drawn_published_changed_and_brought_back() -> None:
    world = make_world()
    actor, who = world.actor, {"by": "person", "value": make_user(company_of(world), name="王总").username}
    given: dict[str, Any] = {"actor": actor, "kind": "po"}
    with pytest.raises(NotFound):
        commands.save_draft(**given, definition=two_ways(who))
    begun = commands.create_flow(**given, definition=two_ways(who))
    with pytest.raises(FlowExists):
        commands.create_flow(**given)
    commands.publish_flow(**given, note="开始", version=begun.version)
    assert [row["state"] for row in flows(actor) if row["kind"] == "po"] == ["on"]
    with pytest.raises(NothingToPublish):
        commands.publish_flow(**given)

    kept = commands.save_draft(**given, definition={"nodes": [approve("only", who)]}, version=0)
    assert (kept.data["number"], drawn(actor, "po").published) == (2, 1)
    assert commands.save_draft(**given, definition={"nodes": [approve("only", who)]}, version=1).version == 1
    commands.publish_flow(**given)
    commands.restore_version(**given, number=1, publish=True)
    assert [(row["number"], row["current"]) for row in versions(actor, "po")] == [(3, True), (2, False), (1, False)]
    assert FlowVersion.objects.get(number=3).definition == FlowVersion.objects.get(number=1).definition
    commands.restore_version(**given, number=2)
    assert drawn(actor, "po").definition["nodes"][0]["key"] == "only"

    commands.switch_off(**given)
    assert Flow.objects.get().published is None
    with pytest.raises(FlowIsOff):
        commands.switch_off(**given)


def test_two_people_at_one_draft_lose_nothing() -> None:
    world = make_world()
    given: dict[str, Any] = {"actor": world.actor, "kind": "po"}
    commands.create_flow(**given, definition={"nodes": [approve("a", BOSS)]})
    commands.save_draft(**given, definition={"nodes": [approve("a", BOSS, mode="all")]}, version=1)
    with pytest.raises(DraftChanged) as refused:
        commands.save_draft(**given, definition={"nodes": [approve("a", BOSS), approve("b", BOSS)]}, version=1)
    data = refused.value.data
    assert (data["current"], data["by"]) == (2, world.actor.name)
    assert [(one["key"], one["what"]) for one in data["changes"]] == [("a", "changed"), ("b", "removed")]
    assert data["definition"]["nodes"][0]["mode"] == "all"
    assert "会签" in data["changes"][0]["text"]


def test_errors_keep_a_flow_from_being_published_and_warnings_do_not() -> None:
    world = make_world()
    given: dict[str, Any] = {"actor": world.actor, "kind": "po"}
    commands.create_flow(**given, definition=two_ways({"by": "role", "value": "nobody"}))
    with pytest.raises(FlowHasErrors) as refused:
        commands.publish_flow(**given)
    assert [one["key"] for one in refused.value.data["findings"]] == ["director"]
    with pytest.raises(Invalid):
        commands.save_draft(**given, definition={"nodes": [{"key": "x", "type": "dance"}]})
    commands.save_draft(**given, definition={"nodes": []})
    commands.publish_flow(**given)


def test_who_may_not_design_sees_and_writes_nothing() -> None:
    world = make_world()
    able = make_user(company_of(world), permissions=["purchasing.view"])
    actor = actor_for(able)
    for call in (lambda: flows(actor), lambda: drawn(actor, "po"), lambda: tried(actor, "po", "X", {})):
        with pytest.raises(Forbidden):
            call()


def test_who_sees_only_their_own_documents_tries_only_those() -> None:
    world = make_world()
    order = make_order(world, 10, submit=False)
    narrowed = actor_for(make_user(company_of(world), permissions=["flow.design", "purchasing.view"]))
    narrowed = replace(narrowed, scope=Scope((("purchasing", (Limit(0, "own"),)),)))
    assert documents_like(world.actor, "po", "") == [(order.number, "华东五金有限公司", 99.0)]
    assert documents_like(narrowed, "po", "") == []
    with pytest.raises(NotFound):
        tried(narrowed, "po", order.number, {"nodes": []})


def test_programs_draw_publish_try_and_go_back() -> None:
    world = make_world()
    order = make_order(world, 10, submit=False)
    api = api_client(User.objects.get(pk=world.actor.user_id or 0))
    definition = {"nodes": [approve("only", {"by": "superior"})]}
    assert api.post("/flows/po", {"definition": {"nodes": []}}).status_code == 200
    saved = api.put("/flows/po", {"definition": definition, "name": "采购", "version": 1})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    stale = api.put("/flows/po", {"definition": definition, "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "flow.DraftChanged")
    tried_on = api.post("/flows/po/try", {"number": order.number}).json()
    assert (tried_on["asks"], tried_on["keys"]) == (True, ["only"])
    assert api.post("/flows/po/publish", {"note": "一"}).status_code == 200
    found = api.get("/flows/po").json()
    assert (found["name"], found["published"], found["draft"], found["version"]) == ("采购", 1, None, 0)
    assert api.post("/flows/po/versions/1/restore", {"publish": True}).status_code == 200
    assert [one["number"] for one in api.get("/flows/po/versions").json()["items"]] == [2, 1]
    assert api.get("/flows/po/versions/compare?a=1&b=2").json() == {"items": []}
    assert api.post("/flows/po/off", {"version": found["flow_version"]}).json()["code"] == "kernel.Stale"
    assert [one["state"] for one in api.get("/flows").json()["items"] if one["kind"] == "po"] == ["on"]


def test_a_past_document_shows_who_would_have_approved_and_nothing_is_written() -> None:
    world = make_world()
    boss = make_user(company_of(world), name="王总")
    order = make_order(world, 10, submit=False)
    before = (Flow.objects.count(), FlowVersion.objects.count())
    definition = two_ways({"by": "person", "value": boss.username})
    small = tried(world.actor, "po", order.number, definition)
    assert small.keys == ["split", "rest", "chief"]
    definition["nodes"][0]["branches"][0]["when"] = "amount > 0.0"
    large = tried(world.actor, "po", order.number, definition)
    assert (large.keys, large.asks) == (["split", "much", "director"], True)
    assert [(step.people, step.why) for step in large.steps] == [(["王总"], "金额（本位币，含税） 大于 0")]
    with pytest.raises(NotFound):
        tried(world.actor, "po", "PO-NONE", definition)
    assert (Flow.objects.count(), FlowVersion.objects.count()) == before
