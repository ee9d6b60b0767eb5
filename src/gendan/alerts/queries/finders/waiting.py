"""People and partners who let wait: approvals, changes not answered, stages that take longer than they did."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, PRODUCT, Finder

# What waits for approval since longer than the given hours, with a flow or without one.
_WAITS = """
SELECT '{kind}:' || o.id, '{kind}', o.id, o.number, NULL::bigint, NULL::int, {partner}, NULL::bigint, {warehouse},
 coalesce((SELECT t.user_id FROM flow_instance i JOIN flow_task t ON t.instance_id = i.id AND t.state = 'waiting'
   AND t.kind = 'approve' WHERE i.kind = '{kind}' AND i.document_id = o.id AND i.state = 'running'
  ORDER BY t.id LIMIT 1), s.superior_id),
 (s.since AT TIME ZONE c.timezone)::date,
 greatest(%(today)s::date - (s.since AT TIME ZONE c.timezone)::date, 0), {amount}, 0, 'kind:{kind}',
 jsonb_build_object('since', (s.since AT TIME ZONE c.timezone)::date,
  'hours', floor(extract(epoch FROM %(now)s::timestamptz - s.since) / 3600),
  'asked', (SELECT string_agg(u.name, '、' ORDER BY u.name) FROM flow_instance i
   JOIN flow_task t ON t.instance_id = i.id AND t.state = 'waiting' AND t.kind = 'approve'
   JOIN accounts_user u ON u.id = t.user_id
   WHERE i.kind = '{kind}' AND i.document_id = o.id AND i.state = 'running'))
FROM {table} o JOIN accounts_company c ON c.id = o.company_id
CROSS JOIN LATERAL (SELECT coalesce(o.submitted_at, o.created_at) AS since,
 (SELECT m.superior_id FROM accounts_membership m WHERE m.company_id = o.company_id AND m.user_id = {person})
  AS superior_id) s
WHERE o.company_id = %(company)s::bigint AND o.state = '{state}'{{only}}{open}
 AND s.since + make_interval(hours => %(t_hours)s::int) < %(now)s::timestamptz"""
_OVERDUE = "\nUNION ALL\n".join(
    _WAITS.format(**branch)
    for branch in (
        {
            "kind": "po",
            "table": "purchasing_purchaseorder",
            "state": "pending_approval",
            "open": " AND o.is_open",
            "partner": "o.supplier_id",
            "warehouse": "o.warehouse_id",
            "amount": "round(o.gross * o.rate, 4)",
            "person": "coalesce(o.buyer_id, o.created_by_id)",
        },
        {
            "kind": "so",
            "table": "sales_salesorder",
            "state": "pending_review",
            "open": " AND o.is_open",
            "partner": "o.customer_id",
            "warehouse": "o.warehouse_id",
            "amount": "round(o.gross * o.rate, 4)",
            "person": "coalesce(o.salesperson_id, o.created_by_id)",
        },
        {
            "kind": "requisition",
            "table": "purchasing_requisition",
            "state": "pending_approval",
            "open": "",
            "partner": "NULL::bigint",
            "warehouse": "o.warehouse_id",
            "amount": "NULL::numeric",
            "person": "coalesce(o.requester_id, o.created_by_id)",
        },
        {
            "kind": "co",
            "table": "changes_changeorder",
            "state": "pending_approval",
            "open": " AND o.is_open",
            "partner": "o.partner_id",
            "warehouse": "NULL::bigint",
            "amount": "o.amount",
            "person": "coalesce(o.person_id, o.created_by_id)",
        },
    )
)

_UNANSWERED = """
SELECT 'co:' || o.id, 'co', o.id, o.number, NULL::bigint, NULL::int, o.partner_id, NULL::bigint, NULL::bigint,
 coalesce(o.person_id, o.created_by_id), (o.sent_at AT TIME ZONE c.timezone)::date,
 greatest(%(today)s::date - (o.sent_at AT TIME ZONE c.timezone)::date, 0), o.amount, 0, 'partner:' || o.partner_id,
 jsonb_build_object('since', (o.sent_at AT TIME ZONE c.timezone)::date, 'order', o.order_number, 'reason', o.reason,
  'hours', floor(extract(epoch FROM %(now)s::timestamptz - o.sent_at) / 3600))
FROM changes_changeorder o JOIN accounts_company c ON c.id = o.company_id
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state = 'awaiting_partner'{only}
 AND o.sent_at + make_interval(hours => %(t_hours)s::int) < %(now)s::timestamptz"""

# From order to complete receipt, by supplier: the lines completed lately against those of the months before.
_SLOWER = """
SELECT 'stage:receipt:' || p.id, 'partner', p.id, p.code, NULL::bigint, NULL::int, p.id, NULL::bigint, NULL::bigint,
 d.buyer, NULL::date, round(d.lately - d.before)::int, NULL::numeric, 0, 'supplier:' || p.id,
 jsonb_build_object('lately', round(d.lately, 1), 'before', round(d.before, 1), 'lines', d.count,
  'slower', round((d.lately / d.before - 1) * 100))
FROM (
 SELECT l.supplier_id, max(o.buyer_id) AS buyer,
  count(*) FILTER (WHERE l.completed_on > %(today)s::date - %(t_lately)s::int) AS count,
  count(*) FILTER (WHERE l.completed_on <= %(today)s::date - %(t_lately)s::int) AS earlier,
  avg(l.completed_on - o.ordered_on) FILTER (WHERE l.completed_on > %(today)s::date - %(t_lately)s::int) AS lately,
  avg(l.completed_on - o.ordered_on) FILTER (WHERE l.completed_on <= %(today)s::date - %(t_lately)s::int) AS before
 FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
 WHERE l.company_id = %(company)s::bigint AND l.completed_on > %(today)s::date - %(t_lately)s::int * 4
  AND l.completed_on <= %(today)s::date
 GROUP BY l.supplier_id) d JOIN catalog_partner p ON p.id = d.supplier_id
WHERE d.count >= %(t_lines)s::int AND d.earlier >= %(t_lines)s::int AND d.before > 0{only}
 AND d.lately > d.before * (100 + %(t_percent)s::numeric) / 100"""

FINDERS: Mapping[str, Finder] = {
    "approval_overdue": Finder(_OVERDUE, ORDER),
    "change_unanswered": Finder(_UNANSWERED, ORDER),
    "stage_slower": Finder(_SLOWER, PRODUCT),
}
