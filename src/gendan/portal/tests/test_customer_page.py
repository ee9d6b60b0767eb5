"""The customer's page: this order only, acted on by name, in three languages; nothing for who guesses."""

from __future__ import annotations

import io
import os
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.inventory.tests.make import statements
from gendan.kernel import files, limits
from gendan.kernel.models import Attachment, Event, Notice
from gendan.portal import commands, queries
from gendan.portal.models import CustomerLink
from gendan.portal.tests.make import PNG, SIGNATURE, make_link, sent
from gendan.portal.views import public
from gendan.sales import commands as sales
from gendan.sales.models import Delivery, DeliveryLine, ReturnLine, SalesOrder
from gendan.sales.rules.returned import ReturnIn
from gendan.sales.tests.make import line, make_order, make_world

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()


def test_units_are_called_in_the_customers_language() -> None:
    world = make_world(bolts=10)
    token, client = make_link(world, make_order(world, 10).number), Client()
    assert "10 件" in client.get(f"/c/{token}").content.decode()
    english = client.get(f"/c/{token}", headers={"Accept-Language": "en"}).content.decode()
    assert "10 pcs" in english


def test_a_customer_signs_with_a_piece_refused_and_is_known_by_name() -> None:
    world = make_world(bolts=10, nuts=20)
    order, delivery = sent(world, 10, 20)
    token, client = make_link(world, order, recipient="王五"), Client()
    page = client.get(f"/c/{token}")
    assert (page.status_code, page["X-Robots-Tag"].split(",")[0]) == (200, "noindex")
    assert all(word in page.content.decode() for word in (order, delivery, "六角螺栓", "王五"))
    form: dict[str, Any] = {
        "name": "赵六",
        "line": ["1", "2"],
        "refused": ["1", ""],
        "short": ["", "2"],
        "reason": ["锈了", "少装"],
    }
    refusal = client.post(f"/c/{token}/sign/{delivery}", form, headers=JSON)
    assert refusal.json()["code"] == "portal.SignatureRequired"
    form |= {"signature": SIGNATURE, "photo": SimpleUploadedFile("a.png", PNG)}
    answer = client.post(f"/c/{token}/sign/{delivery}", form)
    assert answer["Location"].endswith("#signed")
    found = Delivery.objects.get()
    assert (found.state, found.signed_by, found.signed_via) == ("signed", "赵六", "link")
    assert [(row.signed, row.refused, row.short) for row in DeliveryLine.objects.order_by("line_no")] == [
        (9, 1, 0),
        (18, 0, 2),
    ]
    assert Attachment.objects.filter(author="赵六", user=None, subject_kind="dn").count() == 2
    event = Event.objects.get(type="sales.delivery_signed")
    assert (event.via, event.user_id, event.data["who"]) == ("portal", None, "赵六")
    staff = signed_in_client(world.actor).get(f"/so/{order}").content.decode()
    assert "赵六" in staff
    assert "客户链接" in staff
    del form["photo"]
    assert client.post(f"/c/{token}/sign/{delivery}", form, headers=JSON).status_code == 409


def test_a_customer_asks_for_a_return_and_a_question_is_answered() -> None:
    world = make_world(bolts=10)
    order, delivery = sent(world, 10)
    token, client = make_link(world, order), Client()
    client.post(f"/c/{token}/sign/{delivery}", {"name": "赵六", "signature": SIGNATURE})
    form = {"name": "赵六", "phone": "139", "line": "1", "quantity": "2", "reason": "damaged", "line_note": "裂了"}
    client.post(f"/c/{token}/return", {**form, "photo-1": SimpleUploadedFile("a.png", PNG)})
    found = ReturnLine.objects.get()
    assert (found.quantity, found.note, found.sales_return.contact, found.sales_return.via) == (
        2,
        "裂了",
        "赵六 139",
        "portal",
    )
    assert Attachment.objects.get(subject_kind="rmal").subject_id == found.pk
    too_many = client.post(f"/c/{token}/return", {**form, "quantity": "9"}, headers=JSON)
    assert too_many.json()["code"] == "sales.OverReturned"
    client.post(f"/c/{token}/ask", {"name": "赵六", "text": "还有多久？"})
    assert [n.kind for n in Notice.objects.order_by("id")] == ["return", "question"]
    answered = signed_in_client(world.actor).post(f"/so/{order}/customer-answers", {"text": "明天到"})
    assert answered.status_code == 302
    page = client.get(f"/c/{token}").content.decode()
    assert [word for word in ("还有多久？", "明天到", "RMA-000001") if word not in page] == []


