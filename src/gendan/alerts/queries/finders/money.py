"""Prices that differ, and what looks like somebody getting around approval. They look at open orders."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, PRODUCT, Finder
from gendan.catalog.queries import FIRST, OFFERS

_ORDER = """
SELECT 'po:' || o.id, 'po', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id), o.ordered_on, 0, round(o.gross * o.rate, 4), 0"""
# How much somebody may approve alone: the most of their roles; nobody's limit is none.
_LIMITS = """
limits AS (
 SELECT m.user_id, max(r.amount_limit) AS most FROM accounts_membership m
 JOIN accounts_membership_roles mr ON mr.membership_id = m.id JOIN accounts_role r ON r.id = mr.role_id
 WHERE m.company_id = %(company)s::bigint GROUP BY m.user_id
 HAVING bool_and(r.amount_limit IS NOT NULL) AND max(r.amount_limit) > 0)"""

# Against what was paid before (the last five lines of the product) and what was agreed (by contract, else the
# supplier's price list).
_PRICE = f"""
SELECT 'line:' || l.id, 'po', o.id, o.number, l.id, l.line_no, l.supplier_id, l.product_id, l.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id), o.ordered_on, 0,
 round(abs(v.price - coalesce(v.agreed, v.average)) * l.quantity * l.factor, 4), 0, 'product:' || l.product_id,
 jsonb_build_object('price', round(v.price, 4), 'last_price', round(v.last, 4), 'usual', round(v.average, 4),
  'agreed', round(v.agreed, 4), 'percent', round((v.price / coalesce(v.agreed, v.average) - 1) * 100, 1))
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
CROSS JOIN LATERAL (
 SELECT l.net / l.quantity / l.factor * o.rate AS price, b.average, b.last,
  (SELECT sp.price * (CASE WHEN o.tax_included THEN 100 / (100 + l.tax_rate) ELSE 1 END) / l.factor * o.rate
   FROM {OFFERS} sp WHERE sp.company_id = l.company_id AND sp.product_id = l.product_id
    AND sp.partner_id = l.supplier_id AND sp.unit_id = l.unit_id AND sp.currency = o.currency
    AND sp.from_quantity <= l.quantity AND coalesce(sp.valid_from, o.ordered_on) <= o.ordered_on
    AND coalesce(sp.valid_to, o.ordered_on) >= o.ordered_on ORDER BY {FIRST.format(a="sp")} LIMIT 1) AS agreed
 FROM (SELECT avg(y.worth) AS average, (array_agg(y.worth))[1] AS last FROM (
   SELECT e.net / e.quantity / e.factor * eo.rate AS worth FROM purchasing_orderline e
   JOIN purchasing_purchaseorder eo ON eo.id = e.order_id
   WHERE e.product_id = l.product_id AND e.id < l.id AND (e.live OR e.completed_on IS NOT NULL)
   ORDER BY e.id DESC LIMIT 5) y) b) v
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state <> 'draft'{{only}} AND l.quantity > l.cancelled
 AND o.ordered_on > %(today)s::date - %(t_window)s::int
 AND coalesce(v.agreed, v.average) > 0
 AND abs(v.price / coalesce(v.agreed, v.average) - 1) * 100
  > CASE WHEN v.agreed IS NULL THEN %(t_percent)s::numeric ELSE %(t_agreed)s::numeric END"""

# Orders to one supplier within days that one person could approve alone, each; together they are beyond the limit.
# What counts with an order are those up to it: all of the same hand so far without those that are too long ago. Of
# the numbers the newest few are told.
TOLD = 20
_SPLIT = f"""
WITH {_LIMITS},
own AS (
 SELECT o.id, o.number, o.supplier_id, o.warehouse_id, o.ordered_on, o.gross * o.rate AS amount, x.most,
  x.user_id AS person_id
 FROM purchasing_purchaseorder o JOIN limits x ON x.user_id = coalesce(o.buyer_id, o.created_by_id)
 WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state <> 'draft' AND o.gross * o.rate <= x.most{{kin}}),
near AS (
 SELECT w.*, sum(amount) OVER upto - coalesce(sum(amount) OVER before, 0) AS total,
  count(*) OVER upto - count(*) OVER before AS orders,
  array_agg(number) OVER (upto ROWS BETWEEN {TOLD - 1} PRECEDING AND CURRENT ROW) AS numbers
 FROM own w WINDOW hand AS (PARTITION BY supplier_id, person_id), upto AS (hand ORDER BY ordered_on, id),
  before AS (hand ORDER BY ordered_on
   RANGE BETWEEN UNBOUNDED PRECEDING AND make_interval(days => %(t_days)s::int + 1) PRECEDING))
