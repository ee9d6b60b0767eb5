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
