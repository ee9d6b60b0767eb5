"""What goes with the goods on paper: delivery notes, packing lists, pick lists, labels of parcels."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from gendan.accounts.commands import update_company
from gendan.accounts.steps import next_ssccs
from gendan.accounts.tests.make import make_actor, make_api_key, signed_in_client
from gendan.catalog.models import Location, Warehouse
from gendan.catalog.tests.make import make_company, make_customer, make_product, make_warehouse
from gendan.inventory.models import Balance, Lot
from gendan.kernel import codes, prints
from gendan.kernel.actor import Actor
from gendan.kernel.tests.paper import content_of, scan, sizes, texts
from gendan.sales.models import Delivery, DeliveryLine, Parcel, ParcelLine, Pick, SalesLine, SalesOrder, Wave
from gendan.sales.queries.papers import packing_on_paper, waves_on_paper

pytestmark = pytest.mark.django_db
TWELVE = Decimal(12)


@pytest.fixture
def actor() -> Actor:
    """Who may see sales; the company has two deliveries in a wave, the first packed into two parcels."""
    company = make_company()
    admin = make_actor(company, roles=["admin"])
    update_company(actor=admin, gs1_prefix="0614141")
    warehouse = make_warehouse(company, "W1", "一号仓", bins=("A-02", "A-01"))
    wave = Wave.objects.create(company=company, number="WV-000001", state="picking", warehouse=warehouse)
    for n in (1, 2):
        _delivery(company, warehouse, wave, n)
    delivery = Delivery.objects.get(number="DN-000001")
    with transaction.atomic():
        numbers = next_ssccs(admin, 2)
    for n, sscc in enumerate(numbers, 1):
        parcel = Parcel.objects.create(delivery=delivery, parcel_no=n, sscc=sscc, weight=Decimal("3.5"))
        ParcelLine.objects.create(parcel=parcel, delivery_line=delivery.lines.get(), quantity=5)
    return make_actor(company, permissions=["sales.view"])


def _delivery(company: Any, warehouse: Warehouse, wave: Wave, n: int) -> None:
    customer = make_customer(company, f"C{n}", f"客户{n}")
    product = make_product(company, f"P{n}", f"产品{n}")
    where: dict[str, Any] = {"ship_to_name": f"收货人{n}", "ship_to_address": f"太子港 {n} 号"}
    shared: dict[str, Any] = {"company": company, "customer": customer, "warehouse": warehouse}
    order = SalesOrder.objects.create(
        **shared, number=f"SO-00000{n}", state="to_ship", currency="CNY", ordered_on=date(2026, 11, 1),
        customer_reference=f"REF-{n}",
    )  # fmt: skip
    line = SalesLine.objects.create(
        **shared, order=order, line_no=1, product=product, unit=product.unit, quantity=TWELVE, unit_price=Decimal(7),
        net=84, tax=0, gross=84, delivering=TWELVE,
    )  # fmt: skip
    delivery = Delivery.objects.create(**shared, **where, number=f"DN-00000{n}", state="packed", wave=wave)
    on_it = DeliveryLine.objects.create(delivery=delivery, line_no=1, order_line=line, quantity=TWELVE)
    lot = Lot.objects.create(company=company, product=product, code=f"LOT-{n}", expires_on=date(2027, 5, 1))
    place = Location.objects.get(warehouse=warehouse, code=f"A-0{3 - n}")
    balance = Balance.objects.create(company=company, product=product, location=place, lot=lot, on_hand=TWELVE)
    Pick.objects.create(delivery_line=on_it, balance=balance, quantity=TWELVE)


def printed(actor: Actor, name: str, *numbers: str, **options: str) -> bytes:
    return content_of(signed_in_client(actor).get(prints.address(name, *numbers, **options)))


def test_a_delivery_note_says_what_goes_where_and_no_price(actor: Actor) -> None:
    first, second = texts(printed(actor, "sales.delivery", "DN-000001", "DN-000002", language="zh-hans"))
    for said in ("送货单", "DN-000001", "太子港 1 号", "收货人1", "REF-1", "产品1", "LOT-1", "SO-000001 #1", "12"):
        assert said in first
    assert "DN-000002" in second
    assert "84" not in first


def test_a_packing_list_shows_each_parcel_and_what_is_in_none(actor: Actor, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        found = packing_on_paper(actor, ["DN-000001", "DN-000002"])
    assert [[part["quantity"] for part in parcel["contents"]] for parcel in found[0]["parcels"]] == [[5], [5]]
    assert [line["quantity"] for line in found[0]["loose"]] == [2]
    assert [line["quantity"] for line in found[1]["loose"]] == [12]
    page = texts(printed(actor, "sales.packing", "DN-000001", language="zh-hans"))[0]
    assert "第 1 箱，共 2 箱" in page
    assert "未装箱" in page


def test_labels_of_parcels_are_scanned_as_their_sscc(actor: Actor) -> None:
    made = printed(actor, "sales.parcel", "DN-000001", language="zh-hans")
    assert sizes(made) == [(100, 150)] * 2
    for page, parcel in enumerate(Parcel.objects.order_by("parcel_no")):
        assert codes.is_sscc(parcel.sscc)
        assert parcel.sscc[1:].startswith("0614141")
        assert scan(made, page) == [("Code 128", f"(00){parcel.sscc}")]
        assert f"{page + 1} / 2" in texts(made)[page]
    assert len(sizes(printed(actor, "sales.parcel", "DN-000001", copies="3"))) == 6
    one = printed(actor, "sales.parcel", "DN-000001 2", size="100x70", language="en")
    assert sizes(one) == [(100, 70)]


def test_a_pick_list_walks_from_bin_to_bin(actor: Actor) -> None:
    (wave,) = waves_on_paper(actor, ["WV-000001"])
    assert [(pick["bin"], pick["delivery"]) for pick in wave["lines"]] == [("A-01", "DN-000002"), ("A-02", "DN-000001")]
    page = texts(printed(actor, "sales.wave", "WV-000001", language="zh-hans"))[0]
    assert page.index("A-01") < page.index("A-02")
    assert "LOT-1" in texts(printed(actor, "sales.pick", "DN-000001", language="zh-hans"))[0]


@pytest.mark.parametrize(
    "name", ["sales.order", "sales.delivery", "sales.packing", "sales.parcel", "sales.pick", "sales.wave"]
)
def test_papers_are_for_those_who_may_see_sales_here(actor: Actor, name: str) -> None:
    number = {"sales.wave": "WV-000001", "sales.order": "SO-000001"}.get(name, "DN-000001")
    elsewhere = make_actor(make_company(), roles=["admin"])
    assert signed_in_client(elsewhere).get(prints.address(name, number)).status_code == 404
    key = make_api_key(make_actor(make_company(), permissions=["catalog.view"]))
    answer = signed_in_client(actor).post(
        f"/api/v1/prints/{name}",
        {"numbers": [number]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 403


def test_an_order_is_confirmed_on_paper_in_the_language_asked_for_with_prices_for_who_sees_them(actor: Actor) -> None:
    company = SalesOrder.objects.get(number="SO-000001").company
    seller = make_actor(company, permissions=["sales.view", "sales.view_price"])
    paper = texts(printed(seller, "sales.order", "SO-000001", language="en"))[0]
    assert [said for said in ("Order confirmation", "SO-000001", "REF-1", "84.00", "12 pcs") if said not in paper] == []
    assert "84.00" not in texts(printed(actor, "sales.order", "SO-000001", language="zh-hans"))[0]
    SalesOrder.objects.filter(number="SO-000001").update(state="draft")
    assert "草稿" in texts(printed(seller, "sales.order", "SO-000001", language="zh-hans"))[0]
    assert prints.choose("sales.order", "SO-000001") in signed_in_client(seller).get("/so/SO-000001").content.decode()
