"""What becomes of rejected goods that do not go back to the supplier; and goods that are accepted all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.inventory import steps as inventory
from gendan.inventory.steps import Leg
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.commands.inspect_receipt import inspect_locked
from gendan.purchasing.errors import EmptyDocument, UnknownLine
from gendan.purchasing.errors_returned import CreditTooHigh, OverSettled
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.queries.asked_back import ASKED
from gendan.purchasing.queries.orders import VIEW_PRICE
from gendan.purchasing.rules.inspection import InspectIn, RejectIn
from gendan.purchasing.rules.returned import ZERO, worth
from gendan.purchasing.steps import correction, pegs, progress
from gendan.purchasing.steps.correction import LockedReceipt, LockedReceiptLine
from gendan.purchasing.steps.order import LockedLine
from gendan.purchasing.steps.receipt import Places, find_places
from gendan.quality import steps as quality

SETTLE, CONCEDE = _("处理不良品"), _("批准让步接收")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry with its line and what its order's line cost."""

    line: LockedReceiptLine
    asked: RejectIn
    bin_id: int


# What of the lines is asked back by returns that have not left, what they cost, and where scrap goes.
_ASIDE = f"""
SELECT rl.line_no, {ASKED.format(line="rl.id", rejected="true")}, l.quantity, l.gross, o.minor_units, o.currency,
 (SELECT min(x.id) FROM catalog_location x WHERE x.company_id = o.company_id AND x.warehouse_id IS NULL
   AND x.kind = 'scrap')
FROM purchasing_receiptline rl JOIN purchasing_orderline l ON l.id = rl.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE rl.receipt_id = %s::bigint
"""
_WRITE = """
WITH lines AS (
 UPDATE purchasing_receiptline rl SET accepted = t.accepted, rejected = t.rejected, scrapped = t.scrapped,
  location_id = t.location
 FROM unnest(%(ids)s::bigint[], %(accepted)s::numeric[], %(rejected)s::numeric[], %(scrapped)s::numeric[],
  %(locations)s::bigint[]) AS t(id, accepted, rejected, scrapped, location) WHERE rl.id = t.id),
actions AS (
 INSERT INTO purchasing_rejectaction (company_id, receipt_line_id, kind, quantity, amount, currency, note, user_id)
 SELECT %(company)s::bigint, t.line, t.kind, t.quantity, t.amount, t.currency, t.note, %(user)s::bigint
 FROM unnest(%(of)s::bigint[], %(kinds)s::text[], %(quantities)s::numeric[], %(amounts)s::numeric[],
  %(currencies)s::text[], %(notes)s::text[]) AS t(line, kind, quantity, amount, currency, note))
UPDATE purchasing_goodsreceipt SET state = %(state)s::text, version = version + 1, updated_at = clock_timestamp()
WHERE id = %(receipt)s::bigint
"""


