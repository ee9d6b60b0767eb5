"""Which sales lines find no stock any more when balances have less, as ``steps/claims.py`` will do when it is posted:
least urgent first make way, most urgent first take other stock of the warehouse. Three exchanges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from gendan.inventory.queries.losses import Loser
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.permissions import VIEW
from gendan.sales.queries.atp import Key, promisable
from gendan.sales.rules.atp import STOCK
from gendan.sales.rules.priority import order_by

ZERO = Decimal(0)
HIDDEN = "—"
_CRITERIA = "SELECT key, descending FROM sales_priorityrule WHERE company_id = %s::bigint ORDER BY position"
_HOLDING = """
SELECT b.id, least(b.reserved, b.reserved - b.on_hand + t.less), t.less, p.quantity - p.hard, l.id, o.number, l.line_no,
 c.name, pr.code, pr.name, u.name, l.product_id, l.warehouse_id, l.expected_on,
 coalesce((SELECT h.promised_on FROM sales_salespromise h WHERE h.line_id = l.id AND h.source = 'hand'
  ORDER BY h.revision DESC LIMIT 1), l.promised_on, l.requested_on)
FROM unnest(%s::bigint[], %s::numeric[]) AS t(id, less) JOIN inventory_balance b ON b.id = t.id
JOIN sales_peg p ON p.balance_id = b.id JOIN sales_salesline l ON l.id = p.line_id
JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_partner c ON c.id = o.customer_id
LEFT JOIN catalog_customerclass k ON k.id = c.customer_class_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = pr.unit_id
WHERE b.company_id = %s::bigint AND b.reserved > b.on_hand - t.less ORDER BY {}
"""


class Holding(NamedTuple):
    """What a line holds softly of a balance that is short by ``short`` once it has ``less``."""

    balance: int
    short: Decimal
    less: Decimal
    soft: Decimal
    line_id: int
    order: str
    line: int
    customer_name: str
    product: str
    product_name: str
    unit: str
    product_id: int
    warehouse_id: int
    before: date | None
    base: date | None

    @property
    def key(self) -> Key:
        return self.warehouse_id, self.product_id


def losers(actor: Actor, less: Mapping[int, Decimal]) -> list[Loser]:
    """Who has to wait when so much (stock units, by balance) is not there (inventory.queries.losses.LOSERS)."""
    criteria = db.rows(_CRITERIA, [actor.company_id])
    rank = order_by([(key, down) for key, down in criteria])
    params = [db.array(less), db.array(less.values()), actor.company_id]
    holding = [Holding(*row) for row in db.rows(_HOLDING.format(rank), params)]
    lost = _give_way(holding)
    if not lost:
        return []
    by_line = {each.line_id: each for each in holding}
    there = promisable(actor, {by_line[id_].key for id_ in lost}, list(lost))
    free_gone: dict[Key, Decimal] = defaultdict(Decimal)
    for each in {each.balance: each for each in holding}.values():
        free_gone[each.key] += max(each.less - each.short, ZERO)
    for key, quantity in free_gone.items():
        if key in there.shelves:
            there.shelves[key].take(quantity)
    found = []
    for id_, quantity in lost.items():
        each = by_line[id_]
        answer = there.shelves[each.key].take(quantity)
        missing = sum((part.quantity for part in answer.parts if part.kind != STOCK), ZERO)
        if missing > 0:
            after = max(answer.on, each.base or answer.on) if answer.on else None
            found.append(_told(actor, each, missing, after))
    return found


def _give_way(holding: Sequence[Holding]) -> dict[int, Decimal]:
    """What each line lets go, least urgent first, in the order in which they will look for other stock."""
    left = {each.balance: each.short for each in holding}
    gone: dict[int, Decimal] = defaultdict(Decimal)
    for each in reversed(holding):
        if (part := min(each.soft, left[each.balance])) > 0:
            left[each.balance] -= part
            gone[each.line_id] += part
    return {each.line_id: gone[each.line_id] for each in holding if each.line_id in gone}


def _told(actor: Actor, each: Holding, missing: Decimal, after: date | None) -> Loser:
    knows = actor.may(VIEW)
    return Loser(
        each.order if knows else HIDDEN,
        each.line,
        each.customer_name if knows else HIDDEN,
        each.product,
        each.product_name,
        each.unit,
        missing,
        each.before,
        after,
        reverse("sales:order_detail", args=[each.order]) if knows else "",
    )
