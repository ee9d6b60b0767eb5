"""What payments of customers do to their orders: how much is owed, what was paid, when that is everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import step

OWED = """round((SELECT coalesce(sum(l.gross * (l.quantity - l.cancelled - l.refused) / l.quantity), 0)
 FROM sales_salesline l WHERE l.order_id = o.id) - o.credited, o.minor_units::int)"""
_LOCK = """
SELECT o.id FROM sales_salesorder o WHERE o.company_id = %s::bigint AND o.number = ANY(%s::text[])
ORDER BY o.id FOR NO KEY UPDATE
"""
_READ = f"""
SELECT o.id, o.number, o.state, o.customer_id, p.code, o.currency, o.rate, o.minor_units, {OWED}, o.paid_amount,
 o.settled_at IS NOT NULL
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id
WHERE o.company_id = %s::bigint AND o.number = ANY(%s::text[]) ORDER BY o.id
"""
# An order that is signed is completed by what pays the rest, and goes back when that is taken back.
_PAID = """
UPDATE sales_salesorder o SET paid_amount = o.paid_amount + t.amount, version = o.version + 1, updated_at = now(),
 settled_at = CASE WHEN t.settled THEN coalesce(o.settled_at, now()) END, state = t.state
FROM unnest(%s::bigint[], %s::numeric[], %s::boolean[], %s::text[]) AS t(id, amount, settled, state)
WHERE o.id = t.id
"""
PAYABLE = frozenset({"to_ship", "partly_shipped", "shipped", "signed", "completed"})


@dataclass(slots=True)
class Receivable:
    """A locked order with what it is worth (without what was cancelled, refused or credited) and what was paid."""

    id: int
    number: str
    state: str
    customer_id: int
    customer: str
    currency: str
    rate: Decimal
    minor_units: int
    owed: Decimal
    paid: Decimal
    settled: bool

    @property
    def open(self) -> Decimal:
        """What is still to be paid."""
        return max(self.owed - self.paid, Decimal(0))

    @property
    def subject(self) -> Subject:
        return Subject("so", self.id, self.number)


@step
def hold(actor: Actor, numbers: Sequence[str]) -> list[Receivable]:
    """Lock orders, by id. Errors: NotFound."""
    if not numbers:
        return []
    given = [actor.company_id, sorted(set(numbers))]
    _locked, rows = db.batch([(_LOCK, given), (_READ, given)])
    found = [Receivable(*row) for row in rows]
    known = {order.number for order in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    return found


@step
def add(actor: Actor, orders: Sequence[Receivable], amounts: Mapping[int, Decimal]) -> dict[str, str]:
    """Add what was paid (negative: taken back) to held orders; their states afterwards. What is paid in full is
    settled: a signed order is completed by it, one that is on its way will be when it is signed.
    """
    states, settled, entries = [], [], []
    for order in orders:
        before, after = order.paid, order.paid + amounts[order.id]
        was, full = before >= order.owed and order.settled, after >= order.owed
        is_settled = full or (order.settled and not was)
        state = order.state
        if state == "signed" and is_settled:
            state = "completed"
            entries.append(Entry("sales.order_completed", order.subject, (f"partner:{order.customer}",), {}))
        elif state == "completed" and not is_settled:
            state = "signed"
        states.append(state)
        settled.append(is_settled)
    ids, sums = [order.id for order in orders], [amounts[order.id] for order in orders]
    db.later(_PAID, [db.array(ids), db.array(sums), settled, states])
    record_all(actor, entries)
    return {order.number: state for order, state in zip(orders, states, strict=True)}
