"""What was awarded, answered and ordered of inquiries agrees with the rows that say so."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR q.company_id = %(company)s::bigint)"

sql_check(
    "sourcing.awarded",
    _("询价行的定标数量等于各次定标之和"),
    f"""
SELECT q.number || ' #' || l.line_no, coalesce(s.quantity, 0), l.awarded
FROM sourcing_inquiryline l JOIN sourcing_inquiry q ON q.id = l.inquiry_id
LEFT JOIN (SELECT line_id, sum(quantity) AS quantity FROM sourcing_award GROUP BY 1) s ON s.line_id = l.id
WHERE {_WHOSE} AND l.awarded <> coalesce(s.quantity, 0) ORDER BY 1
""",
)
sql_check(
    "sourcing.states",
    _("询价单的状态由发出、报价和定标得出"),
    f"""
SELECT q.number, s.state, q.state FROM sourcing_inquiry q CROSS JOIN LATERAL (SELECT CASE
 WHEN q.close_reason <> '' THEN 'closed'
 WHEN (SELECT bool_and(l.quantity = coalesce((SELECT sum(a.quantity) FROM sourcing_award a
  WHERE a.line_id = l.id AND a.order_id IS NOT NULL), 0)) FROM sourcing_inquiryline l WHERE l.inquiry_id = q.id)
  THEN 'awarded'
 WHEN EXISTS (SELECT 1 FROM sourcing_invitation i WHERE i.inquiry_id = q.id AND i.answers > 0) THEN 'answered'
 WHEN q.sent_at IS NOT NULL THEN 'sent' ELSE 'draft' END AS state) s
WHERE {_WHOSE} AND q.state <> s.state ORDER BY 1
""",
)
sql_check(
    "sourcing.answers",
    _("报价次数等于保存的报价版本数，最后一版有效"),
    f"""
SELECT q.number || ' ' || p.code, count(a.id) || '/' || count(a.id) FILTER (WHERE a.current),
 i.answers || '/' || least(i.answers, 1)
FROM sourcing_invitation i JOIN sourcing_inquiry q ON q.id = i.inquiry_id JOIN catalog_partner p ON p.id = i.partner_id
LEFT JOIN sourcing_answer a ON a.invitation_id = i.id
WHERE {_WHOSE} GROUP BY q.id, i.id, p.id
HAVING count(a.id) <> i.answers OR count(a.id) FILTER (WHERE a.current) <> least(i.answers, 1)
 OR coalesce(max(a.version), 0) <> coalesce(max(a.version) FILTER (WHERE a.current), 0) ORDER BY 1
""",
)
sql_check(
    "sourcing.orders",
    _("定标生成的订单行的产品、供应商和数量与定标一致"),
    f"""
SELECT q.number || ' #' || l.line_no, concat_ws(' ', i.partner_id, l.product_id, q.company_id),
 concat_ws(' ', o.supplier_id, ol.product_id, ol.company_id)
FROM sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id JOIN sourcing_inquiry q ON q.id = l.inquiry_id
JOIN sourcing_invitation i ON i.id = a.invitation_id JOIN purchasing_orderline ol ON ol.id = a.order_line_id
JOIN purchasing_purchaseorder o ON o.id = ol.order_id
WHERE {_WHOSE} AND (a.company_id, q.company_id) <> (ol.company_id, ol.company_id) ORDER BY 1
""",
)
sql_check(
    "sourcing.contract_prices",
    _("执行中合同的价格就是订单能取到的合同价，其他合同没有"),
    """
SELECT coalesce(w.number, a.contract) || ' ' || coalesce(w.product_id, a.product_id), coalesce(w.told, '—'),
 coalesce(a.told, '—')
FROM (SELECT q.company_id, q.number, l.product_id, l.unit_id, p.from_quantity,
  concat_ws(' ', q.partner_id, q.currency, p.price, q.valid_from, q.valid_to) AS told
 FROM sourcing_contract q JOIN sourcing_contractline l ON l.contract_id = q.id AND l.is_active
 JOIN sourcing_contractprice p ON p.line_id = l.id WHERE q.state = 'in_force'
  AND (%(company)s::bigint IS NULL OR q.company_id = %(company)s::bigint)) w
FULL JOIN (SELECT company_id, contract, product_id, unit_id, from_quantity,
  concat_ws(' ', partner_id, currency, price, valid_from, valid_to) AS told FROM catalog_agreedprice
 WHERE %(company)s::bigint IS NULL OR company_id = %(company)s::bigint) a
 ON a.company_id = w.company_id AND a.contract = w.number AND a.product_id = w.product_id AND a.unit_id = w.unit_id
 AND a.from_quantity = w.from_quantity
WHERE w.told IS DISTINCT FROM a.told ORDER BY 1
""",
)
sql_check(
    "sourcing.called_off",
    _("「不能超」的合同没有被订单超出"),
    """
SELECT q.number || ' ' || l.product_id, l.quantity, k.quantity
FROM sourcing_contract q JOIN sourcing_contractline l ON l.contract_id = q.id AND l.is_active
JOIN LATERAL (SELECT sum(o.quantity - o.cancelled) AS quantity FROM purchasing_orderline o
 WHERE o.company_id = q.company_id AND o.contract = q.number AND o.contract <> '' AND o.product_id = l.product_id
  AND o.unit_id = l.unit_id) k ON true
WHERE q.state = 'in_force' AND q.over = 'stop' AND q.revision = 1 AND k.quantity > l.quantity
 AND (%(company)s::bigint IS NULL OR q.company_id = %(company)s::bigint) ORDER BY 1
""",
)
