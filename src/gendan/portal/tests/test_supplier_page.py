"""The page of a supplier who was urged: these lines only, no prices, in three languages; nothing for who guesses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gendan.alerts import commands
from gendan.alerts.remedies.models import RemedyDone, Urge
from gendan.alerts.remedies.urging import urge_shown
from gendan.alerts.tests.make import cases, scan
from gendan.kernel.models import Event
from gendan.portal.views import door
from gendan.purchasing.models import OrderLine, Sending, SupplierLink
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
DAY = "2030-05-20"


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()


def urged(world: buying.World, *quantities: int, **fields: Any) -> tuple[str, str]:
    """The order and the address of the urging about its lines, by the supplier's link."""
    number = buying.make_order(world, *quantities).number
    scan(world.actor, date(2026, 12, 5), "overdue_receipt")
    first, *others = [case.number for case in cases(world.actor, "overdue_receipt") if case.document_number == number]
    done = commands.urge_supplier(actor=world.actor, number=first, cases=others, recipient="王经理", **fields)
    address = str(urge_shown(world.actor, done.data["urge"])["url"])
    assert address.endswith(f"/po/{number}")
    token = address.split("/s/")[1].split("/")[0]
    return number, f"{token}/urges/{done.data['urge']}"


def form(number: str, *lines: tuple[int, str, str, str], **fields: str) -> dict[str, Any]:
    """What the page posts: line, kind, date, quantity."""
    return {
        "name": "王经理",
        "order": [number] * len(lines),
        "line": [str(line) for line, _kind, _on, _quantity in lines],
        "kind": [kind for _line, kind, _on, _quantity in lines],
        "on": [on for _line, _kind, on, _quantity in lines],
        "quantity": [quantity for _line, _kind, _on, quantity in lines],
        "rest_on": [""] * len(lines),
        "line_note": [""] * len(lines),
        **fields,
    }


def test_a_supplier_sees_what_is_missing_and_answers_by_name() -> None:
    world, client = buying.make_world(), Client()
    number, token = urged(world, 10, 20, note="客户在等")
    buying.receive(world, number, (1, "4"))
    page = client.get(f"/s/{token}")
    text = page.content.decode()
    assert (page.status_code, page["X-Robots-Tag"].split(",")[0]) == (200, "noindex")
    assert all(word in text for word in (number, "六角螺栓", "6 件", "20 件", "客户在等", "2026-12-01"))
    assert "9.9" not in text
    sent = client.post(f"/s/{token}/answer", form(number, (1, "date", DAY, ""), (2, "cannot", "", "")))
    assert sent.status_code == 302
    urge = Urge.objects.get()
    assert (urge.state, urge.answered_by, urge.seen_at is None) == ("answered", "王经理", False)
    event = Event.objects.filter(type="alerts.urge_answered").latest("id")
    assert (event.user_id, event.via, event.data["who"]) == (None, "supplier", "王经理")
    assert DAY in client.get(f"/s/{token}").content.decode()


def test_one_day_answers_all_lines_that_were_not_answered_separately() -> None:
    world, client = buying.make_world(), Client()
    number, token = urged(world, 10, 20, 30)
    given = form(number, (1, "", "", ""), (2, "partly", "2030-06-01", "5"), (3, "", "", ""), all_on=DAY)
    assert client.post(f"/s/{token}/answer", given).status_code == 302
    said = [done.answer["lines"][0] for done in RemedyDone.objects.order_by("case__line_no")]
    assert [(line["kind"], line["on"]) for line in said] == [("date", DAY), ("partly", "2030-06-01"), ("date", DAY)]


