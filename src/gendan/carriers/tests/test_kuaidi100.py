"""快递100, played by a server on this machine as its documentation says: query, subscription, push."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from gendan.carriers import commands, push, tasks
from gendan.carriers.adapters import kuaidi100 as kuaidi_adapter
from gendan.carriers.models import Carrier, TrackedParcel, TrackingEvent
from gendan.carriers.tests.make import (
    CUSTOMER,
    KEY,
    SALT,
    kuaidi100,
    kuaidi_carrier,
    make_due,
    make_shipment,
    parcel,
    result,
    shipment,
    signed,
)
from gendan.kernel.errors import Invalid
from gendan.kernel.models import Event
from gendan.kernel.outgoing import OutgoingError
from gendan.purchasing.tests.make import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("Asia/Shanghai")
NUMBER = "YT9876543210"
NOW = timezone.now().replace(microsecond=0)


def moment(hours_ago: float) -> datetime:
    return (NOW - timedelta(hours=hours_ago)).astimezone(ZONE)


def arrived(number: str = NUMBER) -> dict[str, Any]:
    return result(
        number,
        "3",
        (moment(2), "301", "本人签收", "【北京市】已签收，签收人：前台"),
        (moment(6), "5", "派件", "【北京市】正在派送"),
        (moment(30), "1002", "干线", "【上海市】离开上海转运中心"),
        (moment(40), "103", "已揽收", "【上海市】已揽收"),
    )


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_is_asked_as_documented_and_its_answer_arrives_on_the_shipment(world: World):
    with kuaidi100() as service:
        kuaidi_carrier(world.actor, service.url)
        number = make_shipment(world, NUMBER, carrier="圆通速递")
        service.answers[NUMBER] = arrived()
        tasks.poll(0)
    param = '{"com":"yuantong","num":"YT9876543210","resultv2":"4","show":"0","order":"desc"}'
    sent = {"customer": CUSTOMER, "sign": signed(param, KEY, CUSTOMER), "param": param}
    assert service.asked == [("/poll/query.do", sent)]
    events = TrackingEvent.objects.order_by("-at")
    assert [(e.status, e.code, e.place, e.source) for e in events] == [
        ("delivered", "301", "上海", "poll"),
        ("out_for_delivery", "5", "上海", "poll"),
        ("in_transit", "1002", "上海", "poll"),
        ("picked_up", "103", "上海", "poll"),
    ]
    assert events[0].at == moment(2)
    assert (parcel(NUMBER).status, shipment(number).state) == ("delivered", "arrived")


def test_the_phone_goes_along_where_it_is_known(world: World):
    with kuaidi100() as service:
        carrier = kuaidi_carrier(world.actor, service.url)
        values = {"settings": {**carrier.settings, "phone": "8888"}}
        commands.save_carrier(actor=world.actor, code="YTO", values=values)
        make_shipment(world, NUMBER, carrier="YTO")
        tasks.poll(0)
    assert json.loads(service.asked[0][1]["param"])["phone"] == "8888"


def test_with_the_place_it_goes_to_the_expected_arrival_is_told(world: World):
    expected = world.actor.today() + timedelta(days=3)
    with kuaidi100() as service:
        carrier = kuaidi_carrier(world.actor, service.url)
        values = {"settings": {**carrier.settings, "to": "江苏省南京市玄武区"}}
        commands.save_carrier(actor=world.actor, code="YTO", values=values)
        number = make_shipment(world, NUMBER, carrier="YTO")
        said = result(NUMBER, "0", (moment(5), "1002", "干线", "【上海市】离开上海转运中心"))
        service.answers[NUMBER] = {**said, "arrivalTime": f"{expected} 18", "totalTime": "72", "remainTime": "60"}
        tasks.poll(0)
    asked = json.loads(service.asked[0][1]["param"])
    assert (asked["to"], asked["resultv2"]) == ("江苏省南京市玄武区", "8")
    assert (shipment(number).expected_on, parcel(NUMBER).expected_on) == (expected, expected)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}, "not_found"),
        ({"result": False, "returnCode": "408", "message": "快递公司参数异常：验证码错误"}, "phone"),
        ({"result": False, "returnCode": "601", "message": "POLL:KEY已过期"}, "refused"),
        ({"result": False, "returnCode": "502", "message": "服务器繁忙"}, "busy"),
        (b"<html>502 Bad Gateway</html>", "unreadable"),
        (b"[]", "unreadable"),
    ],
)
def test_no_news_is_said_with_its_reason_and_asked_for_later(world: World, answer: Any, problem: str):
    with kuaidi100() as service:
        kuaidi_carrier(world.actor, service.url)
        make_shipment(world, NUMBER, carrier="YTO")
        if isinstance(answer, bytes):
            service.raw = answer
        else:
            service.answers[NUMBER] = answer
        waits = []
        for _ in range(2):
            make_due(NUMBER)
            tasks.poll(0)
            found = parcel(NUMBER)
            assert found.next_check_at is not None
            assert found.last_checked_at is not None
            waits.append(found.next_check_at - found.last_checked_at)
    assert (found.problem, found.failures, found.status) == (problem, 2, "unknown")
    assert waits == [timedelta(minutes=62), timedelta(minutes=124)]


def test_a_wrong_key_is_told_by_the_service(world: World):
    with kuaidi100() as service:
        carrier = kuaidi_carrier(world.actor, service.url)
        Carrier.objects.filter(pk=carrier.pk).update(sealed="")
        make_shipment(world, NUMBER, carrier="YTO")
        tasks.poll(0)
    assert parcel(NUMBER).problem == "refused"


def test_an_address_inside_the_network_is_not_called(world: World, settings):
    with kuaidi100() as service:
        kuaidi_carrier(world.actor, service.url)
        settings.OUTGOING_ALLOWED = frozenset()
        with pytest.raises(Invalid, match="https"):
            kuaidi_carrier(world.actor, service.url)
        make_shipment(world, NUMBER, carrier="YTO")
        tasks.poll(0)
    assert service.asked == []
    assert parcel(NUMBER).problem == "unreachable"


def test_a_service_that_does_not_answer_is_tried_once_in_a_run(world: World, monkeypatch):
    tried: list[str] = []

    def gone(url: str, fields: dict[str, str]) -> None:
        tried.append(fields["param"])
        raise OutgoingError("timeout", url)

    monkeypatch.setattr(kuaidi_adapter, "post_form", gone)
    kuaidi_carrier(world.actor)
    for number in ("YT00001", "YT00002", "YT00003"):
        make_shipment(world, number, carrier="YTO")
    tasks.poll(0)
    assert len(tried) == 1
    assert {parcel(number).problem for number in ("YT00001", "YT00002", "YT00003")} == {"unreachable"}


def test_it_is_subscribed_to_where_it_can_reach_us(world: World, settings):
    settings.PUBLIC_URL = "https://gendan.example.com"
    with kuaidi100() as service:
        carrier = kuaidi_carrier(world.actor, service.url)
        make_shipment(world, NUMBER, carrier="YTO")
        for _ in range(2):
            make_due(NUMBER)
            tasks.poll(0)
    (path, form), *rest = service.asked
    assert (path, form["schema"]) == ("/poll", "json")
    assert json.loads(form["param"]) == {
        "company": "yuantong",
        "number": NUMBER,
        "key": KEY,
        "parameters": {
            "callbackurl": f"https://gendan.example.com/carriers/push/{carrier.push_token}",
            "salt": SALT,
            "resultv2": "4",
        },
    }
    assert [path for path, _form in rest] == ["/poll/query.do"] * 2
    assert parcel(NUMBER).subscribed_at is not None


# The push


@pytest.fixture
def pushed(world: World) -> tuple[str, str]:
    """The carrier's address to push to, and a shipment on the way."""
    carrier = kuaidi_carrier(world.actor)
    number = make_shipment(world, NUMBER, carrier="YTO")
    return f"/carriers/push/{carrier.push_token}", number


