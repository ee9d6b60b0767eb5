"""Labels of lots, products, bins and parcels scan from the PDF and from what a label printer prints of the ZPL."""

from __future__ import annotations

from datetime import date

import pytest
import zxingcpp

from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.catalog.models import Barcode
from gendan.inventory.models import Lot
from gendan.inventory.tests.make import make_world
from gendan.kernel import codes
from gendan.kernel.tests.paper import content_of, scan
from gendan.kernel.tests.zpl import expanded, printed
from gendan.kernel.zpl import ZPL, compressed

pytestmark = pytest.mark.django_db


def read(picture):
    return sorted((str(code.format), code.text) for code in zxingcpp.read_barcodes(picture))


def test_a_lot_says_product_lot_and_expiry_in_one_code():
    world = make_world()
    Barcode.objects.create(company_id=world.company_id, product=world.bolt, code="6901234567892")
    for product, lot, expires in ((world.bolt, "L-7", date(2028, 6, 30)), (world.nut, "N1", None)):
        Lot.objects.create(company_id=world.company_id, product=product, code=lot, expires_on=expires)
    client = signed_in_client(world.actor)
    made = content_of(client.get("/print/inventory.lot/pdf?n=BOLT+L-7&n=NUT+N1&size=100x70"))
    gs1 = ("Data Matrix", "(01)06901234567892(17)280630(10)L-7")
    assert scan(made) == [("Code 128", "L-7"), gs1]
    assert scan(made, page=1) == [("Code 128", "N1"), ("Data Matrix", "(240)NUT(10)N1")]
    sent = next(c for c in zxingcpp.read_barcodes(_picture(made)) if c.content_type == zxingcpp.ContentType.GS1)
    raw = zxingcpp.read_barcodes(_picture(made), text_mode=zxingcpp.TextMode.Plain)
    told = codes.scanned(sent.symbology_identifier + next(c.text for c in raw if "06901234567892" in c.text))
    assert (told.gtin, told.lot, told.expires_on) == ("06901234567892", "L-7", date(2028, 6, 30))


def _picture(pdf):
    import pypdfium2

    return pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()


@pytest.mark.parametrize("form", ["zpl", "zpl300"])
@pytest.mark.parametrize("size", ["60x40", "100x70", "100x150"])
def test_what_a_label_printer_prints_scans(form, size):
    world = make_world()
    Barcode.objects.create(company_id=world.company_id, product=world.bolt, code="6901234567892")
    Lot.objects.create(company_id=world.company_id, product=world.bolt, code="L-7", expires_on=date(2028, 6, 30))
    key = make_api_key(world.actor)
    for name, number, expected in (
        ("catalog.product", "BOLT", {("Code 128", "6900001"), ("QR Code", "6900001")}),
        ("catalog.bin", "MAIN A-01", {("Code 128", "A-01"), ("QR Code", "A-01")}),
        ("inventory.lot", "BOLT L-7", {("Data Matrix", "(01)06901234567892(17)280630(10)L-7")}),
    ):
        answer = _ask(world, key, name, number, size, form)
        assert answer["Content-Type"] == ZPL
        content = b"".join(answer.streaming_content)
        ((picture, count),) = printed(content)
        dots = 8 if form == "zpl" else 12
        assert picture.size == tuple(int(side) * dots for side in size.split("x"))
        assert count == 3
        assert set(read(picture)) >= expected, (name, size, read(picture))
        assert len(content) < 60_000


def _ask(world, key, name, number, size, form):
    return signed_in_client(world.actor).post(
        f"/api/v1/prints/{name}",
        {"numbers": [number], "size": size, "copies": 3, "form": form},
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def test_the_short_form_says_the_same():
    plain = ["0" * 16, "F" * 16, "00FF" + "0" * 12, "0" * 10 + "FFFFFF", "12" * 8]
    for row in [*plain, "A" * 900, "0" * 450 + "1" * 450]:
        assert expanded(compressed([row, row]), len(row)) == [row, row]


def test_documents_are_no_labels():
    world = make_world()
    answer = signed_in_client(world.actor).get("/print/purchasing.order/pdf?n=PO-000001&form=zpl")
    assert answer.status_code == 422
