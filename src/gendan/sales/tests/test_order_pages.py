"""The pages of sales orders."""

from __future__ import annotations

import pytest
from django.test import Client

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.kernel.actor import Actor
from gendan.sales.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db


def client(actor: Actor) -> Client:
    return signed_in_client(User.objects.get(pk=actor.user_id or 0))


def test_the_list_shows_what_is_open_and_finds_it_by_the_customers_number() -> None:
    world = make_world(bolts=10)
    number = make_order(world, 10, customer_reference="KH-2026-7").number
    other = make_order(world, 1).number
    page = client(world.actor)
    shown = page.get("/so/").content.decode()
    assert [word for word in (number, other, "待发货") if word not in shown] == []
    found = page.get("/so/?q=kh-2026").content.decode()
    assert (number in found, other in found) == (True, False)
    assert page.get(f"/so/{number}").status_code == 200
    book = page.get("/so/?export=xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    book.close()
