"""A link and a message belong to an order of their company."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

sql_check(
    "portal.links",
    _("客户链接与留言属于本公司的订单"),
    """
SELECT concat_ws(' ', x.what, x.id), x.company_id::text, o.company_id::text
FROM (SELECT 'link' AS what, id, company_id, order_id FROM portal_customerlink
 UNION ALL SELECT 'message', id, company_id, order_id FROM portal_customermessage) x
JOIN sales_salesorder o ON o.id = x.order_id
WHERE (%(company)s::bigint IS NULL OR x.company_id = %(company)s::bigint) AND x.company_id <> o.company_id ORDER BY 1
""",
)

sql_check(
    "portal.suppliers",
    _("供应商链接只打开本公司发给该供应商的订单"),
    """
SELECT concat_ws(' ', x.what, x.id), x.found, x.expected FROM (
 SELECT 'sending' AS what, s.id, s.company_id, concat_ws('/', o.company_id, o.supplier_id) AS expected,
  concat_ws('/', k.company_id, k.partner_id) AS found
 FROM purchasing_sending s JOIN purchasing_purchaseorder o ON o.id = s.order_id
 JOIN purchasing_supplierlink k ON k.id = s.link_id
 UNION ALL SELECT 'answer', a.id, a.company_id, concat_ws('/', o.company_id, o.supplier_id),
  concat_ws('/', a.company_id, a.partner_id)
 FROM portal_supplieranswer a JOIN purchasing_purchaseorder o ON o.id = a.order_id) x
WHERE (%(company)s::bigint IS NULL OR x.company_id = %(company)s::bigint) AND x.expected <> x.found ORDER BY 1
""",
)

sql_check(
    "purchasing.parcels",
    _("箱内数量不超过发货单的行，且属于同一张发货单"),
    """
SELECT concat_ws(' ', 'line', sl.id), sum(pc.quantity)::text, sl.quantity::text
FROM purchasing_parcelcontent pc JOIN purchasing_shipmentparcel p ON p.id = pc.parcel_id
JOIN purchasing_shipmentline sl ON sl.id = pc.line_id
WHERE (%(company)s::bigint IS NULL OR pc.company_id = %(company)s::bigint)
GROUP BY sl.id HAVING sum(pc.quantity) > sl.quantity OR bool_or(p.shipment_id <> sl.shipment_id) ORDER BY 1
""",
)

sql_check(
    "portal.supplier_accounts",
    _("供应商账号、登录与密钥属于同一家公司的供应商"),
    """
SELECT concat_ws(' ', x.what, x.id), x.found::text, x.expected::text FROM (
 SELECT 'person' AS what, s.id, s.company_id, p.company_id AS expected, s.company_id AS found
 FROM portal_supplierperson s JOIN catalog_partner p ON p.id = s.partner_id
 UNION ALL SELECT 'session', s.id, p.company_id, p.company_id, s.company_id
 FROM portal_suppliersession s JOIN portal_supplierperson p ON p.id = s.person_id
 UNION ALL SELECT 'key', k.id, p.company_id, p.company_id, k.company_id
 FROM portal_supplierkey k JOIN portal_supplierperson p ON p.id = k.person_id
 UNION ALL SELECT 'answer', a.id, a.company_id, p.partner_id, a.partner_id
 FROM portal_supplieranswer a JOIN portal_supplierperson p ON p.id = a.person_id) x
WHERE (%(company)s::bigint IS NULL OR x.company_id = %(company)s::bigint) AND x.expected <> x.found ORDER BY 1
""",
)
