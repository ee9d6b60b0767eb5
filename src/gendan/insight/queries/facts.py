"""The sums that scorecards are made of, by supplier and month: a fixed number of statements in one exchange.

They are read from the documents each time, so no figure waits for a job. A row belongs to the month of its own day: a
line to that in which it was received completely (or closed short), an inspection to that in which the goods came, a
question to that in which it was asked, a corrective action to that in which its answer was due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gendan.insight.rules.figures import Sum
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor

Facts = dict[int, dict[date, dict[str, Sum]]]  # supplier → month → figure
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What sums are wanted of: whole months, and whose, and of which category of products with all below it."""

    first: date
    last: date
    suppliers: tuple[int, ...] | None = None
    category: str = ""

    def params(self, actor: Actor) -> dict[str, Any]:
        zone = actor.zone
        return {
            "company": actor.company_id,
            "first": self.first,
            "last": self.last,
            "from": datetime(self.first.year, self.first.month, self.first.day, tzinfo=zone),
            "to": datetime(self.last.year, self.last.month, self.last.day, tzinfo=zone) + timedelta(days=1),
            "today": actor.today(),
            "zone": str(zone),
            "suppliers": list(self.suppliers) if self.suppliers is not None else None,
            "category": self.category,
        }


_CATEGORY = """{a}.product_id IN (WITH RECURSIVE within(id) AS (
  SELECT c.id FROM catalog_category c WHERE c.company_id = %(company)s::bigint AND c.code = %(category)s::text
  UNION SELECT c.id FROM within t JOIN catalog_category c ON c.parent_id = t.id)
 SELECT p.id FROM catalog_product p WHERE p.company_id = %(company)s::bigint
  AND p.category_id IN (SELECT id FROM within))"""
# The day by which a line was due: by the first promise, and by the supplier's last word.
FIRST = "coalesce(l.promised_on, l.required_on)"
LAST = f"coalesce(w.last_on, {FIRST})"
LAST_WORD = """LEFT JOIN LATERAL (SELECT max(x.promised_on) AS last_on FROM purchasing_promise x
 WHERE l.promise_revision > 1 AND x.order_line_id = l.id AND x.kind = 'promise' AND x.revision = (
  SELECT max(y.revision) FROM purchasing_promise y WHERE y.order_line_id = l.id AND y.kind = 'promise')) w ON true"""
WANTED = "(l.quantity - l.cancelled + l.closed_short)"
FULL = f"l.received >= {WANTED} * (100 - l.under_tolerance) / 100"
WRONG = """(l.returned > 0 AND EXISTS (SELECT 1 FROM purchasing_purchasereturnline x
 JOIN purchasing_purchasereturn y ON y.id = x.purchase_return_id AND y.state IN ('posted', 'replaced', 'credited')
 WHERE x.order_line_id = l.id AND x.reason IN ('wrong', 'surplus')))"""
ACCURATE = f"({FULL} AND l.received <= {WANTED} * (100 + l.over_tolerance) / 100 AND NOT {WRONG})"
LEAD = "greatest(l.completed_on - o.ordered_on, 0)"
BAD = "greatest(l.rejected, l.returned)"
_COMPLETED = f"""
SELECT l.supplier_id, date_trunc('month', l.completed_on)::date, count(*), count({FIRST}),
 count(*) FILTER (WHERE l.completed_on <= {FIRST}), count(*) FILTER (WHERE l.completed_on <= {LAST}),
 count(*) FILTER (WHERE {FULL}), count(*) FILTER (WHERE {ACCURATE}), sum({LEAD}), sum({LEAD} * {LEAD}),
 sum(l.net * o.rate),
 coalesce(sum(l.net * o.rate * (l.completed_on - {FIRST})) FILTER (WHERE l.completed_on > {FIRST}), 0),
 coalesce(sum(l.net * o.rate * {BAD} / l.quantity) FILTER (WHERE {BAD} > 0), 0)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id {LAST_WORD}
WHERE l.company_id = %(company)s::bigint AND l.completed_on BETWEEN %(first)s::date AND %(last)s::date{{within}}
GROUP BY 1, 2
"""
# Closing wrote off what had not come; what came within the tolerance was complete before.
SHORT = """l.closed_short > 0 AND l.completed_on IS NULL AND NOT l.live
 AND o.closed_at >= %(from)s::timestamptz AND o.closed_at < %(to)s::timestamptz"""
