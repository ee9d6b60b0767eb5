"""Why a line has no stock set aside, in words; promised days on their page."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.tests.make import make_warehouse
from gendan.inventory.models import Balance
from gendan.inventory.tests import make as inventory
from gendan.inventory.tests.make import statements
from gendan.sales import commands
from gendan.sales.models import SalesSettings
from gendan.sales.queries.why import why_not_reserved
from gendan.sales.tests.make import World, line, make_order, make_world
from gendan.sales.tests.test_atp import buy
from gendan.sales.tests.test_promises import words

pytestmark = pytest.mark.django_db


def kinds(world: World, number: str) -> list[str]:
    return [reason.kind for reason in why_not_reserved(world.actor, number).get(1, [])]


def client(world: World) -> Client:
    return signed_in_client(User.objects.get(pk=world.actor.user_id or 0))


def test_every_reason_has_its_words_and_its_documents() -> None:
    world = make_world(bolts=10)
    assert kinds(world, make_order(world, 5, submit=False).number) == ["review"]
    first = make_order(world, 10).number
    assert kinds(world, first) == [], "everything is reserved"
    second = make_order(world, 4).number
    (held,) = why_not_reserved(world.actor, second)[1]
    assert held.kind == "held"
    assert first in held.text
    assert held.links == ((first, f"/so/{first}"),)
    inventory.stock(world.stock, "BOLT", 30, "E-01", warehouse="EAST")
    assert kinds(world, second) == ["held", "elsewhere"]
    bought = buy(world, "20", world.actor.today() + timedelta(days=5))
    assert kinds(world, second) == ["held", "elsewhere", "incoming"]
    commands.reserve_order(actor=world.actor, number=second)
    (way,) = why_not_reserved(world.actor, second)[1]
    assert (way.kind, way.links[0][0]) == ("way", bought)


def test_what_lies_in_inspection_what_is_free_and_what_is_nowhere() -> None:
    world = make_world()
    number = make_order(world, 4).number
    assert kinds(world, number) == ["none"]
    inventory.stock(world.stock, "BOLT", 3)
    SalesSettings.objects.create(company_id=world.stock.company_id, reserve_on_review=False)
    assert kinds(world, number) == ["free"]
    assert "不自动锁定" in why_not_reserved(world.actor, number)[1][0].text
    from gendan.catalog.models import Location

    place = Location.objects.get(company_id=world.stock.company_id, warehouse=world.stock.main, kind="inspection")
    Balance.objects.create(
        company_id=world.stock.company_id, product=world.stock.bolt, location=place, on_hand=Decimal(7)
    )
    assert kinds(world, number) == ["free", "check"]


def test_it_is_read_in_a_fixed_number_of_statements() -> None:
    world = make_world(bolts=100)
    covered, long = make_order(world, 5).number, make_order(world, *["90"] * 20).number
    with statements() as seen:
        why_not_reserved(world.actor, covered)
    assert len(seen) == 1
    with statements() as seen:
        why_not_reserved(world.actor, long)
    assert len(seen) == 5


def test_the_fragment_and_the_page_of_promises() -> None:
    world = make_world()
    today = world.actor.today()
    buy(world, "20", today + timedelta(days=5))
    number = make_order(world, 8).number
    browser = client(world)
    assert "到货" in browser.get(f"/so/{number}/why").content.decode()
    page = browser.get(f"/so/{number}/promise").content.decode()
    assert "首次承诺" in page
    assert "客户在客户链接里能看到这句话" in page
    day = today + timedelta(days=9)
    answer = browser.post(f"/so/{number}/promise", {"line": "1", "promised_on": str(day), "reason": ""})
    assert answer.status_code == 422, "a line that has a promise needs a reason"
    answer = browser.post(f"/so/{number}/promise", {"line": "1", "promised_on": str(day), "reason": "客户推迟"})
    assert answer.status_code == 302
    assert words(number)[-1] == (2, "hand", day, "客户推迟")
    assert line(number).promised_on == today + timedelta(days=5)


def test_goods_are_exchanged_from_the_page() -> None:
    world = make_world()
    buy(world, "20", world.actor.today() + timedelta(days=5))
    number = make_order(world, 8).number
    inventory.stock(world.stock, "BOLT", 8)
    answer = client(world).post("/so/cover-line", {"number": number, "line": "1", "purchase": "", "instead": ""})
    assert answer.status_code == 200
    assert line(number).reserved == 8
    other = make_order(world, 5).number
    commands.release_order(actor=world.actor, number=other)
    fields = {"number": number, "line": "1", "to_number": other, "to_line": "1", "quantity": "3"}
    assert client(world).post("/so/move-reservation", fields).status_code == 200
    assert line(other).reserved == 3


def test_the_form_says_in_full_when_its_lines_can_leave() -> None:
    world = make_world(bolts=5)
    bought = buy(world, "20", world.actor.today() + timedelta(days=5))
    lines = [{"product": "BOLT", "quantity": "8", "unit_price": "1"}, {"product": "NUT", "quantity": "1"}]
    form = {"warehouse": "MAIN", "customer": "C001", "lines": json.dumps(lines)}
    page = client(world).post("/so/available", form).content.decode()
    assert bought in page
    assert "日期未知" in page
    assert client(world).post("/so/available", {"warehouse": "", "lines": "[]"}).content.decode().strip() == ""


def test_warehouses_that_have_some_are_named_the_fullest_first_and_no_more_than_three() -> None:
    world = make_world()
    number = make_order(world, 50).number
    for n, code in enumerate(("W2", "W3", "W4", "W5", "W6"), 1):
        make_warehouse(world.actor.company_id, code, bins=("A",))
        inventory.stock(world.stock, "BOLT", n, "A", warehouse=code)
    told = [reason.text for reason in why_not_reserved(world.actor, number)[1] if reason.kind == "elsewhere"]
    assert [text.split()[1] for text in told[:3]] == ["W6", "W5", "W4"]
    assert told[3:] == ["… 另有 2 个仓库共 3 件"]
