"""Which sales price applies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gendan.catalog import commands, queries
from gendan.catalog.models import CustomerClass, Partner, Product, SalesPrice, Unit
from gendan.catalog.tests import make
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


class Shop:
    """A customer of class A (5 % off), another without a class, a product in pieces and cartons of 12."""

    def __init__(self) -> None:
        self.company = make.make_company()
        self.actor = make.make_actor(company=self.company)
        self.a = CustomerClass.objects.create(company=self.company, code="A", name="重点", discount=5)
        self.cus = make.make_customer(self.company, "CUS", customer_class=self.a)
        self.other = make.make_customer(self.company, "OTH")
        self.product = make.make_product(self.company, "PRO", units={"CTN": "12"})
        self.pcs, self.ctn = (Unit.objects.get(company=self.company, code=code).pk for code in ("PCS", "CTN"))

    def price(self, amount: str, **fields: Any) -> SalesPrice:
        values: dict[str, Any] = {"unit_id": self.pcs, "currency": "CNY", **fields}
        return SalesPrice.objects.create(company=self.company, product=self.product, price=Decimal(amount), **values)

    def found(self, quantity: Any = 1, unit: int | None = None, customer: Partner | None = None, **fields: Any) -> Any:
        asked = {"currency": "CNY", "on": TODAY, **fields}
        line = (7, self.product.pk, unit or self.pcs, Decimal(quantity))
        offers = queries.sales_prices(
            self.company.pk, (customer or self.cus).pk, asked["currency"], asked["on"], [line]
        )
        return offers.get(7)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_the_customers_own_price_goes_before_the_class_before_the_list(shop: Shop) -> None:
    assert shop.found() is None
    shop.price("10")
    assert (shop.found().price, shop.found().source, shop.found().discount) == (10, "list", 5)
    assert shop.found(customer=shop.other).discount == 0
    shop.price("11", customer_class=shop.a)
    assert (shop.found().price, shop.found().source, shop.found().discount) == (11, "class", 0)
    shop.price("12", customer=shop.cus, from_quantity=5)
    assert [shop.found(n).price for n in (1, 5)] == [11, 12]
    assert shop.found(5, customer=shop.other).price == 10
    line = (1, shop.product.pk, shop.pcs, Decimal(9))
    assert queries.sales_prices(shop.company.pk, None, "CNY", TODAY, [line])[1].price == 10
    CustomerClass.objects.update(is_active=False)
    assert (shop.found().source, shop.found().discount) == ("list", 0)


def test_the_largest_break_then_the_newest_period_then_the_last_entry(shop: Shop) -> None:
    shop.price("10")
    shop.price("9", from_quantity=10)
    shop.price("8", from_quantity=10, valid_from=date(2026, 1, 1))
    shop.price("7", from_quantity=10, valid_from=date(2026, 11, 1), valid_to=TODAY)
    shop.price("6", from_quantity=10, valid_from=date(2026, 12, 1))
    assert [shop.found(n).price for n in ("9.99", 10, 500)] == [10, 7, 7]
    assert shop.found(10, on=date(2026, 11, 23)).price == 8
    assert shop.found(10, on=date(2025, 11, 23)).price == 9
    assert shop.found(currency="USD") is None


def test_another_unit_is_converted_only_if_need_be(shop: Shop) -> None:
    shop.price("100", unit_id=shop.ctn)
    piece = shop.found(12)
    assert (piece.price, piece.converted) == (Decimal("8.333333"), True)
    shop.price("108", unit_id=shop.ctn, from_quantity=2)
    assert [(shop.found(n).price, shop.found(n).from_quantity) for n in (23, 24)] == [
        (Decimal("8.333333"), 0),
        (9, 24),
    ]
    shop.price("9.50")
    assert [(offer.price, offer.converted) for offer in (shop.found(24), shop.found(2, shop.ctn))] == [
        (Decimal("9.5"), False),
        (108, False),
    ]
    shop.price("90", unit_id=shop.ctn, customer=shop.cus)
    assert (shop.found(24).price, shop.found(24).source) == (Decimal("7.5"), "customer")
    kg = Unit.objects.get(company=shop.company, code="KG").pk
    assert shop.found(1, kg) is None


def test_any_number_of_lines_is_one_statement(shop: Shop, django_assert_num_queries: Any) -> None:
    shop.price("10")
    other = make.make_product(shop.company)
    lines = [(n, (shop.product, other)[n % 2].pk, shop.pcs, Decimal(n + 1)) for n in range(200)]
    with django_assert_num_queries(1):
        found = queries.sales_prices(shop.company.pk, shop.cus.pk, "CNY", TODAY, lines)
    assert sorted(found) == list(range(0, 200, 2))
    stranger = make.make_company()
    assert queries.sales_prices(stranger.pk, shop.cus.pk, "CNY", TODAY, lines) == {}
    assert queries.sales_prices(shop.company.pk, shop.cus.pk, "CNY", TODAY, []) == {}


def expected(rows: list[dict[str, Any]], quantity: int, unit: str) -> Decimal | None:
    """The rule of ``sales_prices`` in Python."""
    factor = {"PCS": 1, "CTN": 12}
    reached = [
        (row["rank"], row["unit"] != unit, -row["from"] * factor[row["unit"]],
         -(row["since"].toordinal() if row["since"] else 0), -n, row)
        for n, row in enumerate(rows)
        if row["from"] * factor[row["unit"]] <= quantity * factor[unit] and (row["since"] or TODAY) <= TODAY
    ]  # fmt: skip
    if not reached:
        return None
    best = min(reached, key=lambda entry: entry[:5])[5]
    return round(Decimal(best["price"]) * factor[unit] / factor[best["unit"]], 6)


PRICES = st.lists(
    st.fixed_dictionaries(
        {
            "rank": st.sampled_from([1, 2, 3]),
            "unit": st.sampled_from(["PCS", "CTN"]),
            "from": st.sampled_from([0, 1, 2, 12, 24]),
            "since": st.sampled_from([None, date(2025, 1, 1), TODAY, date(2027, 1, 1)]),
            "price": st.integers(0, 1000),
        }
    ),
    max_size=8,
    unique_by=lambda row: (row["rank"], row["unit"], row["from"], row["since"]),
)


@given(rows=PRICES, quantity=st.sampled_from([1, 2, 11, 12, 24, 300]), unit=st.sampled_from(["PCS", "CTN"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_prices_there_are_the_rule_holds(shop: Shop, rows: Any, quantity: int, unit: str) -> None:
    SalesPrice.objects.all().delete()
    whose: dict[int, dict[str, Any]] = {1: {"customer": shop.cus}, 2: {"customer_class": shop.a}, 3: {}}
    for row in rows:
        unit_id = shop.ctn if row["unit"] == "CTN" else shop.pcs
        shop.price(str(row["price"]), unit_id=unit_id, from_quantity=row["from"], valid_from=row["since"],
                   **whose[row["rank"]])  # fmt: skip
    offer = shop.found(quantity, shop.ctn if unit == "CTN" else shop.pcs)
    assert (offer.price if offer else None) == expected(rows, quantity, unit)


def test_a_price_is_for_a_customer_or_a_class_and_takes_unit_and_currency_from_them(shop: Shop) -> None:
    Partner.objects.filter(code="CUS").update(currency="USD")
    commands.save_product(actor=shop.actor, values={"code": "PRO", "sale_unit": "CTN"})
    made = commands.save_sales_price(actor=shop.actor, values={"customer": "CUS", "product": "PRO", "price": "9"})
    row = queries.record_by_id(shop.actor, "sales-prices", made.id)
    assert (row["unit"], row["currency"], made.number) == ("CTN", "USD", "PRO CUS")
    made = commands.save_sales_price(actor=shop.actor, values={"product": "PRO", "price": "9"})
    assert (queries.record_by_id(shop.actor, "sales-prices", made.id)["currency"], made.number) == ("CNY", "PRO")
    values = {"customer": "CUS", "customer_class": "A", "product": "PRO", "price": "9"}
    with pytest.raises(Invalid) as caught:
        commands.save_sales_price(actor=shop.actor, values=values)
    assert "customer_class" in caught.value.fields


def test_lists_of_sales_prices_are_for_who_may_see_them(shop: Shop) -> None:
    shop.price("10")
    shop.price("9", customer=shop.cus)
    for source, count in (("list", 1), ("customer", 1), ("class", 0), ("", 2)):
        assert len(queries.rows(shop.actor, "sales-prices", filters={"source": source}).items) == count
    assert len(queries.rows(shop.actor, "sales-prices", q="南方").items) == 1
    with pytest.raises(Forbidden):
        queries.rows(make.make_actor("catalog.view", company=shop.company), "sales-prices")


def test_a_sales_price_is_deleted(shop: Shop) -> None:
    price = shop.price("10")
    assert Product.objects.get(pk=price.product_id).code == "PRO"
    with pytest.raises(Stale):
        commands.delete_sales_price(actor=shop.actor, price_id=price.pk, version=7)
    with pytest.raises(NotFound):
        commands.delete_sales_price(actor=make.make_actor(), price_id=price.pk)
    with pytest.raises(Forbidden):
        commands.delete_sales_price(
            actor=make.make_actor("catalog.save_sales_price", company=shop.company), price_id=price.pk
        )
    commands.delete_sales_price(actor=shop.actor, price_id=price.pk)
    assert not SalesPrice.objects.exists()
