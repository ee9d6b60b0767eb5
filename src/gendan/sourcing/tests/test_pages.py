"""Pages of inquiries: made from requisitions, sent, answered by the link, compared, awarded."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gendan.accounts.tests.make import actor_for, make_user, signed_in_client
from gendan.purchasing.models import PurchaseOrder
from gendan.sourcing.forms import CELLS
from gendan.sourcing.models import Answer, AnswerLine, Inquiry
from gendan.sourcing.tests.make import answered, inquire, make_world, requested, token_of

pytestmark = pytest.mark.django_db


def cells(*rows: dict[str, str]) -> dict[str, Any]:
    """The parallel lists of an answer's form."""
    return {name: [row.get(name, "") for row in rows] for name in CELLS}


def test_an_inquiry_begins_with_ticked_requisition_lines() -> None:
    world = make_world()
    requisition = requested(world)
    client = signed_in_client(world.actor)
    key = f"{requisition}/1"
    assert "/rfq/from-requisitions" in client.get(reverse("purchasing:order_from_requisitions")).content.decode()
    data = {"pick": key, "key": key, "quantity": "40", "supplier": "", "unit_price": ""}
    answer = client.post("/rfq/from-requisitions", data)
    assert answer.status_code == 302
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.lines.get().quantity, inquiry.lines.get().sources.get().quantity) == (
        "draft",
        40,
        40,
    )
    page = client.get(f"/rfq/{inquiry.number}/edit")
    assert page.status_code == 200
    lines = json.dumps([{"product": "BOLT", "quantity": "40", "sources": f"{key}=40", "warehouse": "MAIN"}])
    sent = {"warehouse": "MAIN", "lines": lines, "suppliers": json.dumps([{"supplier": "S001"}]), "then": "send"}
    assert client.post(f"/rfq/{inquiry.number}/edit", {**sent, "version": inquiry.version}).status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.lines.get().sources.get().quantity) == ("sent", 40)
    for path in ("/rfq/", "/rfq/new", f"/rfq/{inquiry.number}", "/rfq/settings"):
        assert client.get(path).status_code == 200


def test_a_supplier_answers_by_its_link_and_sees_its_own_only() -> None:
    world = make_world()
    number = inquire(world, "S001", "S002", title="十二月紧固件", closes_at=timezone.now() + timedelta(days=2))
    visitor = Client()
    token = token_of(number, "S001")
    page = visitor.get(f"/q/{token}").content.decode()
    assert "十二月紧固件" in page
    assert "S002" not in page
    data = cells({"line": "1", "price": "1.9", "breaks": "500=1.8", "delivery_days": "7"},
                 {"line": "2", "kind": "no", "line_note": "停产"})  # fmt: skip
    assert visitor.post(f"/q/{token}/answer", data).status_code == 422, "who answers?"
    upload = SimpleUploadedFile("o.pdf", b"%PDF-1.7 x")
    given = {**data, "name": "王", "currency": "CNY", "tax_included": "0", "files": upload}
    assert visitor.post(f"/q/{token}/answer", given).status_code == 302
    kept = Answer.objects.get()
    assert (kept.source, kept.answered_by, kept.files.get().name) == ("link", "王", "o.pdf")
    assert [(x.quoted, x.prices.count()) for x in kept.lines.order_by("line__line_no")] == [(True, 2), (False, 0)]
    wrong = visitor.post(f"/q/{token}/answer", {**cells({"line": "1", "price": "viel"}), "name": "王"})
    assert wrong.status_code == 422
    assert "1.9" in visitor.get(f"/q/{token}").content.decode()
    assert visitor.get("/q/unknown-token-0123456789abc").status_code == 404


def test_a_sheet_is_downloaded_filled_and_read_back_with_errors_by_cell() -> None:
    world = make_world()
    number = inquire(world, "S001")
    token = token_of(number, "S001")
    visitor = Client()
    book = openpyxl.load_workbook(io.BytesIO(b"".join(visitor.get(f"/q/{token}/sheet"))))
    sheet: Any = book.active
    assert sheet["B5"].value == "BOLT"
    sheet["H5"], sheet["K5"], sheet["H6"] = 1.75, 9, "abc"

    def upload() -> Any:
        file = io.BytesIO()
        book.save(file)
        given = {"name": "王", "sheet": SimpleUploadedFile("a.xlsx", file.getvalue())}
        return visitor.post(f"/q/{token}/answer", given, headers={"accept": "application/json"})

    refused = upload()
    assert refused.status_code == 422
    assert list(refused.json()["data"]["fields"]) == ["H6"]
    sheet["H6"], sheet["P6"], sheet["O6"] = None, "不报价", "没有货"
    assert upload().status_code == 302
    kept = {line.line.line_no: line for line in AnswerLine.objects.select_related("line")}
    assert (kept[1].prices.get().price, kept[1].delivery_days, kept[2].quoted) == (Decimal("1.75"), 9, False)


def test_offers_are_compared_and_a_proposal_is_awarded() -> None:
    world = make_world()
    number = answered(world)
    client = signed_in_client(world.actor)
    page = client.get(f"/rfq/{number}/compare?way=price").content.decode()
    assert "最低价" in page
    assert 'name="award.1.S002"' in page
    awards = {"award.1.S002": "100", "award.2.S001": "200", "then": "save"}
    assert client.post(f"/rfq/{number}/award", awards).status_code == 302
    assert PurchaseOrder.objects.count() == 2
    detail = client.get(f"/rfq/{number}").content.decode()
    assert PurchaseOrder.objects.earliest("pk").number in detail
    for path in ("suppliers/S001/answer", "suppliers/S001/answers", "suppliers/S001/link", "sheet"):
        assert client.get(f"/rfq/{number}/{path}").status_code == 200, path


def test_prices_are_hidden_from_who_may_not_see_them() -> None:
    world = make_world()
    number = answered(world)
    clerk = actor_for(make_user(world.company, permissions=["sourcing.view", "purchasing.view", "catalog.view"]))
    client = signed_in_client(clerk)
    assert client.get(f"/rfq/{number}/compare").status_code == 403
    assert client.get(f"/rfq/{number}/suppliers/S001/answers").status_code == 403
    page = client.get(f"/rfq/{number}").content.decode()
    assert "上次单价" not in page