def message(last: dict[str, Any], status: str = "polling") -> str:
    whole = {"status": status, "billstatus": "got", "message": "", "autoCheck": "0", "comOld": "", "comNew": ""}
    return json.dumps({**whole, "lastResult": last}, ensure_ascii=False)


def post(address: str, param: str, sign: str | None = None) -> Any:
    fields = {"sign": signed(param, SALT) if sign is None else sign, "param": param}
    return Client(enforce_csrf_checks=True).post(
        address, urlencode(fields), content_type="application/x-www-form-urlencoded; charset=UTF-8"
    )


def test_a_signed_push_is_taken_and_answered_as_the_service_wants(pushed: tuple[str, str]):
    address, number = pushed
    answer = post(address, message(arrived(), "shutdown"))
    assert (answer.status_code, answer.json()) == (200, {"result": True, "returnCode": "200", "message": "成功"})
    assert (parcel(NUMBER).status, shipment(number).state) == ("delivered", "arrived")
    assert {event.source for event in TrackingEvent.objects.all()} == {"push"}


def test_a_push_again_or_an_older_one_changes_nothing(pushed: tuple[str, str]):
    address, number = pushed
    whole, param = arrived(), message(arrived())
    post(address, param)
    version, events = shipment(number).version, Event.objects.count()
    older = {**whole, "data": whole["data"][2:], "state": "0"}
    for again in (param, message(older)):
        assert post(address, again).json()["result"] is True
    assert (shipment(number).version, Event.objects.count()) == (version, events)
    assert (TrackingEvent.objects.count(), parcel(NUMBER).status) == (4, "delivered")


