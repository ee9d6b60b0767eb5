"""Customer classes, credit limits, salespeople, addresses, floor prices: what is particular to selling."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts.tests.make import api_client
from gendan.catalog import commands, queries
from gendan.catalog.errors import InUse
from gendan.catalog.models import CustomerClass, Partner, PartnerAddress
from gendan.catalog.queries import VIEW_COST, VIEW_SALES_PRICE
from gendan.catalog.queries.lists import ASKED, HIDDEN
from gendan.catalog.steps.master import SPECS
from gendan.catalog.tests import make
from gendan.kernel import bulk, timeline, verify
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale

pytestmark = pytest.mark.django_db
SEE, SAVE, CREDIT = "catalog.view", "catalog.save_partner", "catalog.save_credit"


@pytest.fixture
def company() -> Any:
    company = make.make_company()
    make.make_customer(company, "CUS", credit_limit=Decimal("5000"))
    make.make_product(company, "PRO", floor_price=Decimal("12.5"), standard_cost=Decimal(8))
    return company


@pytest.fixture
def actor(company: Any) -> Any:
    return make.make_actor(company=company)


def limit_of(actor: Any, code: str = "CUS") -> Any:
    return queries.record(actor, "partners", code)["credit_limit"]


def test_a_customer_has_a_class_and_a_salesperson(actor: Any, company: Any) -> None:
    commands.save_customer_class(actor=actor, values={"code": "A", "name": "重点客户", "priority": 10, "discount": "5"})
    colleague = make.make_actor(SEE, company=company)
    values = {"code": "CUS", "customer_class": "重点客户", "salesperson": colleague.name}
    commands.save_partner(actor=actor, values=values, new=False)
    row = queries.record(actor, "partners", "CUS")
    assert (row["customer_class"], row["customer_class_name"]) == ("A", "重点客户")
    assert row["salesperson_name"] == colleague.name
    found = queries.rows(actor, "partners", filters={"customer_class": "A", "salesperson": row["salesperson"]})
    assert [one["code"] for one in found.items] == ["CUS"]
    commands.save_partner(actor=actor, values={"code": "CUS", "name": "新名"})
    assert queries.record(actor, "partners", "CUS")["salesperson"] == row["salesperson"]
    with pytest.raises(InUse):
        commands.set_active(actor=actor, resource="customer-classes", key={"code": "A"}, active=False)


def test_a_salesperson_is_a_colleague(actor: Any) -> None:
    stranger = make.make_actor()
    with pytest.raises(Invalid):
        commands.save_partner(actor=actor, values={"code": "CUS", "salesperson": stranger.name})


def test_the_credit_limit_is_seen_and_set_by_right(actor: Any, company: Any) -> None:
    keeper = make.make_actor(SEE, SAVE, VIEW_SALES_PRICE, company=company)
    blind = make.make_actor(SEE, SAVE, CREDIT, company=company)
    for who in (keeper, blind):
        with pytest.raises(Forbidden):
            commands.save_partner(actor=who, values={"code": "CUS", "credit_limit": "9"})
        with pytest.raises(Forbidden):
            commands.save_partner(actor=who, values={"code": "NEW", "name": "新", "credit_limit": "9"})
        outcome = commands.save_rows(actor=who, resource="partners", rows=[{"code": "CUS", "credit_limit": "9"}])
        assert outcome.data["outcomes"][0]["status"] == "failed"
    assert (limit_of(keeper), limit_of(blind)) == (Decimal(5000), None)
    commands.save_partner(actor=keeper, values={"code": "CUS", "name": "甲", "credit_limit": "5000.00"})
    commands.save_partner(actor=blind, values={"code": "CUS", "name": "乙", "credit_limit": None})
    assert limit_of(actor) == 5000
    commands.save_partner(
        actor=make.make_actor(SAVE, CREDIT, VIEW_SALES_PRICE, company=company),
        values={"code": "CUS", "credit_limit": 0},
    )
    assert limit_of(actor) == 0


def test_who_sets_credit_need_not_keep_the_partner(actor: Any, company: Any) -> None:
    accountant = make.make_actor(SEE, CREDIT, VIEW_SALES_PRICE, company=company)
    done = commands.save_credit(actor=accountant, code="CUS", credit_limit="800.50", version=1)
    assert (limit_of(actor), done.version) == (Decimal("800.5"), 2)
    with pytest.raises(Stale):
        commands.save_credit(actor=accountant, code="CUS", credit_limit=None, version=1)
    with pytest.raises(Invalid):
        commands.save_credit(actor=accountant, code="CUS", credit_limit="-1")
    with pytest.raises(NotFound):
        commands.save_credit(actor=accountant, code="NIX", credit_limit="1")
    with pytest.raises(Forbidden):
        commands.save_partner(actor=accountant, values={"code": "CUS", "credit_limit": "1"})


def test_the_api_sets_credit(company: Any) -> None:
    api = api_client(make.make_actor(SEE, CREDIT, VIEW_SALES_PRICE, company=company))
    answer = api.put("/partners/CUS/credit", {"credit_limit": "100", "version": 1})
    assert (answer.status_code, answer.json()["credit_limit"]) == (200, "100")
    assert api.put("/partners/CUS/credit", {"credit_limit": None}).json()["credit_limit"] is None
    assert api.put("/partners/NIX/credit", {"credit_limit": "1"}).status_code == 404
    assert api.put("/partners/CUS/credit", {}).status_code == 422
    keeper = api_client(make.make_actor(SEE, SAVE, company=company))
    assert keeper.put("/partners/CUS/credit", {"credit_limit": "1"}).status_code == 403
    assert keeper.patch("/partners/CUS", {"credit_limit": "1"}).status_code == 403
    assert keeper.patch("/partners/CUS", {"name": "甲"}).json()["credit_limit"] is None


def test_what_something_costs_is_for_few(actor: Any, company: Any) -> None:
    buyer = make.make_actor(SEE, "catalog.save_product", company=company)
    for row in (
        queries.record(buyer, "products", "PRO"),
        queries.rows(buyer, "products").items[0],
        next(queries.every(buyer, "products", {})),
    ):
        assert (row["floor_price"], row["standard_cost"]) == (None, None)
    with pytest.raises(Forbidden):
        commands.save_product(actor=buyer, values={"code": "PRO", "floor_price": "1"})
    columns = [column.name for column in bulk.RESOURCES["products"].file_columns(buyer)]
    assert not {"floor_price", "standard_cost"} & set(columns)
    commands.save_product(actor=buyer, values={"code": "PRO", "name": "新名", "floor_price": None})
    seer = make.make_actor(SEE, "catalog.save_product", VIEW_COST, company=company)
    commands.save_product(actor=seer, values={"code": "PRO", "standard_cost": "9"})
    row = queries.record(seer, "products", "PRO")
    assert (row["floor_price"], row["standard_cost"]) == (Decimal("12.5"), 9)
    subject = [("product", row["id"])]
    seen = [name for entry in timeline.entries(seer, subject) for name, *_ in entry["changes"]]
    assert (len(seen), "standard_cost" in str(timeline.entries(buyer, subject))) == (2, False)


def test_a_class_keeps_its_discount_from_who_sees_no_prices(actor: Any, company: Any) -> None:
    commands.save_customer_class(actor=actor, values={"code": "A", "name": "重点", "discount": "5"})
    blind = make.make_actor(SEE, "catalog.save_customer_class", company=company)
    assert queries.record(blind, "customer-classes", "A")["discount"] is None
    assert api_client(blind).get("/customer-classes/A").json()["discount"] is None
    commands.save_customer_class(actor=blind, values={"code": "A", "priority": 3})
    assert queries.record(actor, "customer-classes", "A")["discount"] == 5


def address(code: str, **fields: Any) -> dict[str, Any]:
    return {"partner": "CUS", "code": code, "name": "李强", "address": f"苏州 {code}", **fields}


def defaults() -> list[str]:
    return list(PartnerAddress.objects.filter(is_default=True).values_list("code", flat=True))


def test_the_first_address_is_the_default_until_another_is(actor: Any) -> None:
    commands.save_address(actor=actor, values=address("01"))
    commands.save_address(actor=actor, values=address("02"))
    assert defaults() == ["01"]
    commands.save_address(actor=actor, values={"partner": "CUS", "code": "02", "is_default": True}, version=1)
    assert defaults() == ["02"]
    commands.set_active(actor=actor, resource="addresses", key={"partner": "CUS", "code": "02"}, active=False)
    assert defaults() == []
    rows = [address("01", is_default=True), address("03", is_default=False)]
    commands.save_rows(actor=actor, resource="addresses", rows=rows)
    swapped: list[dict[str, Any]] = [
        {"partner": "CUS", "code": "01"},
        {"partner": "CUS", "code": "03", "is_default": True},
    ]
    done = commands.save_rows(actor=actor, resource="addresses", rows=swapped)
    assert [outcome["status"] for outcome in done.data["outcomes"]] == ["updated", "updated"]
    assert defaults() == ["03"]
    both = [address("01", is_default=True), address("03", is_default=True)]
    done = commands.save_rows(actor=actor, resource="addresses", rows=both)
    assert [outcome["status"] for outcome in done.data["outcomes"]] == ["updated", "failed"]


def test_addresses_are_looked_for_below_their_partner(actor: Any, company: Any) -> None:
    make.make_customer(company, "C/1")
    api = api_client(actor)
    made = api.post("/partners/C/1/addresses", {"code": "A/1", "name": "王", "address": "上海"})
    assert (made.status_code, made.json()["partner"], made.json()["is_default"]) == (201, "C/1", True)
    assert api.get("/partners/C/1/addresses/A/1").json()["id"] == made.json()["id"]
    assert [row["code"] for row in api.get("/partners/C/1/addresses").json()["items"]] == ["A/1"]
    assert api.get("/partners/C/1").json()["code"] == "C/1"
    assert api.post("/partners/NIX/addresses", {"code": "1", "name": "王", "address": "x"}).status_code == 404


def test_verify_finds_what_refers_to_another_company(company: Any) -> None:
    def wrong() -> list[str]:
        return [one.what for check, found in verify.differences(company.pk) for one in found if "catalog" in check.name]

    assert wrong() == []
    foreign = CustomerClass.objects.create(company=make.make_company(), code="A", name="别家")
    Partner.objects.filter(company=company, code="CUS").update(customer_class=foreign)
    assert wrong() == ["partner CUS"]


def test_what_a_column_hides_is_hidden_wherever_its_resource_is_read() -> None:
    for name, spec in SPECS.items():
        asked = {column.name: column.permission for column in spec.columns if column.permission}
        if name in ASKED:
            assert set(asked.values()) <= {ASKED[name]}
        else:
            assert asked == HIDDEN.get(name, {}), name
