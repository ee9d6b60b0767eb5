"""Every resource of master data: made, changed, refused, repeated; by permission and company."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gendan.catalog import commands, queries
from gendan.catalog.errors import CodeTaken, InUse, PriceTaken
from gendan.catalog.steps.master import SPECS
from gendan.catalog.tests import make
from gendan.kernel.bulk import needed_to_save
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db

# One good record of each resource, and a change to it.
GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "products": ({"code": "P9", "name": "螺丝", "units": [{"unit": "CTN", "factor": "12"}]}, {"name": "螺母"}),
    "partners": ({"code": "S9", "name": "华东五金"}, {"tax_id": "9131"}),
    "customer-classes": ({"code": "A", "name": "重点客户", "priority": 10}, {"priority": 20}),
    "addresses": ({"partner": "CUS", "code": "01", "name": "李强", "address": "苏州"}, {"phone": "1"}),
    "sales-prices": ({"customer": "CUS", "product": "PRO", "price": "19.90"}, {"price": "18.80"}),
    "prices": ({"supplier": "SUP", "product": "PRO", "price": "9.90"}, {"price": "8.80"}),
    "warehouses": ({"code": "W9", "name": "北仓"}, {"address": "北京"}),
    "bins": ({"warehouse": "MAIN", "code": "A-01"}, {"name": "一排"}),
    "units": ({"code": "DRUM", "name": "桶"}, {"decimals": 2}),
    "categories": ({"code": "FAST", "name": "紧固件"}, {"name": "标准件"}),
    "currencies": ({"code": "sgd", "name": "新加坡元"}, {"rate": "5.3"}),
    "taxes": ({"code": "VAT3", "name": "增值税 3%", "rate": "3"}, {"included": True}),
}


@pytest.fixture
def company() -> Any:
    company = make.make_company()
    make.make_supplier(company, "SUP")
    make.make_customer(company, "CUS")
    make.make_product(company, "PRO")
    return company


@pytest.mark.parametrize("resource", GOOD)
def test_a_record_is_made_and_changed(resource: str, company: Any) -> None:
    spec = SPECS[resource]
    actor = make.make_actor(*needed_to_save(spec.permission, spec.columns), company=company)
    values, change = GOOD[resource]
    made = commands.SAVE[resource](actor=actor, values=values, new=True)
    assert (made.version, made.data["status"]) == (1, "created")
    changed = commands.SAVE[resource](actor=actor, values={**values, **change}, version=1, new=False)
    assert (changed.id, changed.version, changed.data["status"]) == (made.id, 2, "updated")
    kind = SPECS[resource].kind
    types = list(
        Event.objects.filter(subject_kind=kind, subject_id=made.id).order_by("id").values_list("type", flat=True)
    )
    assert types == [f"catalog.{kind}_created", f"catalog.{kind}_updated"]


@pytest.mark.parametrize("resource", GOOD)
def test_saving_the_same_again_changes_nothing(resource: str, company: Any) -> None:
    actor = make.make_actor(company=company)
    values, _ = GOOD[resource]
    first = commands.SAVE[resource](actor=actor, values=values)
    again = commands.SAVE[resource](actor=actor, values=values)
    assert (again.id, again.version, again.data["status"]) == (first.id, 1, "unchanged")
    assert Event.objects.filter(subject_kind=SPECS[resource].kind, subject_id=first.id).count() == 1


@pytest.mark.parametrize("resource", GOOD)
def test_a_repeated_request_is_answered_from_memory(resource: str, company: Any) -> None:
    actor = replace(make.make_actor(company=company), idempotency_key="k1")
    values, _ = GOOD[resource]
    first = commands.SAVE[resource](actor=actor, values=values, new=True)
    again = commands.SAVE[resource](actor=actor, values=values, new=True)
    assert again.replayed
    assert again.id == first.id


@pytest.mark.parametrize("resource", GOOD)
def test_without_the_permission_nothing_is_saved(resource: str, company: Any) -> None:
    actor = make.make_actor("catalog.view", company=company)
    with pytest.raises(Forbidden):
        commands.SAVE[resource](actor=actor, values=GOOD[resource][0])
    with pytest.raises(Forbidden):
        commands.save_rows(actor=actor, resource=resource, rows=[GOOD[resource][0]])


@pytest.mark.parametrize("resource", GOOD)
def test_another_company_has_its_own_records(resource: str, company: Any) -> None:
    actor, stranger = make.make_actor(company=company), make.make_actor()
    make.make_supplier(stranger.company_id, "SUP")
    make.make_customer(stranger.company_id, "CUS")
    make.make_product(stranger.company_id, "PRO")
    values, change = GOOD[resource]
    first = commands.SAVE[resource](actor=actor, values=values)
    with pytest.raises(NotFound):
        commands.SAVE[resource](actor=stranger, values={**values, **change}, new=False)
    other = commands.SAVE[resource](actor=stranger, values=values, new=True)
    assert other.id != first.id
    ids = {row["id"] for row in queries.rows(actor, resource, limit=200).items}
    assert first.id in ids
    assert other.id not in ids


@pytest.mark.parametrize("resource", GOOD)
def test_a_stale_version_is_refused(resource: str, company: Any) -> None:
    actor = make.make_actor(company=company)
    values, change = GOOD[resource]
    commands.SAVE[resource](actor=actor, values=values)
    commands.SAVE[resource](actor=actor, values={**values, **change}, version=1)
    with pytest.raises(Stale):
        commands.SAVE[resource](actor=actor, values=values, version=1)


@pytest.mark.parametrize("resource", GOOD)
def test_making_what_exists_is_refused(resource: str, company: Any) -> None:
    actor = make.make_actor(company=company)
    commands.SAVE[resource](actor=actor, values=GOOD[resource][0])
    with pytest.raises(PriceTaken if "prices" in resource else CodeTaken):
        commands.SAVE[resource](actor=actor, values=GOOD[resource][0], new=True)


@pytest.mark.parametrize("resource", [name for name in GOOD if "prices" not in name])
def test_a_record_is_switched_off_and_on(resource: str, company: Any) -> None:
    actor = make.make_actor(SPECS[resource].permission, company=company)
    values, _ = GOOD[resource]
    commands.SAVE[resource](actor=actor, values=values)
    key = {name: values[name] for name in SPECS[resource].key}
    off = commands.set_active(actor=actor, resource=resource, key=key, active=False, version=1)
    assert off.version == 2
    assert commands.set_active(actor=actor, resource=resource, key=key, active=True).version == 3
    with pytest.raises(Forbidden):
        commands.set_active(actor=make.make_actor("x", company=company), resource=resource, key=key, active=False)
    with pytest.raises(NotFound):
        commands.set_active(actor=actor, resource=resource, key={**key, "code": "NIX"}, active=False)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("products", {"name": "无编码"}, "code"),
    ("products", {"code": "X", "name": ""}, "name"),
    ("products", {"code": "X" * 65, "name": "长"}, "code"),
    ("products", {"code": "X", "name": "n", "unit": "光年"}, "unit"),
    ("products", {"code": "X", "name": "n", "category": "没有"}, "category"),
    ("products", {"code": "X", "name": "n", "safety_stock": "-1"}, "safety_stock"),
    ("products", {"code": "X", "name": "n", "safety_stock": "很多"}, "safety_stock"),
    ("products", {"code": "X", "name": "n", "safety_stock": "0.0000001"}, "safety_stock"),
    ("products", {"code": "X", "name": "n", "under_tolerance": "101"}, "under_tolerance"),
    ("products", {"code": "X", "name": "n", "units": [{"unit": "CTN", "factor": "0"}]}, "units"),
    ("products", {"code": "X", "name": "n", "units": [{"unit": "PCS", "factor": "2"}]}, "units"),
    ("products", {"code": "X", "name": "n", "units": "CTN=12;CTN=13"}, "units"),
    ("products", {"code": "X", "name": "n", "units": "箱"}, "units"),
    ("products", {"code": "X", "name": "n", "purchase_unit": "CTN"}, "purchase_unit"),
    ("products", {"code": "X", "name": "n", "barcodes": "CTN=690"}, "barcodes"),
    ("products", {"code": "X", "name": "n", "barcodes": ["TAKEN"]}, "barcodes"),
    ("products", {"code": "X", "name": "n", "colour": "red"}, "colour"),
    ("products", {"code": "X", "name": "a\x00b"}, "name"),
    ("partners", {"code": "X", "name": "n", "is_supplier": False, "is_customer": False}, "is_supplier"),
    ("partners", {"code": "X", "name": "n", "currency": "XXX"}, "currency"),
    ("partners", {"code": "X", "name": "n", "payment_days": "1.5"}, "payment_days"),
    ("partners", {"code": "X", "name": "n", "contacts": [{"phone": "1"}]}, "contacts"),
    ("partners", {"code": "X", "name": "n", "contact_phone": "1"}, "contact"),
    ("partners", {"code": "X", "name": "n", "contact": "王", "contact_email": "nix"}, "contact_email"),
    ("prices", {"supplier": "SUP", "product": "PRO"}, "price"),
    ("prices", {"supplier": "NIX", "product": "PRO", "price": "1"}, "supplier"),
    ("prices", {"supplier": "SUP", "product": "PRO", "price": "-1"}, "price"),
    ("prices", {"supplier": "SUP", "product": "PRO", "price": "1", "unit": "CTN"}, "unit"),
    (
        "prices",
        {"supplier": "SUP", "product": "PRO", "price": "1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
        "valid_to",
    ),
    ("prices", {"supplier": "SUP", "product": "PRO", "price": "1", "valid_from": "2026-02-30"}, "valid_from"),
    ("partners", {"code": "X", "name": "n", "credit_limit": "-1"}, "credit_limit"),
    ("partners", {"code": "X", "name": "n", "customer_class": "NIX"}, "customer_class"),
    ("partners", {"code": "X", "name": "n", "salesperson": "nobody"}, "salesperson"),
    ("products", {"code": "X", "name": "n", "floor_price": "-1"}, "floor_price"),
    ("products", {"code": "X", "name": "n", "standard_cost": "-0.01"}, "standard_cost"),
    ("customer-classes", {"code": "X", "name": "n", "discount": "101"}, "discount"),
    ("customer-classes", {"code": "X", "name": "n", "priority": "-1"}, "priority"),
    ("addresses", {"partner": "CUS", "code": "X", "address": "a"}, "name"),
    ("addresses", {"partner": "CUS", "code": "X", "name": "n"}, "address"),
    ("addresses", {"partner": "NIX", "code": "X", "name": "n", "address": "a"}, "partner"),
    (
        "addresses",
        {"partner": "CUS", "code": "X", "name": "n", "address": "a", "is_default": True, "is_active": False},
        "is_default",
    ),
    ("sales-prices", {"product": "PRO"}, "price"),
    ("sales-prices", {"product": "PRO", "price": "-1"}, "price"),
    ("sales-prices", {"product": "PRO", "price": "1", "customer": "SUP"}, "customer"),
    ("sales-prices", {"product": "PRO", "price": "1", "unit": "CTN"}, "unit"),
    ("sales-prices", {"product": "PRO", "price": "1", "customer_class": "NIX"}, "customer_class"),
    (
        "sales-prices",
        {"product": "PRO", "price": "1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
        "valid_to",
    ),
    ("bins", {"warehouse": "NIX", "code": "A"}, "warehouse"),
    ("bins", {"warehouse": "MAIN", "code": "A", "kind": "moon"}, "kind"),
    ("bins", {"warehouse": "MAIN", "code": "A", "kind": "rejected", "is_default": True}, "is_default"),
    ("bins", {"warehouse": "MAIN", "code": "DEFAULT", "is_default": False}, "is_default"),
    ("units", {"code": "X", "name": "n", "decimals": 7}, "decimals"),
    ("categories", {"code": "X", "name": "n", "parent": "X"}, "parent"),
    ("currencies", {"code": "EURO", "name": "n"}, "code"),
    ("currencies", {"code": "SEK", "name": "n", "rate": "0"}, "rate"),
    ("taxes", {"code": "X", "name": "n"}, "rate"),
    ("taxes", {"code": "X", "name": "n", "rate": "101"}, "rate"),
]


@pytest.mark.parametrize(("resource", "values", "field"), REFUSED)
def test_bad_values_are_refused_beside_the_field(
    resource: str, values: dict[str, Any], field: str, company: Any
) -> None:
    make.make_product(company, "OLD", barcodes=["TAKEN"])
    with pytest.raises(Invalid) as caught:
        commands.SAVE[resource](actor=make.make_actor(company=company), values=values)
    assert field in caught.value.fields


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        ("units", {"code": "PCS"}),
        ("currencies", {"code": "CNY"}),
        ("bins", {"warehouse": "MAIN", "code": "DEFAULT"}),
        ("categories", {"code": "TOP"}),
        ("taxes", {"code": "VAT13"}),
    ],
)
def test_what_is_in_use_stays_on(resource: str, key: dict[str, str], company: Any) -> None:
    actor = make.make_actor(company=company)
    commands.save_category(actor=actor, values={"code": "TOP", "name": "上"})
    commands.save_product(actor=actor, values={"code": "U", "name": "n", "category": "TOP", "tax": "VAT13"})
    with pytest.raises(InUse):
        commands.set_active(actor=actor, resource=resource, key=key, active=False)


def test_a_price_is_deleted(company: Any) -> None:
    actor = make.make_actor("catalog.save_price", "purchasing.view_price", company=company)
    made = commands.save_price(actor=actor, values=GOOD["prices"][0])
    with pytest.raises(NotFound):
        commands.delete_price(actor=make.make_actor(), price_id=made.id)
    with pytest.raises(Stale):
        commands.delete_price(actor=actor, price_id=made.id, version=7)
    with pytest.raises(Forbidden):
        commands.delete_price(actor=make.make_actor("catalog.view", company=company), price_id=made.id)
    commands.delete_price(actor=actor, price_id=made.id, version=1)
    with pytest.raises(NotFound):
        commands.delete_price(actor=actor, price_id=made.id)
