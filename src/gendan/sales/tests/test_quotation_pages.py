"""Quotations at their pages and over the API: form, verbs, order out of one, who sees prices, paper, export."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.kernel import prints
from gendan.kernel.tests.paper import content_of, texts
from gendan.purchasing.views.merging import dump_draft
from gendan.sales import commands
from gendan.sales.models import Quotation, SalesLine, SalesOrder
from gendan.sales.prints import QUOTATION
from gendan.sales.queries.quotations import quotation_detail, quote_draft
from gendan.sales.tests.make import make_world
from gendan.sales.tests.test_quotations import quote

pytestmark = pytest.mark.django_db


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


def form(**fields: str) -> dict[str, str]:
    line = {"product": "BOLT", "quantity": "10", "unit_price": "9.90", "discount": "5"}
    return {
        "customer": "C001",
        "warehouse": "MAIN",
        "tax_included": "1",
        "lines": json.dumps([line]),
        "then": "save",
        **fields,
    }


@pytest.mark.parametrize("path", ["/qu/", "/qu/new"])
def test_pages_for_nobody_colleague_and_everybody(path: str) -> None:
    world = make_world()
    assert Client().get(path).status_code == 302
    assert signed_in_client(world.stock.colleague("catalog.view")).get(path).status_code == 403
    assert signed_in_client(world.actor).get(path).status_code == 200


def test_from_the_form_to_an_order() -> None:
    world = make_world(bolts=20)
    page = signed_in_client(world.actor)
    last = str(world.actor.today() + timedelta(days=30))
    page.post("/qu/new", form(valid_to=last), follow=True)
    number = Quotation.objects.get().number
    assert "之间" in text(page.post("/qu/new", form(valid_to="2126-01-01")), 422)  # absurd days are refused
    shown = text(page.get(f"/qu/{number}"))
    assert "94.05" in shown
    assert "已发给客户" in shown
    base = dump_draft(quote_draft(world.actor, number).draft)
    page.post(f"/qu/{number}/edit", form(version="1", base=base, note="含运费", valid_to=last, then="send"))
    assert (Quotation.objects.get().state, Quotation.objects.get().note) == ("sent", "含运费")
    assert "本次下单" in text(page.get(f"/qu/{number}/order"))
    answer = page.post(f"/qu/{number}/order", {"quantity.1": "4", "then": "submit", "version": "3"})
    assert answer.status_code in {200, 204, 302}
    order = SalesOrder.objects.get()
    assert (order.state, SalesLine.objects.get().quantity) == ("to_ship", 4)
    assert order.number in text(page.get(f"/qu/{number}"))
    assert number in text(page.get(f"/so/{order.number}"))
    refused = page.post(f"/qu/{number}/order", {"quantity.1": "7", "version": "4"})
    assert "还可下单 6" in text(refused, 409)
    assert "「x」" in text(page.post(f"/qu/{number}/order", {"quantity.1": "x", "version": "4"}), 422)


def test_two_at_one_draft_are_merged_or_told() -> None:
    world = make_world()
    page, number = signed_in_client(world.actor), quote(world).number
    opened = quote_draft(world.actor, number).draft
    base = dump_draft(opened)
    line = {"id": opened.lines[0].id, "product": "BOLT", "quantity": "11", "unit_price": "9.90", "discount": "5"}
    other = {"id": opened.lines[1].id, "product": "NUT", "quantity": "20", "unit_price": "1"}
    days = {"ordered_on": str(opened.ordered_on)}
    mine = form(version="1", base=base, lines=json.dumps([line, other]), **days)
    page.post(f"/qu/{number}/edit", {**mine, "note": "甲"})
    theirs = json.dumps([{**line, "quantity": "10"}, other])
    page.post(f"/qu/{number}/edit", {**mine, "lines": theirs, "customer_reference": "KH-9"})
    found = Quotation.objects.get()
    assert (found.note, found.customer_reference, found.lines.get(line_no=1).quantity) == ("甲", "KH-9", 11)
    assert "乙" in text(page.post(f"/qu/{number}/edit", {**mine, "note": "乙"}), 422)


def test_who_may_not_see_prices_is_shown_none() -> None:
    world = make_world()
    number = quote(world).number
    page = signed_in_client(world.stock.colleague("sales.view", "sales.update_quotation", "catalog.view"))
    for path in (f"/qu/{number}", f"/qu/{number}/edit", "/qu/", prints.choose(QUOTATION, number)):
        answer = page.get(path)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            assert "94.05" not in text(answer)
            assert "9.9" not in text(answer).partition("<main")[2]
    found = api_client(world.stock.colleague("sales.view")).get(f"/quotations/{number}").json()
    assert (found["gross"], found["lines"][0]["unit_price"]) == (None, None)


def test_list_filters_and_export() -> None:
    world = make_world()
    first, second = quote(world, customer_reference="RFQ-7").number, quote(world).number
    commands.cancel_quotation(actor=world.actor, number=second)
    page = signed_in_client(world.actor)
    assert second not in text(page.get("/qu/"))
    assert second in text(page.get("/qu/?state=all"))
    assert first in text(page.get("/qu/?q=rfq-7"))
    assert first not in text(page.get("/qu/?view=expired"))
    sheet = openpyxl.load_workbook(io.BytesIO(page.get("/qu/?export=xlsx").getvalue())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(first in row for row in rows)
    with CaptureQueriesContext(connection) as few:
        page.get("/qu/?state=all")
    for _n in range(5):
        quote(world)
    with CaptureQueriesContext(connection) as many:
        page.get("/qu/?state=all")
    assert len(few) == len(many)


def test_the_api_goes_from_offer_to_order() -> None:
    world = make_world(bolts=20)
    api = api_client(world.actor)
    line = {"product": "BOLT", "quantity": "10", "unit_price": "9.90"}
    body = {"customer": "C001", "warehouse": "MAIN", "lines": [line]}
    number = api.post("/quotations", body, key="Q1").json()["number"]
    assert api.post("/quotations", body, key="Q1").json()["number"] == number
    changed = api.put(f"/quotations/{number}", {**body, "lines": [{**line, "quantity": "12"}], "version": 1})
    assert changed.status_code == 200, changed.content
    assert api.put(f"/quotations/{number}", {**body, "version": 1}).status_code == 409
    assert api.post(f"/quotations/{number}/send").json()["state"] == "sent"
    asked = {"lines": [{"line": 1, "quantity": "5"}], "submit": True}
    order = api.post(f"/quotations/{number}/orders", asked).json()
    assert (order["state"], order["data"]["quotation"]) == ("to_ship", number)
    found = api.get(f"/quotations/{number}").json()
    assert (found["state"], found["lines"][0]["open"], found["orders"][0]["number"]) == ("won", "7", order["number"])
    assert api.get("/quotations?state=won").json()["items"][0]["orders"] == 1
    assert api.post(f"/quotations/{number}/lose", {"reason": "x"}).status_code == 409
    told = api.get(f"/sales-orders/{order['number']}/review").json()["items"]
    assert [each["rule"] for each in told] == ["no_address"]


def test_the_paper_shows_what_was_offered() -> None:
    world = make_world()
    number = quote(world, note="含运费").number
    words = "".join(texts(content_of(signed_in_client(world.actor).get(prints.address(QUOTATION, number)))))
    assert quotation_detail(world.actor, number).header["customer_name"] in words
