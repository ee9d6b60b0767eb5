"""English as a native reader expects it: what leads to a list is plural, in the navigation and as the title."""

from __future__ import annotations

import re

import pytest

from gendan.accounts.tests.make import make_actor, signed_in_client

pytestmark = pytest.mark.django_db
LISTS = {
    "/pr/": "Requisitions",
    "/po/": "Purchase orders",
    "/lines/": "Open lines",
    "/shipments/": "Shipments",
    "/receipts/": "Goods receipts",
    "/tr": "Transfers",
    "/sc": "Stock counts",
    "/aj": "Adjustments",
    "/catalog/products": "Products",
    "/catalog/partners": "Partners",
    "/catalog/prices": "Supplier prices",
    "/users/": "Users",
    "/roles/": "Roles",
    "/api-keys/": "API keys",
}


@pytest.mark.parametrize(("path", "name"), LISTS.items())
def test_a_list_has_one_plural_name_everywhere(path: str, name: str):
    client = signed_in_client(make_actor())
    client.cookies["gendan_language"] = "en"
    page = client.get(path).content.decode()
    assert f"<title>{name} · gendan</title>" in page
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert heading
    assert re.sub(r"<[^>]+>", " ", heading.group(1)).strip().startswith(name)
    assert f'href="{path}" title="{name}"' in page


def test_what_is_imported_and_kept_in_tables_is_plural():
    client = signed_in_client(make_actor())
    client.cookies["gendan_language"] = "en"
    page = client.get("/import").content.decode()
    for name in ("Units of measure", "Currencies", "Taxes", "Product categories", "Warehouses", "Bins", "Products"):
        assert f"{name}<" in page
    assert "<title>Currencies · Units and currencies" in client.get("/catalog/basics/currencies").content.decode()
