"""Changing an approved order as a change order says: checked against what has moved, then written with everything that
follows (requisitions, promises, due dates, what waits for the lines, the state).
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
from gendan.purchasing.queries.change import Changeable
from gendan.purchasing.rules.lines import MAX_LINES, ZERO, LineIn
from gendan.purchasing.rules.shipments import Announced, committed
from gendan.purchasing.steps import allocation, contracts, lookup, pegs, progress, promises, shipment
from gendan.purchasing.steps.change_promises import confirm_anew
from gendan.purchasing.steps.days import days_of
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lines_of

_WORTH = """
SELECT id, unit_id, unit_price, discount, tax_rate, net, tax, gross, invoiced, returned FROM purchasing_orderline
WHERE order_id = %s::bigint
"""
_TAXES = "SELECT code, rate FROM catalog_tax WHERE company_id = %s::bigint"
_WRITE = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[],
  %(factors)s::numeric[], %(quantities)s::numeric[], %(cancelled)s::numeric[], %(prices)s::numeric[],
  %(discounts)s::numeric[], %(rates)s::numeric[], %(nets)s::numeric[], %(taxes)s::numeric[], %(grosses)s::numeric[],
  %(required)s::date[], %(over)s::numeric[], %(under)s::numeric[], %(notes)s::text[], %(descriptions)s::text[],
  %(contracts)s::text[])
  AS t(id, line_no, product_id, unit_id, factor, quantity, cancelled, unit_price, discount, tax_rate, net, tax, gross,
   required_on, over_tolerance, under_tolerance, note, description, contract)),
 kept AS (UPDATE purchasing_orderline l SET quantity = t.quantity, cancelled = t.cancelled, unit_price = t.unit_price,
   discount = t.discount, tax_rate = t.tax_rate, net = t.net, tax = t.tax, gross = t.gross,
   required_on = t.required_on, note = t.note, description = t.description, warehouse_id = %(warehouse)s::bigint,
   completed_on = CASE WHEN l.received > 0 AND l.received + t.cancelled >= t.quantity * (100 - l.under_tolerance) / 100
    THEN coalesce(l.completed_on, (SELECT max(r.received_on) FROM purchasing_receiptline rl
     JOIN purchasing_goodsreceipt r ON r.id = rl.receipt_id AND r.state <> 'reversed' AND r.reverses_id IS NULL
     WHERE rl.order_line_id = l.id)) END
  FROM t WHERE l.id = t.id AND l.order_id = %(order)s::bigint),
 moved AS (UPDATE purchasing_orderline l SET warehouse_id = %(warehouse)s::bigint
  WHERE l.order_id = %(order)s::bigint AND l.warehouse_id <> %(warehouse)s::bigint
   AND NOT EXISTS (SELECT 1 FROM t WHERE t.id = l.id)),
 added AS (INSERT INTO purchasing_orderline (company_id, order_id, supplier_id, warehouse_id, live, line_no, product_id,
   unit_id, factor, quantity, unit_price, discount, tax_rate, net, tax, gross, required_on, due_on, over_tolerance,
   under_tolerance, note, description, contract)
  SELECT o.company_id, o.id, o.supplier_id, %(warehouse)s::bigint, true, t.line_no, t.product_id, t.unit_id, t.factor,
   t.quantity, t.unit_price, t.discount, t.tax_rate, t.net, t.tax, t.gross, t.required_on, t.required_on,
   t.over_tolerance, t.under_tolerance, t.note, t.description,
   t.contract
  FROM t JOIN purchasing_purchaseorder o ON o.id = %(order)s::bigint WHERE t.id IS NULL)
UPDATE purchasing_purchaseorder SET warehouse_id = %(warehouse)s::bigint, payment_terms = %(payment_terms)s::text,
 supplier_reference = %(reference)s::text, note = %(note)s::text, net = %(net)s::numeric, tax = %(tax)s::numeric,
 gross = %(gross)s::numeric WHERE id = %(order)s::bigint
RETURNING EXISTS (SELECT 1 FROM purchasing_orderline l WHERE l.order_id = %(order)s::bigint AND l.contract <> '')
"""
_TERMS_LENGTH, _REFERENCE_LENGTH = 200, 80


@dataclass(slots=True)
class PlannedLine:
    """A line as it shall be written; ``id`` None is a new one. ``cancelled``: it was taken out as a whole."""

    id: int | None
    line_no: int
    product_id: int
    unit_id: int
    factor: Decimal
    quantity: Decimal
    cancelled: Decimal
    unit_price: Decimal
    discount: Decimal
    tax_rate: Decimal
    sums: Amounts
    required_on: date | None
    over: Decimal
    under: Decimal
    note: str
    description: str
    contract: str = ""  # of a new line; a line that the order has stays with its own


