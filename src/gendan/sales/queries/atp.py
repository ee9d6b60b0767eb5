"""What can be promised of products in warehouses: the rows behind ``rules/atp.py``, read in one exchange.

Free stock is what lies in the bins and is not reserved; incoming is what open purchase lines still bring and no sales
line is tied to, and what suppliers owe instead of returned goods, at the latest word on its day plus the days that the
company needs to put it away. What is overdue or has no day is not promised: it is told as ``unsure``. What other
reviewed orders need and have no supply for is set aside before anything is promised. Days are calendar days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.rules.atp import PURCHASE, STOCK, Demand, Shelf, Supply, reduce

Key = tuple[int, int]  # warehouse id, product id

_KEYS = "WITH k AS MATERIALIZED (SELECT * FROM unnest(%(warehouses)s::bigint[], %(products)s::bigint[]) AS k(w, p))"
_STOCK = f"""{_KEYS}
SELECT k.w, k.p, sum(b.on_hand - b.reserved) FROM k
JOIN inventory_balance b ON b.company_id = %(company)s::bigint AND b.product_id = k.p AND b.on_hand > b.reserved
JOIN catalog_location l ON l.id = b.location_id AND l.warehouse_id = k.w AND l.kind = 'bin' AND l.is_active
GROUP BY 1, 2
"""
# What a purchase line still brings that is tied to nobody: without what the supplier refused, in stock units. What
# waits for inspection is not promised, and what is held of it takes nothing from what is still to come. What came
# instead of returned goods waits for inspection, too.
FREE_INCOMING = (
    "(greatest(pl.quantity - pl.cancelled - pl.received - least(pl.refused,"
    " greatest(pl.quantity - pl.cancelled - greatest(pl.confirmed, pl.shipped, pl.received), 0)), 0) * pl.factor"
    " - greatest(pl.pegged - (pl.received + pl.replaced - pl.accepted - pl.rejected) * pl.factor, 0))"
)
_COMING = f"""{_KEYS}
SELECT k.w, k.p, coalesce(pl.expected_on, pl.due_on), {FREE_INCOMING}, po.number, pl.line_no, pl.id FROM k
JOIN purchasing_orderline pl ON pl.company_id = %(company)s::bigint AND pl.product_id = k.p AND pl.warehouse_id = k.w
 AND pl.is_open AND {FREE_INCOMING} > 0
JOIN purchasing_purchaseorder po ON po.id = pl.order_id
UNION ALL
SELECT r.warehouse_id, l.product_id, r.replace_on, (x.quantity - x.replaced) * l.factor, r.number, x.line_no, x.id
FROM (SELECT r.id, r.number, r.warehouse_id, r.replace_on FROM purchasing_purchasereturn r
 WHERE r.company_id = %(company)s::bigint AND r.state = 'posted' AND r.settlement = 'replace' OFFSET 0) r
CROSS JOIN LATERAL (SELECT x.id, x.line_no, x.order_line_id, x.quantity, x.replaced
 FROM purchasing_purchasereturnline x WHERE x.purchase_return_id = r.id AND x.quantity > x.replaced OFFSET 0) x
CROSS JOIN LATERAL (SELECT l.product_id, l.factor FROM purchasing_orderline l WHERE l.id = x.order_line_id OFFSET 0) l
JOIN k ON k.w = r.warehouse_id AND k.p = l.product_id
"""
# What of a sales line has neither left nor is tied to a supply, in stock units.
UNCOVERED = "((sl.quantity - sl.cancelled - sl.shipped) * sl.factor - sl.reserved - sl.pegged - sl.requested)"
_NEEDED = f"""{_KEYS}
SELECT k.w, k.p, sl.due_on, sum({UNCOVERED}) FROM k
JOIN sales_salesline sl ON sl.company_id = %(company)s::bigint AND sl.product_id = k.p AND sl.warehouse_id = k.w
 AND sl.is_open AND {UNCOVERED} > 0 AND sl.id <> ALL(%(skip)s::bigint[])
GROUP BY 1, 2, 3
"""
# The fastest supplier with a price that holds today; without one, whoever it was bought from last.
_LEAD = """
SELECT t.p, coalesce(
 (SELECT min(coalesce(s.lead_time_days, c.lead_time_days)) FROM catalog_supplierprice s
  JOIN catalog_partner c ON c.id = s.partner_id AND c.is_active
  WHERE s.company_id = %(company)s::bigint AND s.product_id = t.p
   AND coalesce(s.valid_from, %(today)s::date) <= %(today)s::date
   AND coalesce(s.valid_to, %(today)s::date) >= %(today)s::date),
 (SELECT c.lead_time_days FROM purchasing_orderline pl JOIN catalog_partner c ON c.id = pl.supplier_id
  WHERE pl.product_id = t.p ORDER BY pl.id DESC LIMIT 1))
FROM (SELECT DISTINCT p FROM unnest(%(products)s::bigint[]) AS u(p)) t
"""
_HANDLING = "SELECT handling_days FROM sales_salessettings WHERE company_id = %(company)s::bigint"


@dataclass(frozen=True, slots=True)
class Unsure:
    """Something on its way that nobody can promise: overdue, or without a day."""

    number: str
    line: int
    quantity: Decimal
    due_on: date | None


@dataclass(slots=True)
class Promisable:
    """What there is to promise by warehouse and product; ``handling`` days pass between arrival and leaving."""

    today: date
    handling: int = 0
    shelves: dict[Key, Shelf] = field(default_factory=dict)
    unsure: dict[Key, list[Unsure]] = field(default_factory=dict)


def promisable(actor: Actor, keys: Iterable[Key], skip_lines: Collection[int] = ()) -> Promisable:
    """What the products have to promise; ``skip_lines`` are sales lines whose own need does not count. One exchange."""
    wanted = sorted(set(keys))
    today = actor.today()
    params = {
        "company": actor.company_id,
        "warehouses": db.array(key[0] for key in wanted),
        "products": db.array(key[1] for key in wanted),
        "skip": db.array(skip_lines),
        "today": today,
    }
    stock, coming, needed, leads, settings = db.batch(
        [(sql, params) for sql in (_STOCK, _COMING, _NEEDED, _LEAD, _HANDLING)]
    )
    handling = timedelta(days=settings[0][0] if settings else 0)
    supplies: dict[Key, list[Supply]] = defaultdict(list)
    unsure: dict[Key, list[Unsure]] = defaultdict(list)
    for w, p, quantity in stock:
        supplies[w, p].append(Supply(STOCK, today, quantity))
    for w, p, on, quantity, number, line, id_ in coming:
        if on is None or on < today:
            unsure[w, p].append(Unsure(number, line, quantity, on))
        else:
            supplies[w, p].append(Supply(PURCHASE, on + handling, quantity, number, line, id_))
    demands: dict[Key, list[Demand]] = defaultdict(list)
    for w, p, due_on, quantity in needed:
        demands[w, p].append(Demand(quantity, due_on))
    days: dict[int, int | None] = dict(leads)
    found = Promisable(today, handling.days, {}, dict(unsure))
    for key in wanted:
        lead = days.get(key[1])
        lead_on = None if lead is None else today + timedelta(days=lead) + handling
        found.shelves[key] = Shelf(reduce(supplies[key], demands[key], today), lead, lead_on)
    return found
