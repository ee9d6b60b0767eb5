"""Turn the codes of a request into rows, one statement per kind, with every unknown code reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import FIRST, OFFERS
from gendan.flow.queries.standing import HAS_FLOW_ALONE
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.kernel.values import LARGEST, Days, quantity_problem
from gendan.purchasing.errors import EmptyDocument
from gendan.purchasing.rules.lines import MAX_LINES, LineIn
from gendan.purchasing.steps.days import days_of


@dataclass(frozen=True, slots=True)
class Header:
    """The rows behind an order's header, with what is inherited from them."""

    supplier_id: int
    warehouse_id: int
    currency: str
    minor_units: int
    rate: Decimal
    payment_terms: str
    over_tolerance: Decimal
    under_tolerance: Decimal
    has_flow: bool = False
    has_contract: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """The rows behind an order line."""

    product_id: int
    unit_id: int
    factor: Decimal
    tax_rate: Decimal
    over_tolerance: Decimal
    under_tolerance: Decimal
    unit_price: Decimal
    contract: str = ""


_ALONE = HAS_FLOW_ALONE.format(company="co.id", kind="po", whose="%(user)s::bigint, p.id", when="%(submits)s::boolean")
_HEADER = f"""
SELECT p.id, w.id, c.code, c.minor_units, c.rate, p.payment_terms,
 coalesce(p.over_tolerance, co.over_tolerance), coalesce(p.under_tolerance, co.under_tolerance),
 {_ALONE},
 EXISTS (SELECT 1 FROM catalog_agreedprice ap WHERE ap.partner_id = p.id)
FROM accounts_company co
LEFT JOIN catalog_partner p ON p.company_id = co.id AND p.code = %(supplier)s::text AND p.is_supplier AND p.is_active
LEFT JOIN catalog_warehouse w ON w.company_id = co.id AND w.code = %(warehouse)s::text AND w.is_active
LEFT JOIN catalog_currency c ON c.company_id = co.id AND c.is_active
 AND c.code = coalesce(nullif(%(currency)s::text, ''), nullif(p.currency, ''), co.currency)
WHERE co.id = %(company)s::bigint
"""
_ITEMS = """
SELECT t.n, pr.id, u.id, coalesce(pu.factor, 1), u.decimals, coalesce(x.rate, 0), x.id IS NULL AND t.tax <> '',
 pr.over_tolerance, pr.under_tolerance, u.id = pr.unit_id OR pu.id IS NOT NULL
FROM unnest(%(products)s::text[], %(units)s::text[], %(taxes)s::text[]) WITH ORDINALITY AS t(product, unit, tax, n)
LEFT JOIN catalog_product pr ON pr.company_id = %(company)s::bigint AND pr.code = t.product AND pr.is_active
LEFT JOIN catalog_unit u ON u.company_id = %(company)s::bigint
 AND CASE WHEN t.unit = '' THEN u.id = pr.unit_id ELSE u.code = t.unit END
LEFT JOIN catalog_productunit pu ON pu.product_id = pr.id AND pu.unit_id = u.id AND u.id <> pr.unit_id
LEFT JOIN catalog_tax x ON x.company_id = %(company)s::bigint
 AND CASE WHEN t.tax = '' THEN x.id = pr.tax_id ELSE x.code = t.tax END
ORDER BY t.n
"""
_PRICES = f"""
SELECT t.n, sp.price, sp.contract
FROM unnest(%(products)s::bigint[], %(units)s::bigint[], %(quantities)s::numeric[], %(lines)s::int[])
 AS t(product, unit, quantity, n)
JOIN LATERAL (
 SELECT s.price, s.contract FROM {OFFERS} s
 WHERE s.partner_id = %(supplier)s::bigint AND s.product_id = t.product AND s.unit_id = t.unit
  AND s.currency = %(currency)s::text AND s.from_quantity <= t.quantity
  AND coalesce(s.valid_from, %(on)s::date) <= %(on)s::date AND coalesce(s.valid_to, %(on)s::date) >= %(on)s::date
 ORDER BY {FIRST.format(a="s")} LIMIT 1) sp ON true
"""


@step
def find_header(actor: Actor, supplier: str, warehouse: str, currency: str) -> Header:
    """The header's rows; Invalid names every code that is unknown or inactive."""
    return read_header(actor, supplier, warehouse, currency)