@dataclass(slots=True)
class PlannedOrder:
    """What is written of an order: its header, the lines that change, its amounts."""

    content: Content
    warehouse_id: int
    lines: list[PlannedLine]
    sums: Amounts
    shrunk: dict[int, Decimal] = field(default_factory=dict)  # line id to what is left of it, in stock units
    redated: set[int] = field(default_factory=set)


@step
def plan_change(
    actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], found: Changeable, content: Content
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
    least = _least(lines, worth)
    _check_texts(content)
    fresh = [(n, line) for n, line in enumerate(content["lines"]) if line["id"] is None]
    plan = PlannedOrder(content, order.warehouse_id, [], Amounts(ZERO, ZERO, ZERO))
    problems = _keep(actor, plan, order, lines, found, worth, least, dict(tax_rows))
    if fresh:
        problems |= _add(actor, plan, order, lines, found, fresh)
    elif content["warehouse"] != found.content["warehouse"]:
        plan.warehouse_id = lookup.find_header(
            actor, order.supplier_code, content["warehouse"], order.currency
        ).warehouse_id
    if problems:
        raise Invalid(problems)
    if plan.warehouse_id != order.warehouse_id and any(least.values()):
        raise HasMoved(number=order.number)
    changed = {line.id for line in plan.lines}
    every = [line.sums for line in plan.lines] + [
        Amounts(*row[4:7]) for id_, row in worth.items() if id_ not in changed
    ]
    plan.sums = Amounts(*(sum((sums[n] for sums in every), ZERO) for n in range(3)))
    return plan


def _least(lines: Sequence[LockedLine], worth: Mapping[int, Any]) -> dict[int, Decimal]:
    """The least that each line can be changed to: what came in or is announced, what was invoiced."""
    announced = shipment.announced_by_line([line.id for line in lines])
    return {line.id: max(committed(line, announced.get(line.id, Announced())), worth[line.id][7]) for line in lines}


def _check_texts(content: Content) -> None:
    lengths = {"payment_terms": _TERMS_LENGTH, "supplier_reference": _REFERENCE_LENGTH}
    problems = {
        name: _("最多 %(count)s 个字。") % {"count": length}
        for name, length in lengths.items()
        if len(content[name]) > length
    }
    if problems:
        raise Invalid({**problems})


