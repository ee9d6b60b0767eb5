"""Locking an order, reading its lines, and writing orders in set-based statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from gendan.flow.queries.standing import HAS_FLOW_ALONE
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.steps.lookup import Header, Item


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """The header of an order that this transaction holds."""

    id: int
    number: str
    state: str
    version: int
    supplier_id: int
    warehouse_id: int
    currency: str
    rate: Decimal
    gross: Decimal
    ordered_on: date
    supplier_code: str

    @property
    def subject(self) -> Subject:
        return Subject("po", self.id, self.number)

    @property
    def company_amount(self) -> Decimal:
        """The gross amount in company currency."""
        return self.gross * self.rate

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(PurchaseOrder, self.state), action=str(action))


@dataclass(slots=True)
class LockedLine:
    """A line of a locked order. Commands change its counters and dates; steps.progress.save writes them."""

    id: int
    order_id: int
    line_no: int
    product_id: int
    product: str
    lot_tracked: bool
    inspect: bool
    decimals: int
    factor: Decimal
    quantity: Decimal
    confirmed: Decimal
    refused: Decimal
    shipped: Decimal
    received: Decimal
    accepted: Decimal
    rejected: Decimal
    cancelled: Decimal
    over_tolerance: Decimal
    under_tolerance: Decimal
    required_on: date | None
    promised_on: date | None
    expected_on: date | None
    due_on: date | None
    completed_on: date | None
    promise_revision: int
    promise_parts: int
    pegged: Decimal = Decimal(0)  # stock units, set aside for sales lines; steps.pegs
    replaced: Decimal = Decimal(0)
    unit_id: int = 0
    read: tuple[Any, ...] = ()  # the counters and dates as they were read, in the order of progress.COLUMNS


def _line(row: db.Row) -> LockedLine:
    return LockedLine(*(*row, row[10:17] + row[20:26]))


_LOCK = """
SELECT o.id, o.number, o.state, o.version, o.supplier_id, o.warehouse_id, o.currency, o.rate, o.gross, o.ordered_on,
 p.code
FROM purchasing_purchaseorder o JOIN catalog_partner p ON p.id = o.supplier_id
WHERE o.company_id = %s::bigint AND {condition} FOR NO KEY UPDATE OF o
"""
# One number is the usual case, and has its own text: the unique index answers it whatever the statistics say. For ANY
# and an order, PostgreSQL reads all orders of the company by id while it knows of few.
_LOCK_ONE = _LOCK.format(condition="o.number = %s::text")
_ALONE = HAS_FLOW_ALONE.format(company="o.company_id", kind="po", whose="o.created_by_id, o.supplier_id", when="true")
_LOCK_TO_SUBMIT = _LOCK_ONE.replace(" p.code\n", f" p.code, {_ALONE}\n")
_LOCK_NUMBERS = _LOCK.format(condition="o.number = ANY(%s::text[]) ORDER BY o.id")
_LINES = """
SELECT l.id, l.order_id, l.line_no, l.product_id, pr.code, pr.lot_tracked, pr.inspect, u.decimals, l.factor, l.quantity,
 l.confirmed, l.refused, l.shipped, l.received, l.accepted, l.rejected, l.cancelled, l.over_tolerance,
 l.under_tolerance,
 l.required_on, l.promised_on, l.expected_on, l.due_on, l.completed_on, l.promise_revision, l.promise_parts,
 l.pegged, l.replaced, l.unit_id
