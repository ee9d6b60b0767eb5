"""Who may not see purchase prices neither reads them in a history or an answer nor loses them by saving."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.catalog import commands as catalog
from gendan.catalog.tests.make import make_actor, make_price, make_product
from gendan.flow.errors import AmountLimitExceeded
from gendan.kernel import timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.purchasing import commands
from gendan.purchasing.models import OrderLine
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.tests.make import World, make_order, make_world
from gendan.purchasing.tests.test_order_api import client_of

pytestmark = pytest.mark.django_db
BLIND = ("purchasing.view", "purchasing.create_order", "purchasing.update_order")


def blind(world: World) -> Actor:
    return make_actor(*BLIND, company=Company.objects.get(pk=world.company_id))


def make_draft(world: World) -> str:
    lines = [LineIn("BOLT", Decimal(10), Decimal("7.77"), discount=Decimal(5))]
    return make_order(world, lines=lines, submit=False).number


def test_the_history_of_an_order_hides_changed_prices() -> None:
    world = make_world()
    number = make_draft(world)
    seen = draft_of(world.actor, number)
    line = replace(seen.draft.lines[0], unit_price=Decimal("8.88"), discount=Decimal(6), quantity=Decimal(11))
    commands.update_order(actor=world.actor, number=number, draft=replace(seen.draft, lines=(line,)))

    def changed(actor: Actor) -> set[str]:
        found = timeline.entries(actor, [("po", seen.id)])
        assert all(entry["changes"] == [] or len(entry["data"]["changes"]) == len(entry["changes"]) for entry in found)
        return {name for entry in found for name, _before, _after in entry["changes"]}

    assert changed(world.actor) == {"BOLT 单价", "BOLT 折扣 %", "BOLT 数量"}
    assert changed(blind(world)) == {"BOLT 数量"}


def test_saving_without_seeing_prices_keeps_them() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "1.00")
    make_price(world.supplier, make_product(Company.objects.get(pk=world.company_id), "WASHER", "平垫圈"), "0.50")
    number = make_draft(world)
    seen = draft_of(world.actor, number)
    kept = replace(seen.draft.lines[0], unit_price=None, discount=Decimal(0), quantity=Decimal(20))
    new = replace(kept, id=None, product="WASHER")
    done = commands.update_order(actor=blind(world), number=number, draft=replace(seen.draft, lines=(kept, new)))
    assert "gross" not in done.data
    found = OrderLine.objects.filter(order__number=number).order_by("line_no")
    assert [(line.quantity, line.unit_price, line.discount) for line in found] == [
        (Decimal(20), Decimal("7.77"), Decimal(5)),
        (Decimal(20), Decimal("0.50"), Decimal(0)),
    ]


def test_an_answer_says_no_amount() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "1.00")
    body = {"supplier": "S001", "warehouse": "MAIN", "lines": [{"product": "BOLT", "quantity": "100"}]}
    assert "gross" not in client_of(world, *BLIND).post("/purchase-orders", body).json()["data"]
    assert client_of(world).post("/purchase-orders", body).json()["data"]["gross"] == "100.00"


def test_no_lines_is_not_all_lines() -> None:
    world = make_world()
    order = make_order(world, 10)
    answer = client_of(world).post(f"/purchase-orders/{order.number}/confirm", {"lines": []})
    assert answer.status_code == 422
    assert client_of(world).post(f"/purchase-orders/{order.number}/confirm", {}).status_code == 200


# Everything but the sight of prices.
CLERK = ("purchasing.view", "catalog.view", "catalog.save_price", "integrations.import_file", "purchasing.create_order")


def test_nobody_writes_exports_or_removes_prices_that_he_may_not_see() -> None:
    world = make_world()
    price = make_price(world.supplier, world.bolt, "7.77")
    row = {"supplier": "S001", "product": "BOLT", "currency": "CNY", "unit": "PCS", "price": "7.77"}
    clerk = make_actor(*CLERK, company=world.supplier.company)
    page = signed_in_client(clerk)
    assert client_of(world, *CLERK).post("/bulk/prices", [row]).status_code == 403
    assert client_of(world, *CLERK).post("/prices", row).status_code == 403
    assert page.get("/export/prices").status_code == 403
    assert page.get("/import/template/prices").status_code == 403
    assert page.get("/catalog/prices/new").status_code == 403
    with pytest.raises(Forbidden):
        catalog.save_price(actor=clerk, values=row)
    with pytest.raises(Forbidden):
        catalog.save_rows(actor=clerk, resource="prices", rows=[row])
    with pytest.raises(Forbidden):
        catalog.delete_price(actor=clerk, price_id=price.pk)
    assert "/import/template/prices" not in page.get("/import").content.decode()
    assert client_of(world).post("/bulk/prices", [row]).json()["counts"] == {"unchanged": 1}


def test_every_page_and_answer_about_an_order_hides_its_prices() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "7.77")
    number = make_order(world, lines=[LineIn("BOLT", Decimal(10), Decimal("7.77"))]).number
    asked = commands.create_requisition(
        actor=world.actor, warehouse="MAIN", lines=[RequestIn("BOLT", Decimal(10), supplier="S001")], submit=True
    ).number
    make_order(world, lines=[LineIn("BOLT", Decimal(10), Decimal("7.77"))], submit=False)
    clerk = make_actor(*CLERK, company=world.supplier.company)
    page, api = signed_in_client(clerk), api_client(clerk)
    paths = ["/", "/po/", f"/po/{number}", f"/po/{number}/print", f"/po/{number}/lines/1", "/lines/", f"/pr/{asked}"]
    paths += ["/pr/order", "/catalog/products/BOLT", "/catalog/partners/S001", f"/search?q={number}"]
    paths += ["/catalog/products/lookup?q=BOLT&supplier=S001"]
    routes = ["/purchase-orders", f"/purchase-orders/{number}", "/order-lines", f"/order-lines/{number}/1/trace"]
    routes += [
        f"/requisitions/{asked}",
        "/requisitions/open-lines",
        "/products/BOLT",
        f"/documents/po/{number}/comments",
    ]
    for client, path in [(page, path) for path in paths] + [(api, path) for path in routes]:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.content[:300])
        for secret in ("7.77", "77.7"):
            assert secret not in answer.content.decode(), path


def test_a_limit_that_is_exceeded_does_not_say_by_what() -> None:
    world = make_world()
    clerk = make_actor("purchasing.create_order", "purchasing.submit_order", company=world.supplier.company)
    waiting = make_order(world, lines=[LineIn("BOLT", Decimal(10), Decimal("7.77"))], actor=clerk).number
    approver = make_actor("purchasing.approve_order", company=world.supplier.company, limit=Decimal(50))
    with pytest.raises(AmountLimitExceeded) as refusal:
        commands.approve_order(actor=approver, number=waiting)
    assert "77.7" not in f"{refusal.value} {refusal.value.data}"
    with translation.override("en"):
        assert "approval limit of 50" in str(refusal.value)
