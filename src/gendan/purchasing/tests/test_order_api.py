"""Orders and requisitions over the API: scope, prices, paging, statements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_user
from gendan.catalog.tests.make import make_price, make_supplier
from gendan.purchasing import commands
from gendan.purchasing.queries.order_detail import order_detail
from gendan.purchasing.queries.orders import OrderFilter, capped, count_orders, list_orders
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests.make import World, confirm, make_order, make_world, receive

pytestmark = pytest.mark.django_db


def client_of(world: World, *permissions: str) -> Any:
    return api_client(
        make_user(Company.objects.get(pk=world.company_id), permissions=permissions or ("*",), limit=None)
    )


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in answer.json()["items"]]


def test_nobody_stranger_colleague() -> None:
    world = make_world()
    order = make_order(world, 10)
    path = f"/purchase-orders/{order.number}"
    assert api_client(None).get(path).status_code == 401
    assert client_of(make_world()).get(path).status_code == 404
    assert client_of(world, "catalog.view").get(path).status_code == 403
    seen = client_of(world, "purchasing.view").get(path).json()
    assert seen["gross"] is None
    assert seen["lines"][0]["unit_price"] is None
    shown = client_of(world).get(path).json()
    assert (shown["gross"], shown["lines"][0]["unit_price"]) == ("99", "9.9")


def test_list_filters_and_pages() -> None:
    world = make_world()
    made = [make_order(world, 10 + n).number for n in range(5)]
    other = make_order(world, 1, submit=False, note="给张工 急用").number
    commands.cancel_order(actor=world.actor, number=made[0])
    api = client_of(world)
    assert numbers(api.get("/purchase-orders")) == [other, *reversed(made[1:])]
    assert numbers(api.get("/purchase-orders?state=cancelled")) == [made[0]]
    assert numbers(api.get("/purchase-orders?state=draft")) == [other]
    assert len(numbers(api.get("/purchase-orders?state=all&supplier=S001"))) == 6
    assert numbers(api.get("/purchase-orders?supplier=NOPE")) == []
    assert numbers(api.get("/purchase-orders?q=张工")) == [other]
    assert numbers(api.get(f"/purchase-orders?q={made[2]}")) == [made[2]]
    assert len(numbers(api.get("/purchase-orders?q=luoshuan"))) == 5
    assert len(numbers(api.get("/purchase-orders?q=华东五金&limit=200"))) == 5
    first = api.get("/purchase-orders?limit=2").json()
    second = api.get(f"/purchase-orders?limit=2&after={first['after']}").json()
    assert [i["number"] for i in first["items"] + second["items"]] == [other, *reversed(made[2:])]
    assert api.get("/purchase-orders?state=nope").status_code == 422
    assert api.get("/purchase-orders?after=nonsense").status_code == 422


def test_counts_of_open_states() -> None:
    world = make_world()
    make_order(world, 10)
    make_order(world, 10, submit=False)
    found = count_orders(world.actor, OrderFilter())
    assert {state: n for state, n in found.items() if n} == {"approved": 1, "draft": 1}
    assert (capped(7), capped(1000)) == ("7", "999+")


def test_detail_tells_everything() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "2.50")
    api = client_of(world)
    body = {"warehouse": "MAIN", "lines": [{"product": "BOLT", "quantity": "10"}], "reason": "备件", "submit": True}
    asked = api.post("/requisitions", body).json()
    assert asked["state"] == "approved"
    assert api.get("/requisitions/open-lines").json()["items"][0]["supplier"] == "S001"
    picks = {"lines": [{"requisition": asked["number"], "line": 1, "supplier": "S001"}], "submit": True}
    order = api.post("/requisitions/orders", picks).json()
    confirm(world, order["number"], (1, "4", "2026-12-03"), (1, "6", "2026-12-09"))
    receive(world, order["number"], (1, "4"))
    found = api.get(f"/purchase-orders/{order['number']}").json()
    (line,) = found["lines"]
    assert [(p["quantity"], p["promised_on"]) for p in line["promises"]] == [("4", "2026-12-03"), ("6", "2026-12-09")]
    assert line["allocations"][0]["requisition"] == asked["number"]
    assert (line["received"], line["outstanding"], line["due_on"]) == ("4", "6", "2026-12-09")
    assert found["receipts"][0]["quantity"] == "4"
    served = api.get(f"/requisitions/{asked['number']}").json()["lines"][0]["orders"]
    assert served[0]["number"] == order["number"]


def test_draft_over_the_api() -> None:
    world = make_world()
    api = client_of(world)
    order = make_order(world, 10, 20, submit=False)
    path = f"/purchase-orders/{order.number}"
    assert api.patch(path, {"note": "加急", "version": 1}).json()["version"] == 2
    lines = [{"line": 2, "product": "NUT", "quantity": "21", "unit_price": "1"}, {"product": "BOLT", "quantity": "1"}]
    refused = api.patch(path, {"lines": lines, "version": 2})
    assert (refused.status_code, list(refused.json()["data"]["fields"])) == (422, ["lines.1.unit_price"])
    assert api.patch(path, {"lines": lines[:1], "version": 1}).status_code == 409
    assert api.patch(path, {"lines": lines[:1]}).status_code == 200
    found = api.get(path).json()
    assert [(x["line"], x["quantity"]) for x in found["lines"]] == [(1, "21")]
    assert found["note"] == "加急"
    copied = api.post(f"{path}/copy").json()["number"]
    assert client_of(world).delete(f"/purchase-orders/{copied}").status_code == 403
    assert api.delete(f"/purchase-orders/{copied}").json()["state"] == "deleted"
    assert api.post(f"{path}/submit").json()["state"] == "approved"
    assert api.post(f"{path}/cancel", {"reason": "不要了"}).json()["state"] == "cancelled"


def test_verbs_of_requisitions() -> None:
    world = make_world()
    api = client_of(world)
    body: dict[str, Any] = {"warehouse": "MAIN", "lines": [{"product": "BOLT", "quantity": "10"}]}
    asked = api.post("/requisitions", body, key="k").json()["number"]
    assert api.post("/requisitions", body, key="k").json()["number"] == asked
    assert api.put(f"/requisitions/{asked}", {**body, "version": 9}).status_code == 409
    assert api.put(f"/requisitions/{asked}", {**body, "reason": "x"}).json()["version"] == 2
    asker = client_of(world, "purchasing.submit_requisition")
    assert asker.post(f"/requisitions/{asked}/submit").json()["state"] == "pending_approval"
    assert api.post(f"/requisitions/{asked}/withdraw").json()["state"] == "draft"
    asker.post(f"/requisitions/{asked}/submit")
    assert api.post(f"/requisitions/{asked}/reject").status_code == 422
    assert api.post(f"/requisitions/{asked}/reject", {"reason": "否"}).json()["state"] == "rejected"
    asker.post(f"/requisitions/{asked}/submit")
    assert api.post(f"/requisitions/{asked}/approve").json()["state"] == "approved"
    copied = api.post(f"/requisitions/{asked}/copy").json()["number"]
    assert api.post(f"/requisitions/{asked}/cancel").json()["state"] == "cancelled"
    assert numbers(api.get("/requisitions")) == [copied]
    assert numbers(api.get("/requisitions?state=cancelled&q=luoshuan")) == [asked]


def test_statements_do_not_depend_on_rows_or_lines() -> None:
    world = make_world()
    make_supplier(world.company_id, "S002")

    def counts(orders: int, lines: int) -> list[int]:
        entries = [LineIn("BOLT", Decimal(1), Decimal(1)) for _ in range(lines)]
        number = [make_order(world, lines=entries).number for _ in range(orders)][-1]
        with CaptureQueriesContext(connection) as listing:
            list_orders(world.actor, OrderFilter(q="螺栓"))
            count_orders(world.actor, OrderFilter())
        with CaptureQueriesContext(connection) as detail:
            order_detail(world.actor, number)
        return [len(listing), len(detail)]

    assert counts(1, 2) == counts(30, 60) == [2, 6]
