"""Pages of lines, shipments, receipts and the receiving desk, as their readers see them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_stranger, signed_in_client
from gendan.catalog.models import Barcode, Location, Product
from gendan.catalog.tests.make import make_actor
from gendan.purchasing import commands
from gendan.purchasing.models import GoodsReceipt, Promise, PurchaseOrder, Shipment
from gendan.purchasing.queries import receiving
from gendan.purchasing.tests.make import World, confirm, line, make_order, make_world, receive
from gendan.purchasing.tests.test_shipments import ship

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def full_world() -> tuple[World, str, str, str]:
    """A world with an order that was confirmed, revised, partly shipped and received: order, shipment, receipt."""
    world = make_world()
    Product.objects.filter(pk=world.bolt.pk).update(inspect=True)
    order = make_order(world, 10, 20)
    confirm(world, order.number, (1, "6", "2026-12-03"), (1, "4", "2026-12-09"), (2, "20", "2026-12-05"))
    asn = ship(world, (order.number, 1, "6"), carrier="顺丰", tracking_number="SF100", shipped_on=TODAY())
    receipt = commands.receive_goods(actor=world.actor, shipment=asn.number, delivery_note="DN-7")
    return world, order.number, asn.number, receipt.number


def text_of(client: Client, url: str, **data: Any) -> str:
    response = client.get(url, data)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def test_every_page_shows_what_it_is_about() -> None:
    world, order, asn, receipt = full_world()
    client = signed_in_client(world.actor)
    assert f"{order} #1" in text_of(client, "/lines/")
    page = text_of(client, f"/po/{order}/lines/1")
    for shown in (asn, receipt, "SF100", "DN-7", "顺丰", "待检区"):
        assert shown in page
    assert asn in text_of(client, "/shipments/", state="all")
    assert order in text_of(client, f"/asn/{asn}")
    assert asn in text_of(client, f"/asn/{asn}/edit")
    assert order in text_of(client, "/shipments/new", order=order)
    assert "S001" in text_of(client, "/shipments/new", supplier="S001")
    assert receipt in text_of(client, "/receipts/")
    assert "DN-7" in text_of(client, f"/gr/{receipt}")
    assert "BOLT" in text_of(client, f"/gr/{receipt}/inspect")
    assert receipt in text_of(client, "/receive")
    assert order in text_of(client, "/receive", order=order)


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_pages_speak_other_languages(language: str) -> None:
    world, order, asn, receipt = full_world()
    client = signed_in_client(world.actor)
    for url in ("/lines/", f"/po/{order}/lines/1", f"/asn/{asn}", f"/gr/{receipt}", "/receive", "/shipments/new"):
        assert client.get(url, headers={"Accept-Language": language}).status_code == 200


def test_strangers_and_colleagues_without_the_right() -> None:
    world, order, asn, receipt = full_world()
    urls = [f"/po/{order}/lines/1", f"/asn/{asn}", f"/gr/{receipt}"]
    stranger = signed_in_client(make_stranger())
    assert {stranger.get(url).status_code for url in urls} == {404}
    assert order not in text_of(stranger, "/lines/")
    nobody = signed_in_client(make_actor("catalog.view", company=Company.objects.get(pk=world.company_id)))
    assert {nobody.get(url).status_code for url in [*urls, "/lines/", "/receive", "/shipments/"]} in ({403}, {302, 403})
    assert {Client().get(url).status_code for url in urls} == {302}


def test_the_desk_understands_every_code() -> None:
    world, order, asn, receipt = full_world()
    Barcode.objects.create(company_id=world.company_id, product=world.nut, code="6901234567892")
    second = ship(world, (order, 2, "5"), tracking_number="YT7", supplier_reference="XS-88", shipped_on=TODAY())
    client = signed_in_client(world.actor)

    def scan(code: str) -> str:
        response = client.post("/receive/scan", {"code": code})
        assert response.status_code == 200
        return response.content.decode()

    for code in (order, order.lower(), order.replace("PO", "ｐｏ"), order.removeprefix("PO-").lstrip("0")):
        assert f'data-document="{order}"' in scan(code), code
    for code in (second.number, "YT7", "yt7", "ＹＴ７", "XS-88", "xs-８８", second.number.replace("-", "－")):
        assert f'data-document="{second.number}"' in scan(code), code
    for code in ("6901234567892", "NUT", "nut", "ｎｕｔ"):
        found = scan(code)
        assert f'data-document="{order}"' in found
        assert f'data-counted="{code}"' in found
    assert receipt in scan("DN-7")
    for code in ("DN-7", receipt, "nonsense", asn):
        assert 'data-scan="no"' in scan(code), code
    make_order(world, 5, 6)
    assert "请选择" in scan("6901234567892")


def test_a_tracking_number_is_found_by_index_however_it_is_typed() -> None:
    world = make_world()
    params: dict[str, Any] = {"company": world.company_id, "number": "", "order": "", "code": "ＳＦ 1"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + receiving._DOCUMENTS, params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "shipment_by_tracking_key" in plan


def test_the_desk_books_and_takes_back() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    client = signed_in_client(world.actor)
    posted = {
        "document_order": order.number,
        "order": [order.number, order.number],
        "line": ["1", "2"],
        "quantity": ["4", "0"],
        "lot": ["", ""],
        "bin": ["", ""],
        "delivery_note": "DN-9",
        "_key": "k1",
    }
    answer = client.post("/receive/book", posted).content.decode()
    receipt = GoodsReceipt.objects.get()
    assert receipt.number in answer
    assert 'data-scan="ok"' in answer
    assert receipt.number in client.post("/receive/book", posted).content.decode()
    assert GoodsReceipt.objects.count() == 1
    assert line(order.number).received == 4
    undone = client.post(f"/receive/undo/{receipt.number}", {"_key": "k2"}).content.decode()
    assert f'data-document="{order.number}"' in undone
    assert line(order.number).received == 0
    twice = client.post(f"/receive/undo/{receipt.number}", {"_key": "k3"})
    assert 'data-scan="no"' in twice.content.decode()


def test_too_much_is_asked_back_and_booked_by_who_may() -> None:
    world = make_world()
    order = make_order(world, 10)
    posted = {
        "document_order": order.number,
        "order": order.number,
        "line": "1",
        "quantity": "12",
        "lot": "",
        "bin": "",
    }
    keeper = make_actor("purchasing.view", "purchasing.receive_goods", company=Company.objects.get(pk=world.company_id))
    refused = signed_in_client(keeper).post("/receive/book", posted)
    assert refused["HX-Retarget"] == "#scan-said"
    assert "data-over" in signed_in_client(world.actor).post("/receive/book", posted).content.decode()
    signed_in_client(world.actor).post("/receive/book", {**posted, "over": "1"})
    assert line(order.number).received == 12


def test_a_shipment_is_announced_changed_sent_and_cancelled_by_page() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    client = signed_in_client(world.actor)
    rows = {"order": [order.number] * 2, "line": ["1", "2"], "quantity": ["10", ""], "lot": ["", ""]}
    response = client.post("/shipments/new", {**rows, "carrier": "德邦", "expected_on": "2026-12-24"})
    number = Shipment.objects.get().number
    assert response["Location"] == f"/asn/{number}"
    assert client.post("/shipments/new", {**rows, "quantity": ["x", ""]}).status_code == 422
    assert client.post("/shipments/new", {**rows, "quantity": ["", ""]}).status_code == 422
    fields = {"carrier": "顺丰", "expected_on": "2026-12-28", "line": "1", "quantity": "8", "version": "1"}
    assert client.post(f"/asn/{number}/edit", fields).status_code == 302
    assert client.post(f"/asn/{number}/edit", fields).status_code == 409
    assert line(order.number).expected_on == date(2026, 12, 28)
    assert client.post(f"/asn/{number}/dispatch", {"version": "2"}).status_code == 302
    assert client.post(f"/asn/{number}/arrive", {}).status_code == 302
    assert line(order.number).shipped == 8
    assert client.post(f"/asn/{number}/cancel", {"reason": ""}).status_code == 422
    assert client.post(f"/asn/{number}/cancel", {"reason": "退运"}).status_code == 302
    assert Shipment.objects.get().state == "cancelled"


def test_a_receipt_is_inspected_and_reversed_by_page() -> None:
    world, order, _asn, receipt = full_world()
    client = signed_in_client(world.actor)
    verdict = {"line": "1", "accepted": "5", "rejected": "1", "bin": "", "note": "划伤", "version": "1"}
    assert client.post(f"/gr/{receipt}/inspect", verdict).status_code == 302
    assert line(order).rejected == 1
    assert client.post(f"/gr/{receipt}/reverse", {"reason": "收错货"}).status_code == 302
    assert line(order).received == 0
    assert "收错货" in text_of(client, f"/gr/{receipt}")


def test_a_new_date_is_noted_by_page() -> None:
    world, order, _asn, _receipt = full_world()
    client = signed_in_client(world.actor)
    url = f"/po/{order}/lines/1/revise"
    assert client.post(url, {"expected_on": "2026-12-30", "note": "缺料"}).status_code == 302
    assert client.post(url, {"expected_on": "soon"}).status_code == 422
    assert Promise.objects.filter(order_line=line(order), note="缺料").count() == 1
    assert "缺料" in text_of(client, f"/po/{order}/lines/1")


def test_bins_and_lots_are_asked_for_only_where_needed() -> None:
    world = make_world()
    order = make_order(world, 10, 20)
    client = signed_in_client(world.actor)
    page = text_of(client, "/receive", order=order.number)
    assert "批次号（必填）" not in page
    assert 'placeholder="库位' not in page
    Product.objects.filter(pk=world.bolt.pk).update(lot_tracked=True)
    Location.objects.create(company_id=world.company_id, warehouse=world.warehouse, kind="bin", code="A-01")
    page = text_of(client, "/receive", order=order.number)
    assert page.count("批次号（必填）") == 1
    assert page.count('placeholder="库位') == 2


def counted(client: Client, url: str, **data: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        text_of(client, url, **data)
    return len(captured)


def test_statements_of_pages_do_not_depend_on_rows() -> None:
    world, order, asn, receipt = full_world()
    client = signed_in_client(world.actor)
    pages = [
        ("/lines/", {}),
        (f"/po/{order}/lines/1", {}),
        ("/shipments/", {"state": "all"}),
        (f"/asn/{asn}", {}),
        ("/shipments/new", {"supplier": "S001"}),
        ("/receipts/", {}),
        (f"/gr/{receipt}", {}),
        ("/receive", {"order": order}),
    ]
    few = [counted(client, url, **data) for url, data in pages]
    for n in range(4):
        more = make_order(world, 5, 6, 7)
        ship(world, (more.number, 1, "5"), shipped_on=TODAY() - timedelta(n))
        receive(world, more.number, (2, "6"))
    assert [counted(client, url, **data) for url, data in pages] == few
    assert PurchaseOrder.objects.count() == 5
    assert line(order).quantity == Decimal(10)


def test_who_may_not_see_a_receipt_neither_books_nor_undoes_one() -> None:
    world = make_world()
    order = make_order(world, 10)
    blind = make_actor("purchasing.receive_goods", "purchasing.reverse_receipt", company=world.supplier.company)
    client = signed_in_client(blind)
    counted = {
        "document_order": order.number,
        "order": order.number,
        "line": "1",
        "quantity": "4",
        "lot": "",
        "bin": "",
    }
    refused = client.post("/receive/book", {**counted, "_key": "k1"}).content.decode()
    assert 'data-scan="no"' in refused
    assert "查看采购单据" in refused
    assert GoodsReceipt.objects.count() == 0
    receipt = receive(world, order.number, (1, "4"))
    assert 'data-scan="no"' in client.post(f"/receive/undo/{receipt.number}", {"_key": "k2"}).content.decode()
    assert GoodsReceipt.objects.get().state == "posted"


def test_the_shipment_forms_open_for_those_who_may_use_them() -> None:
    world, order, asn, _receipt = full_world()
    for path, needed in ((f"/shipments/new?order={order}", "create_shipment"), (f"/asn/{asn}/edit", "update_shipment")):
        for permissions, status in ((("purchasing.view",), 403), (("purchasing.view", f"purchasing.{needed}"), 200)):
            actor = make_actor(*permissions, company=world.supplier.company)
            assert signed_in_client(actor).get(path).status_code == status


def test_a_receipt_that_takes_another_back_is_nowhere_called_received() -> None:
    world = make_world()
    order = make_order(world, 10)
    asn = ship(world, (order.number, 1, "10"), shipped_on=TODAY())
    first = commands.receive_goods(actor=world.actor, shipment=asn.number, delivery_note="DN-7").number
    back = commands.reverse_receipt(actor=world.actor, number=first, reason="数错了").number
    client = signed_in_client(world.actor)
    related = {
        f"/po/{order.number}": (back, first),
        f"/asn/{asn.number}": (back, first),
        f"/gr/{first}": (back,),
        f"/gr/{back}": (first,),
        "/receipts/": (back, first),
        f"/po/{order.number}/lines/1": (back, first),
    }
    for path, numbers in related.items():
        page = text_of(client, path)
        assert all(number in page for number in numbers), path
        assert "冲销单" in page, path
        assert 'aria-hidden="true"></i>已入库' not in page, path
    assert back in text_of(client, "/receipts/", state="reversal")
    assert f"/gr/{back}" not in text_of(client, "/receipts/", state="posted")
    assert "冲销单" in text_of(client, "/search", q=back)
    assert "最近入库" not in text_of(client, f"/po/{order.number}/lines/1")
    seen = api_client(world.actor).get(f"/purchase-orders/{order.number}").json()["receipts"]
    assert [(row["number"], row["reverses"]) for row in seen] == [(first, ""), (back, first)]
