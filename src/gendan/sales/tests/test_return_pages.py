"""Returns by page and API: with photos, reasons, in a fixed number of statements; prices hidden."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.inventory.tests.make import statements
from gendan.sales import commands
from gendan.sales.models import ReturnLine, SalesReturn
from gendan.sales.queries import returns
from gendan.sales.rules.returned import ReturnIn
from gendan.sales.tests.make import line, make_world
from gendan.sales.tests.test_returns import ask, signed

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def test_a_return_is_asked_for_received_and_decided_on_by_pages() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    client = signed_in_client(world.actor)
    assert "六角螺栓" in client.get(f"/rma/new?order={order}").content.decode()
    form = {
        "order": order,
        "line": "1",
        "quantity": "3",
        "reason": "damaged",
        "line_note": "外壳开裂",
        "photo-0": SimpleUploadedFile("a.png", PNG),
        "contact": "李四",
        "then": "approve",
    }
    number = client.post("/rma/new", form).headers["Location"].rpartition("/")[2]
    page = client.get(f"/rma/{number}").content.decode()
    assert all(word in page for word in ("外壳开裂", "李四", "已批准", "/attachments/"))
    client.post(f"/rma/{number}/receive", {"line": "1", "quantity": "3", "lot": ""})
    client.post(
        f"/rma/{number}/decide",
        {"line": "1", "restock": "2", "scrap": "1", "to_supplier": "0", "bin": "A-02", "note": ""},
    )
    found = ReturnLine.objects.get()
    assert (found.received, found.restocked, found.scrapped) == (3, 2, 1)
    client.post(f"/rma/{number}/settle", {"settlement": "credit", "credit": "29.7"})
    assert SalesReturn.objects.get().credit == Decimal("29.7")
    assert number in client.get("/rma/?state=settled").content.decode()


def test_a_return_over_the_api_hides_its_credit() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    client, key = signed_in_client(world.actor), make_api_key(world.actor)
    headers = {"Authorization": f"Bearer {key}"}

    def post(path: str, body: dict[str, object]) -> dict[str, object]:
        answer = client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)
        assert answer.status_code < 300, answer.content
        return answer.json()  # type: ignore[no-any-return]

    lines = [{"order": order, "line": 1, "quantity": "4", "reason": "quality"}]
    number = post("/returns", {"lines": lines, "approve": True})["number"]
    post(f"/returns/{number}/receive", {"lines": [{"line": 1, "quantity": "4"}]})
    post(f"/returns/{number}/decide", {"lines": [{"line": 1, "scrap": "4"}]})
    post(f"/returns/{number}/settle", {"settlement": "credit", "credit": "39.60"})
    found = client.get(f"/api/v1/returns/{number}", headers=headers).json()
    assert (found["credit"], found["lines"][0]["scrapped"], found["orders"]) == ("39.6", "4", [order])
    blind = world.stock.colleague("sales.view")
    seen = client.get(f"/api/v1/returns/{number}", headers={"Authorization": f"Bearer {make_api_key(blind)}"}).json()
    assert seen["credit"] is None
    assert "39.6" not in signed_in_client(blind).get(f"/rma/{number}").content.decode()


def test_what_was_refused_is_asked_back_by_one_button() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    from gendan.sales.models import Delivery, DeliveryLine

    DeliveryLine.objects.update(signed=8, refused=2, refuse_reason="锈了")
    row = line(order)
    row.signed, row.refused = Decimal(8), Decimal(2)
    row.save()
    client = signed_in_client(world.actor)
    delivery = Delivery.objects.get().number
    client.post(f"/dn/{delivery}/return")
    found = ReturnLine.objects.get()
    assert (found.quantity, found.reason, found.note) == (2, "refused", "锈了")
    again = client.post(f"/dn/{delivery}/return", headers={"Accept": "application/json"})
    assert again.json()["code"] == "sales.NothingToReturn"


def test_the_number_of_statements_does_not_follow_the_lines() -> None:
    world = make_world(bolts=40, nuts=40)
    counts = []
    for quantities in ((4,), (4, 4, 4, 4, 4)):
        order = signed(world, *quantities)
        wanted = [ReturnIn(order, n, Decimal(1), "damaged") for n in range(1, len(quantities) + 1)]
        with statements() as asked:
            number = commands.request_return(actor=world.actor, lines=wanted, approve=True).number
        with statements() as came:
            commands.receive_return(actor=world.actor, number=number)
        with statements() as read:
            returns.return_detail(world.actor, number)
        counts.append((len(asked), len(came), len(read)))
    assert counts[0] == counts[1]
    assert ask(world, order)
    with statements() as listed:
        assert len(returns.return_list(world.actor).items) == 3
    assert len(listed) == 1


def test_my_day_names_returns_that_wait() -> None:
    world = make_world(bolts=10)
    order = signed(world, 10)
    lines = [ReturnIn(order, 1, Decimal(1), "damaged")]
    number = commands.request_return(actor=world.actor, lines=lines).number
    client = signed_in_client(world.actor)
    assert "待批准的退货" in client.get("/").content.decode()
    commands.approve_return(actor=world.actor, number=number)
    commands.receive_return(actor=world.actor, number=number)
    page = client.get("/").content.decode()
    assert all(word in page for word in ("待检验的退货", "待了结的退货", number))
    assert "待批准的退货" not in page


def test_returns_are_filtered_by_who_asked_and_when_and_exported_as_they_are_shown() -> None:
    world = make_world(bolts=10)
    number = ask(world, signed(world, 10))
    SalesReturn.objects.update(via="portal")
    client = signed_in_client(world.actor)
    assert number in client.get("/rma/?view=customer").content.decode()
    assert number in client.get(f"/rma/?view=mine&from={world.actor.today()}&to={world.actor.today()}").content.decode()
    assert number not in client.get("/rma/?to=2020-01-01").content.decode()
    SalesReturn.objects.update(via="page")
    assert number not in client.get("/rma/?view=customer").content.decode()
    book = client.get("/rma/?export=xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    book.close()
