"""What master data says of itself agrees with what it refers to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

sql_check(
    "catalog.references",
    _("客户等级、收货地址和销售价格只涉及本公司的资料"),
    """
WITH refs AS (
 SELECT t.company_id, 'partner ' || t.code AS what, c.company_id AS found
 FROM catalog_partner t JOIN catalog_customerclass c ON c.id = t.customer_class_id
 UNION ALL SELECT t.company_id, 'address ' || t.code, p.company_id
 FROM catalog_partneraddress t JOIN catalog_partner p ON p.id = t.partner_id
 UNION ALL SELECT t.company_id, 'sales price ' || t.id, r.company_id
 FROM catalog_salesprice t CROSS JOIN LATERAL (
  SELECT p.company_id FROM catalog_product p WHERE p.id = t.product_id
  UNION ALL SELECT p.company_id FROM catalog_partner p WHERE p.id = t.customer_id
  UNION ALL SELECT c.company_id FROM catalog_customerclass c WHERE c.id = t.customer_class_id
  UNION ALL SELECT u.company_id FROM catalog_unit u WHERE u.id = t.unit_id) r)
SELECT what, company_id::text, found::text FROM refs
WHERE company_id <> found AND (%(company)s::bigint IS NULL OR company_id = %(company)s::bigint) ORDER BY 1
""",
)
