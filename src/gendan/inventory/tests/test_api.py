"""The stock API."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.accounts.tests.make import api_client, make_stranger
from gendan.inventory.tests.make import make_world, on_hand, stock

pytestmark = pytest.mark.django_db


def test_stock_and_moves() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    api = api_client(world.actor)
    (item,) = api.get("/stock?warehouse=MAIN").json()["items"]
    assert (item["product"], item["name"], item["unit"], item["on_hand"]) == ("BOLT", "六角螺栓 M6×20", "PCS", "10")
    assert (item["reserved"], item["available"], item["incoming"]) == ("0", "10", "0")
    (item,) = api.get("/stock?by=lot&product=BOLT").json()["items"]
    assert (item["warehouse"], item["bin"], item["lot"], item["on_hand"]) == ("MAIN", "A-01", "", "10")
    (move,) = api.get("/stock-moves?product=BOLT").json()["items"]
    assert (move["from_kind"], move["to_bin"], move["quantity"]) == ("adjustment", "A-01", "10")
    assert api.get("/stock-as-of?day=2026-01-01").json()["items"][0]["on_hand"] == "0"
    assert api.get("/stock?by=colour").status_code == 422
    assert api.get("/stock-moves?product=NONE").status_code == 404
    assert api_client(None).get("/stock").status_code == 401
    assert api_client(world.colleague("catalog.view")).get("/stock").status_code == 403
    assert api_client(make_stranger()).get("/stock").json() == {"items": [], "after": ""}


def test_a_transfer_by_api() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    api = api_client(world.actor)
    body: dict[str, Any] = {
        "warehouse": "MAIN",
        "to_warehouse": "EAST",
        "lines": [{"product": "BOLT", "quantity": "4", "from_bin": "A-01", "to_bin": "E-01"}],
    }
    created = api.post("/transfers", body, key="k1")
    assert (created.status_code, created.json()["state"]) == (201, "draft")
    number = created.json()["number"]
    assert api.post("/transfers", body, key="k1").json()["number"] == number
    body["lines"][0]["quantity"] = "6"
    assert api.put(f"/transfers/{number}", {"lines": body["lines"], "version": 1}).json()["version"] == 2
    assert api.post(f"/transfers/{number}/post", {"version": 1}).status_code == 409
    assert api.post(f"/transfers/{number}/post").json()["state"] == "in_transit"
    part = api.post(f"/transfers/{number}/receive", {"lines": [{"line": 1, "quantity": "2"}]})
    assert part.json()["state"] == "in_transit"
    over = api.post(f"/transfers/{number}/receive", {"lines": [{"line": 1, "quantity": "5"}]})
    assert (over.status_code, over.json()["code"], over.json()["data"]["open"]) == (409, "inventory.OverArrived", "4")
    assert api.post(f"/transfers/{number}/recall", {"reason": "车坏了"}).json()["state"] == "posted"
    detail = api.get(f"/transfers/{number}").json()
    assert (detail["received"], detail["returned"], detail["lines"][0]["quantity"]) == ("2", "4", "6")
    assert api.get("/transfers?state=open").json()["items"] == []
    draft = api.post("/transfers", body).json()["number"]
    assert api.post(f"/transfers/{draft}/cancel").json()["state"] == "cancelled"
    assert api.post(f"/adjustments/{draft}/cancel").status_code == 404
    bad = api.post("/transfers", {**body, "lines": [{"product": "X", "quantity": "1"}]})
    assert (bad.status_code, list(bad.json()["data"]["fields"])) == (422, ["lines.0.product"])


def test_an_adjustment_by_api() -> None:
    world = make_world()
    api = api_client(world.actor)
    line = {"product": "GLUE", "change": "5", "bin": "A-01", "lot": "L1"}
    body = {"warehouse": "MAIN", "kind": "opening", "lines": [line], "post": True}
    number = api.post("/adjustments", body).json()["number"]
    assert on_hand(world, "GLUE", lot="L1") == 5
    draft = api.post("/adjustments", {**body, "kind": "found", "reason": "找到", "post": False}).json()["number"]
    assert api.put(f"/adjustments/{draft}", {"lines": [{**line, "change": "2"}]}).json()["version"] == 2
    assert api.post(f"/adjustments/{draft}/post", {"version": 2}).json()["state"] == "posted"
    reversal = api.post(f"/adjustments/{draft}/reverse", {"reason": "重复"})
    assert reversal.status_code == 201
    assert api.get(f"/adjustments/{draft}").json()["reversed_by"] == reversal.json()["number"]
    assert api.get(f"/adjustments/{number}").json()["lines"][0]["on_hand"] == "5"
    assert len(api.get("/adjustments").json()["items"]) == 3
    other = api.post("/adjustments", {**body, "post": False}).json()["number"]
    assert api.post(f"/adjustments/{other}/cancel").json()["state"] == "cancelled"


def test_a_count_by_api() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "NUT", 10)
    api = api_client(world.actor)
    number = api.post("/counts", {"warehouse": "MAIN", "start": True}).json()["number"]
    assert api.get(f"/counts/{number}").json()["lines"][0]["expected"] is None
    counted = api.post(f"/counts/{number}/count", {"product": "6900001", "quantity": "8"}).json()
    assert counted["data"]["counted"] == "8"
    entry = counted["data"]["entry"]
    assert api.post(f"/counts/{number}/entries/{entry}/undo").json()["data"]["counted"] is None
    api.post(f"/counts/{number}/count", {"line": 1, "quantity": "8"})
    refused = api.post(f"/counts/{number}/finish")
    assert (refused.status_code, refused.json()["code"]) == (409, "inventory.CountIncomplete")
    assert api.post(f"/counts/{number}/finish", {"uncounted": "skip"}).json()["state"] == "review"
    assert api.post(f"/counts/{number}/recount", {"lines": [1]}).json()["state"] == "counting"
    api.post(f"/counts/{number}/count", {"line": 1, "quantity": "9"})
    api.post(f"/counts/{number}/finish", {"uncounted": "skip"})
    line = api.get(f"/counts/{number}").json()["lines"][0]
    assert (line["expected"], line["difference"], line["previous"]) == ("10", "-1", "8")
    assert api.post(f"/counts/{number}/post").json()["state"] == "posted"
    assert on_hand(world, "BOLT") == 9
    draft = api.post("/counts", {"warehouse": "MAIN", "products": ["NUT"]}).json()["number"]
    assert api.post(f"/counts/{draft}/start", {"version": 1}).json()["data"]["lines"] == 1
    assert api.post(f"/counts/{draft}/cancel").json()["state"] == "cancelled"
    assert [row["lines"] for row in api.get("/counts").json()["items"]] == [1, 2]


def test_drafts_are_changed_and_documents_copied_by_api() -> None:
    world = make_world()
    stock(world, "BOLT", 10)
    stock(world, "NUT", 5, "A-02")
    api = api_client(world.actor)
    number = api.post("/counts", {"warehouse": "MAIN", "bins": ["A-*"], "blind": False}).json()["number"]
    changed = api.put(f"/counts/{number}", {"products": ["NUT"], "version": 1})
    assert (changed.status_code, changed.json()["data"], changed.json()["version"]) == (200, {"lines": 1}, 2)
    scope = api.get(f"/counts/{number}").json()["scope"]
    assert scope == {"bins": ["A-*"], "categories": [], "products": ["NUT"]}
    assert api.put(f"/counts/{number}", {"products": ["NONE"]}).status_code == 422
    assert api.put(f"/counts/{number}", {"products": []}).json()["data"] == {"lines": 2}
    copy = api.post(f"/counts/{number}/copy")
    assert (copy.status_code, copy.json()["state"]) == (201, "draft")
    adjustment = api.get("/adjustments").json()["items"][0]["number"]
    copy = api.post(f"/adjustments/{adjustment}/copy", key="k1")
    assert (copy.status_code, copy.json()["state"]) == (201, "draft")
    assert api.post(f"/adjustments/{adjustment}/copy", key="k1").json()["number"] == copy.json()["number"]
    lines = [{"product": "BOLT", "quantity": "4", "from_bin": "A-01", "to_bin": "A-02"}]
    transfer = api.post("/transfers", {"warehouse": "MAIN", "lines": lines}).json()["number"]
    assert api.post(f"/transfers/{transfer}/copy").status_code == 201
    assert api.post("/transfers/TR-999999/copy").status_code == 404
