"""What a supplier asks: the best break for each of many lines at once; contracts in force before the price list."""

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
    contract: str = ""


# Prices of contracts in force and of suppliers' price lists; ``contract`` is empty for the latter. Every period has
# two ends that may be empty.
OFFERS = """(SELECT company_id, partner_id, product_id, unit_id, currency, from_quantity, price, supplier_code,
 lead_time_days, minimum_quantity, pack_quantity, valid_from, valid_to, '' AS contract, id FROM catalog_supplierprice
UNION ALL SELECT company_id, partner_id, product_id, unit_id, currency, from_quantity, price, '', lead_time_days,
 minimum_quantity, 0, valid_from, valid_to, contract, id FROM catalog_agreedprice)"""
# Which of several counts: a contract's, the highest break, what became valid last.
FIRST = "{a}.contract = '', {a}.from_quantity DESC, {a}.valid_from DESC NULLS LAST, {a}.id DESC"
_BEST = f"""
SELECT w.n, o.price, o.from_quantity, o.minimum_quantity, o.pack_quantity, o.lead_time_days, o.supplier_code,
 o.contract
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::numeric[]) AS w(n, product_id, unit_id, quantity)
CROSS JOIN LATERAL (
    SELECT sp.* FROM {OFFERS} sp
    WHERE sp.company_id = %s AND sp.partner_id = %s AND sp.product_id = w.product_id AND sp.unit_id = w.unit_id
      AND sp.currency = %s AND sp.from_quantity <= w.quantity
      AND (sp.valid_from IS NULL OR sp.valid_from <= %s::date) AND (sp.valid_to IS NULL OR sp.valid_to >= %s::date)
    ORDER BY {FIRST.format(a="sp")} LIMIT 1
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

    What a contract in force says goes before the price list. Of several offers for the same break the one that became
    valid last holds. One statement for any number of lines.
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