FROM purchasing_orderline l JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE {condition} ORDER BY l.order_id, l.line_no
"""
_LINES_BY_ID = _LINES.format(condition="l.order_id = ANY(%s::bigint[])")
_OF_COMPANY = "(SELECT id FROM purchasing_purchaseorder WHERE company_id = %s::bigint AND number = "
_LINES_OF_ONE = _LINES.format(condition=f"l.order_id = {_OF_COMPANY}%s::text)")
_LINES_BY_NUMBER = _LINES.format(condition=f"l.order_id IN {_OF_COMPANY}ANY(%s::text[]))")
_INSERT = """
WITH o AS (
 INSERT INTO purchasing_purchaseorder (company_id, number, state, version, created_by_id, buyer_id, supplier_id,
  warehouse_id, currency, rate, minor_units, tax_included, ordered_on, payment_terms, supplier_reference, external_key,
  note, net, tax, gross, submitted_at, approved_at, approved_by_id)
 SELECT %(company)s::bigint, 'PO-' || lpad(n::text, greatest(6, length(n::text)), '0'), %(state)s::text, 1,
  %(user)s::bigint, %(user)s::bigint, %(supplier)s::bigint, %(warehouse)s::bigint, %(currency)s::text,
  %(rate)s::numeric, %(minor_units)s::smallint, %(tax_included)s::boolean, %(ordered_on)s::date,
  %(payment_terms)s::text, %(reference)s::text, %(external_key)s::text, %(note)s::text, %(net)s::numeric,
  %(tax)s::numeric, %(gross)s::numeric, CASE WHEN %(submitted)s::boolean THEN now() END,
  CASE WHEN %(live)s::boolean THEN now() END, CASE WHEN %(live)s::boolean THEN %(user)s::bigint END
 FROM nextval(%(sequence)s::regclass) AS n
 RETURNING id, number),
lines AS (
 INSERT INTO purchasing_orderline (company_id, order_id, supplier_id, warehouse_id, line_no, product_id, unit_id,
  factor,
  quantity, unit_price, discount, tax_rate, net, tax, gross, required_on, due_on, over_tolerance, under_tolerance, note,
  description, external_key, contract, live)
 SELECT %(company)s::bigint, o.id, %(supplier)s::bigint, %(warehouse)s::bigint, t.*, %(live)s::boolean
 FROM o, unnest(%(line_nos)s::int[], %(products)s::bigint[], %(units)s::bigint[], %(factors)s::numeric[],
  %(quantities)s::numeric[], %(prices)s::numeric[], %(discounts)s::numeric[], %(rates)s::numeric[], %(nets)s::numeric[],
  %(taxes)s::numeric[], %(grosses)s::numeric[], %(required)s::date[], %(required)s::date[], %(over)s::numeric[],
  %(under)s::numeric[], %(notes)s::text[], %(descriptions)s::text[], %(keys)s::text[],
  %(contracts)s::text[]) AS t
 RETURNING id, line_no)
SELECT o.id, o.number, (SELECT array_agg(lines.id ORDER BY lines.line_no) FROM lines) FROM o
"""


@step
def lock_orders(actor: Actor, numbers: Sequence[str]) -> list[LockedOrder]:
    """The orders, locked in key order; NotFound names the first that is not in the company."""
    lock, _lines = _by_number(actor, numbers)
    return _all_found(numbers, db.rows(*lock))


@step
def lock_with_lines(
    actor: Actor, numbers: Sequence[str], others: Sequence[db.Statement] = ()
) -> tuple[list[LockedOrder], list[LockedLine], list[list[db.Row]]]:
    """Lock orders as lock_orders does, then read their lines, then run ``others``: one round trip, in this order."""
    headers, lines, *rest = db.batch([*_by_number(actor, numbers), *others])
    return _all_found(numbers, headers), [_line(row) for row in lines], rest


def _by_number(actor: Actor, numbers: Sequence[str]) -> tuple[db.Statement, db.Statement]:
    """The statements that lock orders and that read their lines."""
    wanted = sorted(set(numbers))
    if len(wanted) == 1:
        one = [actor.company_id, wanted[0]]
        return (_LOCK_ONE, one), (_LINES_OF_ONE, one)
    return (_LOCK_NUMBERS, [actor.company_id, wanted]), (_LINES_BY_NUMBER, [actor.company_id, wanted])


def _all_found(numbers: Sequence[str], rows: Sequence[db.Row]) -> list[LockedOrder]:
    found = [LockedOrder(*row) for row in rows]
    known = {order.number for order in found}
    for number in numbers:
        if number not in known:
            raise NotFound(what=number)
    return found


@step
def lock_order(actor: Actor, number: str, version: int | None = None) -> LockedOrder:
    """One order, locked; Stale when the caller saw another version."""
    order = lock_orders(actor, [number])[0]
    check_version(order.number, order.version, version)
    return order


@step
def lock_to_submit(actor: Actor, number: str, version: int | None = None) -> tuple[LockedOrder, bool]:
    """One order, locked, and whether the company has an approval flow for orders. Errors: NotFound, Stale."""
    rows = db.rows(_LOCK_TO_SUBMIT, [actor.company_id, number])
    order = _all_found([number], [row[:-1] for row in rows])[0]
    check_version(order.number, order.version, version)
    return order, rows[0][-1]


@step
def lock_beside(
    actor: Actor, number: str, version: int | None, others: Sequence[db.Statement]
) -> tuple[LockedOrder, list[list[db.Row]]]:
    """One order, locked, then what the statements bring: one round trip. Errors: NotFound, Stale."""
    lock, _lines = _by_number(actor, [number])
    headers, *rest = db.batch([lock, *others])
    order = _all_found([number], headers)[0]
    check_version(order.number, order.version, version)
    return order, rest


@step
def lines_of(order_ids: Sequence[int]) -> list[LockedLine]:
    """The lines of locked orders, in line order."""
    return [_line(row) for row in db.rows(_LINES_BY_ID, [list(order_ids)])]


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What an order consists of before it has a number."""

    header: Header
    items: Sequence[Item]
    lines: Sequence[LineIn]
    amounts: Sequence[Amounts]
    ordered_on: date
    tax_included: bool = True
    supplier_reference: str = ""
    external_key: str | None = None
    note: str = ""

    @property
    def gross(self) -> Decimal:
        return sum((a.gross for a in self.amounts), Decimal(0))


