"""The state of an order at its supplier, from facts: what was sent, seen, promised, and what waits for us."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SILENCE_HOURS = 48
# By their names in addresses and programs, in the order in which they are offered.
STATES: dict[str, str | Promise] = {
    "unsent": _("未发给供应商"),
    "sent": _("已发给供应商"),
    "seen": _("供应商已查看"),
    "confirmed": _("供应商已确认"),
    "countered": _("供应商提出修改"),
    "refused": _("供应商拒绝"),
    "silent": _("供应商无回音"),
}
TONES = {"confirmed": "done", "countered": "wait", "refused": "bad", "silent": "bad", "seen": "busy", "sent": "busy"}
# Of an order ``o`` that is live: from what was sent and seen, what is promised, and what of the supplier's waits for
# us.
STATE = """CASE WHEN s.first_at IS NULL THEN 'unsent'
 WHEN EXISTS (SELECT 1 FROM changes_changeorder c WHERE c.order_kind = 'po' AND c.order_id = o.id AND c.is_open
  AND c.origin = 'partner') OR s.proposed AND n.unanswered > 0 THEN 'countered'
 WHEN n.refused > 0 AND n.confirmed = 0 THEN 'refused'
 WHEN n.unanswered = 0 THEN 'confirmed'
 WHEN s.last_at + make_interval(hours => coalesce(s.hours, 48)) < now() THEN 'silent'
 WHEN s.seen_at IS NOT NULL THEN 'seen' ELSE 'sent' END"""
# ``s`` and ``n`` of STATE, for an order ``o``.
FACTS = """
LEFT JOIN LATERAL (SELECT min(x.first_at) AS first_at, max(x.sent_at) AS last_at, min(x.seen_at) AS seen_at,
  max(x.answered_at) AS answered_at,
  (array_agg(x.answered_by ORDER BY x.answered_at DESC NULLS LAST))[1] AS answered_by,
  sum(x.times)::int AS times, bool_or(x.proposed) AS proposed,
  (SELECT p.silence_hours FROM purchasing_answerpolicy p WHERE p.company_id = o.company_id
   AND (p.partner_id = o.supplier_id OR p.partner_id IS NULL) ORDER BY p.partner_id NULLS LAST LIMIT 1) AS hours
 FROM purchasing_sending x WHERE x.order_id = o.id) s ON true
LEFT JOIN LATERAL (SELECT coalesce(sum(l.confirmed), 0) AS confirmed, coalesce(sum(l.refused), 0) AS refused,
  count(*) FILTER (WHERE l.confirmed + l.refused < l.quantity - l.cancelled AND l.received < l.quantity - l.cancelled)
   AS unanswered
 FROM purchasing_orderline l WHERE l.order_id = o.id AND l.quantity > l.cancelled) n ON true"""