def read_header(actor: Actor, supplier: str, warehouse: str, currency: str) -> Header:
    """The same outside of a command."""
    found = db.rows(*_header_statement(actor, supplier, warehouse, currency))
    if problems := _header_problems(found, supplier, warehouse, currency):
        raise Invalid(problems)
    return Header(*found[0])


def _header_statement(
    actor: Actor, supplier: str, warehouse: str, currency: str, submits: bool = False
) -> db.Statement:
    asked = {"supplier": supplier, "warehouse": warehouse, "currency": currency, "submits": submits}
    return _HEADER, {**asked, "company": actor.company_id, "user": actor.user_id}


def _header_problems(rows: Sequence[db.Row], supplier: str, warehouse: str, currency: str) -> dict[str, str]:
    if not rows:
        return {"company": _("公司不存在。")}
    found = rows[0]
    problems: dict[str, str] = {}
    if found[0] is None:
        unknown = _("供应商 %(code)s 不存在或已停用。") % {"code": supplier}
        problems["supplier"] = unknown if supplier else _("请选择供应商。")
    if found[1] is None:
        unknown = _("仓库 %(code)s 不存在或已停用。") % {"code": warehouse}
        problems["warehouse"] = unknown if warehouse else _("请选择仓库。")
    if found[2] is None:
        problems["currency"] = _("币种 %(code)s 不存在或已停用。") % {"code": currency}
    return problems


@step
def find(
    actor: Actor,
    supplier: str,
    warehouse: str,
    currency: str,
    lines: Sequence[LineIn],
    ordered_on: date,
    wrong: Mapping[str, str] | None = None,
    *,
    submits: bool = False,
) -> tuple[Header, list[Item]]:
    """Header and lines at once: one round trip. ``submits``: for an order that goes to approval at once.

    Invalid names all that is wrong with both, beside what was found ``wrong`` before.
    """
    check_count(lines)
    header, items, problems = _look(actor, supplier, warehouse, currency, lines, ordered_on, submits=submits)
    refuse(lines, {**(wrong or {}), **problems})
    assert header is not None
    return header, items


def problems_of(
    actor: Actor,
    supplier: str,
    warehouse: str,
    currency: str,
    lines: Sequence[LineIn],
    ordered_on: date,
    unread: Mapping[str, str],
) -> dict[str, str]:
    """All that is wrong with a form of which ``unread`` could not be read, outside of a command."""
    _header, _items, problems = _look(actor, supplier, warehouse, currency, lines[:MAX_LINES], ordered_on)
    return {**problems, **unread}


def _look(
    actor: Actor,
    supplier: str,
    warehouse: str,
    currency: str,
    lines: Sequence[LineIn],
    ordered_on: date,
    *,
    submits: bool = False,
) -> tuple[Header | None, list[Item], dict[str, str]]:
    """Header, lines, and what is wrong by field; prices are looked for where supplier and currency are known."""
    asked = _header_statement(actor, supplier, warehouse, currency, submits)
    headers, rows = db.batch([asked, _items_statement(actor, lines)])
    problems = _header_problems(headers, supplier, warehouse, currency)
    header = None if problems.keys() & {"company", "supplier", "currency"} else Header(*headers[0])
    items, wrong = as_items(actor, header, lines, rows, ordered_on)
    return header, items, {**problems, **wrong}


def check_count(lines: Sequence[object]) -> None:
    """Refuse a document with too many lines before anything is looked up."""
    if len(lines) > MAX_LINES:
        raise Invalid({"lines": _("一张单据最多 %(count)s 行。") % {"count": MAX_LINES}})


def refuse(lines: Sequence[object], problems: Mapping[str, str]) -> None:
    """Refuse what is wrong, all of it; a document without lines, too."""
    if not lines and not problems:
        raise EmptyDocument()
    if not lines:
        raise Invalid({**problems, "lines": str(EmptyDocument())})
    if problems:
        raise Invalid(problems)


