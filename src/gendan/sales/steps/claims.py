"""Stock that sales lines hold moves, is lost or counted away: they make way, and take other stock of the warehouse
where there is some (inventory.steps.Claimant). What stands on a delivery does not make way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.inventory import steps as inventory
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.errors import StandsOnDelivery
from gendan.sales.models.delivery import OPEN_STATES
from gendan.sales.rules.allocation import Supply, Want, allocate
from gendan.sales.steps import promises, ties
from gendan.sales.steps.supply import ranked, tell, whose
from gendan.sales.steps.ties import STOCK, Held, Tie

ZERO = Decimal(0)
Freed = list[tuple[Held, Decimal]]
# Who is at work on an order at this moment keeps its stock: nobody waits against the order of locks.
_HOLD = """
SELECT o.id FROM sales_salesorder o WHERE o.id IN (
 SELECT l.order_id FROM sales_peg p JOIN sales_salesline l ON l.id = p.line_id WHERE p.balance_id = ANY(%s::bigint[]))
ORDER BY o.id FOR NO KEY UPDATE OF o SKIP LOCKED
"""
_OWN = "SELECT id FROM sales_salesline WHERE order_id = ANY(%s::bigint[]) AND id = ANY(%s::bigint[])"
_WAREHOUSE = """
SELECT l.warehouse_id FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id WHERE b.id = %s::bigint
"""
_IN_THE_WAY = """
SELECT pr.code, string_agg(DISTINCT d.number, '、' ORDER BY d.number) FROM sales_pick k
JOIN sales_deliveryline dl ON dl.id = k.delivery_line_id JOIN sales_delivery d ON d.id = dl.delivery_id
JOIN inventory_balance b ON b.id = k.balance_id JOIN catalog_product pr ON pr.id = b.product_id
WHERE k.balance_id = %s::bigint AND d.state = ANY(%s::text[]) GROUP BY pr.code
"""


class Reservations:
    """Sales lines hold stock."""

    def hold(self, actor: Actor, balances: Collection[int]) -> list[int]:
        """Lock the orders whose lines hold the balances; those that could be."""
        return [row[0] for row in db.rows(_HOLD, [db.array(balances)])]

    def give_way(self, actor: Actor, short: Mapping[int, Decimal], held: list[int]) -> tuple[int, Freed]:
        """Free so much of balances, least urgent lines first; the warehouse, and what was freed.

        Errors: StandsOnDelivery.
        """
        found = ties.of_supplies(STOCK, list(short)) if held else []
        own = {row[0] for row in db.rows(_OWN, [held, [tie.line_id for tie in found]])} if found else set()
        left = dict(short)
        freed: Freed = []
        for tie in reversed(ranked(actor, [tie for tie in found if tie.line_id in own])):
            part = min(tie.soft, left[tie.supply_id])
            if part > 0:
                left[tie.supply_id] -= part
                freed.append((tie, part))
        _refuse_what_stands_on_deliveries(found, left)
        ties.drop(freed)
        places = db.row(_WAREHOUSE, [freed[0][0].supply_id]) if freed else None
        return (places[0], freed) if places else (0, [])

    def settle(self, actor: Actor, freed: tuple[int, Freed], locked: Collection[int]) -> None:
        """Let the lines that made way take other stock, most urgent first; who finds none is told."""
        warehouse_id, parts = freed
        if not parts:
            return
        missing: dict[int, Decimal] = defaultdict(Decimal)
        for tie, quantity in reversed(parts):
            missing[tie.line_id] += quantity
        products = {who.line_id: who.product_id for who in whose(list(missing))}
        held = inventory.available_of(warehouse_id, locked)
        wants = [Want(line_id, products[line_id], quantity) for line_id, quantity in missing.items()]
        shares = allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held])
        ties.add(actor, [Tie(share.line_id, STOCK, share.supply_id, share.quantity) for share in shares])
        for share in shares:
            missing[share.line_id] -= share.quantity
        lost = {line_id: quantity for line_id, quantity in missing.items() if quantity > 0}
        tell(actor, "sales.supply_lost", lost)
        promises.follow_supply(actor, sorted(lost), _("库存减少"))


def _refuse_what_stands_on_deliveries(found: Collection[Held], left: Mapping[int, Decimal]) -> None:
    """Name the deliveries that are in the way: who counts or moves stock knows nothing of them."""
    for balance, quantity in left.items():
        stands = sum((tie.hard for tie in found if tie.supply_id == balance), ZERO)
        named = db.row(_IN_THE_WAY, [balance, list(OPEN_STATES)]) if quantity > 0 and stands else None
        if named:
            raise StandsOnDelivery(product=named[0], quantity=stands, deliveries=named[1])
