"""What a supplier brings of several orders at once, by file or over the API: all of it, or nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, IdempotencyKeyReused, Invalid, NotFound
from gendan.kernel.log import Answer, write
from gendan.kernel.unit import batch
from gendan.portal import commands
from gendan.portal.errors import NotGiven, NothingSaid
from gendan.portal.queries.visitors import PERSON, VISIBLE, Visitor
from gendan.portal.rules import LineAnswer
from gendan.purchasing import commands as purchasing
from gendan.purchasing.errors import ExternalKeyReused
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn

SHIPS = frozenset({"purchasing.create_shipment", "purchasing.update_shipment"})
MOST_BOXES, MOST_ORDERS, MOST_SHIPMENTS = 500, 500, 100
_BOXES = re.compile(r"^(\d{1,4})(?:\s*[-–~]\s*(\d{1,4}))?$")
# All orders at once and in one order, whatever the caller's is: two uploads do not wait crosswise for each other.
_VISIBLE = f"""
SELECT o.number FROM purchasing_purchaseorder o WHERE {VISIBLE} AND o.number = ANY(%(numbers)s::text[])
ORDER BY o.id FOR NO KEY UPDATE OF o
"""
_SHIPPED = """
SELECT external_key FROM purchasing_shipment WHERE company_id = %s::bigint AND external_key = ANY(%s::text[])
"""
_EARLIER = """
SELECT command, fingerprint, result::text FROM kernel_idempotency WHERE company_id = %s::bigint AND user_id = 0
 AND key = %s::text
"""
MANY = "portal.answer_order*"  # answers to many orders under one key
Row = dict[str, Any]


class _Undone(Exception):
    """Nothing is kept: it was a trial, or something was refused."""


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What is said about the lines of one order."""

    number: str
    lines: Sequence[LineAnswer]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A shipment that is announced; ``boxes`` names the boxes of each line."""

    lines: Sequence[ShipIn]
    boxes: Sequence[str]
    header: Mapping[str, Any]


class Refused(Exception):
    """What was refused, by the place of the order or shipment: each a text, or texts by «lines.N.field»."""

    def __init__(self, problems: Mapping[int, AppError]) -> None:
        self.problems = problems
        super().__init__(problems)


def _locked(visitor: Visitor, numbers: Sequence[str]) -> set[str]:
    """Which of these orders the visitor sees, locked; one statement."""
    found = db.rows(_VISIBLE, {**visitor.params, "numbers": list(numbers)})
    return {number for (number,) in found}


def check_prices(visitor: Visitor, lines: Sequence[LineAnswer]) -> None:
    """Refuse prices of who sees none: what becomes of them would tell the order's. Errors: NotGiven."""
    if not visitor.may("money") and any(line.price is not None for line in lines):
        raise NotGiven()


def answer_all(actor: Actor, visitor: Visitor, orders: Sequence[OrderAnswer], *, dry_run: bool) -> list[Row]:
    """Answer several orders in one transaction, or only try; what became of each. Of one that is not seen nothing is
    told but that it is not found. A repetition under the actor's key is answered as it was.
    Errors: Refused, NothingSaid, NotGiven, Invalid, IdempotencyKeyReused.
    """
    if not orders:
        raise NothingSaid()
    if len(orders) > MOST_ORDERS:
        raise Invalid({"orders": _("一次最多 %(most)s 张订单。") % {"most": MOST_ORDERS}})
    by_link = visitor.params["link"]
    person = visitor.id if visitor.kind == PERSON else None

    def one(whole: Actor, given: OrderAnswer) -> Row:
        done = commands.answer_order(
            actor=whole, number=given.number, lines=given.lines, note=given.note, link=by_link, person=person
        )
        return {"number": given.number, "state": done.state, **done.data}

    check_prices(visitor, [line for given in orders for line in given.lines])
    mark = hashlib.sha256(json.dumps([asdict(given) for given in orders], default=str).encode()).digest()
    keyed = actor.idempotency_key is not None and not dry_run
    if keyed and (earlier := _earlier(actor, mark)) is not None:
        return earlier

    def keep(rows: list[Row]) -> None:
        if keyed:
            write(actor, [], Answer(MANY, mark, json.dumps(rows)))

    try:
        return _all(actor, visitor, orders, one, dry_run, lambda given: [given.number], keep)
    except (Refused, IntegrityError):
        if keyed and (earlier := _earlier(actor, mark)) is not None:
            return earlier  # the same came a moment ago
        raise


def _earlier(actor: Actor, mark: bytes) -> list[Row] | None:
    """What the same call was answered with before. Errors: IdempotencyKeyReused."""
    found = db.row(_EARLIER, [actor.company_id, actor.idempotency_key])
    if found is None:
        return None
    if found[0] != MANY or bytes(found[1]) != mark:
        raise IdempotencyKeyReused(key=actor.idempotency_key)
    rows: list[Row] = json.loads(found[2])
    return rows


