"""A customer's own Excel becomes orders."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import SalesPrice
from gendan.kernel.bulk import resource_named
from gendan.sales import resources  # noqa: F401 - registers itself
from gendan.sales.models import SalesLine, SalesOrder
from gendan.sales.tests.make import World, make_order, make_world

pytestmark = pytest.mark.django_db


def book(*rows: tuple[object, ...]) -> SimpleUploadedFile:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return SimpleUploadedFile("客户订单.xlsx", file.getvalue())


def priced(world: World) -> None:
    unit = world.stock.bolt.unit_id
    SalesPrice.objects.create(
        company_id=world.actor.company_id, product=world.stock.bolt, unit_id=unit, currency="CNY", price="8.80"
    )


def test_a_customers_file_with_its_own_headers_becomes_orders() -> None:
    world = make_world()
    priced(world)
    page = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    file = book(
        ("PO No.", "物料编码", "Qty", "交货日期"),
        ("KH-1", "BOLT", 10, ""),
        ("KH-1", "BOLT", 5, ""),
        ("KH-2", "BOLT", 1, ""),
    )
    sent = {"resource": "sales-orders", "file": file, "given_customer": "C001", "given_warehouse": "MAIN"}
    preview = page.post("/import/upload", sent)
    assert preview.status_code == 302
    shown = page.get(preview["Location"]).content.decode()
    assert "3 行都没有问题" in shown
    assert SalesOrder.objects.count() == 0


def test_rows_of_one_number_are_one_order_and_a_number_is_booked_once() -> None:
    world = make_world()
    priced(world)
    taken = make_order(world, 1, customer_reference="KH-9").number
    row = {"customer": "C001", "warehouse": "MAIN", "product": "BOLT", "quantity": "10"}
    rows = [
        {**row, "order": "KH-1"},
        {**row, "order": "KH-1", "quantity": "5", "unit_price": "9"},
        {**row, "order": "KH-9"},
        {**row, "order": "KH-3", "quantity": "x"},
    ]
    saved = resource_named("sales-orders").save(world.actor, rows, atomic=False, dry_run=False)
    assert [each.status for each in saved] == ["created", "created", "failed", "failed"]
    assert taken in saved[2].errors["order"]
    assert set(saved[3].errors) == {"quantity"}
    order = SalesOrder.objects.get(customer_reference="KH-1")
    prices = SalesLine.objects.filter(order=order).order_by("line_no").values_list("unit_price", "price_source")
    assert list(prices) == [(Decimal("8.80"), "list"), (Decimal(9), "hand")]


def test_whose_file_it_is_is_asked_first() -> None:
    world = make_world()
    page = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    assert 'name="given_customer"' in page.get("/so/import").content.decode()
