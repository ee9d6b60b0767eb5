"""Labels of products and bins: as many as were asked for, as large as was asked for, with codes that scanners read."""

import pytest

from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.catalog.models import Barcode
from gendan.catalog.queries import find_products, product_by_barcode
from gendan.catalog.tests.make import make_actor, make_company, make_product, make_warehouse
from gendan.kernel import prints
from gendan.kernel.tests.paper import content_of, scan, sizes, texts

pytestmark = pytest.mark.django_db


def test_product_labels_with_copies():
    company = make_company()
    make_product(company, "P/1 A", "阿莫西林胶囊")
    bolt = make_product(company, "BOLT", "螺栓")
    Barcode.objects.create(company=company, product=bolt, code="6901234567892")
    client = signed_in_client(make_actor("catalog.view", company=company))
    chosen = client.post("/print/catalog.product", {"ids": ["P/1 A", "BOLT"]})["Location"]
    assert "阿莫西林胶囊" in client.get(chosen).content.decode()
    address = prints.address("catalog.product", "P/1 A", "BOLT", size="60x40")
    made = content_of(client.get(address + "&copies=2&copies=1"))
    assert sizes(made) == [(60, 40)] * 3
    assert ["阿莫西林胶囊" in text for text in texts(made)] == [True, True, False]
    assert scan(made) == [("Code 128", "P/1 A"), ("QR Code", "P/1 A")]
    assert scan(made, page=2) == [("Code 128", "6901234567892"), ("QR Code", "6901234567892")]


def test_bin_labels_by_page_and_api():
    company = make_company()
    make_warehouse(company, "W1", "一号仓", bins=("A-01", "A-02"))
    reader = make_actor("catalog.view", company=company)
    client = signed_in_client(reader)
    chosen = client.post("/print/catalog.bin?within=W1", {"ids": ["A-01", "A-02"]})["Location"]
    assert chosen == prints.choose("catalog.bin", "W1 A-01", "W1 A-02")
    made = content_of(client.get(chosen.replace("catalog.bin?", "catalog.bin/pdf?")))
    assert scan(made, page=1) == [("Code 128", "A-02"), ("QR Code", "A-02")]
    answer = client.post(
        "/api/v1/prints/catalog.bin",
        {"numbers": ["W1 A-01"], "size": "100x150", "copies": 3, "language": "en"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {make_api_key(reader)}"},
    )
    assert sizes(content_of(answer)) == [(100, 150)] * 3


@pytest.mark.parametrize(
    "sent", ["]C10106901234567892", "(01)06901234567892(10)L7", "]C10106901234567892" + "10L7\x1d21S1"]
)
def test_a_gs1_code_leads_to_its_product(sent):
    company = make_company()
    bolt = make_product(company, "BOLT", "螺栓")
    Barcode.objects.create(company=company, product=bolt, code="6901234567892")
    actor = make_actor("catalog.view", company=company)
    found = product_by_barcode(actor, sent)
    assert found is not None
    assert found["code"] == "BOLT"
    assert [row["code"] for row in find_products(actor, sent)] == ["BOLT"]


def test_who_may_not_see_products_prints_no_labels():
    company = make_company()
    make_product(company, "BOLT", "螺栓")
    answer = signed_in_client(make_actor("purchasing.view", company=company)).get("/print/catalog.product/pdf?n=BOLT")
    assert answer.status_code == 403
