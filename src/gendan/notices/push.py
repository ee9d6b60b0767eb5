"""Web push: messages that only one browser can read (RFC 8291), signed by this installation (VAPID, RFC 8292).

The signing key is derived from the installation's own (GENDAN_SECRET_KEY), so there is nothing to keep; with another
one browsers are asked anew. Push services are called by the product's client for other people's servers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from gendan.kernel import db, outgoing

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve's group
RECORD = 4096
BODY_LENGTH = 300
KEEP = 24 * 3600  # seconds that a push service keeps a message for a browser that is off
GONE = (404, 410)
_BROWSERS = "SELECT id, endpoint, key, auth FROM notices_browser WHERE company_id = %s::bigint AND user_id = %s::bigint"


class PushError(Exception):
    """No browser of a person took a message. ``again``: another attempt may help."""

    def __init__(self, problem: str, detail: str = "", *, again: bool = True) -> None:
        self.problem, self.detail, self.again = problem, detail, again
        super().__init__(problem)


def b64(raw: bytes) -> str:
    """Bytes as these standards write them."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of such a text; ValueError for any other."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def signing_key() -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this installation."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"gendan.push", hashlib.sha512).digest()
    return ec.derive_private_key(int.from_bytes(digest, "big") % (ORDER - 1) + 1, CURVE)


def public_key() -> str:
    """What a browser needs to subscribe."""
    return b64(public_bytes(signing_key().public_key()))


def encrypted(
    plain: bytes, key: str, auth: str, sender: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """A message for one browser, as the body of a request."""
    sender = sender or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(16)
    receiver = unb64(key)
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, receiver))
    own = public_bytes(sender.public_key())
    material = _derived(shared, unb64(auth), b"WebPush: info\0" + receiver + own, 32)
    content = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(content).encrypt(nonce, plain + b"\2", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(own)]) + own + sealed


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def signature(endpoint: str, now: float) -> str:
    """Who sends, for the push service of an endpoint."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(now) + 12 * 3600,
        "sub": settings.PUBLIC_URL or f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    said = ".".join(b64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    key = signing_key()
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{said}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={b64(public_bytes(key.public_key()))}"


def send(company_id: int, user_id: int, title: str, body: str, url: str, *, severe: bool = False) -> None:
    """Push to every browser that a person allowed; PushError when none took it. Those that are gone are forgotten."""
    found = db.rows(_BROWSERS, [company_id, user_id])
    plain = json.dumps({"title": title, "body": body[:BODY_LENGTH], "url": url}, ensure_ascii=False).encode()
    taken, problem, detail = 0, "no_address", ""
    for id_, endpoint, key, auth in found:
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP),
            "Urgency": "high" if severe else "normal",
            "Authorization": signature(endpoint, time.time()),
        }
        try:
            reply = outgoing.send("POST", endpoint, encrypted(plain, key, auth), headers)
        except outgoing.OutgoingError as error:
            problem = error.code if error.code in {"refused", "timeout"} else "unreachable"
            continue
        if 200 <= reply.status < 300:
            taken += 1
        elif reply.status in GONE:
            db.execute("DELETE FROM notices_browser WHERE id = %s::bigint", [id_])
        else:
            problem, detail = "declined", f"HTTP {reply.status}"
    if not taken:
        raise PushError(problem, detail, again=problem not in {"no_address", "refused"})