SELECT 'po:' || o.id, 'po', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 o.person_id, o.ordered_on, 0, round(o.amount, 4), 0, 'buyer:' || o.person_id || ':' || o.supplier_id,
 jsonb_build_object('limit', o.most, 'total', round(o.total, 2), 'count', o.orders,
  'orders', array_to_string(o.numbers[greatest(cardinality(o.numbers) - o.orders + 1, 1)::int:], ' '))
FROM near o WHERE o.orders > 1 AND o.total > o.most{{only}}"""

_BELOW = f"""
WITH {_LIMITS}
{_ORDER}, 'buyer:' || coalesce(o.buyer_id, o.created_by_id),
 jsonb_build_object('limit', x.most, 'amount', round(o.gross * o.rate, 2),
  'percent', round(100 - o.gross * o.rate / x.most * 100, 2))
FROM purchasing_purchaseorder o JOIN limits x ON x.user_id = coalesce(o.buyer_id, o.created_by_id)
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state <> 'draft'{{only}}
 AND o.gross * o.rate <= x.most AND o.gross * o.rate > x.most * (100 - %(t_percent)s::numeric) / 100"""

_ROUND = f"""{_ORDER}, 'buyer:' || coalesce(o.buyer_id, o.created_by_id),
 jsonb_build_object('amount', round(o.gross, 2), 'currency', o.currency, 'on', o.ordered_on)
FROM purchasing_purchaseorder o
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state <> 'draft'{{only}}
 AND o.gross * o.rate >= %(t_from)s::numeric AND o.gross %% %(t_multiple)s::numeric = 0
 AND extract(month FROM o.ordered_on + %(t_days)s::int) <> extract(month FROM o.ordered_on)
 AND o.ordered_on > %(today)s::date - %(t_window)s::int"""

# A supplier whose telephone, address of mail or bank account is a colleague's.
_EMPLOYEE = """
SELECT 'partner:' || p.id || ':' || u.id, 'partner', p.id, p.code, NULL::bigint, NULL::int, p.id, NULL::bigint,
 NULL::bigint, NULL::bigint, NULL::date, 0, NULL::numeric, 0, 'supplier:' || p.id,
 jsonb_build_object('person', u.name, 'same', string_agg(DISTINCT x.same, ' '))
FROM (SELECT k.partner_id, u.id AS user_id, CASE WHEN u.email <> '' AND lower(u.email) = lower(k.email) THEN k.email
  ELSE k.phone END AS same
 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
 JOIN catalog_partner s ON s.company_id = m.company_id AND s.is_supplier AND s.is_active
 JOIN catalog_contact k ON k.partner_id = s.id AND ((u.email <> '' AND lower(u.email) = lower(k.email))
  OR (length(regexp_replace(u.phone, '[^0-9]', '', 'g')) >= 7
   AND regexp_replace(u.phone, '[^0-9]', '', 'g') = regexp_replace(k.phone, '[^0-9]', '', 'g')))
 WHERE m.company_id = %(company)s::bigint AND m.is_active
 UNION ALL SELECT a.partner_id, e.user_id, '**** ' || a.tail FROM settlement_bankaccount e
 JOIN settlement_bankaccount a ON a.company_id = e.company_id AND a.key = e.key AND a.removed_at IS NULL
  AND a.partner_id IS NOT NULL
 WHERE e.company_id = %(company)s::bigint AND e.removed_at IS NULL AND e.user_id IS NOT NULL) x
JOIN catalog_partner p ON p.id = x.partner_id AND p.is_supplier AND p.is_active JOIN accounts_user u ON u.id = x.user_id
WHERE p.company_id = %(company)s::bigint{only} GROUP BY p.id, p.code, u.id, u.name"""

FINDERS: Mapping[str, Finder] = {
    "price_deviation": Finder(_PRICE, ORDER),
    "order_split": Finder(
        _SPLIT,
        ORDER,
        "o.supplier_id IN (SELECT y.supplier_id FROM purchasing_purchaseorder y"
        " WHERE y.company_id = %(company)s::bigint AND y.number = ANY(%(documents)s::text[]))",
    ),
    "below_limit": Finder(_BELOW, ORDER),
    "round_figure": Finder(_ROUND, ORDER),
    "supplier_is_employee": Finder(_EMPLOYEE, PRODUCT),
}
