"""Pages of master data: they open for who may look, and their forms call the commands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from gendan.accounts.tests.make import signed_in_client
from gendan.catalog import commands, queries
from gendan.catalog.tests import make

pytestmark = pytest.mark.django_db
BASICS = ("units", "categories", "currencies", "taxes", "customer-classes")


@pytest.fixture
def company() -> Any:
    return make.make_company()


@pytest.fixture
def actor(company: Any) -> Any:
    actor = make.make_actor(company=company)
    commands.save_category(actor=actor, values={"code": "FAST", "name": "紧固件"})
    commands.save_product(
        actor=actor,
        values={
            "code": "P/1", "name": "内六角螺丝 <b>", "specification": "M6-20", "units": "CTN=12",
            "barcodes": "690;CTN=1690", "category": "FAST", "purchase_unit": "CTN", "over_tolerance": "5",
        },
    )  # fmt: skip
    contacts = [{"name": "王芳", "phone": "138", "email": "w@example.com"}, {"name": "李"}]
    commands.save_partner(
        actor=actor, values={"code": "S1", "name": "华东五金有限公司", "contacts": contacts, "note": "好"}
    )
    commands.save_price(
        actor=actor, values={"supplier": "S1", "product": "P/1", "price": "9.9", "valid_to": "2030-01-01"}
    )
    commands.add_bins(actor=actor, warehouse="MAIN", pattern="A-01..A-03")
    commands.save_customer_class(actor=actor, values={"code": "A", "name": "重点 <b>", "discount": "5"})
    commands.save_partner(
        actor=actor,
        values={"code": "C1", "name": "南方装备", "is_customer": True, "customer_class": "A", "credit_limit": "123456"},
    )
    commands.save_address(
        actor=actor, values={"partner": "C1", "code": "01", "name": "李强", "address": "苏州市星湖街 1 号"}
    )
    for whose in ({"customer": "C1"}, {"customer_class": "A"}, {}):
        commands.save_sales_price(actor=actor, values={"product": "P/1", "price": "77.77", **whose})
    commands.save_product(actor=actor, values={"code": "P/1", "floor_price": "66.66", "standard_cost": "55.55"})
    return actor


def _pages(actor: Any) -> list[str]:
    price = queries.rows(actor, "prices").items[0]["id"]
    sold, address = (queries.rows(actor, name).items[0]["id"] for name in ("sales-prices", "addresses"))
    named = [
        ("product_list",), ("product", "P/1"), ("product_new",), ("product_edit", "P/1"), ("partner_list",),
        ("partner", "S1"),
        ("partner_new",), ("partner_edit", "S1"), ("price_list",), ("price_new",), ("price_edit", price),
        ("warehouse_list",),
        ("warehouse", "MAIN"), ("warehouse_new",), ("warehouse_edit", "MAIN"), ("bin_edit", "MAIN", "A-01"),
        ("sales_price_list",), ("sales_price_new",), ("sales_price_edit", sold), ("address_new", "C1"),
        ("address_edit", address), ("address_lookup", "C1"), ("partner_credit", "C1"), ("partner_edit", "C1"),
        *(("basic_list", name) for name in BASICS), *(("basic_new", name) for name in BASICS),
        ("basic_edit", "customer-classes", "A"),
        ("basic_edit", "units", "PCS"), ("basic_edit", "categories", "FAST"), ("basic_edit", "currencies", "CNY"),
    ]  # fmt: skip
    urls = [reverse(f"catalog:{name}", args=args) for name, *args in named]
    partner, customer = (reverse("catalog:partner", args=[code]) for code in ("S1", "C1"))
    products = reverse("catalog:product_list")
    return [
        *urls,
        f"{partner}?tab=prices",
        f"{partner}?tab=history",
        *(f"{customer}?tab={tab}" for tab in ("contacts", "addresses", "sales", "history")),
        *(f"{reverse('catalog:sales_price_list')}?source={source}" for source in ("customer", "class", "list")),
        f"{products}?q=ls&category=FAST&active=all&sort=-name",
        f"{products}?q=没有",
        f"{reverse('catalog:product_new')}?copy=P/1",
    ]


def test_every_page_opens(actor: Any) -> None:
    client = signed_in_client(actor)
    for url in _pages(actor):
        response = client.get(url)
        assert response.status_code == 200, url
        assert "螺丝 <b>" not in response.content.decode()


def test_every_page_is_closed_to_others(actor: Any, company: Any) -> None:
    nobody, stranger = make.make_actor("kernel.comment", company=company), make.make_actor()
    for url in _pages(actor):
        assert signed_in_client(nobody).get(url).status_code == 403, url
    for name, *args in (("product", "P/1"), ("partner", "S1"), ("product_edit", "P/1")):
        assert signed_in_client(stranger).get(reverse(f"catalog:{name}", args=args)).status_code == 404


def test_a_viewer_sees_no_buttons_and_no_prices(actor: Any, company: Any) -> None:
    client = signed_in_client(make.make_actor("catalog.view", company=company))
    page = client.get(reverse("catalog:product", args=["P/1"])).content.decode().partition("<main")[2]
    assert "编辑" not in page
    assert "9.9" not in page
    assert client.get(reverse("catalog:price_list")).status_code == 403
    assert client.get(reverse("catalog:partner", args=["S1"]) + "?tab=prices").status_code == 200


def test_what_is_sold_for_how_much_is_not_for_every_eye(actor: Any, company: Any) -> None:
    product, customer = reverse("catalog:product", args=["P/1"]), reverse("catalog:partner", args=["C1"])
    edit, basic = (
        reverse("catalog:product_edit", args=["P/1"]),
        reverse("catalog:basic_list", args=["customer-classes"]),
    )
    shown = {
        ("sales.view_price",): {"77.77", "123,456", "默认折扣"},
        ("sales.view_cost", "catalog.save_product"): {"66.66", "55.55"},
        ("sales.view_price", "sales.view_cost"): {"77.77", "123,456", "默认折扣", "66.66", "55.55"},
        ("catalog.save_partner", "catalog.save_product"): set(),
    }
    for rights, expected in shown.items():
        client = signed_in_client(make.make_actor("catalog.view", *rights, company=company))
        text = ""
        for url in (product, customer, f"{customer}?tab=sales", f"{customer}?tab=history", edit, basic):
            text += client.get(url).content.decode()
        assert {part for part in shown[("sales.view_price", "sales.view_cost")] if part in text} == expected, rights


def test_the_partner_form_has_credit_for_who_may_set_it(actor: Any, company: Any) -> None:
    edit, credit = (reverse(f"catalog:{name}", args=["C1"]) for name in ("partner_edit", "partner_credit"))
    data = {"name": "南方装备", "is_customer": "on", "contacts": "[]", "payment_days": "30", "customer_class": "A"}
    keeper = signed_in_client(
        make.make_actor("catalog.view", "catalog.save_partner", "sales.view_price", company=company)
    )
    assert 'name="credit_limit"' not in keeper.get(edit).content.decode()
    assert keeper.post(edit, data).status_code == 302
    assert keeper.post(edit, {**data, "credit_limit": "1"}).status_code == 403
    assert keeper.post(credit, {"credit_limit": "1"}).status_code == 403
    assert queries.record(actor, "partners", "C1")["credit_limit"] == 123456
    client = signed_in_client(actor)
    assert 'name="credit_limit"' in client.get(edit).content.decode()
    assert client.post(edit, {**data, "credit_limit": "5000"}).status_code == 302
    assert queries.record(actor, "partners", "C1")["credit_limit"] == 5000
    assert client.post(credit, {"credit_limit": "x"}).status_code == 422
    assert client.post(credit, {"credit_limit": ""}).status_code == 302
    assert queries.record(actor, "partners", "C1")["credit_limit"] is None


def test_addresses_and_sales_prices_by_forms(actor: Any) -> None:
    client = signed_in_client(actor)
    new = reverse("catalog:address_new", args=["C1"])
    assert 'value="02"' in client.get(new).content.decode()
    data = {"code": "02", "name": "王", "address": "上海", "is_default": "on"}
    assert client.post(new, data).status_code == 302
    assert client.post(new, data).status_code == 409
    rows = queries.rows(actor, "addresses", filters={"partner": "C1"}).items
    assert [(row["code"], row["is_default"]) for row in rows] == [("01", False), ("02", True)]
    edit = reverse("catalog:address_edit", args=[rows[1]["id"]])
    assert client.post(edit, {**data, "name": "王五", "version": "1"}).status_code == 302
    items = client.get(reverse("catalog:address_lookup", args=["C1"])).json()["items"]
    assert [(item["value"], item["label"]) for item in items] == [("02", "王五 上海"), ("01", "李强 苏州市星湖街 1 号")]
    off = client.post(reverse("catalog:switch", args=["addresses", "off"]), {"ids": "02", "partner": "C1"})
    assert (off.status_code, "tab=addresses" in off["Location"]) == (302, True)
    price = {"product": "P/1", "customer": "C1", "from_quantity": "100", "price": "70", "unit": "", "currency": ""}
    assert client.post(reverse("catalog:sales_price_new"), price).status_code == 302
    row = next(row for row in queries.rows(actor, "sales-prices").items if row["from_quantity"] == 100)
    edit = reverse("catalog:sales_price_edit", args=[row["id"]])
    assert client.post(edit, {"price": "69", "version": "1"}).status_code == 302
    assert queries.record_by_id(actor, "sales-prices", row["id"])["price"] == 69
    assert client.post(reverse("catalog:sales_price_delete", args=[row["id"]]), {"version": "2"}).status_code == 302
    assert client.get(edit).status_code == 404


def test_the_picker_of_a_sales_order_shows_what_is_paid(actor: Any, company: Any) -> None:
    commands.save_sales_price(actor=actor, values={"product": "P/1", "customer": "C1", "price": "700", "unit": "CTN"})
    commands.save_product(actor=actor, values={"code": "P/1", "sale_unit": "CTN"})
    lookup = reverse("catalog:product_lookup")
    seller = make.make_actor("catalog.view", "sales.view_price", company=company)
    for customer, price in (("C1", "700"), ("", "933.24")):  # the list has a price per piece, a carton holds 12
        (item,) = signed_in_client(seller).get(lookup, {"q": "ls", "customer": customer}).json()["items"]
        assert item["fill"] == {"unit": "CTN", "unit_price": price}
        assert item["facts"] == [f"{price} CNY/CTN"], "nothing of what suppliers ask"
    blind = signed_in_client(make.make_actor("catalog.view", company=company))
    (item,) = blind.get(lookup, {"q": "ls", "customer": "C1"}).json()["items"]
    assert (item["fill"], item["price"]) == ({"unit": "CTN"}, None)


def test_a_product_is_made_by_its_form(actor: Any) -> None:
    client = signed_in_client(actor)
    data = {
        "code": "NEW", "name": "新品", "unit": "PCS", "lot_tracked": "on", "safety_stock": "5", "purchase_unit": "BOX",
        "units": json.dumps([{"unit": "BOX", "factor": "6"}]), "barcodes": json.dumps([{"code": "77", "unit": ""}]),
    }  # fmt: skip
    response = client.post(reverse("catalog:product_new"), data)
    assert response.status_code == 302, response.content.decode()[:2000]
    row = queries.record(actor, "products", "NEW")
    assert (row["lot_tracked"], row["inspect"], row["purchase_unit"], len(row["barcodes"])) == (True, False, "BOX", 1)
    again = client.post(reverse("catalog:product_new"), data)
    assert again.status_code == 409
    changed = client.post(reverse("catalog:product_edit", args=["NEW"]), {**data, "name": "改名", "version": "1"})
    assert changed.status_code == 302
    stale = client.post(reverse("catalog:product_edit", args=["NEW"]), {**data, "name": "又改", "version": "1"})
    assert stale.status_code == 409
    wrong = client.post(reverse("catalog:product_edit", args=["NEW"]), {**data, "safety_stock": "x"})
    assert wrong.status_code == 422


def test_a_double_click_saves_once(actor: Any) -> None:
    client = signed_in_client(actor)
    data = {"code": "C2", "name": "客户", "is_customer": "on", "contacts": "[]", "payment_days": "30", "_key": "same"}
    first, again = (client.post(reverse("catalog:partner_new"), data) for _ in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert queries.record(actor, "partners", "C2")["is_supplier"] is False


def test_prices_are_made_changed_and_deleted_by_forms(actor: Any) -> None:
    client = signed_in_client(actor)
    data = {"supplier": "S1", "product": "P/1", "from_quantity": "100", "price": "8", "unit": "", "currency": ""}
    assert client.post(reverse("catalog:price_new"), data).status_code == 302
    row = next(row for row in queries.rows(actor, "prices").items if row["from_quantity"] == 100)
    edit = reverse("catalog:price_edit", args=[row["id"]])
    assert client.post(edit, {"price": "7.5", "version": "1"}).status_code == 302
    assert queries.price_record(actor, row["id"])["price"] == 7.5
    assert client.post(reverse("catalog:price_delete", args=[row["id"]]), {"version": "2"}).status_code == 302
    assert client.get(edit).status_code == 404


def test_warehouses_and_bins_by_forms(actor: Any) -> None:
    client = signed_in_client(actor)
    assert client.post(reverse("catalog:warehouse_new"), {"code": "N", "name": "北"}).status_code == 302
    assert client.post(reverse("catalog:bins_add", args=["N"]), {"pattern": "B-1..B-4"}).status_code == 302
    assert client.post(reverse("catalog:bins_add", args=["N"]), {"pattern": "?.."}).status_code == 422
    edit = reverse("catalog:bin_edit", args=["N", "B-2"])
    assert client.post(edit, {"name": "二", "is_default": "on"}).status_code == 302
    assert queries.record(actor, "warehouses", "N")["default_bin"] == "B-2"
    off = reverse("catalog:switch", args=["bins", "off"])
    assert client.post(off, {"ids": "B-1", "warehouse": "N"}).status_code == 302
    assert client.post(off, {"ids": "B-2", "warehouse": "N"}).status_code == 409


def test_small_tables_by_forms(actor: Any) -> None:
    client = signed_in_client(actor)
    data = {"code": "DRUM", "name": "桶", "decimals": "1"}
    assert client.post(reverse("catalog:basic_new", args=["units"]), data).status_code == 302
    edit = reverse("catalog:basic_edit", args=["units", "DRUM"])
    assert client.post(edit, {"name": "大桶", "decimals": "1", "version": "1"}).status_code == 302
    assert queries.record(actor, "units", "DRUM")["name"] == "大桶"
    assert client.get(reverse("catalog:basic_list", args=["moons"])).status_code == 404


def test_several_are_switched_at_once(actor: Any) -> None:
    make.make_product(actor.company_id, "A")
    client = signed_in_client(actor)
    assert client.post(reverse("catalog:switch", args=["products", "off"]), {"ids": ["A", "P/1"]}).status_code == 302
    assert queries.rows(actor, "products", filters={"active": "true"}).items == []
    wrong = client.post(reverse("catalog:switch", args=["products", "on"]), {"ids": ["A", "NIX"]})
    assert wrong.status_code == 422
    assert client.post(reverse("catalog:switch", args=["prices", "on"]), {"ids": ["A"]}).status_code == 404


def test_pickers_answer_in_the_agreed_form(actor: Any) -> None:
    client = signed_in_client(actor)
    lookup = reverse("catalog:product_lookup")
    (item,) = client.get(lookup, {"q": "ls", "supplier": "S1"}).json()["items"]
    assert (item["value"], item["fill"]) == ("P/1", {"unit": "CTN", "unit_price": "9.9"})
    found = client.get(lookup, {"code": ["1690", "P/1", "nix"]}).json()["items"]
    assert [(row["asked"], row["value"]) for row in found] == [("1690", "P/1"), ("P/1", "P/1")]
    assert (
        client.get(reverse("catalog:partner_lookup"), {"q": "hd", "role": "supplier"}).json()["items"][0]["value"]
        == "S1"
    )
    assert client.get(reverse("catalog:warehouse_lookup")).json()["items"][0]["value"] == "MAIN"
    assert len(client.get(reverse("catalog:bin_lookup", args=["MAIN"]), {"q": "a-0"}).json()["items"]) == 3
    assert client.get(reverse("catalog:category_lookup"), {"q": "紧"}).json()["items"][0]["value"] == "FAST"
    assert client.get(lookup, {"q": "\x00'"}).status_code == 422


@pytest.mark.parametrize("rows", [1, 40])
def test_a_list_page_costs_the_same_whatever_it_shows(
    actor: Any, rows: int, django_assert_max_num_queries: Any
) -> None:
    for i in range(rows):
        make.make_product(actor.company_id, f"Q{i}")
    client = signed_in_client(actor)
    client.get(reverse("catalog:product_list"))
    with django_assert_max_num_queries(12) as captured:
        client.get(reverse("catalog:product_list"))
    catalog = [q for q in captured.captured_queries if "catalog_" in q["sql"]]
    assert len(catalog) <= 3
