"""Web push: what the standards say byte by byte, and that a message reaches a browser and only it can read it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from gendan.kernel.errors import Invalid
from gendan.notices import browsers, push
from gendan.notices.models import Browser
from gendan.notices.tasks import run

from .make import choose, deliveries, make_world, tell

# RFC 8291, appendix A.
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_sealed_as_the_standard_shows_it():
    sender = ec.derive_private_key(int.from_bytes(push.unb64(SENDER), "big"), push.CURVE)
    plain = b"When I grow up, I want to be a watermelon"
    assert push.b64(push.encrypted(plain, RECEIVER, AUTH, sender, push.unb64(SALT))) == SEALED


class Service(BaseHTTPRequestHandler):
    heard: list[tuple[dict[str, str], bytes]] = []
    status = 201

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def endpoint(settings: Any) -> Iterator[str]:
    Service.heard.clear()
    Service.status = 201
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTGOING_ALLOWED = frozenset({f"127.0.0.1:{server.server_port}"})
    yield f"http://127.0.0.1:{server.server_port}/browser/1"
    server.shutdown()
    server.server_close()


def opened(body: bytes, own: ec.EllipticCurvePrivateKey, auth: bytes) -> dict[str, Any]:
    """What the browser reads."""
    salt, sender, sealed = body[:16], body[21:86], body[86:]
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(push.CURVE, sender))
    info = b"WebPush: info\0" + push.public_bytes(own.public_key()) + sender
    material = push._derived(shared, auth, info, 32)
    content = push._derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = push._derived(material, salt, b"Content-Encoding: nonce\0", 12)
    return dict(json.loads(AESGCM(content).decrypt(nonce, sealed, None)[:-1]))


@pytest.mark.django_db
def test_a_browser_hears_what_its_person_is_told_until_it_is_gone(endpoint: str):
    world = make_world(1)
    own, auth = ec.generate_private_key(push.CURVE), bytes(range(16))
    key = push.b64(push.public_bytes(own.public_key()))
    browsers.save_browser(actor=world.actor(), endpoint=endpoint, key=key, auth=push.b64(auth))
    choose(world, {"*": {"push": "now"}})
    tell(world, "请确认交期", severe=True)
    run(world.company_id)
    ((headers, body),) = Service.heard
    said = opened(body, own, auth)
    assert "请确认交期" in said["body"]
    assert said["url"].endswith("/po/PO-000001")
    assert headers["urgency"] == "high"
    token, known = headers["authorization"].removeprefix("vapid t=").split(", k=")
    assert known == push.public_key()
    text, _dot, signed = token.rpartition(".")
    raw = push.unb64(signed)
    signature = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    push.signing_key().public_key().verify(signature, text.encode(), ec.ECDSA(SHA256()))
    Service.status = 410
    tell(world, "再看")
    run(world.company_id)
    assert Browser.objects.count() == 0
    assert [row.state for row in deliveries(world)] == ["sent", "failed"]


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["http://10.0.0.1/x", "https://", "file:///etc/passwd"])
def test_a_browser_is_not_where_it_cannot_be(where: str):
    world = make_world(1)
    with pytest.raises(Invalid):
        browsers.save_browser(actor=world.actor(), endpoint=where, key=RECEIVER, auth=AUTH)
