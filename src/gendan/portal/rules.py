"""What a link allows, what a drawn signature is, and what of a supplier's answer is taken at once; no framework."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gendan.kernel.tokens import could_be, end_of, hash_of, new_token, state_of

__all__ = ["could_be", "end_of", "hash_of", "new_token", "signature", "state_of"]

DAYS, MOST_DAYS = 90, 730
SIGNATURE_BYTES = 300_000
SIGNATURE_HEAD = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
# What a customer may do, whatever else there is.
PERMISSIONS = frozenset({"sales.view", "sales.sign_delivery", "sales.request_return", "portal.ask_question"})


def signature(text: str) -> bytes | None:
    """The picture of a signature that was drawn; None for anything else."""
    if not text.startswith(SIGNATURE_HEAD) or len(text) > SIGNATURE_BYTES * 4 // 3 + 100:
        return None
    try:
        content = base64.b64decode(text[len(SIGNATURE_HEAD) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content.startswith(PNG) and len(content) <= SIGNATURE_BYTES else None


ZERO = Decimal(0)
KINDS = ("accept", "change", "substitute", "refuse")
# What somebody at a supplier may be given: to answer orders; to announce shipments; to see prices and answer inquiries;
# to see what was received and is to be paid; to administer people. Who comes with a link has all but the last.
RIGHTS = ("answer", "ship", "money", "statement", "people")
SUPPLIER_PERMISSIONS = {
    "answer": frozenset(
        {
            "portal.answer_order",
            "portal.answer_change",
            "portal.answer_corrective",
            "portal.report_progress",
            "alerts.answer_urge",
        }
    ),
    "ship": frozenset({"portal.announce_goods", "portal.report_progress"}),
    "people": frozenset({"portal.invite_colleague"}),
}

# What everybody who signs in may do with their own account.
OWN_ACCOUNT = "portal.own_supplier_account"


def permissions_of(rights: Iterable[str]) -> frozenset[str]:
    """What somebody with these rights may do, whatever else there is."""
    return frozenset[str]().union(*(SUPPLIER_PERMISSIONS.get(right, frozenset()) for right in rights))


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity by a day; either may be left as it is ordered."""

    quantity: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a supplier says about a line: as ordered; other parts or another price; another product (``product`` is a
    code that the supplier knows, ``text`` its own words); or not at all (``note`` says why). ``seen`` is the line as
    it stood on the page (``fingerprint``).
    """

    line: int
    kind: str
    parts: tuple[Part, ...] = ()
    price: Decimal | None = None
    product: str = ""
    text: str = ""
    note: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a line is asked of the supplier."""

    quantity: Decimal
    required_on: date | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may be from the order and still be taken at once."""

    days: int = 0
    percent: Decimal = ZERO


def fingerprint(asked: Asked, revision: int) -> str:
    """A line as a page showed it: who answers an older one is asked again."""
    day = asked.required_on.isoformat() if asked.required_on else ""
    return f"{plain(asked.quantity)}|{day}|{plain(asked.price)}|{revision}"


def plain(value: Decimal) -> str:
    """A number written in one way."""
    return f"{value.normalize():f}" if value else "0"


def filled(answer: LineAnswer, asked: Asked) -> tuple[Part, ...]:
    """The parts of an answer with what was left open as it is ordered."""
    if not answer.parts:
        return (Part(asked.quantity, asked.required_on),)
    one = len(answer.parts) == 1
    return tuple(
        Part(asked.quantity if part.quantity is None and one else part.quantity, part.on or asked.required_on)
        for part in answer.parts
    )


def within(answer: LineAnswer, asked: Asked, tolerance: Tolerance) -> bool:
    """Whether an answer is taken at once. What things cost is never: money does not change without one of us."""
    if answer.kind == "accept":
        return True
    if answer.kind != "change" or (answer.price is not None and answer.price != asked.price):
        return False
    parts = filled(answer, asked)
    total = sum((part.quantity or ZERO for part in parts), ZERO)
    least = asked.quantity * (100 - tolerance.percent) / 100
    if not least <= total <= asked.quantity:
        return False
    if asked.required_on is None:
        return True
    latest = asked.required_on + timedelta(days=tolerance.days)
    return all(part.on is not None and part.on <= latest for part in parts)
