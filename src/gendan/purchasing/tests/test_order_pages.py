"""Pages of orders and requisitions: who sees what, forms, verbs, merging, totals, export."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_user, signed_in_client
from gendan.catalog.tests.make import make_price
from gendan.purchasing.models import OrderLine, PurchaseOrder, Requisition
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests.make import World, confirm, make_order, make_world, receive
from gendan.purchasing.tests.test_requisitions import make_requisition
from gendan.purchasing.views.merging import dump_draft

pytestmark = pytest.mark.django_db


def client_of(world: World, *permissions: str) -> Client:
    granted = permissions or ("*",)
    return signed_in_client(make_user(Company.objects.get(pk=world.company_id), permissions=granted, limit=None))


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


def grid(*lines: dict[str, Any]) -> str:
    return json.dumps(list(lines))


PAGES = ("/po/", "/po/new", "/pr/", "/pr/new", "/pr/order")


@pytest.mark.parametrize("path", PAGES)
def test_pages_for_nobody_colleague_and_everybody(path: str) -> None:
    world = make_world()
    assert Client().get(path).status_code == 302
    assert client_of(world, "catalog.view").get(path).status_code == 403
    text(client_of(world).get(path))


def test_an_order_is_seen_by_its_company_only_and_prices_by_few() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    receive(world, order.number, (1, "4"))
    for path in (f"/po/{order.number}", f"/po/{order.number}/print", "/po/"):
        assert "99" in text(client_of(world).get(path)) or path == "/po/"
        assert "9.90" not in text(client_of(world, "purchasing.view", "catalog.view").get(path))
    assert client_of(make_world()).get(f"/po/{order.number}").status_code == 404
    assert order.number in text(client_of(world).get("/po/"))
    assert order.number not in text(client_of(make_world()).get("/po/?state=all"))


def test_every_state_has_a_page() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "2.50")
    api = client_of(world)
    asked = make_requisition(world, 10, reason="备件")
    assert "下单" in text(api.get(f"/pr/{asked.number}"))
    assert asked.number in text(api.get(f"/pr/order?pr={asked.number}"))
    posted = {"pick": [f"{asked.number}/1"], "key": [f"{asked.number}/1"], "quantity": ["10"], "supplier": ["S001"]}
    answer = api.post("/pr/order", {**posted, "unit_price": [""], "then": "save"})
    number = answer["Location"].rsplit("/", 1)[1]
    assert "提交审批" in text(api.get(f"/po/{number}"))
    assert api.post(f"/po/{number}/do/submit", {"version": "1"}).status_code == 302
    assert "按订单全部确认" in text(api.get(f"/po/{number}"))
    parts = {
        "line": ["1", "1"],
        "answer": ["accepted", "accepted"],
        "quantity": ["4", "6"],
        "promised_on": ["2026-12-03", "2026-12-09"],
        "part_note": ["", "第二批"],
    }
    assert api.post(f"/po/{number}/do/confirm", parts).status_code == 302
    assert PurchaseOrder.objects.get(number=number).state == "confirmed"
    receive(world, number, (1, "4"))
    page = text(api.get(f"/po/{number}"))
    assert "关闭余量" in page
    assert "第 1 行 4，2026-12-03" in page
    assert "第 1 行 6，2026-12-09" in page
    assert number in text(api.get(f"/pr/{asked.number}"))
    assert api.post(f"/po/{number}/do/close", {"reason": ""}).status_code == 422
    assert api.post(f"/po/{number}/do/close", {"reason": "停产"}).status_code == 302
    page = text(api.get(f"/po/{number}"))
    assert "重新打开" in page
    assert "停产" in page
    assert api.post(f"/po/{number}/do/copy").status_code == 302
    assert api.post(f"/po/{number}/do/nonsense").status_code == 404


def test_new_order_by_the_form() -> None:
    world = make_world()
    api = client_of(world)
    head = {"supplier": "S001", "warehouse": "MAIN", "tax_included": "1", "then": "submit", "ordered_on": "2026-11-20"}
    bad = grid({"product": "BOLT", "quantity": "很多"}, {"product": "NUT", "quantity": "1", "unit_price": "1"})
    assert "lines.0.quantity" in text(api.post("/po/new", {**head, "lines": bad}, HTTP_HX_REQUEST="true"), 422)
    good = grid(
        {"product": "BOLT", "quantity": "1,000", "unit_price": "9.9", "required_on": "2026-12-1", "amount": "x"}
    )
    answer = api.post("/po/new", {**head, "lines": good, "_key": "k1"})
    again = api.post("/po/new", {**head, "lines": good, "_key": "k1"})
    assert answer["Location"] == again["Location"]
    order = PurchaseOrder.objects.get()
    assert (order.state, order.gross) == ("approved", Decimal("9900.00"))


def test_two_people_edit_one_draft() -> None:
    world = make_world()
    api = client_of(world)
    number = make_order(world, 10, 20, submit=False).number
    opened = draft_of(world.actor, number)
    ids = [line.id for line in opened.draft.lines]

    def post(first: str, second: str, note: str) -> Any:
        lines = grid(
            {
                "id": ids[0],
                "product": "BOLT",
                "quantity": first,
                "unit_price": "9.9",
                "required_on": "2026-12-01",
                "unit": "PCS",
            },
            {
                "id": ids[1],
                "product": "NUT",
                "quantity": second,
                "unit_price": "9.9",
                "required_on": "2026-12-01",
                "unit": "PCS",
            },
        )
        head = {"supplier": "S001", "warehouse": "MAIN", "tax_included": "1", "currency": "CNY", "version": "1"}
        day = opened.draft.ordered_on.isoformat() if opened.draft.ordered_on else ""
        return api.post(
            f"/po/{number}/edit",
            {**head, "ordered_on": day, "note": note, "lines": lines, "base": dump_draft(opened.draft), "then": "save"},
        )

    assert post("15", "20", "").status_code == 302
    assert post("10", "25", "我的").status_code == 302
    quantities = OrderLine.objects.filter(order__number=number).order_by("line_no").values_list("quantity", flat=True)
    assert list(quantities) == [15, 25]
    page = text(post("12", "20", ""), 422)
    assert "改为 15" in page
    assert 'name="version" value="3"' in page
    assert "数量" in text(api.get(f"/po/{number}"))


def test_totals_answer_the_grid() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "2.50", minimum_quantity=Decimal(100), pack_quantity=Decimal(50))
    lines = grid({"product": "BOLT", "quantity": "30"}, {"product": "NUT", "quantity": "x"})
    posted = {"supplier": "S001", "warehouse": "MAIN", "tax_included": "1", "lines": lines}
    found = client_of(world).post("/po/totals", posted).json()
    assert found["lines"][0] == {"unit": "PCS", "amount": "75.00", "unit_price": "2.5"}
    assert found["hints"]["lines.0.quantity"] == "最小起订量 100，包装 50"
    assert found["totals"][-1] == ["合计", "75.00 CNY"]
    assert "lines.1.quantity" in found["errors"]
    blind = client_of(world, "purchasing.view").post("/po/totals", posted).json()
    assert (blind["totals"], blind["lines"][0]["amount"]) == ([], "")


def test_bulk_approval_tells_the_result_of_each() -> None:
    world = make_world()
    orders = [make_order(world, 10, submit=False).number for _ in range(2)]
    api = client_of(world)
    page = text(api.post("/po/bulk/submit", {"ids": [*orders, "PO-999999"], "_key": "k"}))
    assert page.count("gd-tone-run") == 2
    assert "找不到 PO-999999" in page
    assert "不能执行" in text(api.post("/po/bulk/approve", {"ids": orders}))


def test_export_holds_what_is_filtered_and_no_formula() -> None:
    world = make_world()
    make_order(world, 10, supplier_reference="=1+1")
    make_order(world, 10, submit=False)
    answer: Any = client_of(world).get("/po/?state=approved&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert "=1+1" in rows[1]
    assert 99 in rows[1]
    answer = client_of(world, "purchasing.view").get("/po/?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    assert 99 not in [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_requisition_by_the_form() -> None:
    world = make_world()
    api = client_of(world)
    lines = grid({"product": "BOLT", "quantity": "10", "supplier": "S001"})
    answer = api.post("/pr/new", {"warehouse": "MAIN", "reason": "备件", "lines": lines, "then": "save"})
    number = Requisition.objects.get().number
    assert answer["Location"].endswith(f"/pr/{number}/edit")
    text(api.get(f"/pr/{number}/edit"))
    posted = {"warehouse": "MAIN", "lines": lines, "then": "submit", "version": "1", "required_on": "2026-12-01"}
    assert api.post(f"/pr/{number}/edit", posted)["Location"].endswith(f"/pr/{number}")
    assert Requisition.objects.get().state == "approved"
    assert api.get(f"/pr/{number}/edit").status_code == 409
    assert api.post(f"/pr/{number}/do/cancel", {"reason": "x"}).status_code == 302
    text(api.get(f"/pr/{number}"))
    assert api.post(f"/pr/{number}/do/copy").status_code == 302
    assert number in text(api.get("/pr/?state=all&q=luoshuan"))


def test_statements_of_pages_do_not_depend_on_rows() -> None:
    world = make_world()
    api = client_of(world)

    def counts(orders: int, lines: int) -> list[int]:
        entries = [LineIn("BOLT", Decimal(1), Decimal(1)) for _ in range(lines)]
        number = [make_order(world, lines=entries).number for _ in range(orders)][-1]
        confirm(world, number)
        found = []
        for path in ("/po/", f"/po/{number}"):
            with CaptureQueriesContext(connection) as queries:
                text(api.get(path))
            found.append(len(queries))
        return found

    api.get("/po/")
    assert counts(1, 2) == counts(20, 40)


@pytest.mark.parametrize("path", ["/po/?q=%00", "/po/%00", "/pr/?warehouse=%00", "/pr/%00"])
def test_what_no_database_can_store_is_refused(path: str) -> None:
    assert client_of(make_world()).get(path).status_code == (422 if "?" in path else 404)
