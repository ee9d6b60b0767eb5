"""What waits in the warehouse is on the day of who may do it, and its documents are found by number."""

from decimal import Decimal

import pytest

from gendan.accounts.models import Company
from gendan.accounts.tests.make import make_actor, signed_in_client
from gendan.inventory import commands
from gendan.inventory.rules import TransferLineIn
from gendan.inventory.tests.make import adjust, make_world, stock, transfer
from gendan.web.search import find
from gendan.web.workbench import my_day

pytestmark = pytest.mark.django_db


def test_what_waits_in_the_warehouse_is_on_the_day_of_who_may_do_it():
    world = make_world()
    company = Company.objects.get(pk=world.company_id)
    keeper = make_actor(company, roles=["warehouse_keeper"])
    manager = make_actor(company, roles=["warehouse_manager"])
    stock(world, "BOLT", 100)
    away = transfer(world, TransferLineIn("BOLT", Decimal(4), "A-01", "E-01"), to_warehouse="EAST", post=True)
    lost = adjust(world)
    count = commands.create_count(actor=world.actor, warehouse="MAIN", start=True, reason="月末")
    seen = {part.title: [row.title for row in part.rows] for part in my_day(keeper)[0].parts if part.count}
    assert seen == {"进行中的盘点": [count.number], "待收的调拨": [away.number]}
    commands.count_line(actor=world.actor, number=count.number, line=1, quantity=Decimal(90))
    commands.finish_count(actor=world.actor, number=count.number)
    parts = {part.title: part for part in my_day(manager)[0].parts if part.count}
    assert [row.title for row in parts["待复核的盘点"].rows] == [count.number]
    assert parts["待复核的盘点"].rows[0].note.startswith("MAIN · 月末")
    assert parts["待复核的盘点"].url == "/sc?state=review"
    assert [row.title for row in parts["待过账的调整"].rows] == [lost.number]
    assert parts["待收的调拨"].rows[0].note.startswith("MAIN → EAST")
    assert "待复核的盘点" in signed_in_client(manager).get("/").content.decode()
    assert not [part for box in my_day(make_world().actor) for part in box.parts if part.count]


def test_documents_of_the_warehouse_are_found_by_number():
    world = make_world()
    stock(world, "BOLT", 100)
    moved = transfer(world)
    hits = [hit.url for group in find(world.actor, moved.number[3:]) for hit in group.hits]
    assert f"/tr/{moved.number}" in hits
    assert f"/aj/{moved.number.replace('TR', 'AJ')}" in hits
    nobody = make_actor(Company.objects.get(pk=world.company_id), ["catalog.view"])
    assert not find(nobody, moved.number)
