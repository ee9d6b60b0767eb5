"""Calls to other people's servers: public addresses only, within time and size, never inside a transaction."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import transaction

from gendan.kernel.outgoing import OutgoingError, is_public, post_form, send

PUBLIC = "93.184.216.34"


class Server(BaseHTTPRequestHandler):
    seen: list[tuple[str, str, bytes]] = []

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, body))
        self.answer(200, b'{"ok": true}')

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, b""))
        match self.path:
            case "/away":
                self.answer(302, b"", {"Location": "http://internal.example/"})
            case "/round":
                self.answer(302, b"", {"Location": "/round"})
            case "/here":
                self.answer(302, b"", {"Location": "/"})
            case "/large":
                self.answer(200, b"x" * 5000)
            case "/endless":
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    for _ in range(100):
                        self.wfile.write(b"x" * 100)
            case "/slow":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                done.wait(5)
            case _:
                self.answer(200, b"home")

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


done = threading.Event()


@pytest.fixture
def base(settings) -> Iterator[str]:
    """A server on this machine that may be called, by an exception in the settings."""
    done.clear()
    Server.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTGOING_ALLOWED = frozenset({f"127.0.0.1:{server.server_port}"})
    yield f"http://127.0.0.1:{server.server_port}"
    done.set()
    server.shutdown()
    server.server_close()


def code_of(call, *args, **options) -> str:
    with pytest.raises(OutgoingError) as refused:
        call(*args, **options)
    return refused.value.code


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_addresses_inside_a_network_are_not_public(inside: str):
    assert not is_public(inside)


def test_public_addresses_are():
    assert is_public(PUBLIC)
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
        "file:///etc/passwd", "ftp://example.com/", "https://user:pw@example.com/", "http:///path", "http://a:b/",
    ],
)  # fmt: skip
def test_such_addresses_are_refused_before_anything_is_sent(url: str):
    assert code_of(send, "GET", url) == "refused"


def test_a_name_is_asked_once_and_the_address_that_was_looked_at_is_called(monkeypatch):
    """A name that first answers with a public address, then with this machine, reaches the public one only."""
    asked: list[str] = []
    called: list[object] = []

    def answers(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        address = PUBLIC if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(self: socket.socket, target: object) -> None:
        called.append(target)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    monkeypatch.setattr(socket.socket, "connect", connect)
    assert code_of(send, "GET", "http://rebinding.example/") == "unreachable"
    assert (asked, called) == (["rebinding.example"], [(PUBLIC, 80)])


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    def answers(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in (PUBLIC, "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    assert code_of(send, "GET", "http://both.example/") == "refused"


def test_a_form_is_sent_and_answered(base: str):
    reply = post_form(f"{base}/poll", {"customer": "A", "param": '{"num":"顺丰"}'})
    assert (reply.status, reply.json()) == (200, {"ok": True})
    assert Server.seen == [("POST", "/poll", b"customer=A&param=%7B%22num%22%3A%22%E9%A1%BA%E4%B8%B0%22%7D")]


def test_redirects_pass_the_same_checks(base: str, monkeypatch):
    assert send("GET", f"{base}/here").body == b"home"
    assert code_of(send, "GET", f"{base}/round") == "redirect"
    real = socket.getaddrinfo

    def answers(host: str, port: int, **options: object) -> object:
        return real("10.0.0.1" if host == "internal.example" else host, port, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    assert code_of(send, "GET", f"{base}/away") == "refused"


def test_a_name_server_that_does_not_answer_takes_no_longer_than_the_limit(monkeypatch):
    waiting = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: waiting.wait(30) and [])
    assert code_of(send, "GET", "https://slow.example/", timeout=0.1) == "timeout"
    waiting.set()


def test_answers_are_bounded_in_size_and_time(base: str):
    assert code_of(send, "GET", f"{base}/large", max_bytes=1000) == "too_large"
    assert code_of(send, "GET", f"{base}/endless", max_bytes=1000) == "too_large"
    assert code_of(send, "GET", f"{base}/slow", timeout=0.3) == "timeout"
    assert code_of(send("GET", f"{base}/").json) == "unreadable"


@pytest.mark.django_db(transaction=True)
def test_nobody_is_called_inside_a_transaction(base: str):
    with transaction.atomic(), pytest.raises(RuntimeError):
        send("GET", f"{base}/")
