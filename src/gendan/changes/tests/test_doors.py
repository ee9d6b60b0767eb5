"""Change orders through pages and API; who may not see prices sees none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from gendan.accounts.models import Company
from gendan.accounts.tests.make import actor_for, api_client, make_api_key, make_user, signed_in_client
from gendan.changes import commands
from gendan.changes.models import ChangeOrder
from gendan.changes.queries import change_detail
from gendan.changes.targets import TARGETS
from gendan.kernel.fields import FieldNotYours
from gendan.purchasing.queries.papers import orders_on_paper
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world

pytestmark = pytest.mark.django_db
RIGHTS = ("purchasing.view", "purchasing.update_order", "catalog.view", "changes.view", "changes.create_change")


def rows(world: World, number: str, **cells: Any) -> list[dict[str, Any]]:
    """The grid of the form, with other cells in its first row."""
    content = TARGETS["po"].read(world.actor, number).content
    first, *others = content["lines"]
    return [{**first, **cells}, *others]


def browser(world: World, *rights: str) -> Client:
    company = Company.objects.get(pk=world.company_id)
    return signed_in_client(make_user(company, permissions=rights or ["*"], limit=None))


def call(world: World, method: str, path: str, body: Any = None) -> Any:
    key = make_api_key(world.actor)
    headers = {"Authorization": f"Bearer {key}"}
    response = Client().generic(
        method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=headers
    )
    return response.status_code, response.json()


def test_the_form_drafts_what_was_typed_and_the_page_shows_before_and_after() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    confirm(world, number)
    web = browser(world)
    page = web.get(f"/po/{number}/change").content.decode()
    assert "六角螺栓" in page
    assert "供应商提出，由我方代录" in page
    posted = {"lines": json.dumps(rows(world, number, quantity="1,200")), "reason": "加量", "then": "submit"}
    answer = web.post(f"/po/{number}/change", {**posted, "warehouse": "MAIN", "origin": "own", "base": "{}"})
    change = ChangeOrder.objects.get()
    assert (answer.status_code, change.state) == (302, "awaiting_partner")
    page = web.get(f"/co/{change.number}").content.decode()
    assert "1200" in page
    assert "待对方确认" in page
    assert change.number in web.get(f"/po/{number}").content.decode()
    web.post(f"/co/{change.number}/do/accept", {"version": change.version})
    assert line(number).quantity == 1200
    page = web.get(f"/po/{number}/versions").content.decode()
    assert "第 2 版" in page
    assert change.number in web.get("/co/?state=all").content.decode()


def test_what_cannot_be_read_or_done_stands_beside_its_cell() -> None:
    world = make_world()
    number = make_order(world, 10).number
    web = browser(world)
    posted = {"lines": json.dumps(rows(world, number, quantity="x", required_on="昨天")), "warehouse": "MAIN"}
    answer = web.post(f"/po/{number}/change", posted, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert {"lines.0.quantity", "lines.0.required_on"} == set(answer.json()["data"]["fields"])
    posted["lines"] = json.dumps(rows(world, number, quantity="1.5", unit_price="-1"))
    answer = web.post(f"/po/{number}/change", posted, headers={"Accept": "application/json"})
    assert {"lines.0.quantity", "lines.0.unit_price"} == set(answer.json()["data"]["fields"])


def test_who_does_not_see_prices_neither_sees_nor_changes_them() -> None:
    world = make_world()
    number = make_order(world, 10).number
    company = Company.objects.get(pk=world.company_id)
    user = make_user(company, permissions=RIGHTS, limit=None)
    content = TARGETS["po"].read(world.actor, number).content
    content["lines"][0].update(quantity="12", unit_price="0.01")
    done = commands.create_change(actor=actor_for(user, company), kind="po", order=number, content=content)
    change = ChangeOrder.objects.get(number=done.number)
    assert change.content["lines"][0]["unit_price"] == "9.9"
    page = signed_in_client(user).get(f"/co/{done.number}").content.decode().partition("<main")[2]
    assert "12" in page
    assert "9.9" not in page
    assert "118.8" not in page


def test_programs_change_orders_by_what_shall_be_different() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    new = {"product": "BOLT", "quantity": "3", "unit_price": "9"}
    status, done = call(
        world,
        "POST",
        f"/purchase-orders/{number}/changes",
        {"reason": "少要", "lines": [{"line": 1, "quantity": "8"}, new], "remove": [2]},
    )
    assert (status, done["state"], done["data"]["revision"]) == (201, "applied", 2)
    assert [(line(number, n).quantity, line(number, n).cancelled) for n in (1, 2, 3)] == [(8, 0), (20, 20), (3, 0)]
    status, found = call(world, "GET", f"/changes/{done['number']}")
    assert [diff["kind"] for diff in found["diffs"]] == ["changed", "added", "removed"]
    status, diffs = call(world, "GET", f"/purchase-orders/{number}/versions/compare?a=1&b=2")
    assert (status, diffs[0]["cells"]) == (200, [{"field": "quantity", "before": "10", "after": "8"}])
    status, refused = call(
        world, "POST", f"/purchase-orders/{number}/changes", {"lines": [{"line": 1, "quantity": "8"}]}
    )
    assert (status, refused["code"]) == (422, "changes.NothingChanged")
    papers = orders_on_paper(world.actor, [number, f"{number}@1"])
    assert [(paper["revision"], paper["lines"][0]["quantity"]) for paper in papers] == [(2, 8), (1, 10)]


def test_a_field_that_a_role_hides_or_fixes_is_hidden_and_fixed_in_changes_too() -> None:
    world = make_world()
    number = make_order(world, 10, note="内部").number
    content = TARGETS["po"].read(world.actor, number).content
    clerk = replace(world.actor, fields=(("po", "note", "hidden", ()), ("po", "payment_terms", "read_only", ())))
    mine: dict[str, Any] = {"actor": clerk, "kind": "po", "order": number}
    content["lines"][0]["quantity"] = "12"
    done = commands.create_change(**mine, content={**content, "note": ""})
    assert ChangeOrder.objects.get(number=done.number).content["note"] == "内部"
    assert change_detail(clerk, done.number)["content"]["note"] == ""
    with pytest.raises(FieldNotYours):
        commands.create_change(**mine, content={**content, "payment_terms": "月结 60 天"})


def test_what_an_order_does_not_have_is_refused_by_place_and_not_left_out() -> None:
    world = make_world()
    number = make_order(world, 10, 20).number
    api = api_client(world.actor)
    body = {
        "ship_to": "A1",
        "lines": [
            {"line": 1, "quantity": "8"},
            {"line": 9, "quantity": "8"},
            {"line": 2, "requested_on": "2026-12-24"},
        ],
        "remove": [1, 7],
    }
    fields = api.post(f"/purchase-orders/{number}/changes", body).json()["data"]["fields"]
    assert sorted(fields) == ["lines.1.line", "lines.2.requested_on", "remove.0", "remove.1", "ship_to"]
    assert fields["lines.1.line"] == f"{number} 没有第 9 行。"
    for quantity in ("0", "-1"):
        answer = api.post(f"/purchase-orders/{number}/changes", {"lines": [{"line": 1, "quantity": quantity}]})
        assert list(answer.json()["data"]["fields"]) == ["lines.0.quantity"], answer.json()
    assert not ChangeOrder.objects.exists()


def test_change_orders_are_found_by_their_number_and_by_that_of_their_order() -> None:
    world = make_world()
    number = make_order(world, 10).number
    content = TARGETS["po"].read(world.actor, number).content
    content["lines"][0]["quantity"] = "12"
    change = commands.create_change(actor=world.actor, kind="po", order=number, content=content).number
    web = browser(world)
    for typed in (change, change.lower().replace("-", ""), number):
        assert f'href="/co/{change}"' in web.get("/search", {"q": typed}).content.decode(), typed
    assert f"/co/{change}" not in browser(world, "purchasing.view").get("/search", {"q": change}).content.decode()


def test_a_line_added_by_a_program_is_called_by_its_products_name() -> None:
    world = make_world()
    number = make_order(world, 10).number
    added = {"product": "NUT", "quantity": "5", "unit_price": "1.00", "product_name": "骗人的名字"}
    status, answer = call(world, "POST", f"/purchase-orders/{number}/changes", {"lines": [added]})
    assert status == 422  # a name is not given, it is the product's
    del added["product_name"]
    status, answer = call(world, "POST", f"/purchase-orders/{number}/changes", {"lines": [added]})
    assert status == 201
    told = call(world, "GET", f"/changes/{answer['number']}")[1]
    assert [(diff["kind"], diff["product"], diff["product_name"]) for diff in told["diffs"]] == [
        ("added", "NUT", "六角螺母 M6")
    ]
    assert "NUT 六角螺母 M6" in browser(world).get(f"/co/{answer['number']}").content.decode()
