"""Suppliers' files and programs: open lines out, answers and shipment notices in, all or nothing, wrong cells named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gendan.kernel import db
from gendan.kernel.errors import Invalid
from gendan.portal import supplier_api
from gendan.portal.models import SupplierAnswer, SupplierPerson
from gendan.portal.sheets import ANSWERS, MOST_BYTES, SHIPMENTS
from gendan.portal.tests.accounts import invite, join, make_client, make_key
from gendan.portal.tests.test_supplier_accounts import sent
from gendan.purchasing.models import OrderLine, Shipment
from gendan.purchasing.tests import make as buying
from gendan.sourcing.sheet import read as read_quote

pytestmark = pytest.mark.django_db
Fill = Callable[[Any], None]


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def downloaded(client: Client, path: str) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(client.get(path).getvalue()))
    return book, book.worksheets[0]


def fill(sheet: Any, columns: tuple[str, ...], row: int, **cells: Any) -> None:
    for name, value in cells.items():
        sheet.cell(row, columns.index(name) + 1, value)


def upload(client: Client, book: Any, kind: str = "answers", **more: str) -> Any:
    file = io.BytesIO()
    book.save(file)
    given = {"kind": kind, "file": SimpleUploadedFile("x.xlsx", file.getvalue()), **more}
    return client.post("/s/me/upload", given)


def test_open_lines_go_out_and_answers_come_back_in_one_file(world: buying.World) -> None:
    first, second = sent(world, 10, 20), sent(world, 30)
    client = join(invite(world.actor))
    book, sheet = downloaded(client, "/s/me/lines.xlsx")
    rows = {(sheet.cell(n, 1).value, sheet.cell(n, 2).value): n for n in range(4, sheet.max_row + 1)}
    assert set(rows) == {(first, 1), (first, 2), (second, 1)}
    fill(sheet, ANSWERS, rows[first, 1], said="确认")
    fill(sheet, ANSWERS, rows[second, 1], part=30, on="2026-12-24", price=11, note="涨价")
    fill(sheet, ANSWERS, rows[first, 2], said="不能供货", note="停产")
    tried = upload(client, book)
    assert (tried.status_code, "试算没有问题" in tried.content.decode()) == (200, True)
    assert not SupplierAnswer.objects.exists()
    assert upload(client, book, apply="1").status_code == 200
    told = {row.order.number: [line["outcome"] for line in row.lines] for row in SupplierAnswer.objects.all()}
    assert told == {first: ["taken", "taken"], second: ["countered"]}
    assert OrderLine.objects.get(order__number=first, line_no=1).confirmed == 10
    again = upload(client, book, apply="1").content.decode()
    assert "有变化、没有登记" in again
    assert OrderLine.objects.get(order__number=first, line_no=1).confirmed == 10


def test_one_wrong_cell_and_nothing_of_the_file_is_taken(world: buying.World) -> None:
    number, other = sent(world, 10, 20), buying.make_order(world, 5).number
    client = join(invite(world.actor))
    book, sheet = downloaded(client, "/s/me/lines.xlsx")
    fill(sheet, ANSWERS, 4, said="确认")
    fill(sheet, ANSWERS, 5, part="viel", on="morgen")
    fill(sheet, ANSWERS, 6, order=other, line=1, said="确认")  # it was never sent
    wrong = upload(client, book, apply="1")
    text = wrong.content.decode()
    assert (wrong.status_code, "M5：" in text, "N5：" in text) == (422, True, True)
    fill(sheet, ANSWERS, 5, part=7.5, on="2020-01-01")
    text = upload(client, book, apply="1").content.decode()
    assert ("N5：" in text or "M5：" in text, "A6：" in text) == (True, True)
    assert not SupplierAnswer.objects.exists()
    assert OrderLine.objects.get(order__number=number, line_no=1).confirmed == 0
    junk = client.post("/s/me/upload", {"kind": "answers", "file": SimpleUploadedFile("x.xlsx", b"PK junk")})
    assert junk.status_code == 422


def test_shipment_notices_come_in_a_file_all_or_none(world: buying.World) -> None:
    first, second = sent(world, 10, 20), sent(world, 30)
    client = join(invite(world.actor))
    book, sheet = downloaded(client, "/s/me/ship.xlsx")
    rows = {(sheet.cell(n, 1).value, sheet.cell(n, 2).value): n for n in range(4, sheet.max_row + 1)}
    fill(sheet, SHIPMENTS, rows[first, 1], reference="DN-1", ship=10, carrier="SF", boxes="1-2")
    fill(sheet, SHIPMENTS, rows[second, 1], reference="DN-1", ship=5, boxes="3")
    fill(sheet, SHIPMENTS, rows[first, 2], reference="DN-2", ship=999)
    wrong = upload(client, book, "shipments", apply="1", _key="k1")
    assert (wrong.status_code, f"K{rows[first, 2]}：" in wrong.content.decode()) == (422, True)
    assert not Shipment.objects.exists()
    fill(sheet, SHIPMENTS, rows[first, 2], ship=20)
    assert upload(client, book, "shipments", _key="k1").status_code == 200
    assert not Shipment.objects.exists()
    assert upload(client, book, "shipments", apply="1", _key="k1").status_code == 200
    made = {row.supplier_reference: row.lines.count() for row in Shipment.objects.all()}
    assert made == {"DN-1": 2, "DN-2": 1}
    assert upload(client, book, "shipments", apply="1", _key="k1").status_code == 422
    assert Shipment.objects.count() == 2


def test_the_list_is_filtered_searched_and_paged_by_key(world: buying.World) -> None:
    numbers = [sent(world, 10, 20) for _n in range(3)]
    buying.confirm(world, numbers[0], (1, "10", "2030-01-01"))
    person = invite(world.actor, rights=[])
    join(person)
    key = make_key(person)

    def ask(**query: str) -> dict[str, Any]:
        answer = Client().get("/api/v1/supplier/lines", query, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    every = [(row["order"], row["line"]) for row in ask()["items"]]
    assert len(every) == 6
    paged: list[tuple[str, int]] = []
    after = ""
    while True:
        page = ask(limit="2", after=after)
        paged += [(row["order"], row["line"]) for row in page["items"]]
        after = page["after"]
        if not after or len(paged) > 10:
            break
    assert paged == every
    assert [(row["order"], row["line"]) for row in ask(show="confirmed")["items"]] == [(numbers[0], 1)]
    assert len(ask(show="confirm")["items"]) == 5
    assert len(ask(q=numbers[1].lower())["items"]) == 2
    assert {row["unit_price"] for row in ask()["items"]} == {None}
    assert ask(q="%")["items"] == []


def test_a_program_answers_many_orders_and_ships_in_one_call_each(world: buying.World) -> None:
    first, second = sent(world, 10, 20), sent(world, 30)
    person = invite(world.actor)
    join(person)
    headers = {"Authorization": f"Bearer {make_key(person)}"}

    def post(path: str, body: dict[str, Any], **more: str) -> Any:
        data = json.dumps(body)
        return Client().post(f"/api/v1/supplier{path}", data, "application/json", headers={**headers, **more})

    accept = {"line": 1, "kind": "accept"}
    orders = [{"number": first, "lines": [accept]}, {"number": second, "lines": [{"line": 9, "kind": "accept"}]}]
    wrong = post("/answers", {"orders": orders})
    assert (wrong.status_code, list(wrong.json()["data"]["fields"])) == (422, ["orders.1.lines.0.line"])
    assert not SupplierAnswer.objects.exists()
    orders[1]["lines"] = [accept]
    tried = post("/answers", {"orders": orders, "dry_run": True})
    assert ([row["taken"] for row in tried.json()["items"]], SupplierAnswer.objects.count()) == ([1, 1], 0)
    assert post("/answers", {"orders": orders}).status_code == 200
    assert SupplierAnswer.objects.count() == 2
    lines = [{"order": number, "line": 1, "quantity": "10"} for number in (first, second)]
    shipped = post("/shipments", {"shipments": [{"lines": lines, "carrier": "SF"}]}, **{"Idempotency-Key": "a"})
    assert (shipped.status_code, shipped.json()["items"][0]["orders"]) == (201, [first, second])
    again = post("/shipments", {"shipments": [{"lines": lines}]}, **{"Idempotency-Key": "a"})
    assert (again.status_code, Shipment.objects.count()) == (422, 1)
    number = shipped.json()["items"][0]["number"]
    assert post(f"/shipments/{number}/dispatch", {"tracking_number": "T1"}).status_code == 200
    SupplierPerson.objects.filter(pk=person).update(is_active=False)
    assert Client().get("/api/v1/supplier/me", headers=headers).status_code == 401
    assert db.row("SELECT count(*) FROM portal_supplierkey WHERE used_at IS NOT NULL") == (1,)


def far_away(cell: str) -> Any:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet[cell] = "RFQ-1", "x"
    return book


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD20000", "ZZ9", "A1048576"])
def test_a_file_with_a_cell_far_away_is_refused_with_words_and_ends_no_process(world: buying.World, cell: str) -> None:
    client, book = make_client(world.actor), far_away(cell)
    for kind in ("answers", "shipments"):
        answer = upload(client, book, kind)
        text = answer.content.decode()
        assert (answer.status_code, "离表格太远" in text or "一次最多" in text) == (422, True)
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(Invalid) as refused:
        read_quote(file.getvalue(), "RFQ-1")
    assert list(refused.value.fields) == ["file"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(world: buying.World) -> None:
    large = SimpleUploadedFile("x.xlsx", b"PK\x03\x04" + bytes(MOST_BYTES))
    answer = make_client(world.actor).post("/s/me/upload", {"kind": "answers", "file": large})
    assert (answer.status_code, "文件太大" in answer.content.decode()) == (422, True)


def caller(person: int) -> Callable[..., Any]:
    """Posts of a program of somebody's."""
    headers = {"Authorization": f"Bearer {make_key(person)}"}

    def post(path: str, body: dict[str, Any], **more: str) -> Any:
        data = json.dumps(body)
        return Client().post(f"/api/v1/supplier{path}", data, "application/json", headers={**headers, **more})

    return post