@step
def insert_order(actor: Actor, new: NewOrder, state: str) -> tuple[Subject, list[int]]:
    """Write an order and its lines in one statement; its subject and the ids of its lines in order."""
    live = state not in {"draft", "pending_approval"}
    found = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "PO"),
            "state": state,
            "live": live,
            "submitted": state != "draft",
            "supplier": new.header.supplier_id,
            "warehouse": new.header.warehouse_id,
            "currency": new.header.currency,
            "rate": new.header.rate,
            "minor_units": new.header.minor_units,
            "tax_included": new.tax_included,
            "ordered_on": new.ordered_on,
            "payment_terms": new.header.payment_terms,
            "reference": new.supplier_reference,
            "external_key": new.external_key,
            "note": new.note,
            "net": sum((a.net for a in new.amounts), Decimal(0)),
            "tax": sum((a.tax for a in new.amounts), Decimal(0)),
            "gross": new.gross,
            **line_columns(new),
        },
    )
    assert found is not None
    return Subject("po", found[0], found[1]), found[2]


def line_columns(new: NewOrder) -> dict[str, object]:
    """The lines of an order as one array per column."""
    return {
        "line_nos": db.array(range(1, len(new.lines) + 1)),
        "products": db.array(item.product_id for item in new.items),
        "units": db.array(item.unit_id for item in new.items),
        "factors": db.array(item.factor for item in new.items),
        "quantities": db.array(line.quantity for line in new.lines),
        "prices": db.array(item.unit_price for item in new.items),
        "discounts": db.array(line.discount for line in new.lines),
        "rates": db.array(item.tax_rate for item in new.items),
        "nets": db.array(a.net for a in new.amounts),
        "taxes": db.array(a.tax for a in new.amounts),
        "grosses": db.array(a.gross for a in new.amounts),
        "required": db.array(line.required_on for line in new.lines),
        "over": db.array(item.over_tolerance for item in new.items),
        "under": db.array(item.under_tolerance for item in new.items),
        "notes": [line.note for line in new.lines],
        "descriptions": [line.description for line in new.lines],
        "keys": [line.external_key for line in new.lines],
        "contracts": [item.contract for item in new.items],
    }


def moment_of(day: date, today: date, zone: tzinfo) -> datetime | None:
    """When something dated ``day`` happened: now (None) if today, else noon of that day."""
    return None if day == today else datetime(day.year, day.month, day.day, 12, tzinfo=zone)
