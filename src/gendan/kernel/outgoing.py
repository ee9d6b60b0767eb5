"""The one client for calls to other people's servers: public addresses only, bounded in time and size.

A name is resolved once, every address that it has must be public, and the connection goes to the very address that was
looked at: a name that answers differently the second time (DNS rebinding) gains nothing. Redirects pass the same
checks. Nothing is called inside a transaction, where locks would wait for somebody else's server.
"""

from __future__ import annotations

import ipaddress
import json as _json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from django.conf import settings
from django.db import connection

TIMEOUT = 15.0  # seconds for everything, redirects included
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutgoingError(Exception):
    """A call that brought no answer. ``code``: refused, unreachable, timeout, too_large, redirect, unreadable."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; OutgoingError when it is none."""
        try:
            return _json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise OutgoingError("unreadable", "the answer is no JSON") from error


def post_form(url: str, fields: Mapping[str, str], *, timeout: float = TIMEOUT) -> Reply:
    """Send a form; the fields go out in their order."""
    content = "application/x-www-form-urlencoded; charset=utf-8"
    return send("POST", url, urlencode(fields).encode(), {"Content-Type": content}, timeout=timeout)


def send(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
) -> Reply:
    """One request and its answer, whatever its status; OutgoingError when there is none."""
    _not_in_a_transaction()
    sockets: list[socket.socket] = []
    over = threading.Event()

    def end() -> None:
        over.set()
        for open_socket in sockets:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(timeout, end)  # a timeout of the socket starts anew with every byte
    watch.daemon = True
    watch.start()
    try:
        reply = _follow(
            method, url, body, dict(headers or {}), _Limits(timeout, time.monotonic() + timeout, max_bytes, sockets)
        )
        if over.is_set():
            raise TimeoutError
        return reply
    except (OSError, HTTPException, ValueError) as error:
        if over.is_set() or isinstance(error, TimeoutError):
            raise OutgoingError("timeout", url) from error
        raise OutgoingError("unreachable", f"{url}: {error}") from error
    finally:
        watch.cancel()
        for open_socket in sockets:
            open_socket.close()


def connected(host: str, port: int, *, timeout: float = TIMEOUT) -> socket.socket:
    """A connection for another protocol than HTTP, by the same rules; OutgoingError or OSError when there is none."""
    _not_in_a_transaction()
    return _connect(host, port, _Limits(timeout, time.monotonic() + timeout, MAX_BYTES, []))


def is_allowed(host: str, port: int) -> bool:
    """Whether a host that is written as an address may be called; names are looked at when they are."""
    try:
        return f"{host}:{port}" in settings.OUTGOING_ALLOWED or is_public(host)
    except ValueError:
        return True


@dataclass(frozen=True, slots=True)
class _Limits:
    timeout: float
    deadline: float
    max_bytes: int
    sockets: list[socket.socket]


def _follow(method: str, url: str, body: bytes | None, headers: dict[str, str], limits: _Limits) -> Reply:
    for _hop in range(MAX_REDIRECTS + 1):
        parts = _readable(url)
        reply = _once(method, parts, body, headers, limits)
        if reply.status not in {301, 302, 303, 307, 308} or "location" not in reply.headers:
            return reply
        target = urlsplit(urljoin(url, reply.headers["location"]))
        if parts.scheme == "https" and target.scheme != "https":
            raise OutgoingError("redirect", f"{url} leads to an address without TLS")
        if body is not None and (target.scheme, target.netloc) != (parts.scheme, parts.netloc):
            raise OutgoingError("redirect", f"{url} wants what was sent to go to another server")
        if target.netloc != parts.netloc:
            headers = {}
        if reply.status in {301, 302, 303}:
            method, body = "GET", None
        url = target.geturl()
    raise OutgoingError("redirect", f"more than {MAX_REDIRECTS} redirects")


def _readable(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutgoingError("refused", "the address cannot be read") from error
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None or port == 0:
        raise OutgoingError("refused", "an address is https://host/path, without a name or password in it")
    return parts


def _once(method: str, parts: SplitResult, body: bytes | None, headers: dict[str, str], limits: _Limits) -> Reply:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    raw = _connect(host, port, limits)
    if parts.scheme == "https":
        raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        limits.sockets.append(raw)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    call = kind(host, port, timeout=limits.timeout)
    call.sock = raw
    path = parts.path or "/"
    sent = {"User-Agent": "gendan", "Accept-Encoding": "identity", "Connection": "close", **headers}
    call.request(method, f"{path}?{parts.query}" if parts.query else path, body, sent)
    with call.getresponse() as answer:
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, _read(answer, limits.max_bytes))


def _connect(host: str, port: int, limits: _Limits) -> socket.socket:
    """A connection to one of the host's addresses, all of which were looked at."""
    found = _addresses(host, port, limits)
    if f"{host}:{port}" not in settings.OUTGOING_ALLOWED:
        for *_kind, target in found:
            if not is_public(str(target[0])):
                raise OutgoingError("refused", f"{host} is an address inside a network")
    failure: OSError | None = None
    for family, kind, protocol, _name, target in found:
        raw = socket.socket(family, kind, protocol)
        raw.settimeout(limits.timeout)
        limits.sockets.append(raw)
        try:
            raw.connect(target)
        except OSError as error:
            failure = error
            continue
        return raw
    raise failure or OSError(f"{host} has no address")


def _addresses(host: str, port: int, limits: _Limits) -> list[Any]:
    """What the name server says. It has no time limit of its own, so a thread asks, which nobody waits for for ever."""
    told: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            told.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            told.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = told.get(timeout=max(0.0, limits.deadline - time.monotonic()))
    except Empty as late:
        raise TimeoutError from late
    if isinstance(answer, Exception):
        raise OutgoingError("unreachable", f"{host} has no address") from answer
    return answer


def is_public(text: str) -> bool:
    """Whether an address lies on the public internet; one wrapped into another counts as what it is inside."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            address = inside
    return address.is_global and not address.is_multicast and not address.is_reserved


def _read(answer: HTTPResponse, limit: int) -> bytes:
    announced = answer.getheader("Content-Length", "")
    if announced.isascii() and announced.isdecimal() and int(announced) > limit:
        raise OutgoingError("too_large", f"{announced} bytes")
    body = answer.read(limit + 1)
    if len(body) > limit:
        raise OutgoingError("too_large", f"more than {limit} bytes")
    if answer.length:
        raise IncompleteRead(body, answer.length)
    return body


def _not_in_a_transaction() -> None:
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("nobody outside is called inside a transaction")
