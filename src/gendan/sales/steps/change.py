"""Changing a reviewed order as a change order says: checked against what has left or stands on deliveries, then
written; stock, review and state follow in commands/change.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.changes.errors import BelowMoved, HasMoved, NothingLeft
from gendan.changes.rules import Content, edited, written_off
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts, amounts
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.purchasing.rules.lines import MAX_LINES
from gendan.purchasing.rules.lines import LineIn as Asked
from gendan.purchasing.steps.days import day_problems, days_of
from gendan.purchasing.steps.lookup import line_problems
from gendan.sales.models import SalesOrder
from gendan.sales.queries.change import Changeable
from gendan.sales.rules.lines import ZERO, LineIn
from gendan.sales.steps import lookup
from gendan.sales.steps.order import LockedLine, LockedOrder

_WORTH = """
SELECT id, unit_id, unit_price, discount, tax_rate, net, tax, gross, price_source, invoiced FROM sales_salesline
WHERE order_id = %s::bigint
"""
_TAXES = "SELECT code, rate FROM catalog_tax WHERE company_id = %s::bigint"
_WRITE = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[],
  %(factors)s::numeric[], %(quantities)s::numeric[], %(cancelled)s::numeric[], %(prices)s::numeric[],
  %(sources)s::text[], %(discounts)s::numeric[], %(rates)s::numeric[], %(nets)s::numeric[], %(taxes)s::numeric[],
  %(grosses)s::numeric[], %(requested)s::date[], %(notes)s::text[], %(descriptions)s::text[])
  AS t(id, line_no, product_id, unit_id, factor, quantity, cancelled, unit_price, price_source, discount, tax_rate, net,
   tax, gross, requested_on, note, description)),
 kept AS (UPDATE sales_salesline l SET quantity = t.quantity, cancelled = t.cancelled, unit_price = t.unit_price,
   price_source = t.price_source, discount = t.discount, tax_rate = t.tax_rate, net = t.net, tax = t.tax,
   gross = t.gross, requested_on = t.requested_on, due_on = coalesce(l.promised_on, t.requested_on), note = t.note,
   description = t.description, warehouse_id = %(warehouse)s::bigint,
   completed_on = CASE WHEN l.shipped > 0 AND t.quantity <= l.shipped + t.cancelled THEN coalesce(l.completed_on,
    (SELECT max(d.shipped_on) FROM sales_deliveryline dl JOIN sales_delivery d ON d.id = dl.delivery_id
      AND d.state IN ('shipped', 'signed', 'refused') WHERE dl.order_line_id = l.id AND dl.short < dl.quantity)) END
  FROM t WHERE l.id = t.id AND l.order_id = %(order)s::bigint),
 moved AS (UPDATE sales_salesline l SET warehouse_id = %(warehouse)s::bigint
  WHERE l.order_id = %(order)s::bigint AND l.warehouse_id <> %(warehouse)s::bigint
   AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id)),
 added AS (INSERT INTO sales_salesline (company_id, order_id, customer_id, warehouse_id, live, line_no, product_id,
   unit_id, factor, quantity, unit_price, price_source, discount, tax_rate, net, tax, gross, requested_on, due_on, note,
   description)
  SELECT o.company_id, o.id, o.customer_id, %(warehouse)s::bigint, true, t.line_no, t.product_id, t.unit_id, t.factor,
   t.quantity, t.unit_price, t.price_source, t.discount, t.tax_rate, t.net, t.tax, t.gross, t.requested_on,
   t.requested_on, t.note, t.description
  FROM t JOIN sales_salesorder o ON o.id = %(order)s::bigint WHERE t.id IS NULL)
UPDATE sales_salesorder SET warehouse_id = %(warehouse)s::bigint, requested_on = %(requested_on)s::date,
 payment_terms = %(payment_terms)s::text, customer_reference = %(reference)s::text, note = %(note)s::text,
 back_order = %(back_order)s::text, net = %(net)s::numeric, tax = %(tax)s::numeric, gross = %(gross)s::numeric{address}
WHERE id = %(order)s::bigint
"""
_ADDRESS = ("ship_to_code", "ship_to_name", "ship_to_phone", "ship_to_address", "ship_to_country")
_TO = "".join(f", {name} = %({name})s::text" for name in _ADDRESS)


@dataclass(slots=True)
class PlannedLine:
    """A line as it shall be written; ``id`` None is a new one."""

    id: int | None
    line_no: int
    product_id: int
    unit_id: int
    factor: Decimal
    quantity: Decimal
    cancelled: Decimal
    unit_price: Decimal
    source: str
    discount: Decimal
    tax_rate: Decimal
    sums: Amounts
    requested_on: date | None
    note: str
    description: str


