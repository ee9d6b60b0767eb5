"""Master data that is in use keeps its unit and stays switched on."""

from __future__ import annotations

import pytest

from gendan.catalog import commands as catalog
from gendan.kernel.errors import AppError
from gendan.purchasing.tests.make import make_order, make_world, receive

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("resource", "code"), [("products", "BOLT"), ("warehouses", "MAIN"), ("partners", "S001")])
def test_what_an_open_order_needs_is_not_switched_off(resource: str, code: str) -> None:
    world = make_world()
    number = make_order(world, 10).number
    with pytest.raises(AppError) as refusal:
        catalog.set_active(actor=world.actor, resource=resource, key={"code": code}, active=False)
    assert number in str(refusal.value)


@pytest.mark.parametrize(("resource", "code"), [("products", "BOLT"), ("warehouses", "MAIN")])
def test_what_has_stock_is_not_switched_off(resource: str, code: str) -> None:
    world = make_world()
    receive(world, make_order(world, 10).number)
    with pytest.raises(AppError) as refusal:
        catalog.set_active(actor=world.actor, resource=resource, key={"code": code}, active=False)
    assert "10" in str(refusal.value)


def test_a_product_that_was_ordered_keeps_its_stock_unit() -> None:
    world = make_world()
    make_order(world, 10)
    with pytest.raises(AppError) as refusal:
        catalog.save_product(actor=world.actor, values={"code": "BOLT", "unit": "CTN"})
    assert "库存单位" in str(refusal.value)