@pytest.mark.parametrize("sign", ["", "0" * 32, "签"])
def test_a_push_without_the_right_signature_is_refused(pushed: tuple[str, str], sign: str):
    answer = post(pushed[0], message(arrived()), sign)
    assert (answer.status_code, answer.json()["result"]) == (403, False)
    assert not TrackingEvent.objects.exists()


@pytest.mark.parametrize("param", ["", "{", "[]", '{"lastResult": null}', '{"lastResult": {}}', "[" * 5000])
def test_a_signed_push_that_cannot_be_read_is_refused(pushed: tuple[str, str], param: str):
    assert post(pushed[0], param).status_code == 403


def test_a_number_that_nobody_tracks_needs_not_be_pushed_again(pushed: tuple[str, str]):
    assert post(pushed[0], message(arrived("YT0000000"))).json()["result"] is True
    assert TrackedParcel.objects.count() == 1


def test_strangers_and_floods_are_turned_away(pushed: tuple[str, str], monkeypatch):
    monkeypatch.setattr(push, "PER_MINUTE", 2)
    monkeypatch.setattr(push, "STRANGERS_PER_MINUTE", 1)
    param = message(arrived())
    assert [post(pushed[0], param).status_code for _ in range(3)] == [200, 200, 429]
    assert [post("/carriers/push/unknown", param).status_code for _ in range(2)] == [404, 429]
    assert Client().get(pushed[0]).status_code == 405


def test_what_is_too_large_is_not_read(pushed: tuple[str, str]):
    assert post(pushed[0], "x" * (push.MAX_BYTES + 1)).status_code == 413


def test_an_unused_carrier_hears_nothing(world: World, pushed: tuple[str, str]):
    commands.save_carrier(actor=world.actor, code="YTO", values={"is_active": False})
    assert post(pushed[0], message(arrived())).status_code == 404


def test_an_event_that_cannot_be_stored_does_not_keep_the_others_out(pushed: tuple[str, str]):
    address, number = pushed
    told = arrived()
    told["arrivalTime"] = "9999-12-31 10"
    told["data"] += [
        {"ftime": "2026-11-20 10:00:00", "context": "a\x00b"},
        {"ftime": "0001-01-01 00:00:00", "context": "long ago"},
        {"ftime": "9999-12-31 23:59:59", "context": "at the end"},
    ]
    assert post(address, message(told)).json()["result"] is True
    assert TrackingEvent.objects.count() == 4
    assert shipment(number).state == "arrived"
    assert parcel(NUMBER).expected_on is None
