"""Turn the codes of a request into rows, with every unknown code reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.catalog.queries import SalesOffer, sales_prices
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.purchasing.rules.lines import MAX_LINES
from gendan.purchasing.rules.lines import LineIn as Asked
from gendan.purchasing.steps.days import days_of
from gendan.purchasing.steps.lookup import check_count, item_rows, line_problems, priceless, refuse
from gendan.sales.rules.lines import ZERO, LineIn


@dataclass(frozen=True, slots=True)
class Header:
    """The rows behind an order's header, with what is inherited from them; the address as it stands now."""

    customer_id: int
    warehouse_id: int
    currency: str
    minor_units: int
    rate: Decimal
    payment_terms: str
    salesperson_id: int | None
    address: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """The rows behind a line, and its price with where it came from; ``listed`` is what the price lists say."""

    product_id: int
    unit_id: int
    factor: Decimal
    tax_rate: Decimal
    unit_price: Decimal
    discount: Decimal
    source: str
    listed: Decimal | None = None
    listed_discount: Decimal = ZERO


_HEADER = """
SELECT p.id, w.id, c.code, c.minor_units, c.rate, p.payment_terms, p.salesperson_id,
 coalesce(a.code, ''), coalesce(a.name, p.name, ''), coalesce(a.phone, ''), coalesce(a.address, p.address, ''),
 coalesce(a.country, p.country, ''), %(address)s::text <> '' AND a.id IS NULL
FROM accounts_company co
LEFT JOIN catalog_partner p ON p.company_id = co.id AND p.code = %(customer)s::text AND p.is_customer AND p.is_active
LEFT JOIN catalog_warehouse w ON w.company_id = co.id AND w.code = %(warehouse)s::text AND w.is_active
LEFT JOIN catalog_currency c ON c.company_id = co.id AND c.is_active
 AND c.code = coalesce(nullif(%(currency)s::text, ''), nullif(p.currency, ''), co.currency)
LEFT JOIN catalog_partneraddress a ON a.partner_id = p.id AND a.is_active
 AND CASE WHEN %(address)s::text = '' THEN a.is_default ELSE a.code = %(address)s::text END
WHERE co.id = %(company)s::bigint
"""


@step
def find(
    actor: Actor,
    customer: str,
    warehouse: str,
    currency: str,
    address: str,
    lines: Sequence[LineIn],
    on: date,
    wrong: Mapping[str, str] | None = None,
) -> tuple[Header, list[Item]]:
    """Header and lines. Three statements, however many lines.

    Invalid names every field that is wrong, beside what was found ``wrong`` before.
    """
    check_count(lines)
    header, items, problems = _look(actor, customer, warehouse, currency, address, lines, on)
    refuse(lines, {**(wrong or {}), **problems})
    assert header is not None
    return header, items


def problems_of(
    actor: Actor,
    customer: str,
    warehouse: str,
    currency: str,
    address: str,
    lines: Sequence[LineIn],
    on: date,
    unread: Mapping[str, str],
) -> dict[str, str]:
    """All that is wrong with a form of which ``unread`` could not be read, outside of a command."""
    problems = _look(actor, customer, warehouse, currency, address, lines[:MAX_LINES], on)[2]
    return {**problems, **unread}


def _look(
    actor: Actor, customer: str, warehouse: str, currency: str, address: str, lines: Sequence[LineIn], on: date
) -> tuple[Header | None, list[Item], dict[str, str]]:
    """Header, lines, and what is wrong by field; prices are looked for where customer and currency are known."""
    found, problems = _header(actor, customer, warehouse, currency, address)
    header = None if found is None or problems.keys() & {"customer", "currency"} else _as_header(found)
    items, wrong = _items(actor, header, lines, on)
    return header, items, {**problems, **wrong}


def read_header(
    actor: Actor, customer: str, warehouse: str, currency: str, address: str, forgive: frozenset[str] = frozenset()
) -> Header:
    """The rows behind an order's header; ``forgive`` are fields that may still be empty. Errors: Invalid (by field)."""
    found, problems = _header(actor, customer, warehouse, currency, address)
    for name in problems.keys() & forgive:
        del problems[name]
    if problems or found is None:
        raise Invalid(problems)
    return _as_header(found)


def _header(
    actor: Actor, customer: str, warehouse: str, currency: str, address: str
) -> tuple[db.Row | None, dict[str, str]]:
    """The row of _HEADER, and what is wrong by field."""
    asked = {"customer": customer, "warehouse": warehouse, "currency": currency, "address": address}
    found = db.row(_HEADER, {**asked, "company": actor.company_id})
    if found is None:
        return None, {"company": _("公司不存在。")}
    problems = {}
    if found[0] is None:
        problems["customer"] = (
            _("客户 %(code)s 不存在或已停用。") % {"code": customer} if customer else _("请选择客户。")
        )
    elif found[12]:
        problems["ship_to"] = _("客户 %(customer)s 没有收货地址 %(code)s。") % {"customer": customer, "code": address}
    if found[1] is None:
        unknown = _("仓库 %(code)s 不存在或已停用。") % {"code": warehouse}
        problems["warehouse"] = unknown if warehouse else _("请选择仓库。")
    if found[2] is None:
        problems["currency"] = _("币种 %(code)s 不存在或已停用。") % {"code": currency}
    return found, problems


def _as_header(found: db.Row) -> Header:
    to = (found[7], found[8], found[9], found[10], found[11])
    return Header(found[0], found[1], found[2], found[3], found[4], found[5], found[6], to)


def priced(line: LineIn, offer: SalesOffer | None) -> tuple[Decimal | None, Decimal, str]:
    """Price (None: there is none), discount in percent, and where the price comes from."""
    price = line.unit_price if line.unit_price is not None else offer.price if offer else None
    by_list = offer is not None and price == offer.price  # a form posts the price that it was offered
    discount = line.discount if line.discount is not None else offer.discount if by_list and offer else ZERO
    return price, discount, offer.source if by_list and offer else "hand"


def _items(actor: Actor, header: Header | None, lines: Sequence[LineIn], on: date) -> tuple[list[Item], dict[str, str]]:
    """The rows behind the lines with their prices, or what is wrong by field."""
    asked = [
        Asked(e.product, e.quantity, e.unit_price, e.unit, e.requested_on, e.discount or ZERO, e.tax) for e in lines
    ]
    found = item_rows(actor, asked)
    days = days_of(actor)
    problems: dict[str, str] = {}
    for n, (wanted, row) in enumerate(zip(asked, found, strict=True)):
        for field, problem in line_problems(n, wanted, row, days).items():
            problems[field.replace("required_on", "requested_on")] = problem
    if header is None:
        return [], problems
    bad = priceless(problems)
    known = [(n, row[1], row[2], lines[n].quantity) for n, row in enumerate(found) if n not in bad]
    offers = sales_prices(actor.company_id, header.customer_id, header.currency, on, known) if known else {}
    items = []
    for n, (line, row) in enumerate(zip(lines, found, strict=True)):
        offer = offers.get(n)
        price, discount, source = priced(line, offer)
        if price is None:
            if n not in bad:
                problems[f"lines.{n}.unit_price"] = _("没有销售价格，请填写单价。")
            continue
        listed = (offer.price, offer.discount) if offer else (None, ZERO)
        items.append(Item(row[1], row[2], row[3], row[5], price, discount, source, *listed))
    return items, problems
