"""A company's own mail server: who may set it, where its mails go, what is never shown."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.core import mail
from django.test import override_settings

from gendan.accounts.secret import Secret
from gendan.accounts.tests.make import signed_in_client
from gendan.kernel.errors import Forbidden, Invalid, Stale
from gendan.kernel.models import Event
from gendan.notices import commands
from gendan.notices.mail_server import mail_server, save_mail_server
from gendan.notices.models import Delivery, MailServer
from gendan.notices.tasks import run

from .make import choose, deliveries, make_world, tell

pytestmark = pytest.mark.django_db
PASSWORD = "geheimes-Wort"
PLACE = {"host": "smtp.example.com", "port": 465, "security": "tls", "username": "gendan", "sender": "po@example.com"}


@dataclass
class Postbox:
    """A mail server that keeps what it is sent."""

    port: int = 0
    letters: list[str] = field(default_factory=list)


@contextmanager
def postbox() -> Iterator[Postbox]:
    kept = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline(2000).decode():
                word = line.split(maxsplit=1)[0].upper()
                if word == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(lambda: self.rfile.readline(10_000).decode(), ".\r\n")
                    kept.letters.append("".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n")
                if word == "QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join(timeout=10)


def test_mails_of_a_company_go_by_its_own_server_those_of_others_by_the_installations() -> None:
    world, others = make_world(1), make_world(1)
    values = {"host": "127.0.0.1", "security": "none", "sender": "po@example.com", "sender_name": "采购部"}
    with postbox() as found, override_settings(OUTGOING_ALLOWED=frozenset({f"127.0.0.1:{found.port}"})):
        save_mail_server(actor=world.admin, values={**values, "port": found.port, "is_active": True})
        for one in (world, others):
            choose(one, {"mention": {"email": "now"}})
            tell(one, "请确认交期")
            run(one.company_id)
        (letter,) = found.letters
        assert "<po@example.com>" in letter
        assert [sent.to for sent in mail.outbox] == [[others.users[0].email]]
        save_mail_server(actor=world.admin, values={"is_active": False}, version=1)
        tell(world, "再看看")
        run(world.company_id)
        assert len(mail.outbox) == 2
    assert [row.state for row in deliveries(world)] == ["sent", "sent"]


def test_a_server_inside_the_network_is_refused_when_it_is_set_and_when_its_name_leads_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(1)
    for host in ("127.0.0.1", "10.0.0.5", "::1", "169.254.169.254"):
        with pytest.raises(Invalid) as refusal:
            save_mail_server(actor=world.admin, values={**PLACE, "host": host}, password=Secret(PASSWORD))
        assert set(refusal.value.fields) == {"host"}
    save_mail_server(actor=world.admin, values={**PLACE, "is_active": True}, password=Secret(PASSWORD))
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.9", 465))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: inside)
    commands.test_channel(actor=world.admin, code="email")
    run(world.company_id)
    told = Delivery.objects.get(company_id=world.company_id)
    assert (told.state, told.problem) == ("failed", "refused")
    assert mail.outbox == []  # nor by the installation's, which would hide it


def test_the_password_is_shown_to_nobody_and_goes_nowhere_else() -> None:
    world = make_world(1)
    with pytest.raises(Forbidden):
        save_mail_server(actor=world.actor(), values=PLACE, password=Secret(PASSWORD))
    save_mail_server(actor=world.admin, values={**PLACE, "is_active": True}, password=Secret(PASSWORD))
    row = MailServer.objects.get(company_id=world.company_id)
    event = Event.objects.get(type="notices.mail_server_saved", company_id=world.company_id)
    client = signed_in_client(world.admin)
    page = client.get("/settings/notices/mail").content.decode()
    for text in (row.sealed, json.dumps(event.data), page, json.dumps(mail_server(world.admin))):
        assert PASSWORD not in text
    assert "已设置" in page
    save_mail_server(actor=world.admin, values={"sender_name": "采购部"}, version=1)
    assert MailServer.objects.get(company_id=world.company_id).sealed == row.sealed
    for name, value in (("host", "evil.example.net"), ("port", 587), ("security", "starttls"), ("username", "me")):
        with pytest.raises(Invalid) as refusal:
            save_mail_server(actor=world.admin, values={name: value})
        assert set(refusal.value.fields) == {"password"}
    with pytest.raises(Invalid) as refusal:
        save_mail_server(actor=world.admin, values={"security": "none"}, password=Secret(PASSWORD))
    assert set(refusal.value.fields) == {"username"}
    with pytest.raises(Stale):
        save_mail_server(actor=world.admin, values={"sender_name": "x"}, version=1)


def test_the_page_saves_it_names_what_is_wrong_and_sends_a_test() -> None:
    world = make_world(1)
    client = signed_in_client(world.admin)
    answer = client.post(
        "/settings/notices/mail", {**PLACE, "port": "0", "sender": "x"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, "port" in answer.content.decode()) == (422, True)
    form = {**PLACE, "password": PASSWORD, "is_active": "on"}
    assert client.post("/settings/notices/mail", form).status_code == 302
    assert mail_server(world.admin)["is_active"]
    assert client.post("/settings/notices/mail/test").status_code == 302
    assert Delivery.objects.filter(company_id=world.company_id, kind="test").count() == 1