_SHORT = f"""
SELECT l.supplier_id, date_trunc('month', o.closed_at AT TIME ZONE %(zone)s::text)::date, count(*),
 sum(l.net * o.rate), sum(l.net * o.rate * l.closed_short / l.quantity)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND {SHORT}{{within}} GROUP BY 1, 2
"""
INSPECTED = """l.company_id = %(company)s::bigint AND q.state <> 'cancelled' AND NOT l.skipped AND l.verdict <> ''
 AND q.came_on BETWEEN %(first)s::date AND %(last)s::date"""
GOOD = "l.verdict = 'accepted' AND l.conceded = 0"
_INSPECTED = f"""
SELECT l.supplier_id, date_trunc('month', q.came_on)::date, count(*), count(*) FILTER (WHERE {GOOD}),
 sum((l.accepted + l.rejected) * l.factor), sum(l.rejected * l.factor)
FROM quality_inspectionline l JOIN quality_inspection q ON q.id = l.inspection_id
WHERE {INSPECTED}{{within}} GROUP BY 1, 2
"""
DEMANDED = """l.company_id = %(company)s::bigint AND l.due_on BETWEEN %(first)s::date AND %(last)s::date
 AND (l.answered_at IS NOT NULL OR l.state = 'open' AND l.due_on < %(today)s::date)"""
IN_TIME = "coalesce((l.answered_at AT TIME ZONE %(zone)s::text)::date <= l.due_on, false)"
_DEMANDED = f"""
SELECT l.supplier_id, date_trunc('month', l.due_on)::date, count(*), count(*) FILTER (WHERE {IN_TIME})
FROM quality_correctiveaction l WHERE {DEMANDED}{{within}} GROUP BY 1, 2
"""
# When a supplier first said something of an approved order; one that was sent and is not answered waits until now.
CONFIRMED = """purchasing_purchaseorder l
LEFT JOIN LATERAL (SELECT min(x.first_at) AS at FROM purchasing_sending x WHERE x.order_id = l.id) s ON true
LEFT JOIN LATERAL (SELECT min(x.at) AS at FROM purchasing_orderline y
 JOIN purchasing_promise x ON x.order_line_id = y.id WHERE y.order_id = l.id AND x.kind IN ('promise', 'refused')
  AND x.source IN ('supplier', 'buyer', 'link')) a ON true
WHERE l.company_id = %(company)s::bigint AND l.approved_at >= %(from)s::timestamptz
 AND l.approved_at < %(to)s::timestamptz AND (a.at IS NOT NULL OR l.state = 'approved' AND s.at IS NOT NULL)"""
CONFIRM_HOURS = """greatest(extract(epoch FROM coalesce(a.at, now())
 - CASE WHEN s.at <= coalesce(a.at, now()) THEN s.at ELSE l.approved_at END), 0) / 3600"""
_CONFIRMED = f"""
SELECT l.supplier_id, date_trunc('month', l.approved_at AT TIME ZONE %(zone)s::text)::date, count(*),
 sum({CONFIRM_HOURS}) FROM {CONFIRMED}{{within}} GROUP BY 1, 2
"""
PROPOSED = """l.company_id = %(company)s::bigint AND l.order_kind = 'po' AND l.origin = 'own'
 AND l.sent_at >= %(from)s::timestamptz AND l.sent_at < %(to)s::timestamptz
 AND (l.answered_at >= l.sent_at OR l.state = 'awaiting_partner')"""
