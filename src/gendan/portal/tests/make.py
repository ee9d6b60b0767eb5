"""Situations of customers' links for tests."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from gendan.portal import commands, queries
from gendan.sales import commands as sales
from gendan.sales.tests.make import World, make_order


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


# The smallest picture that there is: one white dot.
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    + chunk(b"IDAT", zlib.compress(b"\0\xff"))
    + chunk(b"IEND", b"")
)
SIGNATURE = "data:image/png;base64," + base64.b64encode(PNG).decode()


def make_link(world: World, number: str, **fields: Any) -> str:
    """The token of a new link to an order."""
    done = commands.create_link(actor=world.actor, number=number, **fields)
    return str(queries.link_shown(world.actor, done.id)["token"])


def sent(world: World, *quantities: int) -> tuple[str, str]:
    """An order that left in full, and its delivery."""
    order = make_order(world, *quantities)
    return order.number, sales.deliver_order(actor=world.actor, number=order.number).number
