"""Make orders out of approved requisition lines: many to many, by quantity, one per supplier and warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, NotFound, WrongState
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.create import place
from gendan.purchasing.errors import EmptyDocument, OverOrdered, UnknownLine
from gendan.purchasing.models import Requisition
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.places import readdressed
from gendan.purchasing.rules.requisitions import Pick
from gendan.purchasing.steps.requisition import OPEN

LABEL = _("从采购申请下单")

_LOCK = """
SELECT r.number, r.state FROM purchasing_requisition r WHERE r.company_id = %s::bigint AND r.number = ANY(%s::text[])
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
_LINES = """
SELECT r.number, l.line_no, l.id, l.quantity - l.ordered - l.cancelled, p.code, u.code, w.code, coalesce(s.code, ''),
 l.required_on
FROM purchasing_requisition r JOIN purchasing_requisitionline l ON l.requisition_id = r.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = r.warehouse_id LEFT JOIN catalog_partner s ON s.id = l.supplier_id
WHERE r.company_id = %s::bigint AND r.number = ANY(%s::text[])
"""
_LAST_PRICES = """
SELECT t.n, o.unit_price FROM unnest(%(products)s::text[], %(units)s::text[], %(lines)s::int[]) AS t(product, unit, n)
JOIN catalog_product p ON p.company_id = %(company)s::bigint AND p.code = t.product
JOIN catalog_unit u ON u.company_id = %(company)s::bigint AND u.code = t.unit
JOIN catalog_partner s ON s.company_id = %(company)s::bigint AND s.code = %(supplier)s::text
JOIN LATERAL (SELECT l.unit_price FROM purchasing_orderline l
 WHERE l.product_id = p.id AND l.supplier_id = s.id AND l.unit_id = u.id ORDER BY l.id DESC LIMIT 1) o ON true
WHERE NOT EXISTS (SELECT 1 FROM catalog_supplierprice sp WHERE sp.partner_id = s.id AND sp.product_id = p.id
 AND sp.unit_id = u.id AND coalesce(sp.valid_from, %(on)s::date) <= %(on)s::date
 AND coalesce(sp.valid_to, %(on)s::date) >= %(on)s::date)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A requisition line with the quantity that shall be ordered now; ``n`` is its place in the request."""

    n: int
    line_id: int
    quantity: Decimal
    product: str
    unit: str
    warehouse: str
    supplier: str
    required_on: date | None
    unit_price: Decimal | None


@command("purchasing.order_requisitions", LABEL, permission="purchasing.create_order")
def order_requisitions(*, actor: Actor, lines: Sequence[Pick], merge_dates: bool = False, submit: bool = False) -> Done:
    """Order requisition lines, each by its open or the given quantity; one order per supplier and warehouse.

    Lines of the same product, unit, price and date become one order line; with ``merge_dates`` those of different
    dates, too, required on the earliest. ``data.orders`` of the answer lists the orders; its number is the first one's.
    Errors: EmptyDocument, NotFound, UnknownLine, WrongState, OverOrdered, Invalid (by field).
    """
    if not lines:
        raise EmptyDocument()
    wanted = _wanted(actor, lines)
    groups: dict[tuple[str, str], list[Wanted]] = defaultdict(list)
    for entry in wanted:
        groups[(entry.supplier, entry.warehouse)].append(entry)
    made = []
    for (supplier, warehouse), entries in sorted(groups.items()):
        order_lines, sources = _merged(_priced(actor, supplier, entries), merge_dates)
        try:
            made.append(place(actor, supplier, warehouse, order_lines, submit=submit))
        except Invalid as error:
            raise Invalid(readdressed(error.fields, sources)) from error
    orders = [
        {"number": done.number, "state": done.state, "supplier": key[0]}
        for done, key in zip(made, sorted(groups), strict=True)
    ]
    return Done("po", made[0].id, made[0].number, made[0].state, 1, {"orders": orders})


def _wanted(actor: Actor, picks: Sequence[Pick]) -> list[Wanted]:
    """The chosen lines under their requisitions' locks; refused unless approved, open and with a supplier."""
    numbers = sorted({pick.requisition for pick in picks})
    states: dict[str, str] = dict(db.rows(_LOCK, [actor.company_id, numbers]))
    for number in numbers:
        if number not in states:
            raise NotFound(what=number)
        if states[number] not in OPEN:
            raise WrongState(number=number, state=state_label(Requisition, states[number]), action=str(LABEL))
    known = {(row[0], row[1]): row[2:] for row in db.rows(_LINES, [actor.company_id, numbers])}
    found: list[Wanted] = []
    taken: dict[int, Decimal] = defaultdict(Decimal)
    problems = {}
    for n, pick in enumerate(picks):
        if (pick.requisition, pick.line) not in known:
            raise UnknownLine(number=pick.requisition, line=pick.line)
        line_id, left, product, unit, warehouse, wish, required_on = known[pick.requisition, pick.line]
        quantity = left - taken[line_id] if pick.quantity is None else pick.quantity
        if quantity <= 0 or taken[line_id] + quantity > left:
            raise OverOrdered(number=pick.requisition, line=pick.line, open=left - taken[line_id], quantity=quantity)
        taken[line_id] += quantity
        supplier = pick.supplier or wish
        if not supplier:
            problems[f"lines.{n}.supplier"] = _now("请选择供应商。")
        date_ = pick.required_on or required_on
        found.append(Wanted(n, line_id, quantity, product, unit, warehouse, supplier, date_, pick.unit_price))
    if problems:
        raise Invalid(problems)
    return found


def _priced(actor: Actor, supplier: str, entries: list[Wanted]) -> list[tuple[Wanted, Decimal | None]]:
    """Each line with the given price, or the last one paid where the supplier has no price list for the product."""
    last: dict[int, Decimal] = dict(
        db.rows(
            _LAST_PRICES,
            {
                "company": actor.company_id,
                "supplier": supplier,
                "on": actor.today(),
                "products": [e.product for e in entries],
                "units": [e.unit for e in entries],
                "lines": [e.n for e in entries],
            },
        )
    )
    return [(e, e.unit_price if e.unit_price is not None else last.get(e.n)) for e in entries]


def _merged(entries: Sequence[tuple[Wanted, Decimal | None]], merge_dates: bool) -> tuple[list[LineIn], list[int]]:
    """Order lines with their shares, and for each the place of its first source in the request."""
    groups: dict[tuple[object, ...], list[tuple[Wanted, Decimal | None]]] = defaultdict(list)
    for entry, price in entries:
        date_ = None if merge_dates else entry.required_on
        groups[(entry.product, entry.unit, price, date_)].append((entry, price))
    lines, sources = [], []
    for parts in groups.values():
        first, price = parts[0]
        dates = [e.required_on for e, _price in parts if e.required_on]
        shares: dict[int, Decimal] = defaultdict(Decimal)
        for entry, _price in parts:
            shares[entry.line_id] += entry.quantity
        total = sum(shares.values(), Decimal(0))
        lines.append(
            LineIn(first.product, total, price, first.unit, min(dates, default=None), wanted_by=tuple(shares.items()))
        )
        sources.append(first.n)
    return lines, sources
