"""A new company can work at once."""

import pytest
from django.db import transaction

from gendan.catalog import queries, steps
from gendan.catalog.models import Currency, Location, Partner, Product, Tax, Unit, Warehouse
from gendan.catalog.tests import make
from gendan.kernel.errors import NotFound
from gendan.kernel.search import search_query

pytestmark = pytest.mark.django_db


def test_a_company_starts_with_units_currencies_taxes_and_a_warehouse() -> None:
    company = make.make_company()
    assert Unit.objects.get(company=company, code="PCS").name == "件"
    assert Currency.objects.get(company=company, code="JPY").minor_units == 0
    assert [f"{tax.rate:f}" for tax in Tax.objects.filter(company=company).order_by("-rate")][:2] == [
        "13.0000",
        "9.0000",
    ]
    main = Warehouse.objects.get(company=company, code="MAIN")
    assert main.default_location is not None
    assert set(main.locations.values_list("kind", flat=True)) == {"bin", "inspection", "rejected"}
    assert set(queries.virtual_locations(company.pk)) == {
        "supplier", "customer", "transit", "scrap", "difference", "adjustment",
    }  # fmt: skip


def test_repeating_the_defaults_changes_nothing() -> None:
    company = make.make_company()
    before = (Unit.objects.count(), Location.objects.count(), Warehouse.objects.get(company=company).version)
    steps.create_defaults(company.pk)
    assert (Unit.objects.count(), Location.objects.count(), Warehouse.objects.get(company=company).version) == before


def test_virtual_locations_are_the_companys_own() -> None:
    one, other = make.make_company(), make.make_company()
    assert queries.virtual_location(one.pk, "scrap") != queries.virtual_location(other.pk, "scrap")
    with pytest.raises(NotFound):
        queries.virtual_location(one.pk, "moon")


def test_own_currency_counts_one() -> None:
    company = make.make_company(currency="USD")
    assert Currency.objects.get(company=company, code="USD").rate == 1


@pytest.mark.parametrize(
    "typed", ["螺丝", "luosi", "ls", "M6", "M6-20", "6-20", "0123", "丝", "内六角 m6", "nljls", "P-000"]
)
def test_a_product_is_found_however_it_is_typed(typed: str) -> None:
    company = make.make_company()
    product = make.make_product(company, "P-000123", "内六角螺丝 M6-20")
    make.make_product(company, "Q9", "平垫圈")
    found = Product.objects.filter(company=company).extra(where=["search @@ %s::tsquery"], params=[search_query(typed)])
    assert list(found) == [product]


def test_ensure_products_makes_what_is_missing_and_keeps_what_exists(django_assert_num_queries) -> None:
    company = make.make_company()
    old = make.make_product(company, "A1", "旧名")
    rows = [
        {"code": "A1", "name": "新名", "unit": "件"},
        {"code": "A2", "name": "新品", "unit": "bottle", "category": "ARV", "external_key": "k2"},
        {"code": "A9", "name": "另一编码", "unit": "PCS", "external_key": "k2"},
    ]
    with transaction.atomic():
        first = steps.ensure_products(company.pk, rows)
        again = steps.ensure_products(company.pk, rows)
        many = [{"code": f"X{i}", "name": f"名{i}", "unit": "PCS"} for i in range(500)]
        with django_assert_num_queries(4):
            steps.ensure_products(company.pk, many)
    assert first[0] == old.pk
    assert first[:2] == again[:2]
    assert again[2] == again[1]
    assert Product.objects.get(code="A1").name == "旧名"
    assert Product.objects.get(code="A2").unit.code == "bottle"


def test_ensure_partners_makes_suppliers() -> None:
    company = make.make_company()
    ids = steps.ensure_partners(company.pk, [{"code": "S1", "name": "甲"}, {"code": "S1", "name": "甲"}])
    assert ids[0] == ids[1]
    assert Partner.objects.get(pk=ids[0]).is_supplier
