"""Labels of parcels and pallets come out of a label printer so that the dock's scanner reads and receives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from gendan.accounts.tests.make import signed_in_client
from gendan.handheld.tests.make import Device, barcoded_world
from gendan.kernel.tests.zpl import printed
from gendan.kernel.zpl import ZPL
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models.supplier_link import ShipmentParcel
from gendan.purchasing.queries.sending import link_shown
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn
from gendan.purchasing.tests.make import line, make_order
from gendan.sales import commands as sales
from gendan.sales.models import Parcel
from gendan.sales.steps.packing import ParcelIn as Packed
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db(transaction=True)


def scanned(picture: Image.Image) -> str:
    """The one code of a label, as a scanner sends it."""
    (code,) = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return f"{code.symbology_identifier}{code.text}"


@pytest.mark.parametrize(("form", "size"), [("zpl", "100x150"), ("zpl300", "100x150"), ("zpl", "100x70")])
def test_the_labels_of_what_we_send_scan_as_their_sscc(form: str, size: str) -> None:
    world = selling.make_world(bolts=50)
    number = sales.create_delivery(actor=world.actor, orders=[selling.make_order(world, 5).number]).number
    sales.pick_goods(actor=world.actor, number=number, all=True)
    parcels = [Packed(((1, Decimal(quantity)),)) for quantity in (3, 2)]
    sales.pack_delivery(actor=world.actor, number=number, parcels=parcels)
    ssccs = list(Parcel.objects.order_by("parcel_no").values_list("sscc", flat=True))
    answer = signed_in_client(world.actor).get(f"/print/sales.parcel/pdf?n={number}&form={form}&size={size}&copies=2")
    assert answer["Content-Type"] == ZPL
    found = printed(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert [count for _picture, count in found] == [2, 2]
    assert [scanned(picture) for picture, _count in found] == [f"]C100{sscc}" for sscc in ssccs]


@pytest.mark.parametrize("form", ["pdf", "zpl", "zpl300"])
def test_the_suppliers_labels_are_received_by_one_scan_each(form: str) -> None:
    world = barcoded_world()
    order = make_order(world, 50, 20).number
    sent = purchasing.send_order(actor=world.actor, number=order, recipient="王经理", email="")
    lines = [ShipIn(1, Decimal(6), order, "L1", expires_on=date(2030, 1, 1)), ShipIn(2, Decimal(20), order)]
    parcels = [ParcelIn("pallet", ((0, Decimal(6)),)), ParcelIn("parcel", ((1, Decimal(20)),))]
    number = purchasing.create_shipment(actor=world.actor, lines=lines, parcels=parcels).number
    address = str(link_shown(world.actor, sent.data["link"])["url"]).split("/po/", 1)[0].split("://", 1)[1]
    answer = Client().get(f"/{address.partition('/')[2]}/asn/{number}/labels?form={form}")
    assert answer.status_code == 200
    codes = [scanned(picture) for picture in _pictures(answer.content, form)]
    ssccs = ShipmentParcel.objects.order_by("sscc").values_list("sscc", flat=True)
    assert sorted(codes) == [f"]C100{sscc}" for sscc in ssccs]
    device = Device(world.actor)
    assert [device.scan(code)["ok"] for code in codes] == [True, True]
    assert device.book()["ok"]
    assert (line(order).received, line(order, 2).received) == (6, 20)


def _pictures(made: bytes, form: str) -> list[Image.Image]:
    if form != "pdf":
        return [picture for picture, _count in printed(made)]
    pages = pypdfium2.PdfDocument(made)
    return [pages[n].render(scale=203 / 72).to_pil() for n in range(len(pages))]