@dataclass(slots=True)
class PlannedOrder:
    """What is written of an order; ``shrunk`` are the lines that cannot keep all they hold."""

    content: Content
    warehouse_id: int
    address: tuple[str, ...] = ()
    lines: list[PlannedLine] = field(default_factory=list)
    sums: Amounts = field(default_factory=lambda: Amounts(ZERO, ZERO, ZERO))
    shrunk: set[int] = field(default_factory=set)


@step
def plan_change(
    actor: Actor, order: LockedOrder, rows: Sequence[LockedLine], found: Changeable, content: Content
) -> PlannedOrder:
    """Check a content against the locked order; nothing is written.

    Errors: NothingLeft, BelowMoved, HasMoved, Invalid (by field).
    """
    if not content["lines"]:
        raise NothingLeft(number=order.number)
    if len(content["lines"]) > MAX_LINES:
        raise Invalid({"lines": _("一张单据最多 %(count)s 行。") % {"count": MAX_LINES}})
    worth_rows, tax_rows = db.batch([(_WORTH, [order.id]), (_TAXES, [actor.company_id])])
    worth = {row[0]: row[1:] for row in worth_rows}
    least = {row.id: max(row.shipped + row.delivering, worth[row.id][8]) for row in rows}
    plan = PlannedOrder(content, order.warehouse_id)
    problems = _header_problems(actor, content)
    problems |= _keep(actor, plan, order, rows, found, worth, least, dict(tax_rows))
    problems |= _look_up(actor, plan, order, rows, found)
    if problems:
        raise Invalid(problems)
    if plan.warehouse_id != order.warehouse_id:
        if any(least.values()):
            raise HasMoved(number=order.number)
        plan.shrunk |= {row.id for row in rows}
    changed = {line.id for line in plan.lines}
    every = [line.sums for line in plan.lines] + [
        Amounts(*row[4:7]) for id_, row in worth.items() if id_ not in changed
    ]
    plan.sums = Amounts(*(sum((sums[n] for sums in every), ZERO) for n in range(3)))
    return plan


def _header_problems(actor: Actor, content: Content) -> dict[str, str]:
    problems = day_problems(actor, {"requested_on": _day(content["requested_on"])})
    if content["back_order"] not in SalesOrder.BackOrder.values:
        problems["back_order"] = "back_order: " + " | ".join(SalesOrder.BackOrder.values)
    return problems


def _look_up(
    actor: Actor, plan: PlannedOrder, order: LockedOrder, rows: Sequence[LockedLine], found: Changeable
) -> dict[str, str]:
    """The lines that are new, and what is behind the header where that is another; what is wrong, by field."""
    content, now = plan.content, found.content
    fresh = [(n, line) for n, line in enumerate(content["lines"]) if line["id"] is None]
    elsewhere = [name for name in ("warehouse", "ship_to") if content[name] != now[name]]
    if not fresh and not elsewhere:
        return {}
    asked = [_asked(line, fresh=True) for _n, line in fresh]
    head = (order.customer, content["warehouse"], order.currency, content["ship_to"])
    try:
        if fresh:
            header, items = lookup.find(actor, *head, asked, order.ordered_on)
        else:
            header, items = lookup.read_header(actor, *head), []
    except Invalid as error:
        return {_placed(name, [n for n, _line in fresh]): text for name, text in error.fields.items()}
    plan.warehouse_id = header.warehouse_id
    plan.address = header.address if "ship_to" in elsewhere else ()
    last = max(row.line_no for row in rows)
    terms = found.terms
    for n, (line, item) in enumerate(zip(asked, items, strict=True), 1):
        sums = amounts(
            line.quantity, item.unit_price, item.discount, item.tax_rate, terms.tax_included, terms.minor_units
        )
        wish = line.requested_on or _day(content["requested_on"])
        what = (item.product_id, item.unit_id, item.factor, line.quantity, ZERO, item.unit_price, item.source)
        plan.lines.append(
            PlannedLine(None, last + n, *what, item.discount, item.tax_rate, sums, wish, line.note, line.description)
        )
    return {}


