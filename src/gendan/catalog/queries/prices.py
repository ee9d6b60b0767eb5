"""What a supplier asks: the best break for each of many lines at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gendan.kernel import db


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's price that holds for a quantity."""

    price: Decimal
    from_quantity: Decimal
    minimum_quantity: Decimal
    pack_quantity: Decimal
    lead_time_days: int | None
    supplier_code: str


_BEST = """
SELECT w.n, o.price, o.from_quantity, o.minimum_quantity, o.pack_quantity, o.lead_time_days, o.supplier_code
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::numeric[]) AS w(n, product_id, unit_id, quantity)
CROSS JOIN LATERAL (
    SELECT sp.* FROM catalog_supplierprice sp
    WHERE sp.company_id = %s AND sp.partner_id = %s AND sp.product_id = w.product_id AND sp.unit_id = w.unit_id
      AND sp.currency = %s AND sp.from_quantity <= w.quantity
      AND (sp.valid_from IS NULL OR sp.valid_from <= %s::date) AND (sp.valid_to IS NULL OR sp.valid_to >= %s::date)
    ORDER BY sp.from_quantity DESC, sp.valid_from DESC NULLS LAST, sp.id DESC LIMIT 1
) o
"""


def price_for(
    company_id: int,
    supplier_id: int,
    lines: Sequence[tuple[int, int, Decimal]],
    currency: str,
    on: date,
) -> list[Offer | None]:
    """For each line (product id, unit id, quantity in that unit) the offer of its highest break, or None.

    Of several offers for the same break the one that became valid last holds. One statement for any number of lines.
    """
    if not lines:
        return []
    products, units, quantities = zip(*lines, strict=True)
    found = db.rows(
        _BEST,
        [
            list(range(len(lines))),
            list(products),
            list(units),
            list(quantities),
            company_id,
            supplier_id,
            currency,
            on,
            on,
        ],
    )
    offers = {n: Offer(*rest) for n, *rest in found}
    return [offers.get(n) for n in range(len(lines))]