def _keep(
    actor: Actor,
    plan: PlannedOrder,
    order: LockedOrder,
    lines: Sequence[LockedLine],
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
    for line in lines:
        if line.id not in changed:
            continue
        n, before, after = changed[line.id]
        unit_id, price, discount, rate, *_sums = worth[line.id]
        asked = _asked(after) if after else None
        if asked:
            given = asked.tax != before["tax"]
            no_tax = given and asked.tax not in taxes
            row = (n, line.product_id, unit_id, line.factor, line.decimals, rate, no_tax, None, None, True)
            problems.update(lookup.line_problems(n, asked, row, days))
            rate = taxes.get(asked.tax, rate) if given else rate
        ordered = line.quantity - line.cancelled
        quantity = asked.quantity if asked else min(least[line.id], ordered)  # more may have come than was ordered
        _check_least(order, line, quantity, least[line.id])
        plan.lines.append(_kept(line, unit_id, price, discount, rate, asked, quantity, before, found))
        if quantity < ordered:
            plan.shrunk[line.id] = quantity * line.factor
        if after and after["required_on"] != before["required_on"]:
            plan.redated.add(line.id)
    return problems


def _check_least(order: LockedOrder, line: LockedLine, quantity: Decimal, least: Decimal) -> None:
    """What is no quantity at all is said with the other problems."""
    if 0 < quantity < least and quantity != line.quantity - line.cancelled:
        raise BelowMoved(number=order.number, line=line.line_no, product=line.product, moved=least, quantity=quantity)


def _kept(
    line: LockedLine,
    unit_id: int,
    price: Decimal,
    discount: Decimal,
    rate: Decimal,
    asked: LineIn | None,
    quantity: Decimal,
    old: Mapping[str, Any],
    found: Changeable,
) -> PlannedLine:
    """A line that the order has."""
    if asked:
        price = price if asked.unit_price is None else asked.unit_price
        discount = asked.discount
    whole, cancelled = written_off(quantity, line.quantity, line.cancelled)
    terms = found.terms
    sums = Amounts(ZERO, ZERO, ZERO)
    if quantity:
        sums = amounts(whole, price, discount, rate, terms.tax_included, terms.minor_units)
    return PlannedLine(
        line.id,
        line.line_no,
        line.product_id,
        unit_id,
        line.factor,
        whole,
        cancelled,
        price,
        discount,
        rate,
        sums,
        asked.required_on if asked else line.required_on,
        line.over_tolerance,
        line.under_tolerance,
        asked.note if asked else old["note"],
        asked.description if asked else old["description"],
    )


def _add(
    actor: Actor,
    plan: PlannedOrder,
    order: LockedOrder,
    lines: Sequence[LockedLine],
    found: Changeable,
    fresh: Sequence[tuple[int, Mapping[str, Any]]],
) -> dict[str, str]:
    """The lines that are new; what is wrong with them, by field."""
    asked = [_asked(line) for _n, line in fresh]
    try:
        header, items = lookup.find(
            actor, order.supplier_code, plan.content["warehouse"], order.currency, asked, order.ordered_on
        )
    except Invalid as error:
        return {_placed(name, [n for n, _line in fresh]): text for name, text in error.fields.items()}
    plan.warehouse_id = header.warehouse_id
    last = max(line.line_no for line in lines)
    terms = found.terms
    for n, (line, item) in enumerate(zip(asked, items, strict=True), 1):
        sums = amounts(
            line.quantity, item.unit_price, line.discount, item.tax_rate, terms.tax_included, terms.minor_units
        )
        plan.lines.append(
            PlannedLine(
                None,
                last + n,
                item.product_id,
                item.unit_id,
                item.factor,
                line.quantity,
                ZERO,
                item.unit_price,
                line.discount,
                item.tax_rate,
                sums,
                line.required_on,
                item.over_tolerance,
                item.under_tolerance,
                line.note,
                line.description,
                item.contract,
            )
        )
    return {}


def _placed(name: str, places: Sequence[int]) -> str:
    """``lines.0.quantity`` of the new lines as the line is placed among all."""
    head, _dot, rest = name.partition(".")
    n, _dot, cell = rest.partition(".")
    return f"{head}.{places[int(n)]}.{cell}" if head == "lines" and n.isdecimal() else name


def _asked(line: Mapping[str, Any]) -> LineIn:
    return LineIn(
        line["product"],
        Decimal(line["quantity"] or "0"),
        Decimal(line["unit_price"]) if line["unit_price"] else None,
        line["unit"],
        date.fromisoformat(line["required_on"]) if line["required_on"] else None,
        Decimal(line["discount"] or "0"),
        line["tax"],
        line["note"][:300],
        line["description"][:300],
    )


@step
def write_change(
    actor: Actor,
    order: LockedOrder,
    lines: Sequence[LockedLine],
    plan: PlannedOrder,
    *,
    agreed: bool,
    ours: bool,
    note: str,
) -> str:
    """Write a plan with all that follows from it; the state. ``agreed``: what the supplier had confirmed is confirmed
    as it is now, with a revision of its promise that names the change order (``note``); ``ours``: we asked for it.
    """
    known = {line.id: line for line in lines}
    changed = [known[line.id] for line in plan.lines if line.id is not None]
    if plan.shrunk:
        allocation.release(actor, order.subject, plan.shrunk)
    rehoused = plan.warehouse_id != order.warehouse_id
    waited = pegs.hold(actor, lines if rehoused else changed)
    if _write(order, plan):
        contracts.called_off(actor, order.subject, plan.lines, known=True)
    if rehoused:
        pegs.follow(actor, [pegs.Changed(line.id, ZERO, moved=False) for line in waited])
    every = lines_of([order.id])
    ids = {line.id for line in plan.lines if line.id is not None}
    touched = [line for line in every if line.id in ids or line.id not in known]
    due = {line.id: line.due_on for line in touched}
    confirm_anew(actor, touched, known, plan.redated, agreed=agreed, ours=ours, note=note)
    promises.refresh_due(touched)
    states = progress.save(actor, [order], every, touched)
    redated = [line for line in touched if line.pegged > 0 and line.due_on != due[line.id] and not line.expected_on]
    pegs.follow(actor, [pegs.Changed(line.id, pegs.room_of(line), moved=True) for line in redated])
    return states[order.id]


def _write(order: LockedOrder, plan: PlannedOrder) -> bool:
    """Whether lines of it are called off contracts."""
    lines, content = plan.lines, plan.content
    found = db.row(
        _WRITE,
        {
            "order": order.id,
            "warehouse": plan.warehouse_id,
            "payment_terms": content["payment_terms"],
            "reference": content["supplier_reference"],
            "note": content["note"],
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
            "discounts": db.array(line.discount for line in lines),
            "rates": db.array(line.tax_rate for line in lines),
            "nets": db.array(line.sums.net for line in lines),
            "taxes": db.array(line.sums.tax for line in lines),
            "grosses": db.array(line.sums.gross for line in lines),
            "required": db.array(line.required_on for line in lines),
            "over": db.array(line.over for line in lines),
            "under": db.array(line.under for line in lines),
            "notes": [line.note for line in lines],
            "descriptions": [line.description for line in lines],
            "contracts": [line.contract for line in lines],
        },
    )
    return bool(found and found[0]) or any(line.contract for line in lines)
