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

SAMPLE = 200  # lines of a supplier, the newest of either time, that stand for all: what a look costs does not grow
# From order to complete receipt, by supplier: the lines completed lately against those of the months before.
_COMPLETED = f"""
 SELECT count(*) AS count, avg(s.completed_on - o.ordered_on) AS days, max(o.buyer_id) AS buyer
 FROM (SELECT l.order_id, l.completed_on FROM purchasing_orderline l
  WHERE l.company_id = p.company_id AND l.supplier_id = p.id
   AND l.completed_on > {{after}} AND l.completed_on <= {{upto}}
  ORDER BY l.completed_on DESC, l.id DESC LIMIT {SAMPLE}) s JOIN purchasing_purchaseorder o ON o.id = s.order_id"""
_LATELY = "%(today)s::date - %(t_lately)s::int"
_SLOWER = f"""
SELECT 'stage:receipt:' || p.id, 'partner', p.id, p.code, NULL::bigint, NULL::int, p.id, NULL::bigint, NULL::bigint,
 d.buyer, NULL::date, round(d.days - e.days)::int, NULL::numeric, 0, 'supplier:' || p.id,
 jsonb_build_object('lately', round(d.days, 1), 'before', round(e.days, 1), 'lines', d.count,
  'slower', round((d.days / e.days - 1) * 100))
FROM catalog_partner p
CROSS JOIN LATERAL ({_COMPLETED.format(after=_LATELY, upto="%(today)s::date")}) d
CROSS JOIN LATERAL ({_COMPLETED.format(after=_LATELY + " * 4", upto=_LATELY)}) e
WHERE p.company_id = %(company)s::bigint AND p.is_supplier{{only}}
 AND d.count >= %(t_lines)s::int AND e.count >= %(t_lines)s::int AND e.days > 0
 AND d.days > e.days * (100 + %(t_percent)s::numeric) / 100"""

FINDERS: Mapping[str, Finder] = {
    "approval_overdue": Finder(_OVERDUE, ORDER),
    "change_unanswered": Finder(_UNANSWERED, ORDER),
    "stage_slower": Finder(_SLOWER, PRODUCT),
}
