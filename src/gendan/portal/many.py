"""What a supplier brings of several orders at once, by file or over the API: all of it, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid, NotFound
from gendan.kernel.unit import batch
from gendan.portal import commands
from gendan.portal.errors import NotGiven, NothingSaid
from gendan.portal.queries.visitors import PERSON, VISIBLE, Visitor
from gendan.portal.rules import LineAnswer
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn

SHIPS = frozenset({"purchasing.create_shipment", "purchasing.update_shipment"})
MOST_BOXES, MOST_ORDERS, MOST_SHIPMENTS = 500, 500, 100
_BOXES = re.compile(r"^(\d{1,4})(?:\s*[-–~]\s*(\d{1,4}))?$")
_VISIBLE = f"SELECT o.number FROM purchasing_purchaseorder o WHERE {VISIBLE} AND o.number = ANY(%(numbers)s::text[])"
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


def seen_of(visitor: Visitor, numbers: Sequence[str]) -> set[str]:
    """Which of these orders the visitor sees; one statement."""
    found = db.rows(_VISIBLE, {**visitor.params, "numbers": list(numbers)})
    return {number for (number,) in found}


def check_prices(visitor: Visitor, lines: Sequence[LineAnswer]) -> None:
    """Refuse prices of who sees none: what becomes of them would tell the order's. Errors: NotGiven."""
    if not visitor.may("money") and any(line.price is not None for line in lines):
        raise NotGiven()


def answer_all(actor: Actor, visitor: Visitor, orders: Sequence[OrderAnswer], *, dry_run: bool) -> list[Row]:
    """Answer several orders in one transaction, or only try; what became of each. Of one that is not seen nothing is
    told but that it is not found. Errors: Refused, NothingSaid, NotGiven, Invalid.
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
    known = seen_of(visitor, [given.number for given in orders])
    return _all(actor, orders, one, dry_run, lambda given: [] if given.number in known else [given.number])


def ship_all(actor: Actor, visitor: Visitor, notices: Sequence[Notice], *, dry_run: bool, key: str = "") -> list[Row]:
    """Announce several shipments in one transaction, or only try; a repetition under the same key is refused.

    Errors: Refused, Invalid.
    """
    if not notices:
        raise Invalid({"lines": _("请填写要发货的数量。")})
    if len(notices) > MOST_SHIPMENTS:
        raise Invalid({"lines": _("一次最多 %(most)s 张发货单。") % {"most": MOST_SHIPMENTS}})
    place = {id(notice): n for n, notice in enumerate(notices)}

    def one(whole: Actor, notice: Notice) -> Row:
        own = f"sp{visitor.kind}{visitor.id}:{key[:60]}:{place[id(notice)]}" if key else None
        done = purchasing.create_shipment(
            actor=whole, lines=notice.lines, parcels=parcels_of(notice.lines, notice.boxes, ""), source="supplier",
            external_key=own, **notice.header,
        )  # fmt: skip
        return {"number": "" if dry_run else done.number, "state": done.state, "orders": done.data["orders"]}

    known = seen_of(visitor, [line.order for notice in notices for line in notice.lines])
    ships = replace(actor, permissions=actor.permissions | SHIPS)
    return _all(
        ships, notices, one, dry_run, lambda notice: [line.order for line in notice.lines if line.order not in known]
    )


def _all(actor: Actor, given: Sequence[Any], one: Any, dry_run: bool, unseen: Any) -> list[Row]:
    """Do all or none; every refusal is collected."""
    problems: dict[int, AppError] = {}
    found: list[Row] = []
    whole = actor.with_key(None)
    with suppress(_Undone), batch(whole):
        for n, part in enumerate(given):
            try:
                if missing := unseen(part):
                    raise NotFound(what=missing[0])
                found.append(one(whole, part))
            except AppError as error:
                db.discard()
                problems[n] = error
        if problems or dry_run:
            raise _Undone
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
