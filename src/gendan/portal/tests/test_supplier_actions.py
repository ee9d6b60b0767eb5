"""A supplier answers a corrective action by its link or signed in, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from gendan.catalog.tests.make import make_supplier
from gendan.kernel.models import Event
from gendan.portal.tests.accounts import make_client
from gendan.purchasing import commands as purchasing
from gendan.purchasing.queries.sending import link_shown
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.tests.make import World, make_order, make_world, receive
from gendan.quality import commands
from gendan.quality.models import CorrectiveAction, Inspection
from gendan.quality.tests.make import make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()


def asked(world: World) -> tuple[str, str, str]:
    """A bad delivery and what is asked about it; the order's link, the action's number, another action's number."""
    make_plan(world, method="all", aql="")
    order = make_order(world, 10).number
    sent = purchasing.send_order(actor=world.actor, number=order, email="", recipient="王经理")
    receipt = receive(world, order).number
    lines = [InspectIn(1, Decimal(6), Decimal(4))]
    purchasing.inspect_receipt(actor=world.actor, number=receipt, lines=lines)
    inspection = Inspection.objects.get(source_number=receipt).number
    due = world.actor.today() + timedelta(days=7)
    about = commands.create_action(actor=world.actor, problem="外径超差", inspection=inspection, due_on=due).number
    plain = commands.create_action(actor=world.actor, problem="包装潮湿", supplier="S001", due_on=due).number
    address = str(link_shown(world.actor, sent.data["link"])["url"])
    return address.split("/s/")[1].split("/")[0], about, plain


def test_the_link_of_the_order_opens_what_is_asked_about_its_goods_only() -> None:
    world, web = make_world(), Client()
    token, about, plain = asked(world)
    home = web.get(f"/s/{token}").content.decode()
    assert about in home
    assert plain not in home
    assert web.get(f"/s/{token}/car/{plain}").status_code == 404
    answer = {"version": "1", "cause": "刀具磨损", "action": "换刀并全检", "contact": "张工", "done_by": ""}
    assert web.post(f"/s/{token}/car/{about}/answer", answer).status_code == 422
    assert web.post(f"/s/{token}/car/{about}/answer", {**answer, "name": "王经理"}).status_code == 302
    found = CorrectiveAction.objects.get(number=about)
    assert (found.state, found.measure, found.answered_by) == ("answered", "换刀并全检", "王经理")
    event = Event.objects.filter(type="quality.action_answered").latest("id")
    assert (event.user_id, event.via) == (None, "supplier")
    assert "换刀并全检" in web.get(f"/s/{token}/car/{about}").content.decode()
    assert web.post(f"/s/{token}/car/{plain}/answer", {**answer, "name": "王经理"}).status_code == 404
    again = web.post(
        f"/s/{token}/car/{about}/answer", {**answer, "name": "王经理"}, headers={"Accept": "application/json"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "kernel.Stale")


def test_who_signed_in_sees_all_of_their_supplier_and_none_of_another() -> None:
    world = make_world()
    _token, about, plain = asked(world)
    web = make_client(world.actor)
    home = web.get("/s/me").content.decode()
    assert about in home
    assert plain in home
    answer = {"version": "1", "cause": "没有防潮", "action": "加干燥剂"}
    assert web.post(f"/s/me/car/{plain}/answer", answer).status_code == 302
    assert CorrectiveAction.objects.get(number=plain).answered_by == "李销售"
    silent = make_client(world.actor, email="zhao@s001.example", name="赵", rights=("ship",))
    assert silent.post(f"/s/me/car/{about}/answer", answer).status_code == 403
    make_supplier(world.company_id, "S002")
    other = make_client(world.actor, supplier="S002", email="wu@s002.example", name="吴")
    assert about not in other.get("/s/me").content.decode()
    assert other.get(f"/s/me/car/{about}").status_code == 404
    assert other.post(f"/s/me/car/{about}/answer", answer).status_code == 404
    assert CorrectiveAction.objects.get(number=about).state == "open"
