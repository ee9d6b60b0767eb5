"""Suppliers beside their orders: inquiries that nobody answers, papers that end, actions that are overdue, silence."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders.finder import ORDER, PRODUCT, Finder, by_number
from gendan.sourcing.queries.contracts import CALLED

# Whom an inquiry still waits for: shortly before its deadline everybody who was asked; after it, if nobody answered.
_INQUIRY = """
SELECT 'inquiry:' || o.id, 'inquiry', o.id, o.number, NULL::bigint, NULL::int,
 CASE WHEN m.count = 1 THEN m.partner END, NULL::bigint, o.warehouse_id, coalesce(o.buyer_id, o.created_by_id),
 (o.closes_at AT TIME ZONE c.timezone)::date,
 greatest(%(today)s::date - (o.closes_at AT TIME ZONE c.timezone)::date, 0), NULL::numeric, 0, 'inquiry:' || o.id,
 jsonb_build_object('title', o.title, 'due', (o.closes_at AT TIME ZONE c.timezone)::date, 'count', m.count,
  'asked', m.names)
FROM sourcing_inquiry o JOIN accounts_company c ON c.id = o.company_id
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE i.answers = 0)::int AS count,
  count(*) FILTER (WHERE i.answers > 0)::int AS answered, min(i.partner_id) FILTER (WHERE i.answers = 0) AS partner,
  string_agg(p.name, '、' ORDER BY p.name) FILTER (WHERE i.answers = 0) AS names
 FROM sourcing_invitation i JOIN catalog_partner p ON p.id = i.partner_id WHERE i.inquiry_id = o.id) m
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state IN ('sent', 'answered'){only} AND m.count > 0
 AND o.closes_at < %(now)s::timestamptz + make_interval(days => %(t_ahead)s::int)
 AND (o.closes_at > %(now)s::timestamptz OR m.answered = 0)"""

_PAPER = """
SELECT 'paper:' || d.id, 'partner', p.id, p.code, NULL::bigint, NULL::int, p.id, NULL::bigint, NULL::bigint,
 d.created_by_id, d.expires_on, greatest(%(today)s::date - d.expires_on, 0), NULL::numeric, 0, 'supplier:' || p.id,
 jsonb_build_object('paper', d.name, 'reference_no', d.reference, 'expires', d.expires_on)
FROM sourcing_supplierpaper d JOIN catalog_partner p ON p.id = d.partner_id
WHERE d.company_id = %(company)s::bigint AND d.removed_at IS NULL AND p.is_active{only}
 AND d.expires_on <= %(today)s::date + %(t_ahead)s::int
 AND NOT EXISTS (SELECT 1 FROM sourcing_supplierpaper n WHERE n.company_id = d.company_id
  AND n.partner_id = d.partner_id AND n.kind = d.kind AND n.name = d.name AND n.removed_at IS NULL AND n.id <> d.id
  AND n.expires_on > d.expires_on)"""

_ACTION = """
SELECT 'car:' || o.id, 'car', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, o.product_id, NULL::bigint,
 coalesce(o.owner_id, o.created_by_id), o.due_on, %(today)s::date - o.due_on, NULL::numeric, 0,
 'supplier:' || o.supplier_id,
 jsonb_build_object('due', o.due_on, 'problem', left(o.problem, 200), 'contact', o.contact)
FROM quality_correctiveaction o
WHERE o.company_id = %(company)s::bigint AND o.state = 'open'{only}
 AND o.due_on + %(t_days)s::int < %(today)s::date"""

# Sent by a link that nobody opened, and not answered in another way. What a link opens only because the supplier was
# urged was not sent by it.
_SILENT = """
SELECT 'silent:' || o.id, 'po', o.id, o.number, NULL::bigint, NULL::int, o.supplier_id, NULL::bigint, o.warehouse_id,
 coalesce(o.buyer_id, o.created_by_id), (s.at AT TIME ZONE c.timezone)::date,
 greatest(%(today)s::date - (s.at AT TIME ZONE c.timezone)::date, 0), round(o.net * o.rate, 4), 0,
 'supplier:' || o.supplier_id,
 jsonb_build_object('since', (s.at AT TIME ZONE c.timezone)::date, 'sent_to', s.people,
  'hours', floor(extract(epoch FROM %(now)s::timestamptz - s.at) / 3600))
FROM purchasing_purchaseorder o JOIN accounts_company c ON c.id = o.company_id
CROSS JOIN LATERAL (SELECT min(x.first_at) AS at, bool_or(x.seen_at IS NOT NULL OR x.answered_at IS NOT NULL) AS seen,
  string_agg(DISTINCT coalesce(nullif(k.recipient, ''), k.email), '、') AS people
 FROM purchasing_sending x JOIN purchasing_supplierlink k ON k.id = x.link_id WHERE x.order_id = o.id
  AND NOT EXISTS (SELECT 1 FROM alerts_urge g WHERE g.link_id = x.link_id AND g.created_at = x.first_at)) s
WHERE o.company_id = %(company)s::bigint AND o.is_open AND o.state = 'approved'{only} AND NOT s.seen
 AND s.at + make_interval(hours => %(t_hours)s::int) < %(now)s::timestamptz"""

# In force, and ending or nearly used up: of the agreed quantity of a product, or of the agreed amount.
_CONTRACT = """
SELECT 'contract:' || c.id, 'contract', c.id, c.number, NULL::bigint, NULL::int, c.partner_id, NULL::bigint,
 NULL::bigint, coalesce(c.buyer_id, c.created_by_id), c.valid_to, greatest(%(today)s::date - c.valid_to, 0),
 NULL::numeric, 0, 'supplier:' || c.partner_id,
 jsonb_build_object('title', c.title, 'expires', c.valid_to, 'used_up', coalesce(u.percent, 0))
FROM sourcing_contract c
CROSS JOIN LATERAL (SELECT greatest(max(k.quantity * 100 / cl.quantity), sum(k.amount) * 100 / c.agreed_amount) AS most
 FROM ({called}) k LEFT JOIN sourcing_contractline cl ON cl.contract_id = c.id AND cl.product_id = k.product_id
  AND cl.unit_id = k.unit_id AND cl.is_active) w
CROSS JOIN LATERAL (SELECT round(w.most, 1) AS percent) u
WHERE c.company_id = %(company)s::bigint AND c.state = 'in_force'{only}
 AND (c.valid_to <= %(today)s::date + %(t_ahead)s::int OR u.percent >= %(t_percent)s::numeric)"""

FINDERS: Mapping[str, Finder] = {
    "inquiry_unanswered": Finder(_INQUIRY, ORDER),
    "paper_expiring": Finder(_PAPER, PRODUCT),
    "action_overdue": Finder(_ACTION, ORDER),
    "contract_ending": Finder(_CONTRACT.replace("{called}", CALLED.format(c="c")), by_number("c")),
    "supplier_silent": Finder(_SILENT, ORDER),
}