def test_who_sees_no_prices_guesses_none_by_naming_some(world: buying.World) -> None:
    number = sent(world, 10)
    person = invite(world.actor, rights=["answer"])
    client, post = join(person), caller(person)
    line = {"line": 1, "kind": "change", "price": "9.9"}
    for kind in ("change", "accept", "substitute"):
        assert post(f"/orders/{number}/answer", {"lines": [{**line, "kind": kind}]}).status_code == 403
    for dry_run in (True, False):
        body = {"orders": [{"number": number, "lines": [line]}], "dry_run": dry_run}
        assert post("/answers", body).status_code == 403
    form = {"line": "1", "kind-1": "change", "price-1": "9.9"}
    assert client.post(f"/s/me/po/{number}/answer", form).status_code == 403
    book, sheet = downloaded(client, "/s/me/lines.xlsx")
    fill(sheet, ANSWERS, 4, price=9.9)
    assert upload(client, book).status_code == 422
    assert not SupplierAnswer.objects.exists()
    assert client.post(f"/s/me/po/{number}/answer", {**form, "price-1": "", "quantity-1-1": "10"}).status_code == 302


def test_a_call_that_comes_again_does_nothing_twice_and_breaks_nothing(world: buying.World) -> None:
    first, second = sent(world, 10, 20), sent(world, 30)
    person = invite(world.actor)
    join(person)
    post, key = caller(person), "k" * 60
    orders = [{"number": number, "lines": [{"line": 1, "kind": "accept"}]} for number in (second, first)]
    keyed = {"Idempotency-Key": "answers-1"}
    assert post("/answers", {"orders": orders, "dry_run": True}, **keyed).status_code == 200
    said = [post("/answers", {"orders": orders}, **keyed) for _n in range(2)]
    assert ([one.status_code for one in said], said[0].json() == said[1].json()) == ([200, 200], True)
    assert SupplierAnswer.objects.count() == 2
    reused = post("/answers", {"orders": orders[:1]}, **keyed)
    assert (reused.status_code, reused.json()["code"]) == (422, "kernel.IdempotencyKeyReused")
    shipments = [{"lines": [{"order": number, "line": 1, "quantity": "5"}]} for number in (second, first)]
    shipped = [post("/shipments", {"shipments": shipments}, **{"Idempotency-Key": key}) for _n in range(2)]
    assert [one.status_code for one in shipped] == [201, 422]
    assert set(shipped[1].json()["data"]["fields"]) == {"shipments.0", "shipments.1"}
    assert Shipment.objects.count() == 2
    other = post("/shipments", {"shipments": shipments[:1]}, **{"Idempotency-Key": f"{key}-2"})
    assert (other.status_code, Shipment.objects.count()) == (201, 3)  # keys that begin alike are two


def test_a_program_may_not_write_without_end(world: buying.World, monkeypatch: Any) -> None:
    person = invite(world.actor)
    join(person)
    post = caller(person)
    monkeypatch.setattr(supplier_api, "WRITES_IN_A_MINUTE", 3)
    assert [post("/orders/PO-9/answer", {}).status_code for _n in range(5)] == [404] * 3 + [429] * 2
    headers = {"Authorization": f"Bearer {make_key(person)}"}
    assert Client().get("/api/v1/supplier/me", headers=headers).status_code == 200
