"""An inspector finds what waits for inspection: on my day, and through the navigation."""

import pytest

from gendan.accounts.tests.make import make_actor, signed_in_client
from gendan.catalog.models import Product
from gendan.purchasing.tests.make import make_order, make_world, receive
from gendan.web.workbench import my_day

pytestmark = pytest.mark.django_db


def test_what_waits_for_inspection_is_on_my_day():
    world = make_world()
    Product.objects.filter(company_id=world.company_id).update(inspect=True)
    order = make_order(world, 10)
    receipt = receive(world, order.number)
    parts = {part.title: part for part in my_day(world.actor)[0].parts}
    found = parts["待检的入库单"]
    assert (found.count, [row.title for row in found.rows]) == (1, [receipt.number])
    assert found.rows[0].url == f"/gr/{receipt.number}"
    assert found.url == "/receipts/?state=to_inspect"


def test_receipts_are_in_the_navigation_of_who_may_not_receive():
    page = signed_in_client(make_actor(roles=["qc_inspector"])).get("/").content.decode()
    assert 'href="/receipts/"' in page
    assert 'href="/receive"' not in page
