"""Counting what was picked, and what becomes of what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gendan.inventory import steps as inventory
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.unit import step
from gendan.sales.errors import LotNeeded, NotOnPickList, OtherBin, OtherLot, OverPacked, PickedEnough
from gendan.sales.rules.outbound import whole_steps
from gendan.sales.steps import hard, ties
from gendan.sales.steps.hard import Part
from gendan.sales.steps.outbound import Outbound, OutLine, OutPick

ZERO = Decimal(0)
Work = Sequence[Outbound]


@dataclass(frozen=True, slots=True)
class PickIn:
    """What was taken: a product (code) with its quantity in stock units, from where and of which lot."""

    product: str
    quantity: Decimal
    bin: str = ""
    lot: str = ""


_IN_WAVE = """
SELECT d.number FROM sales_wave v LEFT JOIN sales_delivery d ON d.wave_id = v.id AND d.is_open
WHERE v.company_id = %s::bigint AND v.number = %s::text ORDER BY d.id
"""
_COUNT = """
WITH picks AS (UPDATE sales_pick k SET picked = t.picked, picked_by_id = %(user)s::bigint, picked_at = now()
 FROM unnest(%(ids)s::bigint[], %(picked)s::numeric[]) AS t(id, picked) WHERE k.id = t.id)
UPDATE sales_delivery d SET state = t.state, version = d.version + 1, updated_at = now()
FROM unnest(%(deliveries)s::bigint[], %(states)s::text[]) AS t(id, state) WHERE d.id = t.id
"""
_LOTS = """
SELECT count(*) FROM inventory_balance WHERE product_id = %s::bigint AND location_id = %s::bigint AND on_hand > 0
"""


def deliveries_of(actor: Actor, number: str) -> list[str]:
    """The numbers of the open deliveries that a pick list is about: a delivery's own, or those of a wave. NotFound."""
    if not number.startswith("WV-"):
        return [number]
    found = db.rows(_IN_WAVE, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    return [row[0] for row in found if row[0]]


@step
def find(work: Work, number: str, entry: PickIn) -> list[tuple[Outbound, OutPick]]:
    """The picks that an entry counts on, those with something open first, then by bin.

    Errors: NotOnPickList, OtherBin, OtherLot, LotNeeded.
    """
    same = [(o, pick) for o in work for pick in o.picks if pick.product == entry.product]
    if not same:
        raise NotOnPickList(product=entry.product, number=number)
    here = [(o, pick) for o, pick in same if not entry.bin or pick.bin == entry.bin]
    if not here:
        bins = sorted({pick.bin for _o, pick in same if pick.open > 0} or {pick.bin for _o, pick in same})
        raise OtherBin(product=entry.product, bin=entry.bin, bins="、".join(bins))
    found = [(o, pick) for o, pick in here if not entry.lot or pick.lot == entry.lot]
    lots = "、".join(sorted({pick.lot for _o, pick in here if pick.lot}))
    if not found:
        raise OtherLot(product=entry.product, lots=lots or "–", lot=entry.lot)
    if not entry.lot and lots and _several_lots([pick for _o, pick in found]):
        raise LotNeeded(product=entry.product, bin=found[0][1].bin, lots=lots)
    return sorted(found, key=lambda at: (at[1].open <= 0, at[1].bin, at[1].lot))


def _several_lots(picks: Sequence[OutPick]) -> bool:
    """Whether the product alone does not say which lot was taken."""
    if len({pick.lot for pick in picks}) > 1:
        return True
    found = db.row(_LOTS, [picks[0].product_id, picks[0].location_id])
    return bool(found and found[0] > 1)


@step
def count(found: Sequence[tuple[Outbound, OutPick]], entry: PickIn) -> list[OutPick]:
    """Count an entry (below zero: put back) on picks, in memory; those that it changed. Errors: PickedEnough."""
    left, changed = entry.quantity, []
    for _outbound, pick in found if left >= 0 else reversed(found):
        part = min(left, pick.open) if left >= 0 else max(left, -pick.picked)
        if part:
            pick.picked += part
            left -= part
            changed.append(pick)
    if left:
        open_ = entry.quantity - left
        raise PickedEnough(product=entry.product, open=open_, quantity=entry.quantity)
    return changed


@step
def save(actor: Actor, work: Work, changed: Sequence[OutPick]) -> None:
    """Write what was counted, and the states of the deliveries that follow; one statement."""
    ids = {pick.id for pick in changed}
    touched = [o for o in work if any(pick.id in ids for pick in o.picks)]
    for o in touched:
        o.delivery.state = "picking" if any(pick.picked for pick in o.picks) else "to_pick"
        o.delivery.version += 1
    db.later(
        _COUNT,
        {
            "user": actor.user_id,
            "ids": db.array(pick.id for pick in changed),
            "picked": db.array(pick.picked for pick in changed),
            "deliveries": db.array(o.delivery.id for o in touched),
            "states": [o.delivery.state for o in touched],
        },
    )


_NEW_PICKS = """
INSERT INTO sales_pick AS k (delivery_line_id, balance_id, quantity)
SELECT %s::bigint, t.* FROM unnest(%s::bigint[], %s::numeric[]) AS t
ON CONFLICT (delivery_line_id, balance_id) DO UPDATE SET quantity = k.quantity + excluded.quantity
"""


@step
def pick_elsewhere(actor: Actor, outbound: Outbound, pick: OutPick, missing: Decimal, *, search: bool) -> Decimal:
    """Have what is missing of a pick taken from other free stock (with ``search``), as far as the line's unit can count
    it; how much was found. Locks the balances, the pick's own, too.
    """
    balances = inventory.lock_available(actor, outbound.delivery.warehouse_id, [pick.product_id], [pick.balance_id])
    if not search:
        return ZERO
    left, moved = _countable(outbound, pick, missing, balances), []
    owner = outbound.part(pick, ZERO).line_id
    found = left
    for place in balances:
        part = min(left, place.available)
        if place.id != pick.balance_id and part > 0:
            moved.append(Part(owner, place.id, part))
            left -= part
    if moved:
        hard.let_go([Part(owner, pick.balance_id, found)])
        ties.add(actor, [ties.Tie(owner, ties.STOCK, part.balance_id, part.quantity) for part in moved])
        hard.harden(moved)
        db.later(
            _NEW_PICKS,
            [pick.line_id, db.array(p.balance_id for p in moved), db.array(p.quantity for p in moved)],
        )
    return found


def _countable(outbound: Outbound, pick: OutPick, missing: Decimal, balances: Sequence[inventory.Held]) -> Decimal:
    """How much to take elsewhere, so that the line comes to whole units."""
    free = sum((max(place.available, ZERO) for place in balances if place.id != pick.balance_id), ZERO)
    found = min(missing, free)
    line = next(line for line in outbound.lines if line.id == pick.line_id)
    total = sum((p.quantity for p in outbound.picks if p.line_id == line.id), ZERO) - missing + found
    excess = total - whole_steps(total, line.factor, line.decimals) * line.factor
    return found - min(excess, found)


_CUT = """
WITH gone AS (DELETE FROM sales_pick k USING unnest(%(gone)s::bigint[]) AS t(id) WHERE k.id = t.id),
 picks AS (UPDATE sales_pick k SET quantity = t.quantity, picked = t.picked
  FROM unnest(%(ids)s::bigint[], %(quantities)s::numeric[], %(picked)s::numeric[]) AS t(id, quantity, picked)
  WHERE k.id = t.id),
 empty AS (DELETE FROM sales_deliveryline dl USING unnest(%(empty)s::bigint[]) AS t(id) WHERE dl.id = t.id),
 lines AS (UPDATE sales_deliveryline dl SET quantity = t.quantity
  FROM unnest(%(lines)s::bigint[], %(new)s::numeric[]) AS t(id, quantity) WHERE dl.id = t.id)
UPDATE sales_salesline l SET delivering = l.delivering - t.quantity
FROM (SELECT id, sum(quantity) AS quantity FROM unnest(%(order_lines)s::bigint[], %(less)s::numeric[])
 AS t(id, quantity) GROUP BY 1) t WHERE l.id = t.id
"""


@step
def cut(outbound: Outbound, before: Mapping[int, Decimal], replaced: Mapping[int, Decimal] | None = None) -> list[Part]:
    """Write picks and lines that became smaller (in memory; zero: gone), and give the difference back to the orders'
    lines. ``before`` is what each pick had, ``replaced`` what lines (by id) get from elsewhere. The parcels must not
    hold more than what is left.

    Answers what is not on the delivery any more, though still its lines', beside what the caller took off: quantities
    that the lines' units cannot count.
    """
    loose: list[Part] = []
    behind = outbound.order_lines
    lines_before = {line.id: line.quantity for line in outbound.lines}
    for line in outbound.lines:
        mine = [pick for pick in outbound.picks if pick.line_id == line.id]
        total = sum((pick.quantity for pick in mine), (replaced or {}).get(line.id, ZERO))
        line.quantity = whole_steps(total, line.factor, line.decimals)
        excess = total - line.quantity * line.factor
        for pick in sorted(mine, key=lambda p: p.picked):
            less = min(excess, pick.quantity)
            if less > 0:
                pick.quantity -= less
                pick.picked = min(pick.picked, pick.quantity)
                excess -= less
                loose.append(outbound.part(pick, less))
    changed = [line for line in outbound.lines if line.quantity != lines_before[line.id]]
    _check_parcels(outbound, changed)
    for line in changed:
        behind[line.order_line_id].delivering -= lines_before[line.id] - line.quantity
    picks = [pick for pick in outbound.picks if pick.quantity != before[pick.id]]
    db.later(
        _CUT,
        {
            "gone": db.array(pick.id for pick in picks if not pick.quantity),
            **_kept([pick for pick in picks if pick.quantity]),
            "empty": db.array(line.id for line in changed if not line.quantity),
            "lines": db.array(line.id for line in changed if line.quantity),
            "new": db.array(line.quantity for line in changed if line.quantity),
            "order_lines": db.array(line.order_line_id for line in changed),
            "less": db.array(lines_before[line.id] - line.quantity for line in changed),
        },
    )
    outbound.lines = [line for line in outbound.lines if line.quantity]
    outbound.picks = [pick for pick in outbound.picks if pick.quantity]
    return loose


def _kept(picks: Sequence[OutPick]) -> dict[str, object]:
    return {
        "ids": db.array(pick.id for pick in picks),
        "quantities": db.array(pick.quantity for pick in picks),
        "picked": db.array(pick.picked for pick in picks),
    }


def _check_parcels(outbound: Outbound, changed: Sequence[OutLine]) -> None:
    if not changed:
        return
    packed = db.rows(
        "SELECT delivery_line_id, sum(quantity) FROM sales_parcelline WHERE delivery_line_id = ANY(%s::bigint[])"
        " GROUP BY 1",
        [[line.id for line in changed]],
    )
    known = {line.id: line for line in changed}
    for line_id, quantity in packed:
        line = known[line_id]
        if quantity > line.quantity:
            raise OverPacked(
                number=outbound.delivery.number,
                line=line.line_no,
                product=line.product,
                quantity=line.quantity,
                packed=quantity,
            )
