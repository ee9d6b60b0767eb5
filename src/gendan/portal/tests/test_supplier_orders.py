"""A supplier answers an order by its link: taken within the tolerance, a change order beyond it; nothing of others."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gendan.accounts.models import User
from gendan.alerts.tests.make import cases, scan
from gendan.catalog.models import Contact
from gendan.catalog.tests import make as catalog
from gendan.changes import commands as changes
from gendan.changes.models import ChangeOrder
from gendan.kernel import verify
from gendan.kernel.models import Event, Notice
from gendan.notices.models import Delivery
from gendan.portal import demo
from gendan.portal.models import SupplierAnswer
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import (
    AnswerPolicy,
    OrderLine,
    ParcelContent,
    Promise,
    PurchaseOrder,
    Sending,
    Shipment,
    ShipmentParcel,
    SupplierLink,
)
from gendan.purchasing.queries.orders import OrderFilter, list_orders
from gendan.purchasing.queries.sending import link_shown, sending_of
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tasks import send_approved
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def send(world: buying.World, number: str, **fields: Any) -> str:
    """Send an order; the address of its page."""
    done = purchasing.send_order(actor=world.actor, number=number, **{"recipient": "王经理", "email": "", **fields})
    return str(link_shown(world.actor, done.data["link"])["url"]).split("://", 1)[1].partition("/")[2]


def path(address: str) -> str:
    return "/" + address


def lines(world: buying.World, number: str) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order__number=number, order__company_id=world.company_id).order_by("line_no"))


def seen(client: Client, address: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    page = client.get(address).content.decode()
    return dict(re.findall(r'name="(seen-\d+)" value="([^"]*)"', page))


def answer(client: Client, address: str, **cells: Any) -> Any:
    count = len(seen(client, address))
    posted = {"name": "王经理", "line": [str(n) for n in range(1, count + 1)], **seen(client, address), **cells}
    posted = {name.replace("_", "-"): value for name, value in posted.items()}
    return client.post(f"{address}/answer", posted, headers=JSON)


def state(world: buying.World, number: str) -> str:
    order = OrderLine.objects.filter(order__number=number, order__company_id=world.company_id).first()
    assert order is not None
    return str(sending_of(world.actor, order.order_id)["state"])


def test_what_was_sent_is_seen_and_confirmed_without_an_account(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20).number
    assert state(world, number) == "unsent"
    address = path(send(world, number))
    assert state(world, number) == "sent"
    client = Client()
    page = client.get(address)
    assert (page.status_code, number in page.content.decode()) == (200, True)
    assert state(world, number) == "seen"
    assert client.post(f"{address}/answer", {"name": "王经理", "all": "1"}, headers=JSON).status_code == 302
    assert [line.confirmed for line in lines(world, number)] == [10, 20]
    assert set(Promise.objects.filter(order_line__in=lines(world, number)).values_list("source", flat=True)) == {"link"}
    assert state(world, number) == "confirmed"
    event = Event.objects.get(type="portal.order_answered", company_id=world.company_id)
    assert (event.via, event.data["who"], event.user_id) == ("supplier", "王经理", None)
    assert Notice.objects.filter(kind="supplier_answer", subject_number=number).count() == 1


def test_beyond_the_tolerance_it_waits_for_the_buyer(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20, 30).number
    due = lines(world, number)[0].required_on
    assert due is not None
    AnswerPolicy.objects.create(company_id=world.company_id, days=3, percent=Decimal(5))
    address, client = path(send(world, number)), Client()
    late, later = due + timedelta(days=3), due + timedelta(days=10)
    done = answer(
        client,
        address,
        kind_1="change", on_1_1=late.isoformat(), quantity_1_1="10",
        kind_2="change", on_2_1=due.isoformat(), quantity_2_1="12", on_2_2=later.isoformat(), quantity_2_2="8",
        kind_3="refuse", note_3="停产",
    )  # fmt: skip
    assert done.status_code == 302, done.content
    one, two, three = lines(world, number)
    assert (one.confirmed, one.promised_on, two.confirmed, three.refused) == (10, late, 0, 30)
    assert state(world, number) == "countered"
    change = ChangeOrder.objects.get(company_id=world.company_id)
    assert (change.state, change.origin, change.agreed) == ("draft", "partner", True)
    staff = Client()
    staff.force_login(User.objects.get(pk=world.actor.user_id or 0))
    page = staff.get(f"/po/{number}").content.decode()
    assert (change.number in page, "停产" in page) == (True, True)
    changes.submit_change(actor=world.actor, number=change.number)
    first, second = [line for line in lines(world, number) if line.product_id == two.product_id and line.live][-2:]
    found = {(line.quantity, line.required_on, line.confirmed) for line in (first, second)}
    assert (Decimal(8), later, Decimal(8)) in found
    assert state(world, number) == "confirmed"


def test_the_price_is_never_taken_at_once_and_the_last_answer_counts(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20).number
    AnswerPolicy.objects.create(company_id=world.company_id, days=30, percent=Decimal(100))
    address, client = path(send(world, number)), Client()
    answer(client, address, kind_1="change", price_1="9", kind_2="change", price_2="8")
    answer(client, address, kind_1="accept")
    first, second = ChangeOrder.objects.filter(company_id=world.company_id).order_by("id")
    assert (first.state, second.state) == ("withdrawn", "draft")
    prices = {line["line"]: line["unit_price"] for line in second.content["lines"]}
    assert (prices[2], prices[1] == "9") == ("8", False)
    assert [line.confirmed for line in lines(world, number)] == [10, 0]
    assert SupplierAnswer.objects.filter(company_id=world.company_id).count() == 2


def test_a_line_that_the_buyer_changed_meanwhile_is_asked_again_the_others_are_taken(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20).number
    address, client = path(send(world, number)), Client()
    old = seen(client, address)
    changed = {**changeable(world, number)}
    changed["lines"] = [{**changed["lines"][0], "quantity": "15"}, changed["lines"][1]]
    changes.create_change(actor=world.actor, kind="po", order=number, content=changed, submit=True)
    posted = {"name": "王经理", "line": ["1", "2"], "kind-1": "accept", "kind-2": "accept", **old}
    done = client.post(f"{address}/answer", posted, headers=JSON)
    assert done.headers["Location"].endswith("said=outdated")
    assert [line.confirmed for line in lines(world, number)] == [0, 20]
    kept = SupplierAnswer.objects.get(company_id=world.company_id)
    assert [row["outcome"] for row in kept.lines] == ["outdated", "taken"]


def changeable(world: buying.World, number: str) -> dict[str, Any]:
    from gendan.purchasing.queries.change import changeable as content

    return dict(content(world.actor, number).content)


def test_a_substitute_is_a_change_or_asked_in_words(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20).number
    address, client = path(send(world, number)), Client()
    answer(client, address, kind_1="substitute", text_1="M8 不锈钢")
    assert state(world, number) == "countered"
    assert not ChangeOrder.objects.filter(company_id=world.company_id).exists()
    answer(client, address, kind_1="substitute", product_1="NUT", quantity_1_1="10")
    change = ChangeOrder.objects.get(company_id=world.company_id)
    assert sorted(line["product"] for line in change.content["lines"]) == ["NUT", "NUT"] or change.content["lines"]


def test_nothing_of_others_is_behind_a_link(world: buying.World) -> None:
    number, other = buying.make_order(world, 10).number, buying.make_order(world, 20).number
    catalog.make_supplier(world.company_id, "S002")
    lines_ = [LineIn("BOLT", Decimal(10), Decimal("7.77"), required_on=date(2026, 12, 1))]
    rival = purchasing.create_order(actor=world.actor, supplier="S002", warehouse="MAIN", lines=lines_, submit=True)
    address, client = path(send(world, number)), Client()
    send(world, rival.number, recipient="李")
    home = address.rsplit("/po/", 1)[0]
    for stranger in (other, rival.number, "PO-999999"):
        assert client.get(f"{home}/po/{stranger}").status_code == 404
        assert client.post(f"{home}/po/{stranger}/answer", {"name": "x", "all": "1"}).status_code == 404
    text = client.get(home).content.decode() + client.get(address).content.decode()
    assert [word in text for word in (number, other, rival.number, "7.77")] == [True, False, False, False]
    assert client.get(f"/s/{'x' * 32}").status_code == 404
    link = SupplierLink.objects.get(company_id=world.company_id, recipient="王经理")
    purchasing.revoke_supplier_link(actor=world.actor, link_id=link.pk)
    assert client.get(address).status_code == 410
    assert client.post(f"{address}/answer", {"name": "x", "all": "1"}).status_code == 410
    assert lines(world, number)[0].confirmed == 0


def test_wrong_input_is_named_by_its_field_and_nothing_is_written(world: buying.World) -> None:
    number = buying.make_order(world, 10).number
    address, client = path(send(world, number)), Client()
    for cells, field in (
        ({"kind_1": "refuse"}, "note-1"),
        ({"kind_1": "change", "quantity_1_1": "x"}, "quantity-1-1"),
        ({"kind_1": "change", "quantity_1_1": "-1"}, "quantity-1-1"),
        ({"kind_1": "change", "on_1_1": "2020-01-01"}, "on-1-1"),
        ({"kind_1": "substitute"}, "text-1"),
        ({"kind_1": "maybe"}, "kind-1"),
    ):
        wrong = answer(client, address, **cells)
        assert (wrong.status_code, list(wrong.json()["data"]["fields"])) == (422, [field]), cells
    assert answer(client, address).status_code == 422
    assert not SupplierAnswer.objects.filter(company_id=world.company_id).exists()


def test_a_shipment_of_two_orders_with_boxes_and_labels(world: buying.World) -> None:
    one, two = buying.make_order(world, 10).number, buying.make_order(world, 8).number
    address, client = path(send(world, one)), Client()
    send(world, two)
    hidden = buying.make_order(world, 5).number
    home = address.rsplit("/po/", 1)[0]
    text = client.get(f"{home}/ship").content.decode()
    assert [number in text for number in (one, two, hidden)] == [True, True, False]
    posted = {
        "name": "王经理", "order": [one, two], "line": ["1", "1"], "quantity": ["10", "8"], "lot": ["L1", ""],
        "expires_on": ["2030-01-01", ""], "boxes": ["1-4", "4"], "pallets": "1:1-4", "carrier": "SF",
    }  # fmt: skip
    done = client.post(f"{home}/ship", posted, headers=JSON)
    assert done.status_code == 302, done.content
    shipment = Shipment.objects.get(company_id=world.company_id)
    parcels = list(ShipmentParcel.objects.filter(shipment=shipment).order_by("number"))
    assert [parcel.kind for parcel in parcels] == ["pallet"] + ["parcel"] * 4
    assert {parcel.parent_id for parcel in parcels[1:]} == {parcels[0].pk}
    boxed = ParcelContent.objects.filter(parcel=parcels[4]).order_by("line__line_no").values_list("quantity", flat=True)
    assert list(boxed) == [4, 8]
    labels = client.get(f"{home}/asn/{shipment.number}/labels")
    assert labels.content.startswith(b"%PDF")
    moved = client.post(f"{home}/asn/{shipment.number}/dispatch", {"name": "x", "tracking_number": "T1"}, headers=JSON)
    shipment.refresh_from_db()
    assert (moved.status_code, shipment.state, shipment.tracking_number) == (302, "in_transit", "T1")
    wrong = {**posted, "order": [hidden, two], "boxes": ["", ""], "pallets": ""}
    assert client.post(f"{home}/ship", wrong, headers=JSON).status_code == 422
    theirs = purchasing.create_shipment(actor=world.actor, orders=[hidden])
    assert client.get(f"{home}/asn/{theirs.number}/labels").status_code == 404
    assert client.post(f"{home}/asn/{theirs.number}/dispatch", {"name": "x"}).status_code == 404


def test_progress_and_statement(world: buying.World) -> None:
    number = buying.make_order(world, 10).number
    address, client = path(send(world, number)), Client()
    posted = {"name": "王经理", "line": ["1"], "percent-1": "40", "step-1": "热处理"}
    assert client.post(f"{address}/progress", posted, headers=JSON).status_code == 302
    assert "热处理" in client.get(address).content.decode()
    assert client.post(f"{address}/progress", {**posted, "percent-1": "140"}, headers=JSON).status_code == 422
    purchasing.receive_goods(actor=world.actor, order=number, delivery_note="N1")
    assert "N1" in client.get(address.rsplit("/po/", 1)[0] + "/statement").content.decode()
    for month in ("0001-01", "9999-12", "2026-13", "x"):  # another month's is shown, none that cannot be counted to
        asked = client.get(address.rsplit("/po/", 1)[0] + f"/statement?month={month}")
        assert asked.status_code == 200, month


def test_a_change_that_we_ask_for_is_agreed_on_the_page(world: buying.World) -> None:
    number = buying.make_order(world, 10).number
    address, client = path(send(world, number, email="wang@example.com")), Client()
    client.post(f"{address}/answer", {"name": "王经理", "all": "1"})
    content = changeable(world, number)
    content["lines"] = [{**content["lines"][0], "quantity": "6"}]
    reason = "客户减单 INTERNAL"
    done = changes.create_change(
        actor=world.actor, kind="po", order=number, content=content, reason=reason, submit=True
    )
    assert done.state == "awaiting_partner"
    letter = Delivery.objects.get(company_id=world.company_id, kind="out.change_asked")
    assert (letter.address, address in letter.body, done.number in letter.body) == ("wang@example.com", True, True)
    text = client.get(address).content.decode()
    assert (done.number in text, "INTERNAL" in text) == (True, False)
    home = address.rsplit("/po/", 1)[0]
    wrong = client.post(f"{home}/co/{done.number}", {"name": "x", "verdict": "refuse"}, headers=JSON)
    assert wrong.status_code == 422
    assert client.post(f"{home}/co/{done.number}", {"name": "x", "verdict": "accept"}, headers=JSON).status_code == 302
    assert ChangeOrder.objects.get(company_id=world.company_id).state == "applied"
    assert lines(world, number)[0].quantity == 6


def test_approved_orders_go_out_by_themselves_once_and_silence_counts_from_then(world: buying.World) -> None:
    Contact.objects.create(partner=world.supplier, name="王经理", email="wang@example.com", is_main=True)
    before = buying.make_order(world, 10).number
    PurchaseOrder.objects.filter(number=before).update(approved_at=timezone.now() - timedelta(hours=1))
    purchasing.save_answer_policy(actor=world.actor, silence_hours=24, sends=True)
    number = buying.make_order(world, 10).number
    assert (send_approved(world.actor), send_approved(world.actor)) == (1, 0)
    assert [state(world, each) for each in (before, number)] == ["unsent", "sent"]
    letter = Delivery.objects.get(company_id=world.company_id, kind="out.new_order")
    link = SupplierLink.objects.get(company_id=world.company_id)
    assert letter.address == "wang@example.com"
    assert link_shown(world.actor, link.pk)["url"] in letter.body
    Sending.objects.filter(link=link).update(first_at=timezone.now() - timedelta(hours=25))
    Sending.objects.filter(link=link).update(sent_at=timezone.now() - timedelta(hours=25))
    assert state(world, number) == "silent"
    scan(world.actor, world.actor.today(), "late_confirmation")
    assert [case.document_number for case in cases(world.actor, "late_confirmation")] == [number]
    page = list_orders(world.actor, OrderFilter(sending="silent"))
    assert [row["number"] for row in page.items] == [number]


def test_the_demonstration_has_a_sent_a_countered_and_a_silent_order(world: buying.World) -> None:
    numbers = [buying.make_order(world, 10).number for _n in range(3)]
    demo.tell({"admin": world.actor})
    assert [state(world, number) for number in numbers] == ["sent", "countered", "silent"]
    assert [found for _check, found in verify.differences(world.company_id) if found] == []