CHANGE_HOURS = "extract(epoch FROM coalesce(l.answered_at, now()) - l.sent_at) / 3600"
_PROPOSED = f"""
SELECT l.partner_id, date_trunc('month', l.sent_at AT TIME ZONE %(zone)s::text)::date, count(*), sum({CHANGE_HOURS})
FROM changes_changeorder l WHERE {PROPOSED}{{within}} GROUP BY 1, 2
"""
URGED = """l.company_id = %(company)s::bigint AND l.created_at >= %(from)s::timestamptz
 AND l.created_at < %(to)s::timestamptz AND (l.answered_at IS NOT NULL OR l.state = 'waiting')"""
URGE_HOURS = """greatest(extract(epoch FROM coalesce(l.answered_at, now()) - coalesce(l.sent_at, l.created_at)), 0)
 / 3600"""
_URGED = f"""
SELECT l.partner_id, date_trunc('month', l.created_at AT TIME ZONE %(zone)s::text)::date, count(*), sum({URGE_HOURS})
FROM alerts_urge l WHERE {URGED}{{within}} GROUP BY 1, 2
"""
# Documents are looked at on the last day of each month, in the current one today.
KEPT = """(l.created_at AT TIME ZONE %(zone)s::text)::date <= m.day
 AND (l.removed_at IS NULL OR (l.removed_at AT TIME ZONE %(zone)s::text)::date > m.day)"""
IN_ORDER = "coalesce(l.valid_from <= m.day, true) AND coalesce(l.expires_on >= m.day, true)"
MONTHS = """(SELECT x::date AS month, least((x + interval '1 month - 1 day')::date, %(today)s::date) AS day
 FROM generate_series(%(first)s::date, least(%(last)s::date, %(today)s::date), interval '1 month') x)"""
_PAPERS = f"""
SELECT l.partner_id, m.month, count(*), count(*) FILTER (WHERE {IN_ORDER})
FROM sourcing_supplierpaper l JOIN {MONTHS} m ON {KEPT} WHERE l.company_id = %(company)s::bigint{{within}} GROUP BY 1, 2
"""
# What was bought by product, supplier and month, with what others asked beside it. Each month is measured against the
# others' purchases and answers of the twelve months that end with it, and against the supplier's own of those before.
_MONTHS_BACK = "interval '23 months'"
BOUGHT = f"""
SELECT l.product_id, l.supplier_id, date_trunc('month', l.completed_on)::date AS month, sum(l.net * o.rate) AS value,
 sum(l.quantity * l.factor) AS quantity, count(*) AS lines
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND l.net > 0
 AND l.completed_on BETWEEN (%(first)s::date - {_MONTHS_BACK})::date AND %(last)s::date{{within}}{{products}}
GROUP BY 1, 2, 3
UNION ALL
SELECT l.product_id, i.partner_id, date_trunc('month', a.at AT TIME ZONE %(zone)s::text)::date,
 sum(l.quantity * p.price / CASE WHEN a.tax_included THEN 1 + al.tax_rate / 100 ELSE 1 END * a.rate),
 sum(l.quantity * l.factor), 0
FROM sourcing_answer a JOIN sourcing_invitation i ON i.id = a.invitation_id
JOIN sourcing_answerline al ON al.answer_id = a.id AND al.quoted JOIN sourcing_inquiryline l ON l.id = al.line_id
CROSS JOIN LATERAL (SELECT x.price FROM sourcing_answerprice x WHERE x.answer_line_id = al.id
 AND x.from_quantity <= l.quantity ORDER BY x.from_quantity DESC LIMIT 1) p
WHERE a.company_id = %(company)s::bigint AND a.current AND p.price > 0
 AND a.at >= %(from)s::timestamptz - {_MONTHS_BACK} AND a.at < %(to)s::timestamptz{{answered}}{{products}}
GROUP BY 1, 2, 3"""
COMPARED = """
SELECT product_id, supplier_id, month, sum(value) FILTER (WHERE lines > 0) AS value,
 sum(quantity) FILTER (WHERE lines > 0) AS quantity, sum(lines) AS lines,
 sum(sum(value)) OVER market - sum(sum(value)) OVER own AS market_value,
 sum(sum(quantity)) OVER market - sum(sum(quantity)) OVER own AS market_quantity,
 sum(sum(value) FILTER (WHERE lines > 0)) OVER before AS year_value,
 sum(sum(quantity) FILTER (WHERE lines > 0)) OVER before AS year_quantity
FROM bought GROUP BY 1, 2, 3
WINDOW market AS (PARTITION BY product_id ORDER BY month RANGE BETWEEN '11 months' PRECEDING AND CURRENT ROW),
 own AS (PARTITION BY product_id, supplier_id ORDER BY month RANGE BETWEEN '11 months' PRECEDING AND CURRENT ROW),
 before AS (PARTITION BY product_id, supplier_id ORDER BY month
  RANGE BETWEEN '23 months' PRECEDING AND '12 months' PRECEDING)"""
