"""Sending through apprise: its services are called by the product's own client for other people's servers, never else.

apprise calls with ``requests``, which gets its transport here: kernel/outgoing.py, which refuses addresses inside a
network, follows no redirect to one, and ends in time. Services that speak otherwise (mail, sockets, the desktop, local
files) are refused; a test looks through all of them for other ways out.
"""

from __future__ import annotations

import logging
import warnings
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import requests
from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.common import PersistentStoreMode
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from gendan.kernel import outgoing
from gendan.notices.rules import filled

# Modules of apprise that do not (only) call with requests, or read files of this machine.
REFUSED = frozenset(
    {
        *("amqp", "aprs", "blink1", "dbus", "deltachat", "email", "fcm", "glib", "gnome", "growl", "irc", "macosx"),
        *("matrix", "mqtt", "nostr", "rsyslog", "smpp", "syslog", "vapid", "windows", "xmpp"),
    }
)
_PREFIX = "apprise.plugins."
_DETAIL = 200
logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes addresses with their keys


@dataclass
class Trace:
    """What the last call brought, for the log."""

    problem: str = ""
    detail: str = ""


class ChatError(Exception):
    """A message that was not taken. ``again``: another attempt may help."""

    def __init__(self, problem: str, detail: str = "", *, again: bool = True) -> None:
        self.problem, self.detail, self.again = problem, detail, again
        super().__init__(problem)


_SENDING: ContextVar[Trace | None] = ContextVar("sending", default=None)


class _Transport(HTTPAdapter):
    """The transport of ``requests``: while a notice is sent, every call goes through the product's own client."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        trace = _SENDING.get()
        if trace is None:
            return super().send(request, *args, **options)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if body is not None and not isinstance(body, bytes):
            raise requests.exceptions.InvalidJSONError("only plain bodies are sent")
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() not in _OURS}
        try:
            reply = outgoing.send(request.method or "GET", request.url or "", body, headers)
        except outgoing.OutgoingError as error:
            trace.problem = error.code if error.code in {"refused", "timeout"} else "unreachable"
            raise requests.ConnectionError(error.code) from error
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = reply.status, request.url or "", request
        answer.headers = CaseInsensitiveDict(reply.headers)
        answer.encoding = requests.utils.get_encoding_from_headers(answer.headers)
        answer._content, answer._content_consumed = reply.body, True
        said = " ".join(reply.body.decode("utf-8", "replace").split())
        trace.problem, trace.detail = "declined", f"HTTP {reply.status} {said}"[:_DETAIL]
        return answer


_OURS = {"host", "connection", "accept-encoding", "content-length"}  # the client writes them itself
vars(requests.sessions)["HTTPAdapter"] = _Transport


@cache
def _load() -> None:
    """Load all services of apprise, which takes a moment; one of them uses what Python is going to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        NotificationManager().load_modules()  # type: ignore[no-untyped-call]


def service_of(address: str) -> NotifyBase | None:
    """The service that an address names; None when it is none, or one that is refused."""
    _load()
    asset = AppriseAsset(
        app_id="gendan",
        app_desc="gendan",
        storage_mode=PersistentStoreMode.MEMORY,
        secure_logging=True,
        async_mode=False,
    )
    found = Apprise.instantiate(address, asset=asset)
    if found is None or not is_allowed(type(found)):
        return None
    return found


def is_allowed(service: type) -> bool:
    """Whether a service of apprise speaks by ``requests`` only."""
    module = service.__module__
    return module.startswith(_PREFIX) and module.removeprefix(_PREFIX).split(".")[0] not in REFUSED


def address_for(address: str, person: dict[str, str]) -> str | None:
    """A channel's address with its gaps filled; None when something is not known of the person."""
    return filled(address, {gap: quote(value.strip(), safe="+@") for gap, value in person.items()})


def send(address: str, title: str, body: str, *, severe: bool = False) -> None:
    """Send a message to an address; ChatError when it was not taken."""
    service = service_of(address)
    if service is None:
        raise ChatError("unreadable", again=False)
    trace = Trace()
    token = _SENDING.set(trace)
    try:
        taken = service.notify(
            title=title,
            body=body,
            body_format=NotifyFormat.TEXT,
            notify_type=NotifyType.WARNING if severe else NotifyType.INFO,
        )
    finally:
        _SENDING.reset(token)
    if not taken:
        problem = trace.problem or "declined"
        raise ChatError(problem, trace.detail, again=problem != "refused")