@command("purchasing.settle_rejects", SETTLE)
def settle_rejects(*, actor: Actor, number: str, lines: Sequence[RejectIn], version: int | None = None) -> Done:
    """Say what becomes of rejected goods of a receipt: scrap, rework (they wait for inspection again), or accepted at a
    lower price with the amount that the supplier credits, up to what they cost (needs the right to see prices).

    What a return asks for is not there any more. Errors: NotFound, Stale, WrongState, UnknownLine, EmptyDocument,
    OverSettled, CreditTooHigh, UnknownPlace, StockShort, Forbidden, Invalid.
    """
    receipt, _shipments = correction.lock_receipt(actor, number, version)
    receipt.must_be(frozenset({"posted", "to_inspect"}), SETTLE)
    if any(entry.reduce for entry in lines):
        actor.must(VIEW_PRICE)
    aside = {row[0]: row[1:] for row in db.rows(_ASIDE, [receipt.id])}
    places = find_places(actor, receipt.warehouse_id, [entry.bin for entry in lines])
    entries = _entries(receipt, lines, aside, places)
    quality.amend(
        actor,
        receipt.subject,
        [quality.Amended(e.line.id, e.asked.reduce, -e.asked.rework - e.asked.reduce, e.asked.reduce) for e in entries],
    )
    for entry in entries:
        for counted in (entry.line, receipt.order_line(entry.line.order_line_id)):
            counted.accepted += entry.asked.reduce
            counted.rejected -= entry.asked.rework + entry.asked.reduce
        entry.line.scrapped += entry.asked.scrap
        if entry.asked.reduce:
            entry.line.location_id = entry.bin_id
    state = "to_inspect" if any(line.waiting > 0 for line in receipt.lines) else "posted"
    _write(actor, receipt, entries, aside, state)
    live = [order for order in receipt.orders if order.state in LIVE_STATES]
    progress.save(actor, live, receipt.order_lines, receipt.lines_behind)
    scrap = next(iter(aside.values()))[5]
    inventory.move(actor, [leg for entry in entries for leg in _legs(receipt, entry, places, scrap)], receipt.subject)
    pegs.land(actor, [_landed(receipt, entry) for entry in entries if entry.asked.reduce])
    told = [
        {
            "product": receipt.order_line(e.line.order_line_id).product,
            "scrap": e.asked.scrap,
            "rework": e.asked.rework,
            "reduce": e.asked.reduce,
            "note": e.asked.note,
        }
        for e in entries[:50]
    ]
    amount = sum((e.asked.amount or ZERO for e in entries), ZERO)
    changes = {"credit": [None, str(amount)]} if amount else {}
    record("purchasing.rejects_settled", receipt.subject, actor, receipt.refs, lines=told, changes=changes)
    return Done("gr", receipt.id, number, state, receipt.version + 1)


def _entries(
    receipt: LockedReceipt, lines: Sequence[RejectIn], aside: dict[int, tuple[Decimal, ...]], places: Places
) -> list[_Entry]:
    """The entries with their lines, each line once; what is asked of it is there and is not asked back."""
    known = {line.line_no: line for line in receipt.lines}
    entries: dict[int, _Entry] = {}
    for n, entry in enumerate(lines):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=receipt.number, line=entry.line)
        decimals = receipt.order_line(line.order_line_id).decimals
        for name in ("scrap", "rework", "reduce"):
            quantity: Decimal = getattr(entry, name)
            if quantity and (problem := quantity_problem(quantity, decimals)):
                raise Invalid({f"lines.{n}.{name}": problem})
        if not entry.total:
            continue
        if entry.line in entries:
            raise Invalid({f"lines.{n}.line": _now("同一行只能填写一次。")})
        asked, ordered, gross, minor, currency, _scrap = aside[entry.line]
        if entry.total > line.rejects - asked:
            raise OverSettled(number=receipt.number, line=entry.line, open=line.rejects - asked, quantity=entry.total)
        if entry.reduce:
            _check_amount(receipt, entry, n, worth(entry.reduce, ordered, gross, int(minor)), int(minor), currency)
        entries[entry.line] = _Entry(line, entry, places.bin(entry.bin))
    if not entries:
        raise EmptyDocument()
    return list(entries.values())


def _check_amount(receipt: LockedReceipt, entry: RejectIn, n: int, most: Decimal, minor: int, currency: object) -> None:
    """The credit is exact to the currency's unit and not above what the goods cost."""
    amount = entry.amount
    if amount is None or not amount.is_finite() or amount < 0 or amount != round(amount, minor):
        text = _now("降价金额不能小于 0，最多 %(places)s 位小数。")
        raise Invalid({f"lines.{n}.amount": text % {"places": minor}})
    if amount > most:
        raise CreditTooHigh(number=receipt.number, worth=most, currency=currency)