_PRICES = f"""
WITH bought AS ({BOUGHT}), compared AS ({COMPARED})
SELECT supplier_id, month, coalesce(sum(lines) FILTER (WHERE market_quantity > 0), 0)::bigint,
 coalesce(sum(quantity * market_value / nullif(market_quantity, 0)), 0),
 coalesce(sum(value) FILTER (WHERE market_quantity > 0), 0),
 coalesce(sum(lines) FILTER (WHERE year_quantity > 0), 0)::bigint,
 coalesce(sum(quantity * year_value / nullif(year_quantity, 0)), 0),
 coalesce(sum(value) FILTER (WHERE year_quantity > 0), 0)
FROM compared WHERE lines > 0 AND month >= %(first)s::date
 AND (%(suppliers)s::bigint[] IS NULL OR supplier_id = ANY(%(suppliers)s::bigint[])) GROUP BY 1, 2
"""
_PRODUCTS = """ AND l.product_id IN (SELECT DISTINCT z.product_id FROM purchasing_orderline z
 WHERE z.company_id = %(company)s::bigint AND z.supplier_id = ANY(%(suppliers)s::bigint[])
 AND z.completed_on BETWEEN %(first)s::date AND %(last)s::date)"""


def within(
    actor: Actor, asked: Asked, kind: str, supplier: str = "l.supplier_id", product: str = "l", seen: str = "l"
) -> str:
    """What rows ``l`` have to fulfil beside their period: whose they are, of which category, and that the actor sees
    them (or the document ``seen`` that they belong to).
    """
    parts = [f"{supplier} = ANY(%(suppliers)s::bigint[])"] if asked.suppliers is not None and supplier else []
    if asked.category and product:
        parts.append(_CATEGORY.format(a=product))
    parts += scope.conditions(actor, kind, seen)
    return "".join(f" AND {part}" for part in parts)


def orders_within(actor: Actor, asked: Asked) -> str:
    """What orders ``l`` have to fulfil; of a category are those with a line of it."""
    found = within(actor, asked, "po", product="")
    if asked.category:
        lines = _CATEGORY.format(a="z")
        found += f" AND EXISTS (SELECT 1 FROM purchasing_orderline z WHERE z.order_id = l.id AND {lines})"
    return found


def prices_within(actor: Actor, asked: Asked, statement: str, **more: str) -> str:
    """A statement about prices: of others, too, but only of what the suppliers in question sold."""
    answered = scope.conditions(actor, "inquiry", "iq")
    inquiry = "".join(
        f" AND EXISTS (SELECT 1 FROM sourcing_inquiry iq WHERE iq.id = i.inquiry_id AND {one})" for one in answered
    )
    return statement.format(
        within=within(actor, asked, "po_line", ""),
        answered=inquiry + (f" AND {_CATEGORY.format(a='l')}" if asked.category else ""),
        products=_PRODUCTS if asked.suppliers is not None else "",
        **more,
    )


