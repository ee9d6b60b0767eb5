"""From the page of a product, supplier or warehouse one click leads to its stock, moves, open lines and orders."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.catalog.queries import panels_of
from gendan.catalog.tests.make import make_actor

pytestmark = pytest.mark.django_db

STOCK = {
    "product": ["/stock/product/A%2FB%261", "/stock/moves?product=A%2FB%261", "/lines/?product=A%2FB%261"],
    "partner": ["/lines/?supplier=A%2FB%261", "/po/?supplier=A%2FB%261"],
    "warehouse": [
        "/stock?warehouse=A%2FB%261",
        "/stock/moves?warehouse=A%2FB%261",
        "/lines/?warehouse=A%2FB%261",
        "/po/?warehouse=A%2FB%261",
    ],
}


def links(actor: Any, kind: str, **record: Any) -> list[str]:
    return [address for panel in panels_of(actor, kind, {"code": "A/B&1", **record}) for _label, address in panel.links]


@pytest.mark.parametrize("kind", STOCK)
def test_links_by_what_the_actor_may_see(kind: str) -> None:
    everything = make_actor("purchasing.view", "inventory.view")
    assert [link.replace("/product/A/B&1", "/product/A%2FB%261") for link in links(everything, kind)] == STOCK[kind]
    assert links(make_actor("catalog.view"), kind) == []


def test_a_customer_has_no_purchase_orders() -> None:
    assert links(make_actor("purchasing.view"), "partner", is_supplier=False) == []