def ship_all(actor: Actor, visitor: Visitor, notices: Sequence[Notice], *, dry_run: bool, key: str = "") -> list[Row]:
    """Announce several shipments in one transaction, or only try; a repetition under the same key is refused.

    Errors: Refused, Invalid.
    """
    if not notices:
        raise Invalid({"lines": _("请填写要发货的数量。")})
    if len(notices) > MOST_SHIPMENTS:
        raise Invalid({"lines": _("一次最多 %(most)s 张发货单。") % {"most": MOST_SHIPMENTS}})
    hashed = hashlib.sha256(key.encode()).hexdigest()[:40]
    own_keys = {id(notice): f"sp{visitor.kind}{visitor.id}:{hashed}:{n}" for n, notice in enumerate(notices)}
    taken: list[str] = []

    def one(whole: Actor, notice: Notice) -> Row:
        own = own_keys[id(notice)] if key else None
        if own in taken:
            raise ExternalKeyReused(key=key[:80], number=_("另一张发货单"))
        done = purchasing.create_shipment(
            actor=whole, lines=notice.lines, parcels=parcels_of(notice.lines, notice.boxes, ""), source="supplier",
            external_key=own, **notice.header,
        )  # fmt: skip
        return {"number": "" if dry_run else done.number, "state": done.state, "orders": done.data["orders"]}

    def before() -> None:
        if key:  # with the orders locked, so that what came a moment ago is seen
            found = db.rows(_SHIPPED, [actor.company_id, list(own_keys.values())])
            taken.extend(own for (own,) in found)

    ships = replace(actor, permissions=actor.permissions | SHIPS)
    return _all(
        ships, visitor, notices, one, dry_run, lambda notice: [line.order for line in notice.lines], before=before
    )


def _all(
    actor: Actor,
    visitor: Visitor,
    given: Sequence[Any],
    one: Callable[[Actor, Any], Row],
    dry_run: bool,
    orders_in: Callable[[Any], list[str]],
    keep: Callable[[list[Row]], None] = lambda rows: None,
    before: Callable[[], None] = lambda: None,
) -> list[Row]:
    """Do all or none; every refusal is collected, unless the database has given up before."""
    problems: dict[int, AppError] = {}
    found: list[Row] = []
    whole = actor.with_key(None)
    with suppress(_Undone), batch(whole):
        known = _locked(visitor, [number for part in given for number in orders_in(part)])
        before()
        for n, part in enumerate(given):
            try:
                if missing := [number for number in orders_in(part) if number not in known]:
                    raise NotFound(what=missing[0])
                found.append(one(whole, part))
            except AppError as error:
                db.discard()
                problems[n] = error
                if isinstance(error.__cause__, IntegrityError):
                    break
        if problems or dry_run:
            raise _Undone
        keep(found)
    if problems:
        raise Refused(problems)
    return found


def _range(text: str, field: str) -> list[int]:
    """«3» or «1-4» as numbers of boxes."""
    numbers: list[int] = []
    for part in re.split(r"[,，、;；\s]+", text.strip()):
        match = _BOXES.match(part)
        if not match:
            raise Invalid({field: _("箱号写成 3 或 1-4。")})
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 < first <= last or last - first >= MOST_BOXES - len(numbers):
            raise Invalid({field: _("箱号写成 3 或 1-4。")})
        numbers += range(first, last + 1)
    return numbers


def parcels_of(lines: Sequence[ShipIn], boxes: Sequence[str], pallets: str) -> list[ParcelIn]:
    """Boxes by their numbers, each line spread evenly over its boxes; pallets as «1:1-4 2:5-8»."""
    contents: dict[int, list[tuple[int, Decimal]]] = {}
    for n, (line, text) in enumerate(zip(lines, boxes, strict=True)):
        if not text:
            continue
        numbers = _range(text, f"boxes-{line.order}-{line.line}")
        share = (line.quantity / len(numbers)).to_integral_value(rounding="ROUND_FLOOR")
        left = line.quantity
        for place, number in enumerate(numbers):
            mine = left if place == len(numbers) - 1 else share
            left -= mine
            if mine > 0:
                contents.setdefault(number, []).append((n, mine))
    if not contents:
        return []
    stacks = [_range(part.partition(":")[2], "pallets") for part in re.split(r"\s+", pallets.strip()) if ":" in part]
    on = {number: place for place, stack in enumerate(stacks) for number in stack}
    found = [ParcelIn("pallet") for _stack in stacks]
    return found + [ParcelIn("parcel", tuple(contents[number]), on.get(number)) for number in sorted(contents)]
