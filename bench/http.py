"""A keep-alive HTTP client that costs next to nothing, so that the benchmark measures the server."""

from __future__ import annotations

import json
import random
import socket
import uuid
from typing import Any

LINES = 5


class Client:
    """One connection that posts JSON and reads JSON."""

    def __init__(self, port: int, key: str, cookie: str = "") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        if cookie:
            self.head += f"Cookie: {cookie}\r\n"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a write with an idempotency key of its own; fails on any refusal."""
        content = json.dumps(body).encode()
        own = f"Idempotency-Key: {uuid.uuid4().hex}\r\nContent-Length: {len(content)}\r\n"
        head = f"POST {path} HTTP/1.1\r\n{self.head}{own}\r\n"
        answer: dict[str, Any] = json.loads(self._exchange(head.encode() + content))
        return answer

    def get(self, path: str) -> bytes:
        """The answer to a read; fails unless it is 200."""
        return self._exchange(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode())

    def _exchange(self, request: bytes) -> bytes:
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._read()
        head, _, body = data.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(fields[b"content-length"])
        while len(body) < length:
            body += self._read()
        if not head.split(b" ", 2)[1].startswith(b"2"):
            raise RuntimeError(f"{head.split(b' ', 2)[1]!r} {body.decode()[:500]}")
        return body

    def _read(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def unit(client: Client, rng: random.Random) -> None:
    """Create, confirm, receive one order of five lines: three requests."""
    products = sorted(rng.sample(range(1, 1001), LINES))
    lines = [
        {"product": f"P{p:04d}", "quantity": str(rng.randint(1, 50)), "unit_price": "9.90", "required_on": "2027-12-01"}
        for p in products
    ]
    order = client.post(
        "/api/v1/purchase-orders",
        {"supplier": "S001", "warehouse": "MAIN", "currency": "CNY", "lines": lines, "submit": True},
    )
    number = order["number"]
    promised = [
        {"line": n, "quantity": line["quantity"], "promised_on": "2027-12-03"} for n, line in enumerate(lines, 1)
    ]
    client.post(f"/api/v1/purchase-orders/{number}/confirm", {"lines": promised})
    received = [{"line": n, "quantity": line["quantity"], "lot": None, "bin": None} for n, line in enumerate(lines, 1)]
    client.post(f"/api/v1/purchase-orders/{number}/receipts", {"delivery_note": f"DN-{number}", "lines": received})


def sales_unit(client: Client, rng: random.Random) -> None:
    """Order, reserve, deliver five lines in full: three requests. The order passes its review in the first, and takes
    its stock in the second (the company of the benchmark does not reserve on review).
    """
    products = sorted(rng.sample(range(1, 1001), LINES))
    lines = [{"product": f"P{p:04d}", "quantity": str(rng.randint(1, 50)), "unit_price": "9.90"} for p in products]
    order = client.post(
        "/api/v1/sales-orders", {"customer": "C001", "warehouse": "MAIN", "lines": lines, "submit": True}
    )
    number = order["number"]
    client.post(f"/api/v1/sales-orders/{number}/reserve", {})
    sent = [{"line": n, "quantity": line["quantity"]} for n, line in enumerate(lines, 1)]
    client.post(f"/api/v1/sales-orders/{number}/deliveries", {"lines": sent})
