"""Setting carriers up, on pages and over the API; secrets stay inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gendan.accounts.models import Company
from gendan.accounts.secret import Secret
from gendan.accounts.tests.make import api_client, make_actor, signed_in_client
from gendan.carriers import commands, queries
from gendan.carriers.errors import CarrierExists, CarrierNameTaken
from gendan.carriers.models import Carrier, TrackedParcel
from gendan.carriers.tests.make import CUSTOMER, KEY, SALT, kuaidi_carrier, make_carrier, make_shipment, parcel
from gendan.kernel.errors import Invalid, Stale
from gendan.kernel.models import Event, Idempotency
from gendan.kernel.sealed import seal, unseal
from gendan.purchasing import commands as buy
from gendan.purchasing.tests.make import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def wrong(world: World, code: str = "A", **values: Any) -> set[str]:
    with pytest.raises(Invalid) as refused:
        commands.save_carrier(actor=world.actor, code=code, values={"name": "甲", **values})
    return set(refused.value.fields)


def test_what_is_wrong_is_named_by_field(world: World):
    assert wrong(world, name=" ") == {"name"}
    assert wrong(world, code="a b") == {"code"}
    assert wrong(world, code="..") == {"code"}, "a page of its own could not be opened"
    assert wrong(world, adapter="pigeon") == {"adapter"}
    assert wrong(world, tracking_url="https://example.com/track") == {"tracking_url"}
    assert wrong(world, tracking_url="javascript:alert({number})") == {"tracking_url"}
    assert wrong(world, silent_hours=0) == {"silent_hours"}
    assert wrong(world, colour="red") == {"colour"}
    assert wrong(world, adapter="kuaidi100") == {"settings.com", "settings.customer", "settings.key"}


def test_a_name_finds_one_carrier_only(world: World):
    make_carrier(world.actor, "SF", "顺丰速运", aliases=["顺丰"])
    with pytest.raises(CarrierExists):
        commands.save_carrier(actor=world.actor, code="sf", new=True, values={"name": "顺丰"})
    with pytest.raises(CarrierNameTaken):
        make_carrier(world.actor, "SF2", "顺 丰")
    with pytest.raises(Stale):
        commands.save_carrier(actor=world.actor, code="SF", version=7, values={"name": "顺丰"})


def test_secrets_are_kept_sealed_and_never_shown(world: World):
    carrier = kuaidi_carrier(world.actor)
    assert unseal(carrier.sealed) == {"key": KEY, "salt": SALT}
    commands.save_carrier(
        actor=world.actor.with_key("k1"), code="YTO", secrets={"key": Secret("another-key")}, values={"name": "圆通"}
    )
    carrier.refresh_from_db()
    assert unseal(carrier.sealed) == {"key": "another-key", "salt": SALT}, "what is not given stays"
    client, api = signed_in_client(world.actor), api_client(world.actor)
    everything = "".join(
        (
            client.get("/carriers/YTO").content.decode(),
            client.get("/carriers/").content.decode(),
            api.get("/carriers").content.decode(),
            api.get("/carriers/YTO").content.decode(),
            str(list(Event.objects.values())),
            str(list(Idempotency.objects.values("result"))),
            str(Carrier.objects.values().get()),
        )
    )
    assert KEY not in everything
    assert "another-key" not in everything
    assert SALT not in everything.replace(carrier.sealed, "")
    assert api.get("/carriers/YTO").json()["secrets_set"] == ["key", "salt"]


def test_another_server_is_not_told_the_secrets_of_the_former(world: World):
    carrier = kuaidi_carrier(world.actor)
    elsewhere = {"com": "yuantong", "customer": CUSTOMER, "url": "https://elsewhere.example"}
    with pytest.raises(Invalid) as refused:
        commands.save_carrier(actor=world.actor, code="YTO", values={"settings": elsewhere})
    assert set(refused.value.fields) == {"settings.key"}
    commands.save_carrier(actor=world.actor, code="YTO", secrets={"key": Secret("new")}, values={"settings": elsewhere})
    carrier.refresh_from_db()
    assert unseal(carrier.sealed) == {"key": "new"}
    commands.save_carrier(actor=world.actor, code="YTO", values={"settings": elsewhere})


def test_sealed_with_another_key_is_as_if_not_there(settings):
    text = seal({"key": "x"})
    settings.SECRET_KEY = "another" * 10
    assert unseal(text) == {}
    assert unseal("") == {}


def test_an_adapter_that_is_set_later_asks_for_what_is_under_way(world: World):
    make_carrier(world.actor, "SF", "顺丰", "")
    make_shipment(world, "SF10006", carrier="顺丰")
    assert parcel("SF10006").next_check_at is None
    commands.save_carrier(actor=world.actor, code="SF", values={"adapter": "simulator"})
    assert parcel("SF10006").next_check_at is not None
    commands.save_carrier(actor=world.actor, code="SF", values={"is_active": False})
    assert parcel("SF10006").next_check_at is None


def test_shipments_on_the_way_are_followed_as_soon_as_their_carrier_is_set_up(world: World):
    numbers = [make_shipment(world, f"SF2000{n}", carrier="Ｓim  express") for n in (4, 6)]
    cancelled = make_shipment(world, "SF20008", carrier="sim express")
    buy.cancel_shipment(actor=world.actor, number=cancelled, reason="x")
    assert not TrackedParcel.objects.exists()
    make_carrier(world.actor, name="模拟")
    assert not TrackedParcel.objects.exists()
    commands.save_carrier(actor=world.actor, code="SIM", values={"aliases": ["SIM Express"]})
    found = TrackedParcel.objects.order_by("tracking_number")
    assert [parcel.tracking_number for parcel in found] == ["SF20004", "SF20006"]
    assert [parcel.documents.get().number for parcel in found] == numbers
    assert {parcel.since.astimezone(world.actor.zone).date() for parcel in found} == {
        world.actor.today() - timedelta(days=4)
    }


def test_pages(world: World):
    client = signed_in_client(world.actor)
    assert client.get("/carriers/").status_code == 200
    assert client.get("/carriers/new").status_code == 200
    form = {
        "code": "yto", "name": "圆通速递", "aliases": "圆通，YTO Express", "adapter": "kuaidi100", "silent_hours": "36",
        "is_active": "on", "tracking_url": "https://example.com/?n={number}", "settings.kuaidi100.com": "yuantong",
        "settings.kuaidi100.customer": "C1",
    }  # fmt: skip
    missing = client.post("/carriers/new", form, headers={"Accept": "application/json"})
    assert set(missing.json()["data"]["fields"]) == {"settings.kuaidi100.key"}
    assert client.post("/carriers/new", {**form, "settings.kuaidi100.key": KEY}).status_code == 302
    carrier = Carrier.objects.get()
    assert (carrier.code, carrier.aliases, carrier.silent_hours) == ("YTO", ["圆通", "YTO Express"], 36)
    number = make_shipment(world, "YT123450", carrier="yto express")
    page = client.get(f"/asn/{number}").content.decode()
    assert "https://example.com/?n=YT123450" in page
    assert "/carriers/YTO/parcels/YT123450" in page
    event = {"status": "exception", "at": "2026-11-20T08:30", "text": "破损", "place": "上海"}
    told = client.post("/carriers/YTO/parcels/YT123450/events", event)
    assert told.status_code == 302
    assert "破损" in client.get("/carriers/YTO/parcels/YT123450").content.decode()
    assert "破损" in client.get(f"/asn/{number}").content.decode()
    TrackedParcel.objects.update(silent_since=parcel("YT123450").last_event_at, problem="phone")
    page = client.get(f"/asn/{number}").content.decode()
    assert "已超过 36 小时没有物流信息" in page
    assert "承运商要求提供收件电话后四位" in page


def test_the_api(world: World):
    api = api_client(world.actor)
    body = {"code": "SIM", "name": "模拟", "adapter": "simulator"}
    assert api.post("/carriers", body).status_code == 201
    assert api.post("/carriers", body).status_code == 409
    assert api.patch("/carriers/SIM", {"version": 1, "silent_hours": 12}).json()["version"] == 2
    assert api.get("/carriers").json()["items"][0]["silent_hours"] == 12
    number = make_shipment(world, "SF7700", carrier="SIM")
    answer = api.post("/tracking/SIM/sf7700/events", {"status": "delivered", "at": "2026-11-21T10:00:00+08:00"})
    assert (answer.status_code, answer.json()["state"]) == (201, "delivered")
    assert api.post("/tracking/SIM/SF7700/events", {"status": "nowhere"}).status_code == 422
    found = api.get("/tracking/SIM/SF7700").json()
    assert (found["status"], found["documents"]) == ("delivered", [{"kind": "asn", "number": number}])
    assert [event["source"] for event in found["events"]] == ["manual"]
    assert api.post("/tracking/SIM/SF7700/check", {}).status_code == 200
    assert api.get("/tracking/SIM/SF9").status_code == 404


def test_what_may_be_seen_is_asked(world: World):
    make_carrier(world.actor)
    nobody = make_actor(Company.objects.get(pk=world.company_id), ["purchasing.view"])
    assert signed_in_client(nobody).get("/carriers/").status_code == 403
    assert queries.carrier_names(nobody) == ["模拟速运"]
    assert Client().get("/carriers/").status_code == 302
    reader = make_actor(Company.objects.get(pk=world.company_id), ["carriers.view"])
    frozen = "<fieldset disabled>"
    assert frozen in signed_in_client(reader).get("/carriers/SIM").content.decode()
    assert frozen not in signed_in_client(world.actor).get("/carriers/SIM").content.decode()
