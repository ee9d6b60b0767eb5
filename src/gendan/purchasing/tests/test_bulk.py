"""Orders and requisitions by the row: grouped by key, a result per row, all or none when asked."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.kernel.bulk import resource_named
from gendan.kernel.errors import Forbidden
from gendan.purchasing.models import PurchaseOrder, Requisition
from gendan.purchasing.tests.make import World, make_world
from gendan.purchasing.tests.test_order_api import client_of

pytestmark = pytest.mark.django_db


def row(order: str, product: str = "BOLT", quantity: Any = "10", **fields: Any) -> dict[str, Any]:
    head = {"supplier": "S001", "warehouse": "MAIN", "unit_price": "2.50"}
    return {"order": order, "product": product, "quantity": quantity, **head, **fields}


def save(world: World, rows: list[dict[str, Any]], **options: Any) -> list[Any]:
    values: dict[str, Any] = {"atomic": False, "dry_run": False, **options}
    return resource_named("purchase-orders").save(world.actor, rows, **values)


def test_rows_of_one_key_are_one_order() -> None:
    world = make_world()
    found = save(world, [row("A-1"), row("B-1", quantity=5), row("A-1", "NUT", "3", supplier="", warehouse="")])
    assert [o.status for o in found] == ["created"] * 3
    assert found[0].key == found[2].key != found[1].key
    assert PurchaseOrder.objects.get(external_key="A-1").lines.count() == 2
    again = save(world, [row("A-1")])
    assert again[0].status == "failed"
    assert "A-1" in again[0].errors["order"]
    assert PurchaseOrder.objects.count() == 2


def test_a_wrong_row_keeps_its_order_out_and_nothing_else() -> None:
    world = make_world()
    rows = [row("A", quantity="x"), row("A"), row("B", "NOPE"), row("C"), row("C", supplier="S009"), row("D"), row("")]
    found = save(world, rows)
    assert [o.status for o in found] == ["failed"] * 5 + ["created", "failed"]
    assert [sorted(o.errors) for o in found] == [
        ["quantity"],
        ["order"],
        ["product"],
        ["order"],
        ["supplier"],
        [],
        ["order"],
    ]


def test_all_or_none_and_trial() -> None:
    world = make_world()
    rows = [row("A"), row("B", "NOPE"), row("C")]
    assert [o.status for o in save(world, rows, atomic=True)] == ["skipped", "failed", "skipped"]
    assert [o.status for o in save(world, rows, dry_run=True)] == ["created", "failed", "created"]
    assert not PurchaseOrder.objects.exists()
    assert [o.status for o in save(world, [rows[0], rows[2]], atomic=True)] == ["created", "created"]
    assert PurchaseOrder.objects.count() == 2


def test_bulk_over_the_api() -> None:
    world = make_world()
    body = {"rows": [{"order": "R1", "warehouse": "MAIN", "product": p, "quantity": "4"} for p in ("BOLT", "NUT")]}
    answer = client_of(world).post("/bulk/requisitions", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["counts"] == {"created": 2}
    assert Requisition.objects.get().lines.count() == 2
    assert client_of(world, "purchasing.view").post("/bulk/requisitions", body).status_code == 403


def test_permission() -> None:
    world = make_world()
    blind = type(world.actor)(world.company_id, world.actor.user_id, "x", frozenset({"purchasing.view"}))
    with pytest.raises(Forbidden):
        resource_named("purchase-orders").save(blind, [row("A")], atomic=False, dry_run=False)
