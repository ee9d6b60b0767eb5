"""What is particular to one resource."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from gendan.catalog import commands, queries
from gendan.catalog.errors import BadBinPattern
from gendan.catalog.models import Category, Contact, Location, Product, Warehouse
from gendan.catalog.rules import PatternUnclear, expand_bins, in_a_circle
from gendan.catalog.steps.master import PRODUCTS_USED, SPECS, save_rows
from gendan.catalog.tests import make
from gendan.kernel.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Any:
    return make.make_company()


@pytest.fixture
def actor(company: Any) -> Any:
    return make.make_actor(company=company)


def test_units_are_understood_by_code_name_and_any_case(actor: Any) -> None:
    values = {
        "code": "A",
        "name": "n",
        "unit": "件",
        "units": "箱=12；box=6",
        "purchase_unit": "ctn",
        "sale_unit": "pcs",
    }
    commands.save_product(actor=actor, values=values)
    row = queries.record(actor, "products", "A")
    assert [(u["unit"], u["factor"]) for u in row["units"]] == [("BOX", Decimal(6)), ("CTN", Decimal(12))]
    assert (row["unit"], row["purchase_unit"], row["sale_unit"]) == ("PCS", "CTN", "")


def test_what_is_left_out_stays_and_what_is_empty_is_cleared(actor: Any) -> None:
    values = {"code": "A", "name": "n", "specification": "M6", "tax": "VAT13", "barcodes": ["690"], "units": "CTN=12"}
    commands.save_product(actor=actor, values=values)
    commands.save_product(actor=actor, values={"code": "A", "specification": "", "units": []})
    row = queries.record(actor, "products", "A")
    assert (row["specification"], row["units"], row["tax"]) == ("", [], "VAT13")
    assert row["barcodes"] == [{"code": "690", "unit": ""}]


def test_the_stock_unit_of_a_used_product_stays(actor: Any, monkeypatch: Any) -> None:
    made = commands.save_product(actor=actor, values={"code": "A", "name": "n"})
    commands.save_product(actor=actor, values={"code": "A", "unit": "KG"})
    monkeypatch.setattr("gendan.catalog.steps.master.products.PRODUCTS_USED", [lambda company, ids: {made.id}])
    with pytest.raises(Invalid):
        commands.save_product(actor=actor, values={"code": "A", "unit": "PCS"})
    assert PRODUCTS_USED is not None


def test_a_barcode_can_move_within_a_batch(actor: Any) -> None:
    commands.save_product(actor=actor, values={"code": "A", "name": "n", "barcodes": ["690"]})
    rows = [{"code": "A", "barcodes": []}, {"code": "B", "name": "b", "barcodes": ["690"]}]
    done = commands.save_rows(actor=actor, resource="products", rows=rows)
    assert [outcome["status"] for outcome in done.data["outcomes"]] == ["updated", "created"]
    found = queries.product_by_barcode(actor, "690")
    assert found is not None
    assert found["code"] == "B"


def test_a_scanned_carton_is_its_product_in_cartons(actor: Any) -> None:
    values = {"code": "A", "name": "n", "units": "CTN=12", "barcodes": "690;CTN=1690"}
    commands.save_product(actor=actor, values=values)
    carton, piece = queries.product_by_barcode(actor, "1690"), queries.product_by_barcode(actor, "690")
    assert carton is not None
    assert piece is not None
    assert (carton["unit"], carton["factor"], piece["unit"], piece["factor"]) == ("CTN", Decimal(12), "PCS", Decimal(1))
    assert queries.product_by_barcode(actor, "A") is not None
    assert queries.product_by_barcode(make.make_actor(), "690") is None


def test_codes_are_found_in_any_case_and_width(actor: Any, company: Any) -> None:
    make.make_product(company, "Bolt-M6a", barcodes=["ean/Ab1"])
    make.make_product(company, "BOLT-M6A")
    make.make_product(company, "Ｎｕｔ１")
    for typed, code in (
        ("bolt-m6A", "Bolt-M6a"), ("BOLT-M6A", "BOLT-M6A"), ("Bolt-M6a", "Bolt-M6a"), ("ＢＯＬＴ－Ｍ６ａ", "Bolt-M6a"),
        ("EAN/AB1", "Bolt-M6a"), ("ｎＵｔ１", "Ｎｕｔ１"),
    ):  # fmt: skip
        found = queries.product_by_barcode(actor, typed)
        assert found is not None, typed
        assert found["code"] == code
        (asked,) = queries.find_products_by_codes(actor, [typed])
        assert (asked["code"], asked["asked"]) == (code, typed)
        assert code in [row["code"] for row in queries.find_products(actor, typed)]
    assert queries.product_by_barcode(actor, "bolt-m6") is None


def test_the_main_contact_is_changed_without_losing_the_others(actor: Any) -> None:
    contacts = [{"name": "王", "phone": "1"}, {"name": "李", "email": "li@example.com"}]
    commands.save_partner(actor=actor, values={"code": "S", "name": "甲", "contacts": contacts})
    commands.save_partner(actor=actor, values={"code": "S", "contact_phone": "2"})
    row = queries.record(actor, "partners", "S")
    assert [(c["name"], c["phone"], c["is_main"]) for c in row["contacts"]] == [("王", "2", True), ("李", "", False)]
    commands.save_partner(actor=actor, values={"code": "S", "contact": "", "contact_phone": ""})
    assert Contact.objects.get(partner__code="S").name == "李"


def test_a_partner_is_a_supplier_unless_said_otherwise(actor: Any) -> None:
    commands.save_partner(actor=actor, values={"code": "S", "name": "甲"})
    commands.save_partner(actor=actor, values={"code": "C", "name": "乙", "is_customer": True})
    roles = {row["code"]: (row["is_supplier"], row["is_customer"]) for row in queries.rows(actor, "partners").items}
    assert roles == {"S": (True, False), "C": (False, True)}


def test_categories_may_come_in_any_order(actor: Any) -> None:
    rows = [{"code": "LEAF", "name": "叶", "parent": "ROOT"}, {"code": "ROOT", "name": "根"}]
    commands.save_rows(actor=actor, resource="categories", rows=rows)
    leaf = Category.objects.select_related("parent").get(code="LEAF")
    assert leaf.parent is not None
    assert leaf.parent.code == "ROOT"
    with pytest.raises(Invalid):
        commands.save_category(actor=actor, values={"code": "ROOT", "parent": "LEAF"})


def test_a_child_without_its_parent_is_not_saved(actor: Any) -> None:
    rows = [{"code": "LEAF", "name": "叶", "parent": "ROOT"}, {"code": "ROOT", "name": ""}]
    done = commands.save_rows(actor=actor, resource="categories", rows=rows)
    assert [outcome["status"] for outcome in done.data["outcomes"]] == ["failed", "failed"]
    assert not Category.objects.filter(company_id=actor.company_id).exists()


def test_a_price_takes_unit_and_currency_from_product_and_supplier(actor: Any) -> None:
    commands.save_product(actor=actor, values={"code": "A", "name": "n", "units": "CTN=12", "purchase_unit": "CTN"})
    commands.save_partner(actor=actor, values={"code": "S", "name": "甲有限公司", "currency": "USD"})
    made = commands.save_price(actor=actor, values={"supplier": "甲有限公司", "product": "A", "price": "1,234.5"})
    row = queries.price_record(actor, made.id)
    assert (row["supplier"], row["unit"], row["currency"], row["price"]) == ("S", "CTN", "USD", Decimal("1234.5"))


def test_the_best_break_holds_for_each_line(actor: Any, company: Any, django_assert_num_queries: Any) -> None:
    supplier, product, other = make.make_supplier(company), make.make_product(company), make.make_product(company)
    make.make_price(supplier, product, "10")
    make.make_price(supplier, product, "9", from_quantity=100)
    make.make_price(supplier, product, "5", from_quantity=100, valid_from=date(2019, 1, 1), valid_to=date(2020, 1, 1))
    make.make_price(supplier, product, "1", currency="USD")
    lines = [(product.pk, product.unit_id, Decimal(q)) for q in (1, 99, 100, 500)] + [(other.pk, 1, Decimal(1))]
    with django_assert_num_queries(1):
        offers = queries.price_for(company.pk, supplier.pk, lines, "CNY", date(2026, 11, 21))
    assert [offer.price if offer else None for offer in offers] == [10, 10, 9, 9, None]
    assert queries.price_for(make.make_company().pk, supplier.pk, lines, "CNY", date(2026, 11, 21)) == [None] * 5


def test_the_picker_puts_exact_codes_and_the_suppliers_products_first(actor: Any, company: Any) -> None:
    supplier = make.make_supplier(company, "S1", lead_time_days=14)
    make.make_product(company, "M6-20", "螺丝 M6-20")
    offered = make.make_product(company, "Z1", "螺丝 M6-200")
    make.make_product(company, "A1", "螺丝 M6-201")
    make.make_price(supplier, offered, "2.5", minimum_quantity=10)
    found = queries.find_products(actor, "m6-2", "S1")
    assert [row["code"] for row in found] == ["Z1", "M6-20", "A1"]
    exact = queries.find_products(actor, "m6-20", "S1")
    assert [row["code"] for row in exact] == ["M6-20", "Z1", "A1"]
    assert (exact[1]["price"], exact[1]["lead_time_days"], exact[0]["lead_time_days"]) == (Decimal("2.5"), 14, 14)
    assert queries.find_products(actor, "", "S1")[0]["code"] == "Z1"
    blind = make.make_actor("catalog.view", company=company)
    assert all(row["price"] is None for row in queries.find_products(blind, "luosi", "S1"))


def test_contexts_above_add_figures_to_the_picker(actor: Any, company: Any, monkeypatch: Any) -> None:
    product = make.make_product(company, "A")
    monkeypatch.setattr(
        "gendan.catalog.queries.lookup.FACTS", [lambda actor, ids: {product.pk: {"on_hand": Decimal(7)}}]
    )
    assert queries.find_products(actor, "A")[0]["on_hand"] == 7


def test_partners_are_picked_by_role(actor: Any, company: Any) -> None:
    make.make_supplier(company, "S1", "华东五金")
    make.make_customer(company, "C1", "华东装备")
    assert [row["code"] for row in queries.find_partners(actor, "hd", "supplier")] == ["S1"]
    assert {row["code"] for row in queries.find_partners(actor, "华东")} == {"S1", "C1"}


def test_lists_need_the_permission_to_look(company: Any) -> None:
    nobody, viewer = make.make_actor("x", company=company), make.make_actor("catalog.view", company=company)
    with pytest.raises(Forbidden):
        queries.rows(nobody, "products")
    with pytest.raises(Forbidden):
        queries.rows(viewer, "prices")
    assert queries.rows(viewer, "products").items == []


@pytest.mark.parametrize("sort", ["code", "name"])
def test_lists_page_by_key(actor: Any, company: Any, sort: str, django_assert_num_queries: Any) -> None:
    names = {make.make_product(company, f"P{i}", name).code for i, name in enumerate(("丙", "甲", "乙", "丁", "甲"))}
    seen, after = [], None
    while after != "":
        with django_assert_num_queries(1):
            page = queries.rows(actor, "products", sort=sort, limit=2, after=after)
        seen += [row["code"] for row in page.items]
        after = page.after
    assert len(seen) == 5
    assert set(seen) == names
    if sort == "name":
        assert seen == ["P0", "P3", "P1", "P4", "P2"]  # bing ding jia jia yi


def test_one_record_is_read_in_one_statement(actor: Any, company: Any, django_assert_num_queries: Any) -> None:
    make.make_product(company, "A", units={"CTN": "12", "BOX": "6"}, barcodes=["1", "2"])
    with django_assert_num_queries(1):
        assert len(queries.record(actor, "products", "A")["units"]) == 2
    with pytest.raises(NotFound):
        queries.record(make.make_actor(), "products", "A")


@pytest.mark.parametrize("resource", ["products", "partners"])
def test_the_number_of_statements_does_not_depend_on_the_rows(actor: Any, resource: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size, start in ((2, 0), (200, 1000)):
        extra = {"barcodes": "{}", "units": "CTN=12"} if resource == "products" else {"contact": "王{}"}
        rows = [
            {"code": f"X{start + i}", "name": "名", **{k: v.format(start + i) for k, v in extra.items()}}
            for i in range(size)
        ]
        with transaction.atomic():
            for data in (rows, [{**row, "name": "新名"} for row in rows]):
                with CaptureQueriesContext(
                    connection,
                ) as captured:
                    save_rows(actor, SPECS[resource], data)
                counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def test_valid_rows_are_saved_and_the_others_reported(actor: Any) -> None:
    rows = [
        {"code": "A", "name": "a"},
        {"code": "B"},
        {"code": "A", "name": "again"},
        {"code": "C", "name": "c", "unit": "?"},
    ]
    found = commands.save_rows(actor=actor, resource="products", rows=rows).data["outcomes"]
    assert [row["status"] for row in found] == ["created", "failed", "failed", "failed"]
    assert [list(row["errors"]) for row in found] == [[], ["name"], ["code"], ["unit"]]
    assert Product.objects.filter(company_id=actor.company_id).count() == 1


def test_atomic_saves_all_or_nothing(actor: Any) -> None:
    rows = [{"code": "A", "name": "a"}, {"code": "B"}]
    found = commands.save_rows(actor=actor, resource="products", rows=rows, atomic=True).data["outcomes"]
    assert [row["status"] for row in found] == ["skipped", "failed"]
    assert not Product.objects.filter(company_id=actor.company_id).exists()


def test_a_dry_run_writes_nothing(actor: Any) -> None:
    found = commands.save_rows(actor=actor, resource="products", rows=[{"code": "A", "name": "a"}], dry_run=True)
    assert [row["status"] for row in found.data["outcomes"]] == ["created"]
    assert not Product.objects.filter(company_id=actor.company_id).exists()


def test_a_range_of_bins_is_made_once(actor: Any) -> None:
    first = commands.add_bins(actor=actor, warehouse="MAIN", pattern="A-01-01..A-05-20")
    again = commands.add_bins(actor=actor, warehouse="MAIN", pattern="A-01-01..A-06-20")
    assert (first.data, again.data) == ({"created": 100, "existing": 0}, {"created": 20, "existing": 100})
    with pytest.raises(BadBinPattern):
        commands.add_bins(actor=actor, warehouse="MAIN", pattern="A..1")
    with pytest.raises(Invalid):
        commands.add_bins(actor=actor, warehouse="NIX", pattern="A..C")
    with pytest.raises(Forbidden):
        commands.add_bins(actor=make.make_actor("x"), warehouse="MAIN", pattern="A..C")


def test_another_bin_becomes_the_default(actor: Any) -> None:
    made = commands.save_bin(actor=actor, values={"warehouse": "MAIN", "code": "A", "is_default": True})
    assert Warehouse.objects.get(company_id=actor.company_id, code="MAIN").default_location_id == made.id
    commands.set_active(actor=actor, resource="bins", key={"warehouse": "MAIN", "code": "DEFAULT"}, active=False)
    assert not Location.objects.get(company_id=actor.company_id, code="DEFAULT").is_active


@pytest.mark.parametrize(
    ("pattern", "count", "last"),
    [("A-01-01..A-05-20", 100, "A-05-20"), ("A1..C9", 27, "C9"), ("r01", 1, "R01"), ("08..12", 5, "12")],
)
def test_bin_patterns(pattern: str, count: int, last: str) -> None:
    codes = expand_bins(pattern)
    assert (len(codes), codes[-1]) == (count, last)


@pytest.mark.parametrize("pattern", ["", "..", "A..", "5..1", "A-1..B", "AA1..AB2x", "1..999999", "C..A"])
def test_unclear_bin_patterns(pattern: str) -> None:
    with pytest.raises(PatternUnclear):
        expand_bins(pattern)


def test_circles_are_found() -> None:
    assert in_a_circle({"a": "b", "b": "a", "c": "a", "d": ""}) == {"a", "b"}
