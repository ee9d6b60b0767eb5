"""The doors of notices: pages and API say and do the same."""

from __future__ import annotations

import json

import pytest
from django.core import mail
from django.test import Client

from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.kernel.notices import own_notices, unread_count
from gendan.notices import commands
from gendan.notices.models import Preference
from gendan.notices.tasks import run

from .make import World, choose, make_channel, make_world, tell

pytestmark = pytest.mark.django_db


def person(world: World) -> Client:
    return signed_in_client(world.users[0])


def test_a_notice_is_done_from_its_page_and_the_list_is_empty_then():
    world = make_world(1)
    tell(world, "请看", severe=True)
    client = person(world)
    page = client.get("/notices/").content.decode()
    assert "请看" in page
    assert "重要" in page
    assert "为什么收到：有人在评论中用 @ 提到了您。" in page
    assert client.get("/bell").content == b"1"
    notice = own_notices(world.actor()).items[0]["id"]
    answer = client.post(f"/notices/go/{notice}")
    assert answer["Location"] == "/po/PO-000001"
    assert "都处理完了" in client.get("/notices/").content.decode()
    assert client.get("/bell").content == b""


def test_another_ones_notice_is_neither_read_nor_opened():
    world = make_world(2)
    tell(world, "请看", people=[1])
    notice = own_notices(world.actor(1)).items[0]["id"]
    assert person(world).post(f"/notices/go/{notice}")["Location"] == "/notices/"
    assert unread_count(world.actor(1)) == 1


def test_what_a_form_leaves_as_the_company_has_it_follows_the_company():
    world = make_world(1)
    make_channel(world, "dingtalk://abcdef0123456789/")
    choose(world, {"*": {"email": "now"}})
    client = person(world)
    form = {"kind.mention.email": "digest", "kind.return.email": "now", "kind.late.email": ""}
    others = {f"kind.{kind}.email": "now" for kind in ("duties", "export", "print", "question", "change", "invitation")}
    assert client.post("/notices/settings", {**others, **form}).status_code == 302
    chosen = Preference.objects.get(company_id=world.company_id).kinds
    assert chosen["mention"] == {"email": "digest"}
    assert chosen["late"] == {}
    assert "return" not in chosen
    assert "export" not in chosen


def test_a_time_that_is_none_stands_beside_its_field():
    world = make_world(1)
    client = signed_in_client(world.admin)
    answer = client.post("/settings/notices/policy", {"digest_at": "25:00"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "22:30" in answer.content.decode()


def test_a_channel_is_tested_by_a_button_and_the_log_says_what_came_of_it():
    world = make_world(1)
    client = signed_in_client(world.admin)
    assert client.post("/settings/notices/email/test").status_code == 302
    run(world.company_id)
    assert "测试消息" in str(mail.outbox[0].subject)
    page = client.get("/settings/notices/log").content.decode()
    assert "测试消息" in page
    assert "已发送" in page


def test_words_are_previewed_before_they_are_saved():
    world = make_world(1)
    client = signed_in_client(world.admin)
    address = "/settings/notices/words/out.shipped/en/preview"
    assert "SF1234567890" in client.post(address, {"title": "x", "body": "{{ tracking_number }}"}).content.decode()
    assert "secret" in client.post(address, {"title": "x", "body": "{{ secret }}"}).content.decode()
    page = client.get("/settings/notices/words/out.shipped/zh-hant").content.decode()
    assert "運單號" in page


def test_programs_choose_mute_and_read_the_log():
    world = make_world(1)
    key = {"Authorization": f"Bearer {make_api_key(world.users[0])}"}
    client = Client()

    def send(method: str, path: str, **body: object) -> dict[str, object]:
        call = getattr(client, method)
        given = json.dumps(body) if body else None
        answer = call(f"/api/v1{path}", given, content_type="application/json", headers=key)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    send("put", "/notice-settings", kinds={"mention": {"email": "now"}}, own_times=True, digest_at="08:30")
    chosen = client.get("/api/v1/notice-settings", headers=key).json()
    assert (chosen["kinds"], chosen["digest_at"]) == ({"mention": {"email": "now"}}, "08:30")
    tell(world, "请看")
    run(world.company_id)
    assert len(mail.outbox) == 1
    send("post", "/notice-mutes", kind="mention")
    notices = client.get("/api/v1/notices?unread=true", headers=key).json()
    assert notices["items"] == []
    assert client.get("/api/v1/notice-deliveries", headers=key).status_code == 403
    admin = {"Authorization": f"Bearer {make_api_key(world.admin)}"}
    found = client.get("/api/v1/notice-deliveries?state=sent", headers=admin).json()["items"]
    assert [row["kind"] for row in found] == ["mention"]


def test_who_chose_a_channel_that_is_out_of_use_is_not_told_through_it():
    world = make_world(1)
    choose(world, {"*": {"email": "now"}})
    commands.save_channel(actor=world.admin, code="email", values={"is_active": False})
    tell(world, "请看")
    run(world.company_id)
    assert mail.outbox == []
