"""Situations for tests: people of a company who are told something, channels, a server that plays a chat service."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import transaction
from django.test import override_settings

from gendan.accounts.models import User
from gendan.accounts.secret import Secret
from gendan.accounts.tests.make import actor_for, make_company, make_user
from gendan.kernel import notices
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.notices import commands, steps
from gendan.notices.models import Channel, Delivery


@dataclass(slots=True)
class World:
    """A company with an administrator and two people who are told things."""

    admin: Actor
    users: list[User]

    @property
    def company_id(self) -> int:
        return self.admin.company_id

    def actor(self, index: int = 0) -> Actor:
        return actor_for(self.users[index])


def make_world(people: int = 2) -> World:
    """A company as it begins, and people in it."""
    company = make_company()
    with transaction.atomic():
        steps.create_defaults(company.pk)
    admin = make_user(company, ["admin"], name="管理员")
    return World(actor_for(admin), [make_user(company, ["buyer"], name=f"员工{n}") for n in range(people)])


def tell(world: World, *texts: str, people: list[int] | None = None, number: str = "PO-000001", **more: Any) -> None:
    """Tell people something, one transaction for each text."""
    told = [world.users[n].pk for n in (range(len(world.users)) if people is None else people)]
    kind = more.pop("kind", "mention")
    for text in texts:
        with transaction.atomic():
            notices.notify(world.company_id, told, kind, text, Subject("po", 1, number), **more)


def choose(world: World, kinds: dict[str, dict[str, str]], **times: Any) -> None:
    """What holds for those who chose nothing."""
    commands.save_policy(actor=world.admin, values={"kinds": kinds, **times})


def make_channel(world: World, address: str, code: str = "chat") -> Channel:
    """A channel of the company to an address."""
    commands.save_channel(actor=world.admin, code=code, address=Secret(address), values={"name": "聊天群"})
    return Channel.objects.get(company_id=world.company_id, code=code)


def deliveries(world: World, **conditions: Any) -> list[Delivery]:
    return list(Delivery.objects.filter(company_id=world.company_id, **conditions).order_by("pk"))


@dataclass
class Chat:
    """What a chat service was told, and what it answers."""

    port: int = 0
    status: int = 200
    location: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"


@contextmanager
def chat_service(allowed: bool = True) -> Iterator[Chat]:
    """A server on this machine that takes messages; calls to it are allowed for the time being, or not."""
    chat = Chat()

    class Server(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            chat.heard.append({"path": self.path, **json.loads(body)})
            self.send_response(chat.status)
            if chat.location:
                self.send_header("Location", chat.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    chat.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with override_settings(OUTGOING_ALLOWED=frozenset({f"127.0.0.1:{chat.port}"} if allowed else set())):
            yield chat
    finally:
        server.shutdown()
        server.server_close()
