"""Which sales lines become late or short when purchase lines change, and what helps.

What purchase lines cannot bring any more is let go least urgent first, as ``steps/supply.py`` will do when the change
is written; the rest moves with its supply, as ``steps/promises.py`` will. Four exchanges at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.impact import Change, Hit, Impact, Offer
from gendan.sales.permissions import VIEW
from gendan.sales.queries.offers import offers_of
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.impact import Found, Waiting, hits
from gendan.sales.rules.priority import order_by

ZERO = Decimal(0)
HIDDEN = "—"
_CRITERIA = "SELECT key, descending FROM sales_priorityrule WHERE company_id = %s::bigint ORDER BY position"
_COMPANY = (
    "SELECT c.currency, coalesce(s.handling_days, 0), c.name FROM accounts_company c"
    " LEFT JOIN sales_salessettings s ON s.company_id = c.id WHERE c.id = %s::bigint"
)
_WAITING = """
SELECT p.purchase_line_id, p.quantity, l.id, o.number, l.line_no, c.code, c.name, pr.code, pr.name, u.name,
 l.product_id, l.warehouse_id, po.number, l.due_on, l.expected_on,
 coalesce((SELECT h.promised_on FROM sales_salespromise h WHERE h.line_id = l.id AND h.source = 'hand'
  ORDER BY h.revision DESC LIMIT 1), l.promised_on, l.requested_on),
 (SELECT max(coalesce(x.expected_on, x.due_on)) FROM sales_peg q JOIN purchasing_orderline x
  ON x.id = q.purchase_line_id WHERE q.line_id = l.id AND q.purchase_line_id <> ALL(%(ids)s::bigint[])),
 l.net / l.quantity / l.factor * o.rate,
 (SELECT t.email FROM catalog_contact t WHERE t.partner_id = c.id AND t.email <> ''
  ORDER BY t.is_main DESC, t.id LIMIT 1), p.id, coalesce(pl.expected_on, pl.due_on)
FROM sales_peg p JOIN sales_salesline l ON l.id = p.line_id JOIN sales_salesorder o ON o.id = l.order_id
JOIN catalog_partner c ON c.id = o.customer_id LEFT JOIN catalog_customerclass k ON k.id = c.customer_class_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = pr.unit_id
JOIN purchasing_orderline pl ON pl.id = p.purchase_line_id JOIN purchasing_purchaseorder po ON po.id = pl.order_id
WHERE p.purchase_line_id = ANY(%(ids)s::bigint[]) AND p.company_id = %(company)s::bigint
ORDER BY {}
"""


def impact(actor: Actor, changes: Sequence[Change]) -> Impact:
    """Who is hit by changes of purchase lines (purchasing.queries.impact.IMPACTS)."""
    criteria, company = db.batch([(_CRITERIA, [actor.company_id]), (_COMPANY, [actor.company_id])])
    currency, handling, name = company[0]
    rank = order_by([(key, down) for key, down in criteria])
    params = {"ids": [change.line_id for change in changes], "company": actor.company_id}
    waiting = [Waiting(*row) for row in db.rows(_WAITING.format(rank), params)]
    today = actor.today()
    found = [hit for change in changes for hit in hits(change, waiting, timedelta(days=handling), today)]
    knows = actor.may(VIEW)
    help_ = offers_of(actor, found, {change.line_id for change in changes}, rank, name) if found and knows else {}
    sees = actor.may(VIEW_PRICE)
    told = [_hit(actor, each, help_.get(n, ()), sees) for n, each in enumerate(found)]
    total = sum((hit.amount or ZERO for hit in told), ZERO) if sees else None
    told.sort(key=lambda hit: (hit.kind == "late", -(hit.late_days or 0), hit.order, hit.line))
    return Impact(told if knows else _nameless(told), len({w.line_id for w in waiting}), currency, total)


def _nameless(told: Sequence[Hit]) -> list[Hit]:
    """How many are hit and by how much, for who may not see sales: customers are numbered, not named."""
    known: dict[str, str] = {}
    return [
        replace(hit, order=HIDDEN, customer=known.setdefault(hit.customer, str(len(known) + 1)), customer_name=HIDDEN)
        for hit in told
    ]


def _hit(actor: Actor, found: Found, offers: Sequence[Offer], sees: bool) -> Hit:
    each = found.waiting
    late = (found.after - each.due_on).days if found.after and each.due_on else None
    more = (found.after - each.expected_on).days if found.after and each.expected_on else None
    return Hit(
        found.kind,
        each.order,
        each.line,
        each.customer,
        each.customer_name,
        each.product,
        each.product_name,
        each.unit,
        found.quantity,
        each.source,
        each.due_on,
        each.expected_on,
        found.after,
        late if late and late > 0 else None,
        more,
        found.quantity * each.worth if sees else None,
        reverse("sales:order_detail", args=[each.order]) if actor.may(VIEW) else "",
        offers,
    )
