"""What a sales order would cost before it is written: amounts, list prices, what is wrong or worth knowing per cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.catalog.queries import SalesOffer, sales_prices
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts, amounts
from gendan.kernel.errors import Invalid, plain
from gendan.purchasing.rules.lines import LineIn as Asked
from gendan.purchasing.steps.days import days_of
from gendan.purchasing.steps.lookup import item_rows, line_problems
from gendan.purchasing.steps.preview import UNIT_DEFAULT
from gendan.sales.models import SalesLine
from gendan.sales.rules.lines import ZERO, LineIn
from gendan.sales.steps import lookup

SOURCES = dict(SalesLine.Source.choices)
_UNITS = UNIT_DEFAULT.replace("for_purchase", "for_sale")


@dataclass(slots=True)
class Preview:
    """Amounts, prices and discounts by line (None where unknown), problems and hints by cell (``lines.3.quantity``)."""

    currency: str = ""
    lines: list[Amounts | None] = field(default_factory=list)
    prices: list[Decimal | None] = field(default_factory=list)
    discounts: list[Decimal] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)

    def total(self, name: str) -> Decimal:
        """The sum of net, tax or gross."""
        return sum((getattr(line, name) for line in self.lines if line), ZERO)


def default_units(actor: Actor, lines: Sequence[LineIn]) -> list[str]:
    """The unit of each line, or the product's unit for selling where none is given; one statement."""
    found: dict[int, str] = dict(
        db.rows(_UNITS, {"company": actor.company_id, "products": [line.product for line in lines]})
    )
    return [line.unit or found.get(n, "") for n, line in enumerate(lines, 1)]


def preview(
    actor: Actor, customer: str, warehouse: str, currency: str, lines: Sequence[LineIn], on: date, tax_included: bool
) -> Preview:
    """Compute without writing; what is not filled in yet is not a problem. Four statements for any number of lines."""
    result = Preview(currency)
    header = None
    try:
        header = lookup.read_header(actor, customer, warehouse, currency, "", frozenset({"warehouse"}))
        result.currency = header.currency
    except Invalid:
        pass
    minor = header.minor_units if header else 2
    asked = [
        Asked(e.product, e.quantity, e.unit_price, e.unit, e.requested_on, e.discount or ZERO, e.tax) for e in lines
    ]
    rows, days = item_rows(actor, asked), days_of(actor)
    known = [(n, row[1], row[2], line.quantity) for n, (line, row) in enumerate(zip(lines, rows, strict=True))]
    known = [each for each in known if each[1] and each[2] and each[3].is_finite()]
    offers: dict[int, SalesOffer] = {}
    if header:
        offers = sales_prices(actor.company_id, header.customer_id, header.currency, on, known)
    for n, (line, wanted, row) in enumerate(zip(lines, asked, rows, strict=True)):
        problems = {
            name.replace("required_on", "requested_on"): text
            for name, text in line_problems(n, wanted, row, days).items()
        }
        result.errors.update(problems)
        price, discount, _source = lookup.priced(line, offers.get(n))
        result.prices.append(price)
        result.discounts.append(discount)
        sums = None
        if price is not None and not any(name.endswith(("quantity", "unit_price", "discount")) for name in problems):
            sums = amounts(line.quantity, price, discount, row[5], tax_included, minor)
        result.lines.append(sums)
        if hint := _price_hint(line, offers.get(n)):
            result.hints[f"lines.{n}.unit_price"] = hint
    return result


def _price_hint(line: LineIn, offer: SalesOffer | None) -> str:
    """What the price list says where another price was typed."""
    if offer is None or line.unit_price is None or line.unit_price == offer.price:
        return ""
    return _("%(source)s %(price)s") % {"source": SOURCES[offer.source], "price": plain(offer.price)}
