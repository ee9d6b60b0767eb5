"""Master data over the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from gendan.accounts.tests.make import api_client
from gendan.catalog.tests import make
from gendan.catalog.tests.test_save import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Any:
    company = make.make_company()
    make.make_supplier(company, "SUP")
    make.make_customer(company, "CUS")
    make.make_product(company, "PRO")
    return company


@pytest.fixture
def api(company: Any) -> Any:
    return api_client(make.make_actor(company=company))


def _address(resource: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    values, change = GOOD[resource]
    if resource == "bins":
        return "/warehouses/MAIN/bins", {k: v for k, v in values.items() if k != "warehouse"}, change
    if resource == "addresses":
        return "/partners/CUS/addresses", {k: v for k, v in values.items() if k != "partner"}, change
    return f"/{resource}", values, change


@pytest.mark.parametrize("resource", GOOD)
def test_a_record_lives_and_is_switched_off(resource: str, api: Any) -> None:
    base, values, change = _address(resource)
    made = api.post(base, values)
    assert made.status_code == 201, made.content
    taken = "catalog.PriceTaken" if "prices" in resource else "catalog.CodeTaken"
    assert api.post(base, values).json()["code"] == taken
    one = f"{base}/{made.json().get('code', made.json()['id'])}"
    assert api.get(one).json() == made.json()
    changed = api.patch(one, {**change, "version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = api.patch(one, {**change, "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "kernel.Stale")
    assert made.json()["id"] in {row["id"] for row in api.get(f"{base}?limit=200").json()["items"]}
    gone = api.delete(one)
    assert gone.status_code == 200
    assert api.get(one).status_code == (404 if "prices" in resource else 200)


@pytest.mark.parametrize("resource", GOOD)
def test_who_may_not_is_told_so(resource: str, company: Any, api: Any) -> None:
    base, values, _ = _address(resource)
    made = api.post(base, values).json()
    one = f"{base}/{made.get('code', made['id'])}"
    assert api_client(None).get(base).status_code == 401
    nobody = api_client(make.make_actor("kernel.comment", company=company))
    for response in (nobody.get(base), nobody.get(one), nobody.post(base, values), nobody.delete(one)):
        assert response.status_code == 403
    stranger = api_client(make.make_actor())
    if resource != "currencies":
        assert stranger.get(one).status_code == 404
        assert stranger.delete(one).status_code == 404


def test_numbers_are_strings_and_lists_are_whole(api: Any) -> None:
    body = {
        "code": "P/7 银",
        "name": "螺丝",
        "safety_stock": "12.50",
        "units": [{"unit": "箱", "factor": 12}],
        "barcodes": ["690"],
    }
    made = api.post("/products", body).json()
    assert made["safety_stock"] == "12.5"
    assert made["units"] == [{"unit": "CTN", "name": "箱", "factor": "12"}]
    assert made["barcodes"] == [{"code": "690", "unit": ""}]
    assert api.get(f"/products/{quote('P/7 银')}").json()["id"] == made["id"]


def test_lists_are_searched_filtered_and_paged(api: Any, company: Any) -> None:
    for i in range(5):
        make.make_product(company, f"N{i}", f"六角螺母 M{i}")
    first = api.get(f"/products?q={quote('螺母')}&limit=3").json()
    second = api.get(f"/products?q={quote('螺母')}&limit=3&after={first['after']}").json()
    assert [row["code"] for row in first["items"] + second["items"]] == [f"N{i}" for i in range(5)]
    assert second["after"] == ""
    api.delete("/products/N0")
    assert {row["code"] for row in api.get("/products?active=false").json()["items"]} == {"N0"}
    assert [row["code"] for row in api.get("/partners?role=supplier").json()["items"]] == ["SUP"]
    assert api.get("/products?active=maybe").status_code == 422
    assert api.get("/products?after=nonsense").status_code == 422
    assert api.get("/products?limit=0").status_code == 422
    assert api.get("/products/%00").status_code == 404
    assert api.get("/products?q=%00").status_code == 422


def test_unknown_fields_and_bad_values_are_named(api: Any) -> None:
    wrong = api.post("/products", {"code": "A", "name": "n", "colour": "red"})
    assert wrong.status_code == 422
    assert wrong.json()["data"]["fields"]
    wrong = api.post("/products", {"code": "A", "name": "n", "unit": "光年"})
    assert list(wrong.json()["data"]["fields"]) == ["unit"]


def test_the_same_request_again_changes_nothing(api: Any) -> None:
    body = {"code": "A", "name": "n"}
    first, again = api.post("/products", body, key="k"), api.post("/products", body, key="k")
    assert first.json() == again.json()
    other = api.post("/products", {**body, "name": "m"}, key="k")
    assert other.json()["code"] == "kernel.IdempotencyKeyReused"


@pytest.mark.parametrize("resource", GOOD)
def test_bulk_answers_row_by_row(resource: str, api: Any) -> None:
    good, _ = GOOD[resource]
    answer = api.post(f"/bulk/{resource}", {"rows": [good, {"nonsense": 1}]})
    assert answer.status_code == 200, answer.content
    assert answer.json()["counts"] == {"created": 1, "failed": 1}
    assert [row["row"] for row in answer.json()["results"]] == [1, 2]
    assert "nonsense" in answer.json()["results"][1]["errors"]
    again = api.post(f"/bulk/{resource}", [good])
    assert again.json()["counts"] == {"unchanged": 1}


def test_bulk_all_or_nothing(api: Any) -> None:
    rows = [{"code": "A", "name": "n"}, {"code": "B"}]
    assert api.post("/bulk/products?atomic=true", {"rows": rows}).json()["counts"] == {"skipped": 1, "failed": 1}
    assert api.get("/products/A").status_code == 404


def test_bulk_refuses_what_it_does_not_know(api: Any, company: Any) -> None:
    assert api.post("/bulk/moons", {"rows": [{}]}).status_code == 404
    assert api.post("/bulk/products", {"rows": []}).status_code == 422
    assert api.post("/bulk/products", []).status_code == 422
    viewer = api_client(make.make_actor("catalog.view", company=company))
    assert viewer.post("/bulk/products", {"rows": [{"code": "A", "name": "n"}]}).status_code == 403
    assert api_client(None).post("/bulk/products", {"rows": [{}]}).status_code == 401


@pytest.mark.slow
def test_ten_thousand_products_at_once(api: Any) -> None:
    rows = [{"code": f"T{i:05d}", "name": f"螺丝 {i}", "unit": "件"} for i in range(10_000)]
    assert api.post("/bulk/products", {"rows": rows}).json()["counts"] == {"created": 10_000}
    assert api.post("/bulk/products", {"rows": [*rows, rows[0]]}).status_code == 422


def test_bulk_rows_say_numbers_and_days_as_programs_write_them(api: Any) -> None:
    good = {**GOOD["prices"][0], "price": "1200.5", "valid_from": "2026-12-01"}
    odd = [{**good, "price": "1,200.5"}, {**good, "valid_from": "2026/12/1"}, {**good, "price": "１２"}]
    answer = api.post("/bulk/prices", [odd[0], good, *odd[1:]]).json()
    assert [row["status"] for row in answer["results"]] == ["failed", "created", "failed", "failed"]
    assert [list(row["errors"]) for row in answer["results"] if row["errors"]] == [["price"], ["valid_from"], ["price"]]
    assert api.post("/bulk/prices?atomic=true", [odd[0], good]).json()["counts"] == {"failed": 1, "skipped": 1}
