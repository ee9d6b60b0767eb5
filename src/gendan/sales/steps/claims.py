"""Stock that sales lines hold moves, is lost or counted away: they make way, and take other stock of the warehouse
where there is some (inventory.steps.Claimant). What stands on a delivery does not make way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.inventory import steps as inventory
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.rules.allocation import Supply, Want, allocate
from gendan.sales.steps import promises, ties
from gendan.sales.steps.supply import lock_waiting, ranked, tell, whose
from gendan.sales.steps.ties import STOCK, Held, Tie

ZERO = Decimal(0)
Freed = list[tuple[Held, Decimal]]
_HOLD = """
SELECT b.id, l.warehouse_id FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
WHERE b.id = ANY(%s::bigint[]) ORDER BY b.product_id, b.location_id, b.lot_id FOR UPDATE OF b
"""


class Reservations:
    """Sales lines hold stock."""

    def give_way(self, actor: Actor, short: Mapping[int, Decimal]) -> tuple[int, Freed]:
        """Free so much of balances, least urgent lines first; the warehouse, and what was freed."""
        if not lock_waiting(STOCK, list(short)):
            return 0, []
        places = db.rows(_HOLD, [list(short)])
        left = dict(short)
        freed: Freed = []
        for tie in reversed(ranked(actor, ties.of_supplies(STOCK, list(short)))):
            part = min(tie.soft, left[tie.supply_id])
            if part > 0:
                left[tie.supply_id] -= part
                freed.append((tie, part))
        ties.drop(freed)
        return places[0][1], freed

    def settle(self, actor: Actor, freed: tuple[int, Freed]) -> None:
        """Let the lines that made way take other stock, most urgent first; who finds none is told."""
        warehouse_id, parts = freed
        if not parts:
            return
        missing: dict[int, Decimal] = defaultdict(Decimal)
        for tie, quantity in reversed(parts):
            missing[tie.line_id] += quantity
        products = {who.line_id: who.product_id for who in whose(list(missing))}
        held = inventory.lock_available(actor, warehouse_id, list(products.values()))
        wants = [Want(line_id, products[line_id], quantity) for line_id, quantity in missing.items()]
        shares = allocate(wants, [Supply(h.id, h.product_id, h.available) for h in held])
        ties.add(actor, [Tie(share.line_id, STOCK, share.supply_id, share.quantity) for share in shares])
        for share in shares:
            missing[share.line_id] -= share.quantity
        lost = {line_id: quantity for line_id, quantity in missing.items() if quantity > 0}
        tell(actor, "sales.supply_lost", lost)
        promises.follow_supply(actor, sorted(lost), _("库存减少"))