def test_a_link_stores_so_much_a_day_and_a_form_sent_again_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "DAY_BYTES", 3_000)
    world = make_world(bolts=10)
    order, delivery = sent(world, 10)
    sales.sign_delivery(actor=world.actor, number=delivery)
    token = make_link(world, order)
    pictures = [PNG + os.urandom(2_000) for _ in range(2)]

    def ask(key: str, content: bytes) -> Any:
        form = {"_key": key, "name": "赵六", "line": "1", "quantity": "1", "reason": "damaged", "line_note": ""}
        photo = SimpleUploadedFile("a.png", content)
        return Client().post(f"/c/{token}/return", {**form, "photo-1": photo}, headers=JSON)

    assert ask("k1", pictures[0]).status_code == 302
    refusal = ask("k2", pictures[1])
    assert (refusal.status_code, refusal.json()["code"]) == (429, "portal.UploadsFull")
    text = b"not a picture" + os.urandom(8).hex().encode()
    assert ask("k3", text).status_code == 422
    assert [files.is_stored([content]) for content in (*pictures, text)] == [True, False, False]
    assert ask("k1", pictures[0]).status_code == 302
    assert ReturnLine.objects.count() == 1


def test_a_link_shows_its_own_order_and_no_prices() -> None:
    world = make_world(bolts=20)
    order, _delivery = sent(world, 10)
    other, others_delivery = sent(world, 10)
    token, client = make_link(world, order), Client()
    page = client.get(f"/c/{token}").content.decode()
    assert other not in page
    assert others_delivery not in page
    assert "9.9" not in page
    assert client.get(f"/c/{token}/paper/note/{others_delivery}").status_code == 404
    answer = client.post(f"/c/{token}/sign/{others_delivery}", {"name": "x", "signature": SIGNATURE}, headers=JSON)
    assert answer.status_code == 404
    assert Delivery.objects.get(number=others_delivery).state == "shipped"


def test_a_delivery_of_two_orders_is_not_signed_by_the_link_of_one() -> None:
    world = make_world(bolts=20)
    order, delivery = sent(world, 10)
    other, others_delivery = sent(world, 10)
    DeliveryLine.objects.filter(delivery__number=others_delivery).update(
        delivery=Delivery.objects.get(number=delivery), line_no=2
    )
    token, client = make_link(world, order), Client()
    answer = client.post(f"/c/{token}/sign/{delivery}", {"name": "x", "signature": SIGNATURE}, headers=JSON)
    assert answer.json()["code"] == "portal.SharedDelivery"
    assert other not in client.get(f"/c/{token}").content.decode()


def test_papers_show_the_lines_of_this_order_only() -> None:
    world = make_world(bolts=20)
    order, delivery = sent(world, 10)
    other, others_delivery = sent(world, 7)
    DeliveryLine.objects.filter(delivery__number=others_delivery).update(
        delivery=Delivery.objects.get(number=delivery), line_no=2
    )
    made = Client().get(f"/c/{make_link(world, order)}/paper/note/{delivery}")
    assert (made["Content-Type"], made["Content-Security-Policy"] != "") == ("application/pdf", True)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages)
    assert order in text
    assert other not in text


def test_photos_come_over_the_api_to_a_line_of_a_return() -> None:
    world = make_world(bolts=10)
    order, delivery = sent(world, 10)
    sales.sign_delivery(actor=world.actor, number=delivery)
    wanted = [ReturnIn(order, 1, Decimal(1), "damaged")]
    number = sales.request_return(actor=world.actor, lines=wanted).number
    headers = {"Authorization": f"Bearer {make_api_key(world.actor)}"}
    path = f"/api/v1/documents/rmal/{number}-1/attachments"
    answer = Client().post(path, {"file": SimpleUploadedFile("a.png", PNG)}, headers=headers)
    assert answer.status_code == 201, answer.content
    assert "a.png" in signed_in_client(world.actor).get(f"/rma/{number}").content.decode()


def test_links_that_ended_say_so_and_do_nothing() -> None:
    world = make_world(bolts=10)
    order, delivery = sent(world, 10)
    token, client = make_link(world, order), Client()
    link = CustomerLink.objects.get()
    CustomerLink.objects.update(created_at=timezone.now() - timedelta(2), expires_at=timezone.now() - timedelta(1))
    assert client.get(f"/c/{token}").status_code == 410
    CustomerLink.objects.update(expires_at=timezone.now() + timedelta(1))
    assert client.get(f"/c/{token}").status_code == 200
    commands.revoke_link(actor=world.actor, link_id=link.pk)
    gone = client.get(f"/c/{token}")
    assert (gone.status_code, order in gone.content.decode()) == (410, False)
    assert client.post(f"/c/{token}/sign/{delivery}", {"name": "x", "signature": SIGNATURE}).status_code == 410
    assert Delivery.objects.get().state == "shipped"