def _keep(
    actor: Actor,
    plan: PlannedOrder,
    order: LockedOrder,
    rows: Sequence[LockedLine],
    found: Changeable,
    worth: Mapping[int, Any],
    least: Mapping[int, Decimal],
    taxes: Mapping[str, Decimal],
) -> dict[str, str]:
    """The lines that the order has, as far as they change; one that is gone keeps what has moved of it. What is wrong,
    by field.
    """
    changed = edited(found.content, plan.content)
    days = days_of(actor)
    problems: dict[str, str] = {}
    for row in rows:
        if row.id not in changed:
            continue
        n, before, after = changed[row.id]
        unit_id, _price, _discount, rate, *_sums = worth[row.id]
        asked = _asked(after) if after else None
        if asked:
            given = asked.tax != before["tax"]
            known = (n, row.product_id, unit_id, row.factor, row.decimals, rate)
            item = (*known, given and asked.tax not in taxes, None, None, True)
            for name, problem in line_problems(n, _as_bought(asked), item, days).items():
                problems[name.replace("required_on", "requested_on")] = problem
            rate = taxes.get(asked.tax, rate) if given else rate
        quantity = asked.quantity if asked else least[row.id]
        if 0 < quantity < least[row.id] and quantity != row.quantity - row.cancelled:
            moved = {"line": row.line_no, "product": row.product, "moved": least[row.id], "quantity": quantity}
            raise BelowMoved(number=order.number, **moved)
        plan.lines.append(_kept(row, worth[row.id], rate, asked, quantity, before, found))
        if quantity < row.quantity - row.cancelled:
            plan.shrunk.add(row.id)
    return problems


def _kept(
    row: LockedLine,
    worth: Any,
    rate: Decimal,
    asked: LineIn | None,
    quantity: Decimal,
    old: Mapping[str, Any],
    found: Changeable,
) -> PlannedLine:
    """A line that the order has."""
    unit_id, price, discount, _rate, _net, _tax, _gross, source, _invoiced = worth
    if asked and asked.unit_price is not None and asked.unit_price != price:
        price, source = asked.unit_price, "hand"
    if asked and asked.discount is not None:
        discount = asked.discount
    whole, cancelled = written_off(quantity, row.quantity, row.cancelled)
    terms = found.terms
    sums = Amounts(ZERO, ZERO, ZERO)
    if quantity:
        sums = amounts(whole, price, discount, rate, terms.tax_included, terms.minor_units)
    what = (row.product_id, unit_id, row.factor, whole, cancelled, price, source, discount, rate, sums)
    wish = asked.requested_on if asked else _day(old["requested_on"])
    texts = (asked.note, asked.description) if asked else (old["note"], old["description"])
    return PlannedLine(row.id, row.line_no, *what, wish, *texts)


def _asked(line: Mapping[str, Any], *, fresh: bool = False) -> LineIn:
    """A line; of a new one without price or discount the customer's price list says them."""
    return LineIn(
        line["product"],
        Decimal(line["quantity"] or "0"),
        Decimal(line["unit_price"]) if line["unit_price"] else None,
        line["unit"],
        _day(line["requested_on"]),
        Decimal(line["discount"] or "0") if line["discount"] or not fresh else None,
        line["tax"],
        line["note"],
        line["description"],
    )


def _as_bought(line: LineIn) -> Asked:
    return Asked(
        line.product, line.quantity, line.unit_price, line.unit, line.requested_on, line.discount or ZERO, line.tax
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _placed(name: str, places: Sequence[int]) -> str:
    """``lines.0.quantity`` of the new lines as the line is placed among all."""
    head, _dot, rest = name.partition(".")
    n, _dot, cell = rest.partition(".")
    return f"{head}.{places[int(n)]}.{cell}" if head == "lines" and n.isdecimal() else name


@step
def write_lines(order: LockedOrder, plan: PlannedOrder) -> None:
    """Write a plan; one statement. What lines cannot keep was let go before, the state follows after."""
    lines, content = plan.lines, plan.content
    db.execute(
        _WRITE.replace("{address}", _TO if plan.address else ""),
        {
            "order": order.id,
            "warehouse": plan.warehouse_id,
            "requested_on": _day(content["requested_on"]),
            "payment_terms": content["payment_terms"],
            "reference": content["customer_reference"],
            "note": content["note"],
            "back_order": content["back_order"],
            **dict(zip(_ADDRESS, plan.address, strict=False)),
            "net": plan.sums.net,
            "tax": plan.sums.tax,
            "gross": plan.sums.gross,
            "ids": db.array(line.id for line in lines),
            "line_nos": db.array(line.line_no for line in lines),
            "products": db.array(line.product_id for line in lines),
            "units": db.array(line.unit_id for line in lines),
            "factors": db.array(line.factor for line in lines),
            "quantities": db.array(line.quantity for line in lines),
            "cancelled": db.array(line.cancelled for line in lines),
            "prices": db.array(line.unit_price for line in lines),
            "sources": [line.source for line in lines],
            "discounts": db.array(line.discount for line in lines),
            "rates": db.array(line.tax_rate for line in lines),
            "nets": db.array(line.sums.net for line in lines),
            "taxes": db.array(line.sums.tax for line in lines),
            "grosses": db.array(line.sums.gross for line in lines),
            "requested": db.array(line.requested_on for line in lines),
            "notes": [line.note for line in lines],
            "descriptions": [line.description for line in lines],
        },
    )
