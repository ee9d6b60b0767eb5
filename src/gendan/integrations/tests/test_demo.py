"""The demonstration company, built from a part of its history."""

import csv
from collections import Counter

import pytest

from gendan.accounts.models import Company
from gendan.accounts.queries import actor_by_codes
from gendan.alerts.commands import scan
from gendan.alerts.queries.cases import case_list
from gendan.carriers import tasks
from gendan.carriers.models import TrackedParcel
from gendan.catalog.models import Partner, SupplierPrice
from gendan.catalog.queries import find_products
from gendan.integrations import demo
from gendan.integrations.tests.test_history_load import FILE
from gendan.kernel import db, verify
from gendan.purchasing.models import OrderLine, PurchaseOrder, Shipment
from gendan.sales.models import Delivery, Quotation, SalesLine, SalesOrder, SalesReturn
from gendan.transport.models import Freight
from gendan.transport.queries.arrivals import arrivals

pytestmark = pytest.mark.django_db
SINCE = "-14"


@pytest.fixture
def company(tmp_path, monkeypatch):
    with FILE.open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        rows = [row for row in reader if row["scheduled delivery date"].endswith(SINCE)]
    path = tmp_path / "history.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(demo, "HISTORY", path)
    demo.build()
    return Company.objects.get(code=demo.CODE)


def test_the_first_exceptions_are_those_of_today(company):
    actor = actor_by_codes(demo.CODE, "admin")
    assert actor is not None
    scan(actor=actor)
    found = Counter(row["rule"] for row in case_list(actor, limit=100).items)
    assert found["reservation_unmet"] >= 2  # of the customers whom the supplier's delay hits
    assert found["overdue_receipt"] >= 2
    assert found.keys().isdisjoint(demo.USED_ELSEWHERE)
    assert found.total() < 60


def test_todays_orders_have_several_real_lines(company):
    today = PurchaseOrder.objects.filter(company=company, external_key=None)
    lines = Counter(OrderLine.objects.filter(order__in=today).values_list("order__number", flat=True))
    assert len(lines) == 25
    assert OrderLine.objects.filter(order__in=today).exclude(contract="").count() == 1  # called off a contract
    assert sum(count > 1 for count in lines.values()) >= 10
    assert {"draft", "pending_approval", "approved", "confirmed", "shipped", "partly_received"} <= set(
        today.values_list("state", flat=True)
    )
    assert OrderLine.objects.filter(order__in=today).values("order__supplier").distinct().count() >= 6
    invented = db.rows(
        "SELECT l.id FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id"
        " WHERE o.company_id = %(company)s AND o.external_key IS NULL AND NOT EXISTS (SELECT 1"
        "  FROM purchasing_orderline h JOIN purchasing_purchaseorder ho ON ho.id = h.order_id"
        "  WHERE ho.company_id = %(company)s AND ho.external_key IS NOT NULL AND ho.supplier_id = o.supplier_id"
        "  AND h.product_id = l.product_id AND h.quantity = l.quantity AND h.unit_price = l.unit_price)",
        {"company": company.pk},
    )
    assert invented == []
    assert not [check.name for check, found in verify.differences(company.pk) if found]
    actor = actor_by_codes(demo.CODE, "buyer")
    assert actor is not None
    for supplier, product in (("S001", "P0001"), ("S002", "P0004"), ("S003", "P0006")):
        (found,) = find_products(actor, product, supplier)
        assert found["price"] is not None
    assert SupplierPrice.objects.filter(company=company).count() == len(demo.PRICES)
    assert set(Partner.objects.filter(company=company, code__in=["S001", "S002", "S003"]).values_list("note")) == {
        (demo.EXAMPLE,)
    }


def test_what_arrives_has_docks_and_freight(company):
    actor = actor_by_codes(demo.CODE, "buyer")
    assert actor is not None
    shown = arrivals(actor)
    assert {row["column"] for row in shown} == {"announced", "in_transit", "arrived", "receiving"}
    assert sum(row["dock"] is not None for row in shown) >= 3
    assert sorted(Freight.objects.values_list("basis", flat=True)) == ["value", "weight"]


def test_once_the_carriers_are_asked_one_shipment_arrives_and_one_parcel_is_silent(company):
    before = set(Shipment.objects.filter(company=company, state="in_transit").values_list("pk", flat=True))
    tasks.poll(0)
    parcels = {parcel.tracking_number[-1]: parcel for parcel in TrackedParcel.objects.filter(company=company)}
    assert (parcels["2"].status, parcels["6"].status, parcels["7"].status) == ("delivered", "in_transit", "in_transit")
    assert [end for end, parcel in parcels.items() if parcel.silent_since] == ["7"]
    assert Shipment.objects.get(company=company, tracking_number__endswith="2").state == "arrived"
    assert (
        len(before & set(Shipment.objects.filter(company=company, state="arrived").values_list("pk", flat=True))) == 1
    )
    assert not [check.name for check, found in verify.differences(company.pk) if found]


def test_the_selling_side_tells_a_story_that_is_tied_to_the_buying_one(company):
    by = {o.customer.code + o.state: o for o in SalesOrder.objects.filter(external_key=None).select_related("customer")}
    assert {order.state for order in by.values()} == {"to_ship", "pending_review", "shipped", "signed"}
    slipped = SalesLine.objects.filter(pegged__gt=0, order__external_key=None)
    assert {line.customer.code for line in slipped} == {"C-NG", "C-ZM"}
    assert all(line.expected_on and line.due_on and line.expected_on > line.due_on for line in slipped)
    assert [finding["rule"] for finding in by["C-MZpending_review"].findings] == ["credit_limit"]
    assert SalesLine.objects.filter(requested__gt=0).count() == 1
    assert set(Delivery.objects.filter(external_key=None).values_list("state", flat=True)) == {
        "to_pick", "shipped", "signed"
    }  # fmt: skip
    assert SalesReturn.objects.get().state == "requested"
    assert Quotation.objects.get().state == "sent"
    assert TrackedParcel.objects.filter(tracking_number="SF8800416").exists()
    assert not [check.name for check, found in verify.differences(company.pk) if found]
