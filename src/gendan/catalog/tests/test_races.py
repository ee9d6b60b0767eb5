"""Two at once on real PostgreSQL: one wins, the other is told, nothing is lost or doubled."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.catalog import commands, queries
from gendan.catalog.models import Barcode, PartnerAddress, Product
from gendan.catalog.tests import make
from gendan.kernel.errors import AppError, Stale
from gendan.kernel.tests.make import at_once
from gendan.kernel.unit import Done

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_change_the_same_version_one_is_stale() -> None:
    actor = make.make_actor()
    commands.save_product(actor=actor, values={"code": "A", "name": "n"})

    def save(name: str) -> Any:
        return lambda: commands.save_product(actor=actor, values={"code": "A", "name": name}, version=1)

    results = at_once([save("甲"), save("乙")])
    assert {type(result) for result in results} == {Done, Stale}
    assert queries.record(actor, "products", "A")["version"] == 2


def test_of_two_who_make_the_same_code_one_does() -> None:
    actor = make.make_actor()
    results = at_once(
        [lambda: commands.save_product(actor=actor, values={"code": "A", "name": "n"}, new=True) for _ in range(3)]
    )
    assert sum(isinstance(result, Done) for result in results) == 1
    assert all(isinstance(result, Done | AppError) for result in results)
    assert Product.objects.filter(company_id=actor.company_id, code="A").count() == 1


def test_a_barcode_is_taken_once() -> None:
    actor = make.make_actor()

    def save(code: str) -> Any:
        return lambda: commands.save_product(actor=actor, values={"code": code, "name": "n", "barcodes": ["690"]})

    results = at_once([save("A"), save("B")])
    assert sum(isinstance(result, Done) for result in results) == 1
    assert all(isinstance(result, Done | AppError) for result in results)
    assert Barcode.objects.filter(company_id=actor.company_id, code="690").count() == 1


def test_a_partner_has_one_default_address_whoever_is_faster() -> None:
    actor = make.make_actor()
    make.make_customer(actor.company_id, "C1")

    def save(code: str, **fields: Any) -> Any:
        values = {"partner": "C1", "code": code, "name": "李强", "address": "苏州", **fields}
        return lambda: commands.save_address(actor=actor, values=values)

    def swap(old: str, new: str) -> Any:
        rows: list[dict[str, Any]] = [
            {"partner": "C1", "code": old, "phone": new},
            {"partner": "C1", "code": new, "is_default": True},
        ]
        return lambda: commands.save_rows(actor=actor, resource="addresses", rows=rows)

    first = at_once([save(code) for code in ("1", "2", "3")])
    assert all(isinstance(result, Done) for result in first), first
    for _ in range(5):
        again = at_once([swap("1", "2"), swap("2", "3"), swap("3", "1"), save("2", is_default=True)])
        assert all(isinstance(result, Done) for result in again), again
        assert PartnerAddress.objects.filter(partner__company_id=actor.company_id, is_default=True).count() == 1


def test_two_imports_of_the_same_rows_in_other_orders_do_not_block_each_other() -> None:
    actor = make.make_actor()
    rows = [{"code": f"R{i:04d}", "name": "n"} for i in range(500)]

    def save(given: list[dict[str, str]]) -> Any:
        return lambda: commands.save_rows(actor=actor, resource="products", rows=given)

    results = at_once([save(rows), save(rows[::-1])])
    assert all(isinstance(result, Done) for result in results), results
    assert Product.objects.filter(company_id=actor.company_id).count() == 500
