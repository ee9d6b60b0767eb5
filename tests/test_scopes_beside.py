"""What stands beside documents keeps to the data scope, too: counts, live updates, comments; for each kind of scope."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from tests.test_scopes import company_of, narrowed, ordered

from gendan.accounts import commands as accounts
from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.catalog import commands as catalog
from gendan.catalog.models import Category, Product
from gendan.catalog.tests import make as catalog_make
from gendan.flow.tests.make import approve, draw
from gendan.kernel.actor import Actor
from gendan.kernel.comments import add_comment, comments_on
from gendan.kernel.errors import NotFound
from gendan.kernel.models import Comment, Event
from gendan.kernel.ticket import Ticket
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.queries.orders import OrderFilter, count_orders
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as purchasing_make
from gendan.web import live

pytestmark = pytest.mark.django_db
World = purchasing_make.World
Made = tuple[Actor, str, str]  # who is narrowed, a document within their scope, one outside


def _own(world: World) -> Made:
    li = narrowed(world, "li", documents={"purchasing": "own"})
    return li, ordered(world, li), ordered(world, world.actor)


def _department(world: World) -> Made:
    accounts.save_department(actor=world.actor, code="BUY", name="采购部")
    li = narrowed(world, "li", documents={"purchasing": "department"})
    clerk = narrowed(world, "clerk")
    for name in ("li", "clerk"):
        accounts.update_user(actor=world.actor, username=name, department="BUY")
    return li, ordered(world, clerk), ordered(world, world.actor)


def _warehouse(world: World) -> Made:
    catalog_make.make_warehouse(company_of(world), "EAST2", "东二")
    li = narrowed(world, "li", warehouses=["EAST2"])
    return li, ordered(world, world.actor, warehouse="EAST2"), ordered(world, world.actor)


def _supplier_group(world: World) -> Made:
    catalog_make.make_supplier(company_of(world), "S002")
    rows = [{"code": "S002", "supplier_group": "化工"}]
    catalog.save_rows(actor=world.actor, resource="partners", rows=rows, atomic=True)
    li = narrowed(world, "li", supplier_groups=["化工"])
    return li, ordered(world, world.actor, supplier="S002"), ordered(world, world.actor)


def _category(world: World) -> Made:
    category = Category.objects.create(company_id=world.company_id, code="LAB", name="试剂")
    Product.objects.filter(company_id=world.company_id, code="NUT").update(category=category)
    li = narrowed(world, "li", categories=["LAB"])
    lines = [LineIn("NUT", Decimal(5), Decimal(1))]
    return li, ordered(world, world.actor, lines=lines), ordered(world, world.actor)


SCOPES: dict[str, Callable[[World], Made]] = {
    "own": _own,
    "department": _department,
    "warehouse": _warehouse,
    "supplier group": _supplier_group,
    "category": _category,
}


@pytest.fixture(params=SCOPES)
def made(request: pytest.FixtureRequest) -> tuple[World, Actor, str, str]:
    world = purchasing_make.make_world()
    return (world, *SCOPES[request.param](world))


def test_counts_are_of_what_is_seen(made: tuple[World, Actor, str, str]) -> None:
    world, li, _inside, _outside = made
    wanted = OrderFilter(state="open")
    assert sum(count_orders(world.actor, wanted).values()) == 2
    assert sum(count_orders(li, wanted).values()) == 1


def test_the_badge_of_approvals_counts_only_what_one_is_asked_about(made: tuple[World, Actor, str, str]) -> None:
    world, li, inside, outside = made
    draw(world.actor, approve("boss", {"by": "submitter"}), own="allow")
    for number in (inside, outside):
        purchasing.submit_order(actor=world.actor, number=number)
    badge = reverse("flow:count")
    assert signed_in_client(world.actor).get(badge).content == b"2"
    assert signed_in_client(li).get(badge).content == b""


def test_open_pages_of_who_is_narrowed_hear_that_something_changed_and_never_what(
    made: tuple[World, Actor, str, str],
) -> None:
    world, li, _inside, outside = made
    event = Event.objects.filter(subject_number=outside).latest("id")
    who = [(world.company_id, actor.user_id or 0) for actor in (li, world.actor)]
    with connection.cursor() as cursor:
        cursor.execute(live.Hub.NARROWED, [[company for company, _user in who], [user for _company, user in who]])
        found = {(row[0], row[1]) for row in cursor.fetchall()}
    assert found == {who[0]}

    async def heard() -> list[bytes | None]:
        hub = live.Hub("")
        hub.narrowed = found
        streams = [live.Stream(Ticket(company, user, 0)) for company, user in who]
        hub.streams = set(streams)
        hub.tell([live.Change(event.pk, world.company_id, event.type, tuple(event.refs), outside, "别人")])
        return [stream.messages.get_nowait() for stream in streams]

    narrow, whole = asyncio.run(heard())
    assert narrow == live.SOMETHING
    assert outside.encode() in (whole or b"")


def test_comments_of_what_is_outside_are_neither_read_nor_written(made: tuple[World, Actor, str, str]) -> None:
    world, li, inside, outside = made
    for number in (inside, outside):
        add_comment(actor=world.actor, kind="po", number=number, text=f"关于 {number}")
    assert [one["text"] for one in comments_on(li, "po", inside)] == [f"关于 {inside}"]
    add_comment(actor=li, kind="po", number=inside, text="看到了")
    web, api = signed_in_client(li), api_client(li)
    with pytest.raises(NotFound):
        comments_on(li, "po", outside)
    with pytest.raises(NotFound):
        add_comment(actor=li, kind="po", number=outside, text="x")
    assert api.get(f"/documents/po/{outside}/comments").status_code == 404
    assert api.post(f"/documents/po/{outside}/comments", {"text": "x"}).status_code == 404
    assert web.post(reverse("kernel:add_comment", args=["po", outside]), {"text": "x"}).status_code == 404
    assert web.post(reverse("kernel:add_comment", args=["po", inside]), {"text": "从网页"}).status_code < 400
    order = PurchaseOrder.objects.get(number=outside)
    assert Comment.objects.filter(subject_kind="po", subject_id=order.pk).count() == 1
