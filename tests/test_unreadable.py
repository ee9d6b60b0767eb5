"""What cannot be read or stored is refused in the reader's language, naming the field; never a 500, never English."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from django.db import DataError, transaction
from django.test import Client
from django.urls import reverse

from gendan.accounts.tests.make import api_client, make_actor, signed_in_client
from gendan.config.tests import access
from gendan.inventory.commands import create_count
from gendan.kernel import db
from gendan.kernel.unreadable import unstorable
from gendan.purchasing.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(r"[A-Za-z]{4,} [a-z]{2,} ")
LINE = {"product": "BOLT", "quantity": "1", "unit_price": "1"}


def order(**changes: Any) -> dict[str, Any]:
    return {"supplier": "SUP", "warehouse": "MAIN", "lines": [LINE]} | changes


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"lines": [LINE]}, "supplier", "缺少「supplier」。"),
        (order(colour="red"), "colour", "没有「colour」这一项。"),
        (order(supplier=7), "supplier", "「supplier」应为文本。"),
        (order(lines="x"), "lines", "「lines」应为列表。"),
        (order(lines=["x"]), "lines.0", "「lines.0」应为对象。"),
        (order(lines=[LINE | {"quantity": "many"}]), "lines.0.quantity", "「lines.0.quantity」应为数字。"),
        (order(lines=[LINE | {"quantity": "9" * 30}]), "lines.0.quantity", "「lines.0.quantity」的数字太大。"),
        (order(lines=[LINE | {"quantity": "0.1234567"}]), "lines.0.quantity", "「lines.0.quantity」最多 6 位小数。"),
        (order(lines=[LINE | {"required_on": "soon"}]), "lines.0.required_on", "「lines.0.required_on」应为日期"),
        (order(submit="perhaps"), "submit", "「submit」应为 true 或 false。"),
    ],
)
def test_a_body_that_cannot_be_read_says_which_field_and_why(body: dict[str, Any], field: str, text: str):
    answer = api_client(make_world().actor).post("/purchase-orders", body)
    assert answer.status_code == 422
    assert answer.json()["data"]["fields"][field].startswith(text)
    assert not ENGLISH.search(answer.json()["message"])


def test_every_language_has_its_own_words():
    api = api_client(make_actor())
    body = {"username": 1, "roles": "x"}
    said = {
        language: api.post("/invitations", body, **{"Accept-Language": language}).json()["message"]
        for language in ("zh-hans", "zh-hant", "en")
    }
    assert len(set(said.values())) == 3
    assert "username" in said["en"]


def test_what_is_no_json_is_said_so():
    api = api_client(make_actor())
    headers = api.headers
    answer = api.client.post("/api/v1/invitations", "{", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (400, "请求正文不是有效的 JSON。")


def test_a_number_that_only_the_database_refuses_is_too_large():
    with pytest.raises(DataError) as caught, transaction.atomic():
        db.row("SELECT (10 ^ 20)::numeric(18, 6)")
    refusal = unstorable(caught.value)
    assert refusal.status == 422
    assert "数字太大" in str(refusal)


def test_no_page_breaks_on_a_nul():
    client, broken = signed_in_client(make_actor()), []
    for route in sorted(access.routes().values()):
        path = "/" + re.sub(r"<slug:\w+>", "a", re.sub(r"<int:\w+>", "1", route))
        path = re.sub(r"<(?:str|path):\w+>", "a%00b", path)
        clean = path.replace("%00", "")
        if client.get(path).status_code >= 500:
            broken.append(path)
        for answer in (client.get(f"{clean}?q=a%00b&after=%00"), client.post(clean, {"_key": "a", "name": "a\x00b"})):
            if answer.status_code != 405 and "含有不能保存的字符" not in answer.content.decode():
                broken.append(f"{answer.status_code} {clean}")
    assert broken == []


def test_an_address_that_only_takes_forms_says_so():
    actor = make_actor()
    page = signed_in_client(actor).get("/users/invite")
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "它只接受：POST" in page.content.decode()
    answer = api_client(actor).post("/me")
    assert (answer.status_code, answer.json()["code"]) == (405, "kernel.MethodNotAllowed")


def test_who_signs_in_again_comes_back_to_the_page_with_the_form():
    client = Client()
    for referer, back in (("http://testserver/users/?q=x", "%2Fusers%2F%3Fq%3Dx"), ("http://evil.example/x", "%2F")):
        answer = client.post("/users/invite", headers={"Referer": referer})
        assert answer["Location"] == f"/accounts/login/?next={back}"


def test_a_nul_inside_lines_is_refused_too():
    client = signed_in_client(make_world().actor)
    lines = json.dumps([{"product": "BO\x00LT", "quantity": "1", "note": "a\x00b"}])
    form = {"supplier": "SUP", "warehouse": "MAIN", "lines": lines}
    assert client.post(reverse("purchasing:order_new"), form).status_code == 422


ODD = [
    "²",
    "9" * 5000,
    "x",
    "[1, 2",
    "5",
    "[" * 20_000,
    '[{"line_no": "x", "arrived": "1"}]',
    '[{"line_no": {}, "arrived": 1}]',
]


@pytest.mark.parametrize("odd", ODD)
def test_no_form_breaks_on_odd_numbers_and_lines(odd: str):
    world = make_world()
    client = signed_in_client(world.actor)
    order_number = make_order(world, 5).number
    counted = create_count(actor=world.actor, warehouse="MAIN", start=True).number
    doors = [
        "/notices/read",
        "/tr/TR-000001/receive",
        "/tr/new",
        *(f"/sc/{counted}/{x}" for x in ("recount", "enter", "scan")),
    ]
    for path in (*doors, f"/po/{order_number}/do/confirm", "/po/new", "/catalog/products/new", "/pr/new"):
        form = dict.fromkeys(("id", "ids", "line", "last", "lines", "version", "barcodes", "answer", "next"), odd)
        answer = client.post(path, form | {"quantity": "1", "promised_on": "", "part_note": "", "code": "5"})
        assert answer.status_code < 500, path
    assert client.get("/po/", {"after": base64.urlsafe_b64encode(odd.encode()).decode()}).status_code == 422


def _sample(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _sample(known[schema["$ref"].rpartition("/")[2]], known)
    for choices in (schema.get("anyOf"), schema.get("allOf")):
        if choices:
            return _sample(choices[0], known)
    kind = schema.get("type")
    if kind == "object":
        return {name: _sample(of, known) for name, of in schema.get("properties", {}).items()}
    if kind == "array":
        return [_sample(schema.get("items", {}), known)]
    if kind == "string":
        return {"date": "2026-11-21", "date-time": "2026-11-21T00:00:00Z"}.get(schema.get("format", ""), "a\x00b")
    return {"integer": 1, "number": 1, "boolean": True}.get(str(kind), "a\x00b")


def test_no_operation_breaks_on_a_nul():
    api, described, broken = api_client(make_actor()), access.schema(), []
    for door in access.operations():
        operation = described["paths"][f"/api/v1{door.name}"][door.method.lower()]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        path = re.sub(r"\{[^}]*_id\}", "1", door.name)
        body = _sample(content, described["components"]["schemas"]) if content else None
        for address in (re.sub(r"\{[^}]*\}", "a%00b", path), re.sub(r"\{[^}]*\}", "a", path)):
            block = transaction.atomic()
            block._from_testcase = True  # type: ignore[attr-defined]
            with block:
                answer = api.request(door.method, address, body)
                transaction.set_rollback(True)
            said = answer.json().get("message", "")
            if answer.status_code >= 500 or ENGLISH.search(said):
                broken.append(f"{door}: {answer.status_code} {said}")
    assert broken == []