def test_what_cannot_be_read_is_named_at_its_field_and_nothing_is_taken() -> None:
    world, client = buying.make_world(), Client()
    number, token = urged(world, 10)
    bad = form(number, (1, "partly", "bald", "viel"))
    answer = client.post(f"/s/{token}/answer", bad, headers=JSON)
    assert set(answer.json()["data"]["fields"]) == {f"on-{number}-1", f"quantity-{number}-1"}
    nameless = client.post(f"/s/{token}/answer", form(number, (1, "date", DAY, ""), name=""), headers=JSON)
    assert (nameless.status_code, set(nameless.json()["data"]["fields"])) == (422, {"name"})
    other = buying.make_order(world, 10).number
    foreign = client.post(f"/s/{token}/answer", form(other, (1, "date", DAY, "")), headers=JSON)
    assert foreign.status_code == 422
    assert client.post(f"/s/{token}/answer", form(number, (1, "", "", "")), headers=JSON).status_code == 422
    assert Urge.objects.get().state == "waiting"


def test_who_guesses_gets_nothing_and_an_old_link_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    world, client = buying.make_world(), Client()
    number, token = urged(world, 10)
    bare, id_ = token.split("/urges/")
    for wrong in ("x", "A" * 32, bare[:-1] + ("a" if bare[-1] != "a" else "b")):
        assert client.get(f"/s/{wrong}/urges/{id_}").status_code == 404
    assert client.get(f"/s/{bare}/urges/{int(id_) + 1}").status_code == 404
    assert client.get(f"/c/{bare}").status_code == 404
    monkeypatch.setattr(door, "WRITES", 1)
    assert client.post(f"/s/{token}/answer", form(number, (1, "date", DAY, ""))).status_code == 302
    assert client.post(f"/s/{token}/answer", form(number, (1, "date", DAY, ""))).status_code == 429
    now = timezone.now()
    SupplierLink.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    ended = client.get(f"/s/{token}")
    assert ended.status_code == 410
    assert number not in ended.content.decode()


def test_the_page_speaks_the_suppliers_language() -> None:
    world = buying.make_world()
    _number, token = urged(world, 10, language="en")
    assert "When will these 1 items come?" in Client().get(f"/s/{token}").content.decode()
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hant"
    assert 'lang="zh-hant"' in client.get(f"/s/{token}").content.decode()


def test_the_order_is_where_it_is_answered_and_answering_the_order_answers_the_urging() -> None:
    world, client = buying.make_world(), Client()
    number, path = urged(world, 10, 20)
    token, id_ = path.split("/urges/")
    page = client.get(f"/s/{token}/po/{number}").content.decode()
    assert all(word in page for word in (f'id="urge-{id_}"', "先交的数量", "全部按订单确认"))
    given = form(number, (1, "cannot", "", ""), back=number)
    sent = client.post(f"/s/{path}/answer", given)
    assert sent["Location"] == f"/s/{token}/po/{number}?said=answered"
    assert Urge.objects.get().state == "waiting"
    line = OrderLine.objects.get(order__number=number, line_no=2, order__company_id=world.company_id)
    answer = {"name": "王经理", "line": ["2"], "kind-2": "change", "on-2-1": DAY, "quantity-2-1": "20"}
    assert client.post(f"/s/{token}/po/{number}/answer", answer).status_code == 302
    urge = Urge.objects.get()
    assert (urge.state, urge.answered_by, urge.answers) == ("answered", "王经理", 2)
    said = RemedyDone.objects.get(case__line_id=line.pk).answer["lines"]
    assert [(row["kind"], row["on"]) for row in said] == [("date", DAY)]
    assert f'id="urge-{id_}"' not in client.get(f"/s/{token}/po/{number}").content.decode()


def test_a_link_of_before_opens_the_urging_and_no_order() -> None:
    world, client = buying.make_world(), Client()
    number, path = urged(world, 10)
    token = path.split("/urges/")[0]
    Sending.objects.all().delete()
    assert client.get(f"/s/{token}")["Location"] == f"/s/{path}"
    assert client.get(f"/s/{token}/po/{number}")["Location"] == f"/s/{token}"
    assert client.get(f"/s/{token}/po/PO-999999").status_code == 404