def _write(
    actor: Actor,
    receipt: LockedReceipt,
    entries: Sequence[_Entry],
    aside: dict[int, tuple[Decimal, ...]],
    state: str,
) -> None:
    done = [
        (entry, kind, quantity)
        for entry in entries
        for kind in ("scrap", "rework", "reduce")
        if (quantity := getattr(entry.asked, kind))
    ]
    db.later(
        _WRITE,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "receipt": receipt.id,
            "state": state,
            "ids": db.array(entry.line.id for entry in entries),
            "accepted": db.array(entry.line.accepted for entry in entries),
            "rejected": db.array(entry.line.rejected for entry in entries),
            "scrapped": db.array(entry.line.scrapped for entry in entries),
            "locations": db.array(entry.line.location_id for entry in entries),
            "of": db.array(entry.line.id for entry, _kind, _quantity in done),
            "kinds": [kind for _entry, kind, _quantity in done],
            "quantities": db.array(quantity for _entry, _kind, quantity in done),
            "amounts": db.array(entry.asked.amount if kind == "reduce" else None for entry, kind, _quantity in done),
            "currencies": [str(aside[entry.line.line_no][4]) for entry, _kind, _quantity in done],
            "notes": [entry.asked.note[:300] for entry, _kind, _quantity in done],
        },
    )


def _legs(receipt: LockedReceipt, entry: _Entry, places: Places, scrap: int) -> list[Leg]:
    line, behind, asked = entry.line, receipt.order_line(entry.line.order_line_id), entry.asked
    return [
        Leg(behind.product_id, places.rejected_id, place, quantity * behind.factor, line.lot_id, line.id)
        for place, quantity in (
            (scrap, asked.scrap),
            (places.inspection_id, asked.rework),
            (entry.bin_id, asked.reduce),
        )
        if quantity and place != places.rejected_id
    ]


def _landed(receipt: LockedReceipt, entry: _Entry) -> tuple[LockedLine, pegs.Landed]:
    behind = receipt.order_line(entry.line.order_line_id)
    quantity = entry.asked.reduce * behind.factor
    return behind, pegs.Landed(behind.id, behind.product_id, entry.bin_id, entry.line.lot_id, quantity)


@command("purchasing.concede_goods", CONCEDE)
def concede_goods(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Accept goods of an inspection (its number) although they are not as they should be, as was asked for
    (quality.request_concession), when no flow has to approve it.

    Errors: NotFound, Stale, WrongState, NoWish, OverInspected, StockShort, InApproval.
    """
    source = _source(actor, number)
    receipt, _shipments = correction.lock_receipt(actor, source)
    found, _wished = quality.wishes(actor, number, version)
    if not flow.lets(actor, found.subject):
        return Done("qi", found.id, number, found.state, found.version, {"approval": "running"})
    return _concede(actor, number, receipt, note)


def _source(actor: Actor, number: str) -> str:
    """The receipt that an inspection is of."""
    found = db.row(
        "SELECT q.source_number FROM quality_inspection q WHERE q.company_id = %s::bigint AND q.number = %s::text"
        " AND q.source_kind = 'gr'",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    return str(found[0])


def _concede(actor: Actor, number: str, receipt: LockedReceipt, note: str) -> Done:
    found, wished = quality.wishes(actor, number)
    lines = [InspectIn(line.source_line_no, line.wished, bin=line.wish_bin, note=found.wish_reason) for line in wished]
    reason = note.strip()[:300] or found.wish_reason
    inspect_locked(actor, receipt, lines, conceded=True, event="purchasing.goods_conceded", reason=reason)
    done = sum((line.waiting - line.wished for line in found.lines), ZERO) == 0
    return Done("qi", found.id, number, "done" if done else "open", found.version + 1)


@step
def concede_found(actor: Actor, number: str, note: str) -> Done:
    """Let a wish take effect about which nobody has to be asked any more. Errors: NoWish, OverInspected, StockShort."""
    receipt, _shipments = correction.lock_receipt(actor, _source(actor, number))
    return _concede(actor, number, receipt, note)