def as_items(
    actor: Actor, header: Header | None, lines: Sequence[LineIn], found: Sequence[db.Row], ordered_on: date
) -> tuple[list[Item], dict[str, str]]:
    """The rows behind the lines with their prices, or what is wrong by field."""
    problems: dict[str, str] = {}
    days = days_of(actor)
    for n, (line, item) in enumerate(zip(lines, found, strict=True)):
        problems.update(line_problems(n, line, item, days))
    if header is None:
        return [], problems
    prices = _prices(header, lines, found, ordered_on, problems)
    if problems:
        return [], problems
    return [
        Item(
            product_id,
            unit_id,
            factor,
            rate,
            header.over_tolerance if over is None else over,
            header.under_tolerance if under is None else under,
            *prices[n],
        )
        for n, (_n, product_id, unit_id, factor, _decimals, rate, _no_tax, over, under, _fits) in enumerate(found)
    ], problems


def item_rows(actor: Actor, lines: Sequence[LineIn]) -> list[db.Row]:
    """What is known about each line, in their order: number, product id, unit id, factor, decimals, tax rate, and
    so on.
    """
    return db.rows(*_items_statement(actor, lines))


def _items_statement(actor: Actor, lines: Sequence[LineIn]) -> db.Statement:
    params = {
        "company": actor.company_id,
        "products": [line.product for line in lines],
        "units": [line.unit for line in lines],
        "taxes": [line.tax for line in lines],
    }
    return _ITEMS, params


def line_problems(n: int, line: LineIn, item: db.Row, days: Days) -> dict[str, str]:
    """What is wrong with line ``n``, by field."""
    _n, product_id, unit_id, _factor, decimals, _rate, no_tax, _over, _under, fits = item
    problems: dict[str, str] = {}
    if product_id is None:
        unknown = _("产品 %(code)s 不存在或已停用。") % {"code": line.product}
        problems[f"lines.{n}.product"] = unknown if line.product else _("请选择产品。")
    elif unit_id is None or not fits:
        problems[f"lines.{n}.unit"] = _("产品 %(product)s 没有单位 %(unit)s。") % {
            "product": line.product,
            "unit": line.unit,
        }
    if no_tax:
        problems[f"lines.{n}.tax"] = _("税码 %(code)s 不存在。") % {"code": line.tax}
    if problem := quantity_problem(line.quantity, decimals):
        problems[f"lines.{n}.quantity"] = problem
    if line.unit_price is not None and not 0 <= line.unit_price < LARGEST:
        large = line.unit_price.is_finite() and line.unit_price > 0
        problems[f"lines.{n}.unit_price"] = (
            _("单价太大，应小于 %(limit)s。") % {"limit": f"{LARGEST:,}"} if large else _("单价必须是 0 或正数。")
        )
    if problem := days.problem(line.required_on):
        problems[f"lines.{n}.required_on"] = problem
    if not 0 <= line.discount <= 100:
        problems[f"lines.{n}.discount"] = _("折扣必须在 0 到 100 之间。")
    return problems


def priceless(problems: Mapping[str, str]) -> set[int]:
    """The lines of which something is wrong that a price depends on: nobody is told that those have none."""
    parts = [name.split(".") for name in problems if name.startswith("lines.")]
    return {int(n) for _lines, n, field in parts if field in {"product", "unit", "quantity"}}


def _prices(
    header: Header, lines: Sequence[LineIn], found: Sequence[tuple[Any, ...]], on: date, problems: dict[str, str]
) -> list[tuple[Decimal, str]]:
    """Given prices, else the supplier's price for the quantity (a missing one is a problem), and the contract that says
    so. Given prices are looked for, too, of suppliers with contracts.
    """
    without = priceless(problems)
    open_ = [n for n, line in enumerate(lines) if n not in without and (line.unit_price is None or header.has_contract)]
    listed: dict[int, tuple[Decimal, str]] = {}
    if open_:
        params = {
            "supplier": header.supplier_id,
            "currency": header.currency,
            "on": on,
            "products": [found[n][1] for n in open_],
            "units": [found[n][2] for n in open_],
            "quantities": [lines[n].quantity for n in open_],
            "lines": open_,
        }
        listed = {n: (price, contract) for n, price, contract in db.rows(_PRICES, params)}
    for n in open_:
        if n not in listed and lines[n].unit_price is None:
            problems[f"lines.{n}.unit_price"] = _("没有供应商价格，请填写单价。")
    return [_price(line.unit_price, *listed.get(n, (Decimal(0), ""))) for n, line in enumerate(lines)]


def _price(given: Decimal | None, listed: Decimal, contract: str) -> tuple[Decimal, str]:
    """A line's price and the contract that it is of."""
    return (listed, contract) if given is None or given == listed else (given, "")