def test_every_public_address_gives_nothing_to_who_guesses() -> None:
    world = make_world(bolts=10)
    order, delivery = sent(world, 10)
    make_link(world, order)
    stored = CustomerLink.objects.get()
    from gendan.portal.urls import urlpatterns

    doors = [pattern for pattern in urlpatterns if str(pattern.pattern).startswith("c/")]
    assert len(doors) == 6
    for guess in ("0" * 32, stored.token_hash, "x", "a" * 64, stored.sealed[:60]):
        for door in doors:
            given = {"token": guess, "number": delivery, "name": "note"}
            wanted = {name: given[name] for name in re.findall(r"<str:(\w+)>", str(door.pattern))}
            address = reverse(f"portal:{door.name}", kwargs=wanted)
            for who in (Client(), signed_in_client(world.actor)):
                cache.clear()
                assert {who.get(address).status_code, who.post(address).status_code} <= {404, 405}, address
    assert "token" not in str(list(Event.objects.values_list("data", flat=True)))


def test_an_order_that_is_reviewed_again_keeps_its_links_and_shows_no_words_of_ours() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10).number
    token = make_link(world, order)
    SalesOrder.objects.update(state="pending_review")
    page = Client().get(f"/c/{token}").content.decode()
    assert ("待确认" in page, "待审核" in page) == (True, False)
    assert "撤销" in signed_in_client(world.actor).get(f"/so/{order}").content.decode()


def test_who_guesses_or_hurries_is_slowed_down() -> None:
    world = make_world(bolts=10)
    order, _delivery = sent(world, 10)
    client = Client()
    answers = [client.get("/c/" + "0" * 32).status_code for _n in range(62)]
    assert (answers[0], answers[-1]) == (404, 429)
    token = make_link(world, order)
    answers = [client.post(f"/c/{token}/ask", {"name": "x", "text": "?"}).status_code for _n in range(21)]
    assert (answers[0], answers[-1]) == (302, 429)


def test_three_languages_the_links_own_first() -> None:
    world = make_world(bolts=10)
    order, _delivery = sent(world, 10)
    token, client = make_link(world, order, language="en"), Client()
    assert "Order lines" in client.get(f"/c/{token}").content.decode()
    client.post("/set-language", {"language": "zh-hant", "next": f"/c/{token}"})
    client.cookies["gendan_language"] = "zh-hant"
    assert "訂單明細" in client.get(f"/c/{token}").content.decode()


def test_links_over_the_api_and_only_for_who_may() -> None:
    world = make_world(bolts=10)
    order = make_order(world, 10).number
    client, headers = Client(), {"Authorization": f"Bearer {make_api_key(world.actor)}"}
    made = client.post(
        f"/api/v1/sales-orders/{order}/links", {"recipient": "王五"}, content_type="application/json", headers=headers
    ).json()
    path = made["data"]["url"].removeprefix("http://testserver")
    assert Client().get(path).status_code == 200
    (link,) = client.get(f"/api/v1/sales-orders/{order}/links", headers=headers).json()["items"]
    assert (link["state"], link["url"], link["recipient"]) == ("open", made["data"]["url"], "王五")
    watcher = world.stock.colleague("sales.view", "portal.view")
    theirs = {"Authorization": f"Bearer {make_api_key(watcher)}"}
    (link,) = client.get(f"/api/v1/sales-orders/{order}/links", headers=theirs).json()["items"]
    assert link["url"] == ""
    client.post(f"/api/v1/customer-links/{link['id']}/revoke", headers=headers)
    assert Client().get(path).status_code == 410
    draft = make_order(world, 1, submit=False).number
    refused = client.post(f"/api/v1/sales-orders/{draft}/links", {}, content_type="application/json", headers=headers)
    assert refused.json()["code"] == "portal.NotLive"


def test_a_link_asks_so_many_questions_a_day() -> None:
    world = make_world(bolts=20)
    order, _delivery = sent(world, 4)
    token = make_link(world, order)
    link = queries.link_by_token(token)
    assert link is not None
    assert limits.spend(f"portal.ask:{link.id}", 29, 30)
    asked = [Client().post(f"/c/{token}/ask", {"name": "赵六", "text": "还有多久？"}).status_code for _n in range(2)]
    assert asked == [302, 429]


def test_the_page_costs_the_same_with_many_lines() -> None:
    world = make_world(bolts=60, nuts=60)
    counts = []
    for quantities in ((4,), (4, 4, 4, 4, 4, 4)):
        order, _delivery = sent(world, *quantities)
        link = queries.link_by_token(make_link(world, order))
        assert link is not None
        with statements() as asked:
            queries.customer_page(link)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert line(order).shipped == 4
    assert SalesOrder.objects.count() == 2