def _statements(actor: Actor, asked: Asked) -> list[tuple[str, Callable[..., Mapping[str, Sum]]]]:
    found: list[tuple[str, Callable[..., Mapping[str, Sum]]]] = [
        (_COMPLETED.format(within=within(actor, asked, "po_line")), _completed),
        (_SHORT.format(within=within(actor, asked, "po_line")), _short),
        (_INSPECTED.format(within=within(actor, asked, "qi", seen="q")), _inspected),
        (_DEMANDED.format(within=within(actor, asked, "car")), _rate("actions")),
        (prices_within(actor, asked, _PRICES), _prices),
    ]
    found.append((_CONFIRMED.format(within=orders_within(actor, asked)), _hours("confirming")))
    if not asked.category:  # these are about no product
        found += [
            (_PROPOSED.format(within=within(actor, asked, "co", "l.partner_id", "")), _hours("changes")),
            (_URGED.format(within=partner_within(actor, asked)), _hours("urging")),
            (_PAPERS.format(within=partner_within(actor, asked)), _rate("papers")),
        ]
    return found


def partner_within(actor: Actor, asked: Asked) -> str:
    """What rows of a partner have to fulfil that the actor sees them: that the partner is seen."""
    parts = ["l.partner_id = ANY(%(suppliers)s::bigint[])"] if asked.suppliers is not None else []
    for one in scope.conditions(actor, "partners", "pp"):
        parts.append(f"EXISTS (SELECT 1 FROM catalog_partner pp WHERE pp.id = l.partner_id AND {one})")
    return "".join(f" AND {part}" for part in parts)


def facts(actor: Actor, asked: Asked) -> Facts:
    """The sums by supplier and month; one exchange of at most nine statements, however many suppliers."""
    statements = _statements(actor, asked)
    params = asked.params(actor)
    found: Facts = defaultdict(lambda: defaultdict(dict))
    for rows, (_sql, read) in zip(db.batch([(sql, params) for sql, _read in statements]), statements, strict=True):
        for supplier, month, *values in rows:
            kept = found[supplier][month]
            for key, value in read(*values).items():
                kept[key] = kept[key] + value if key in kept else value
    return found


def months(facts_of: Mapping[date, Mapping[str, Sum]], first: date, last: date) -> Sequence[Mapping[str, Sum]]:
    """The sums of the months of a period."""
    return [sums for month, sums in facts_of.items() if first <= month <= last]


def _of(n: int, base: Any, part: Any, square: Any = 0) -> Sum:
    return Sum(int(n), Decimal(base), Decimal(part), Decimal(square))


def _completed(
    lines: int, due: int, first: int, last: int, full: int, accurate: int, days: Any, squares: Any, value: Any,
    late: Any, bad: Any,
) -> dict[str, Sum]:  # fmt: skip
    found = {
        "in_full": _of(lines, lines, full),
        "accuracy": _of(lines, lines, accurate),
        "lead": _of(lines, lines, days),
        "spread": _of(lines, lines, days, squares),
        "cost_late": _of(lines, value, late),
        "cost_bad": _of(lines, value, bad),
    }
    if due:
        found |= {"on_time_first": _of(due, due, first), "on_time_last": _of(due, due, last)}
    return found


def _short(lines: int, value: Any, short: Any) -> dict[str, Sum]:
    none = _of(lines, lines, 0)
    return {"in_full": none, "accuracy": none, "cost_short": _of(lines, value, short)}


def _inspected(lots: int, good: int, quantity: Any, rejected: Any) -> dict[str, Sum]:
    return {"lots": _of(lots, lots, good), "defects": _of(lots, quantity, rejected)}


def _prices(n: int, market: Any, paid: Any, n_year: int, before: Any, paid_year: Any) -> dict[str, Sum]:
    found = {"price_market": _of(n, market, paid)} if n else {}
    return found | ({"price_year": _of(n_year, before, paid_year)} if n_year else {})


def _rate(code: str) -> Callable[..., dict[str, Sum]]:
    return lambda n, good: {code: _of(n, n, good)}


def _hours(code: str) -> Callable[..., dict[str, Sum]]:
    return lambda n, hours: {code: _of(n, n, hours)}
