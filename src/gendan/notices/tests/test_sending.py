"""From what a person is told to what arrives: whom, through which channel, when, and never twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import apprise
import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from gendan.kernel import db
from gendan.kernel.notices import own_notices, read_notices, unread_count
from gendan.kernel.tests.make import at_once
from gendan.notices import chat, commands, rules, spread
from gendan.notices.models import Delivery
from gendan.notices.tasks import run

from .make import Chat, World, chat_service, choose, deliveries, make_channel, make_world, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Iterator[Chat]:
    with chat_service() as found:
        yield found


def make_due(world: World) -> None:
    """Let the time come for what waits."""
    Delivery.objects.filter(company_id=world.company_id).update(due_at=timezone.now() - timedelta(hours=1))


def hour(world: World, hours: int) -> str:
    return (timezone.now().astimezone(world.admin.zone) + timedelta(hours=hours)).strftime("%H:%M")


def test_nothing_leaves_the_product_before_somebody_chose():
    world = make_world()
    tell(world, "请看")
    assert run(world.company_id) == 0
    assert (deliveries(world), len(mail.outbox)) == ([], 0)


def test_a_mail_says_what_why_what_next_and_how_to_stop(settings):
    settings.ORIGIN = "https://gendan.example.com"
    world = make_world(1)
    choose(world, {"mention": {"email": "now"}})
    tell(world, "请确认交期")
    run(world.company_id)
    run(world.company_id)
    (sent,) = mail.outbox
    assert sent.to == [world.users[0].email]
    assert "提到了您 PO-000001" in sent.subject
    assert "请确认交期" in sent.body
    assert "查看并回复：https://gendan.example.com/" in sent.body
    assert "为什么收到：有人在评论中用 @ 提到了您。" in sent.body
    assert "https://gendan.example.com/notices/settings" in sent.body
    assert [row.state for row in deliveries(world)] == ["sent"]


def test_a_group_is_told_once_what_several_people_are_told(service: Chat):
    world = make_world(3)
    make_channel(world, service.address)
    choose(world, {"*": {"chat": "now"}})
    tell(world, "订单晚了")
    run(world.company_id)
    (heard,) = service.heard
    assert "订单晚了" in heard["message"]
    assert all(user.name in heard["message"] for user in world.users)


def test_what_a_person_chose_goes_before_what_the_company_says(service: Chat):
    world = make_world(2)
    make_channel(world, service.address.replace("/hook", "/{username}"))
    choose(world, {"*": {"chat": "now"}})
    commands.save_preference(actor=world.actor(0), values={"kinds": {"mention": {}}})
    tell(world, "请看")
    tell(world, "到期了", kind="approval_due", people=[0])
    run(world.company_id)
    assert sorted(heard["path"] for heard in service.heard) == sorted(f"/{user.username}" for user in world.users)


def test_what_is_muted_is_neither_sent_nor_counted():
    world = make_world(1)
    actor = world.actor()
    choose(world, {"*": {"email": "now"}})
    commands.mute(actor=actor, subject_kind="po", subject_number="PO-000001")
    tell(world, "一")
    tell(world, "二", number="PO-000002")
    commands.mute(actor=actor, kind="return")
    tell(world, "三", kind="return")
    run(world.company_id)
    assert [row.text for row in deliveries(world)] == ["二"]
    assert unread_count(actor) == 1
    assert [notice["text"] for notice in own_notices(actor, show="silenced").items] == ["三", "一"]
    commands.unmute(actor=actor, subject_kind="po", subject_number="PO-000001")
    assert unread_count(actor) == 2


def test_quiet_hours_hold_back_what_is_not_severe():
    world = make_world(1)
    choose(world, {"*": {"email": "now"}}, quiet_from=hour(world, -1), quiet_to=hour(world, 1))
    tell(world, "可以等")
    tell(world, "不能等", severe=True)
    run(world.company_id)
    assert [("不能等" in sent.body, "【重要】" in sent.subject) for sent in mail.outbox] == [(True, True)]
    (held,) = deliveries(world, state="held")
    assert timezone.now() < held.due_at < timezone.now() + timedelta(hours=1, minutes=1)


def test_a_digest_is_one_message_without_what_was_read_meanwhile():
    world = make_world(1)
    actor = world.actor()
    choose(world, {"*": {"email": "digest"}}, digest_at=hour(world, 2))
    tell(world, "一", "二", "三")
    run(world.company_id)
    assert (len(mail.outbox), {row.state for row in deliveries(world)}) == (0, {"held"})
    read_notices(actor=actor, ids=[own_notices(actor).items[0]["id"]])
    make_due(world)
    run(world.company_id)
    run(world.company_id)
    (sent,) = mail.outbox
    assert "2 条提醒" in sent.subject
    assert ("一" in sent.body, "二" in sent.body, "三" in sent.body) == (True, True, False)
    assert [row.state for row in deliveries(world)] == ["bundled", "bundled", "skipped", "sent"]


def test_a_failure_is_tried_again_with_growing_pauses_and_then_shown(service: Chat):
    world = make_world(1)
    make_channel(world, service.address)
    choose(world, {"*": {"chat": "now"}})
    service.status = 503
    tell(world, "请看")
    waits = []
    for _attempt in range(len(rules.PAUSES) + 1):
        make_due(world)
        run(world.company_id)
        (row,) = deliveries(world)
        waits.append(row.due_at - timezone.now())
    assert waits[:-1] == sorted(waits[:-1])
    assert (row.state, row.problem, row.attempts, len(service.heard)) == ("failed", "declined", 6, 6)
    assert "503" in row.detail
    service.status = 200
    commands.send_again(actor=world.admin, delivery_id=row.pk)
    run(world.company_id)
    assert deliveries(world)[0].state == "sent"


def test_a_message_whose_sender_was_killed_is_not_sent_again_by_itself():
    world = make_world(1)
    choose(world, {"*": {"email": "now"}})
    tell(world, "请看")
    spread.spread(world.company_id)
    past = timezone.now() - timedelta(minutes=1)
    Delivery.objects.filter(company_id=world.company_id).update(state="sending", due_at=past)
    run(world.company_id)
    assert [(row.state, row.problem) for row in deliveries(world)] == [("failed", "interrupted")]
    assert mail.outbox == []


@pytest.mark.parametrize("address", ["json://127.0.0.1:{port}/", "json://localhost:{port}/", "ntfy://[::1]:{port}/x"])
def test_no_channel_reaches_the_inside_of_a_network(address: str):
    world = make_world(1)
    with chat_service(allowed=False) as inside:
        make_channel(world, address.format(port=inside.port))
        choose(world, {"*": {"chat": "now"}})
        tell(world, "请看")
        run(world.company_id)
        (row,) = deliveries(world)
        assert (row.state, row.problem, inside.heard) == ("failed", "refused", [])
        assert str(inside.port) not in row.detail


def test_no_redirect_leads_to_the_inside_of_a_network(service: Chat):
    world = make_world(1)
    make_channel(world, service.address)
    choose(world, {"*": {"chat": "now"}})
    with chat_service(allowed=False) as inside, pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.OUTGOING_ALLOWED", frozenset({f"127.0.0.1:{service.port}"}))
        service.status, service.location = 307, f"http://127.0.0.1:{inside.port}/"
        tell(world, "请看")
        run(world.company_id)
        assert inside.heard == []
        assert deliveries(world)[0].problem in {"refused", "unreachable"}


# What a service may use: it calls with requests, which sends through the product's own client.
HARMLESS = {
    *("__future__", "base64", "collections", "contextlib", "contextvars", "copy", "dataclasses", "datetime", "email"),
    *("functools", "gzip", "hashlib", "hmac", "html", "io", "itertools", "json", "logging", "math", "os", "random"),
    *(
        "re",
        "requests",
        "requests_oauthlib",
        "secrets",
        "string",
        "time",
        "typing",
        "urllib",
        "uuid",
        "xml",
        "zoneinfo",
    ),
    *("certifi", "cryptography", "nacl"),
}


def test_services_that_call_otherwise_than_by_requests_are_refused():
    folder = Path(apprise.__file__).parent / "plugins"
    others = set()
    for path in folder.rglob("*.py"):
        name = path.relative_to(folder).parts[0].removesuffix(".py")
        if name in chat.REFUSED or name in {"__init__", "base"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            roots = set()
            if isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                roots = {(node.module or "").split(".")[0]}
            elif isinstance(node, ast.ImportFrom) and "socket" in (node.module or ""):
                roots = {"socket"}
            others |= {(name, root) for root in roots - HARMLESS}
    assert others == set(), "these find other ways out: refuse them in chat.REFUSED, or call what they use harmless"
    assert chat.service_of("mailto://user:password@example.com") is None
    assert chat.service_of("dingtalk://abcdef0123456789/") is not None


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_tell_once(service: Chat):
    world = make_world(2)
    make_channel(world, service.address)
    choose(world, {"*": {"chat": "now", "email": "now"}})
    tell(world, "请看", "再看")

    def work() -> int:
        return run(world.company_id)

    at_once([work, work, work])
    run(world.company_id)
    assert (len(service.heard), len(mail.outbox)) == (2, 4)


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_not_missed():
    world = make_world(1)
    choose(world, {"*": {"email": "now"}})
    spread.spread(world.company_id)
    side = connection.copy()
    try:
        side.set_autocommit(False)
        with side.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number)"
                " VALUES (%s, %s, 'mention', 'late', 'po', 'PO-000009')",
                [world.company_id, world.users[0].pk],
            )
        tell(world, "早")
        run(world.company_id)
        side.commit()
        run(world.company_id)
    finally:
        side.close()
    assert [row.text for row in deliveries(world)] == ["早", "late"]


def test_a_secret_address_is_shown_to_nobody(service: Chat):
    world = make_world(1)
    channel = make_channel(world, "dingtalk://abcdef0123456789/")
    assert "abcdef0123456789" not in channel.sealed
    assert (channel.service, channel.shared) == ("dingtalk", True)
    event = db.row("SELECT data::text FROM kernel_event WHERE type = 'notices.channel_saved' ORDER BY id DESC LIMIT 1")
    assert event is not None
    assert "abcdef0123456789" not in event[0]


def test_a_message_to_partners_that_fails_keeps_no_notice_of_ours_waiting(monkeypatch, caplog):
    def broken(company_id: int) -> None:
        raise LookupError("no such template")

    monkeypatch.setattr("gendan.notices.partners.tell", broken)
    world = make_world(1)
    choose(world, {"mention": {"email": "now"}})
    tell(world, "请看")
    run(world.company_id)
    assert len(mail.outbox) == 1
    assert "messages to partners" in caplog.text
