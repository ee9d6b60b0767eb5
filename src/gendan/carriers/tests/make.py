"""Situations for tests: carriers, parcels of shipments, and a server that plays 快递100."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from django.test import override_settings
from django.utils import timezone

from gendan.accounts.secret import Secret
from gendan.carriers import commands
from gendan.carriers.models import Carrier, TrackedParcel
from gendan.carriers.rules import ScanIn
from gendan.kernel.actor import Actor
from gendan.purchasing import commands as buy
from gendan.purchasing.models import Shipment
from gendan.purchasing.tests import make as purchasing

KEY, CUSTOMER, SALT = "Xq1key", "0AF3CUSTOMER", "s4lt"


def make_carrier(
    actor: Actor, code: str = "SIM", name: str = "模拟速运", adapter: str = "simulator", **values: Any
) -> Carrier:
    """A carrier that is asked by the named adapter."""
    secrets = {name: Secret(text) for name, text in values.pop("secrets", {}).items()}
    commands.save_carrier(actor=actor, code=code, secrets=secrets, values={"name": name, "adapter": adapter, **values})
    return Carrier.objects.get(company_id=actor.company_id, code=code)


def kuaidi_carrier(actor: Actor, url: str = "https://poll.kuaidi100.com", **values: Any) -> Carrier:
    """A carrier that is asked through 快递100 at ``url``."""
    settings = {"com": "yuantong", "customer": CUSTOMER, "url": url}
    secrets = {"key": KEY, "salt": SALT}
    return make_carrier(actor, "YTO", "圆通速递", "kuaidi100", settings=settings, secrets=secrets, **values)


def make_shipment(
    world: purchasing.World, number: str, carrier: str = "模拟速运", days_ago: int | None = 4, **more: Any
) -> str:
    """A shipment with a tracking number, sent some days ago (announced only with None)."""
    order = purchasing.make_order(world).number
    sent = None if days_ago is None else world.actor.today() - timedelta(days=days_ago)
    return buy.create_shipment(
        actor=world.actor, orders=[order], carrier=carrier, tracking_number=number, shipped_on=sent, **more
    ).number


def shipment(number: str) -> Shipment:
    return Shipment.objects.get(number=number)


def parcel(number: str) -> TrackedParcel:
    return TrackedParcel.objects.get(tracking_number=number)


def scan(status: str, hours_ago: float, text: str = "", place: str = "") -> ScanIn:
    at = (timezone.now() - timedelta(hours=hours_ago)).replace(microsecond=0)
    return ScanIn(at, text or f"{status} {hours_ago}", place, status)


def make_due(*numbers: str) -> None:
    """Let the parcels be asked for now."""
    TrackedParcel.objects.filter(tracking_number__in=numbers).update(next_check_at=timezone.now())


def signed(param: str, *secrets: str) -> str:
    return hashlib.md5("".join((param, *secrets)).encode()).hexdigest().upper()


def result(number: str, state: str, *entries: tuple[datetime, str, str, str]) -> dict[str, Any]:
    """What 快递100 says of a number, newest first, as documented (resultv2=4)."""
    data = [
        {
            "time": f"{at:%Y-%m-%d %H:%M:%S}", "context": text, "ftime": f"{at:%Y-%m-%d %H:%M:%S}",
            "areaCode": "CN310000000000", "areaName": "上海", "status": name, "location": "上海",
            "areaCenter": "121.47,31.23",
            "areaPinYin": "shang hai shi", "statusCode": code,
        }
        for at, code, name, text in entries
    ]  # fmt: skip
    return {
        "message": "ok", "nu": number, "ischeck": "1" if state == "3" else "0", "com": "yuantong", "status": "200",
        "data": data, "state": state, "condition": "F00", "routeInfo": {}, "isLoop": False,
    }  # fmt: skip


@dataclass
class Kuaidi:
    """The server's side of the protocol: answers by number, what it was asked, whom it pushes to."""

    url: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    raw: bytes | None = None

    def answer(self, path: str, content_type: str, form: dict[str, str]) -> dict[str, Any]:
        if not content_type.startswith("application/x-www-form-urlencoded"):
            return {"result": False, "returnCode": "400", "message": "提交的数据不完整"}
        self.asked.append((path, form))
        param = json.loads(form["param"])
        if path == "/poll":
            sound = form["schema"] == "json" and param["key"] == KEY
            code = "200" if sound else "600"
            return {"result": sound, "returnCode": code, "message": "提交成功" if sound else "您不是合法的订阅者"}
        if form["customer"] != CUSTOMER or form["sign"] != signed(form["param"], KEY, CUSTOMER):
            return {"result": False, "returnCode": "503", "message": "验证签名失败"}
        none = {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}
        return self.answers.get(param["num"], none)


@contextmanager
def kuaidi100() -> Iterator[Kuaidi]:
    """A server on this machine that plays 快递100, and may be called."""
    service = Kuaidi()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
            said = service.answer(self.path, self.headers["Content-Type"], form)
            found = service.raw if service.raw is not None else json.dumps(said, ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        with override_settings(OUTGOING_ALLOWED=frozenset({f"127.0.0.1:{server.server_port}"})):
            yield service
    finally:
        server.shutdown()
        server.server_close()
