"""What a customer pays: the price that applies to each of many lines at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from gendan.kernel import db

ZERO = Decimal(0)
Source = Literal["customer", "class", "list"]


@dataclass(frozen=True, slots=True)
class SalesOffer:
    """The price of a line in the unit that was asked for, and whose it is.

    ``discount`` is what the customer's class takes off the list, in percent; a price made for the customer or the
    class has it inside already, so it is 0 there. ``from_quantity`` is the break, in the unit that was asked for.
    ``converted``: the price was kept in another unit of the product.
    """

    price: Decimal
    source: Source
    discount: Decimal
    from_quantity: Decimal
    converted: bool


# Three branches, so that each is a look-up in the unique index of sales prices, however many prices a product has.
_BRANCH = """
    (SELECT {rank} AS rank, sp.id, sp.unit_id, sp.price, sp.from_quantity, sp.valid_from FROM catalog_salesprice sp
     WHERE sp.company_id = %(company)s AND sp.product_id = w.product_id AND sp.currency = %(currency)s AND {whose}
       AND (sp.valid_from IS NULL OR sp.valid_from <= %(on)s::date)
       AND (sp.valid_to IS NULL OR sp.valid_to >= %(on)s::date))
"""
_PRICES = """
WITH asked AS (
    SELECT p.id AS customer_id, c.id AS class_id, coalesce(c.discount, 0) AS discount
    FROM (SELECT 1) AS one
    LEFT JOIN catalog_partner p ON p.id = %(customer)s::bigint AND p.company_id = %(company)s
    LEFT JOIN catalog_customerclass c ON c.id = p.customer_class_id AND c.is_active
)
SELECT w.n, round(o.price * o.asked_factor / o.factor, 6), o.rank,
    CASE WHEN o.rank = 3 THEN asked.discount ELSE 0 END,
    round(o.from_quantity * o.factor / o.asked_factor, 6), o.unit_id <> w.unit_id
FROM asked CROSS JOIN unnest(%(ns)s::int[], %(products)s::bigint[], %(units)s::bigint[], %(quantities)s::numeric[])
    AS w(n, product_id, unit_id, quantity)
CROSS JOIN LATERAL (
    SELECT f.*, u.factor, a.factor AS asked_factor FROM ({branches}) AS f
    CROSS JOIN LATERAL ({factor_of_price}) AS u(factor)
    CROSS JOIN LATERAL ({factor_of_line}) AS a(factor)
    WHERE f.from_quantity * u.factor <= w.quantity * a.factor
    ORDER BY f.rank, f.unit_id <> w.unit_id, f.from_quantity * u.factor DESC, f.valid_from DESC NULLS LAST, f.id DESC
    LIMIT 1
) AS o
""".format(
    branches="UNION ALL".join(
        _BRANCH.format(rank=rank, whose=whose)
        for rank, whose in (
            (1, "sp.customer_id = asked.customer_id AND sp.customer_class_id IS NULL"),
            (2, "sp.customer_class_id = asked.class_id AND sp.customer_id IS NULL"),
            (3, "sp.customer_id IS NULL AND sp.customer_class_id IS NULL"),
        )
    ),
    **{
        name: f"SELECT 1::numeric FROM catalog_product p WHERE p.id = w.product_id AND p.unit_id = {unit}"
        " UNION ALL SELECT pu.factor FROM catalog_productunit pu"
        f" WHERE pu.product_id = w.product_id AND pu.unit_id = {unit} LIMIT 1"
        for name, unit in (("factor_of_price", "f.unit_id"), ("factor_of_line", "w.unit_id"))
    },
)
_SOURCES: dict[int, Source] = {1: "customer", 2: "class", 3: "list"}


def sales_prices(
    company_id: int,
    customer_id: int | None,
    currency: str,
    on: date,
    lines: Iterable[tuple[int, int, int, Decimal]],
) -> dict[int, SalesOffer]:
    """The price of each line (n, product id, unit id, quantity in that unit) by n; a line without one is left out.

    The customer's own price goes before that of its class, and that before the list. Of these a price in the unit that
    was asked for goes before one in another unit of the product, which is converted by the exact factor (the result
    rounded to the six decimals that prices have). Of these the largest break that the quantity reaches holds, then the
    price that became valid last, then the one that was entered last. Only prices in this currency that are valid on
    this day count; a quantity below every break has no price. Without a customer only the list counts. The class
    counts only while it is active. One statement for any number of lines.
    """
    wanted = list(lines)
    if not wanted:
        return {}
    ns, products, units, quantities = (list(column) for column in zip(*wanted, strict=True))
    found = db.rows(
        _PRICES,
        {
            "company": company_id,
            "customer": customer_id,
            "currency": currency,
            "on": on,
            "ns": ns,
            "products": products,
            "units": units,
            "quantities": quantities,
        },
    )
    return {n: SalesOffer(price, _SOURCES[rank], *rest) for n, price, rank, *rest in found}
