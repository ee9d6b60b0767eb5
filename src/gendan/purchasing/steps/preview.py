"""What an order would cost before it is written: amounts, list prices, what is wrong or worth knowing per cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import Offer, price_for
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts, amounts
from gendan.kernel.errors import Invalid, plain
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.steps import lookup
from gendan.purchasing.steps.days import days_of
from gendan.purchasing.steps.lookup import Header

ZERO = Decimal(0)
UNIT_DEFAULT = """
SELECT t.n, coalesce(bu.code, su.code)
FROM unnest(%(products)s::text[]) WITH ORDINALITY AS t(product, n)
JOIN catalog_product p ON p.company_id = %(company)s::bigint AND p.code = t.product
JOIN catalog_unit su ON su.id = p.unit_id
LEFT JOIN LATERAL (SELECT u.code FROM catalog_productunit pu JOIN catalog_unit u ON u.id = pu.unit_id
 WHERE pu.product_id = p.id AND pu.for_purchase ORDER BY pu.id LIMIT 1) bu ON true
"""


@dataclass(slots=True)
class Preview:
    """Amounts by line (None where they cannot be computed), problems and hints by cell (``lines.3.quantity``)."""

    currency: str = ""
    lines: list[Amounts | None] = field(default_factory=list)
    offers: list[Offer | None] = field(default_factory=list)
    prices: list[Decimal | None] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)

    def total(self, name: str) -> Decimal:
        """The sum of net, tax or gross."""
        return sum((getattr(line, name) for line in self.lines if line), ZERO)


def default_units(actor: Actor, lines: Sequence[LineIn]) -> list[str]:
    """The unit of each line, or the product's unit for buying where none is given; one statement."""
    found: dict[int, str] = dict(
        db.rows(UNIT_DEFAULT, {"company": actor.company_id, "products": [line.product for line in lines]})
    )
    return [line.unit or found.get(n, "") for n, line in enumerate(lines, 1)]


def offers(actor: Actor, header: Header, lines: Sequence[LineIn], on: date) -> list[Offer | None]:
    """What the supplier's price list says for each line; two statements."""
    rows = lookup.item_rows(actor, lines)
    known = [
        (n, row[1], row[2], line.quantity)
        for n, (line, row) in enumerate(zip(lines, rows, strict=True))
        if row[1] and row[2]
    ]
    found = price_for(actor.company_id, header.supplier_id, [(p, u, q) for _n, p, u, q in known], header.currency, on)
    by_line = {n: offer for (n, *_rest), offer in zip(known, found, strict=True)}
    return [by_line.get(n) for n in range(len(lines))]


def preview(
    actor: Actor, supplier: str, warehouse: str, currency: str, lines: Sequence[LineIn], on: date, tax_included: bool
) -> Preview:
    """Compute without writing; what is not filled in yet is not a problem. Four statements for any number of lines."""
    result = Preview()
    try:
        header: Header | None = lookup.read_header(actor, supplier, warehouse, currency)
    except Invalid:
        header = None
    minor = header.minor_units if header else 2
    result.currency = header.currency if header else currency
    rows, days = lookup.item_rows(actor, lines), days_of(actor)
    result.offers = offers(actor, header, lines, on) if header else [None] * len(lines)
    for n, (line, row, offer) in enumerate(zip(lines, rows, result.offers, strict=True)):
        problems = lookup.line_problems(n, line, row, days)
        result.errors.update(problems)
        price = line.unit_price if line.unit_price is not None else offer.price if offer else None
        result.prices.append(price)
        sums = None
        if price is not None and not any(name.endswith(("quantity", "unit_price", "discount")) for name in problems):
            sums = amounts(line.quantity, price, line.discount, row[5], tax_included, minor)
        result.lines.append(sums)
        if offer:
            result.hints.update(_hints(n, line, offer, on))
    return result


def _hints(n: int, line: LineIn, offer: Offer, on: date) -> dict[str, str]:
    """Minimum and pack beside the quantity, an impossible date beside the date, another price beside the price."""
    hints: dict[str, str] = {}
    shown: dict[str, Any] = {"minimum": plain(offer.minimum_quantity), "pack": plain(offer.pack_quantity)}
    below = ZERO < line.quantity < offer.minimum_quantity
    broken = offer.pack_quantity > 0 and line.quantity % offer.pack_quantity != 0
    if below and offer.pack_quantity > 0:
        hints[f"lines.{n}.quantity"] = _("最小起订量 %(minimum)s，包装 %(pack)s") % shown
    elif below:
        hints[f"lines.{n}.quantity"] = _("最小起订量 %(minimum)s") % shown
    elif broken:
        hints[f"lines.{n}.quantity"] = _("包装 %(pack)s，不是整包装") % shown
    if offer.lead_time_days and line.required_on and line.required_on < on + timedelta(days=offer.lead_time_days):
        earliest = on + timedelta(days=offer.lead_time_days)
        hints[f"lines.{n}.required_on"] = _("交货周期 %(days)s 天，最早 %(date)s") % {
            "days": offer.lead_time_days,
            "date": earliest.isoformat(),
        }
    if line.unit_price is not None and line.unit_price != offer.price:
        shown |= {"price": plain(offer.price), "number": offer.contract}
        text = _("合同 %(number)s 的价格 %(price)s") if offer.contract else _("价目表 %(price)s")
        hints[f"lines.{n}.unit_price"] = text % shown
    elif offer.contract:
        hints[f"lines.{n}.unit_price"] = _("合同 %(number)s") % {"number": offer.contract}
    return hints
