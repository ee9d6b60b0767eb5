"""Shares of freight make its amount, and shipments come to docks of their own warehouse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"
sql_check(
    "transport.freight",
    _("运费等于各行分摊之和"),
    f"""
SELECT concat(s.number, ' / ', f.no), f.amount, coalesce(x.amount, 0) FROM transport_freight f
JOIN purchasing_shipment s ON s.id = f.shipment_id
LEFT JOIN (SELECT freight_id, sum(amount) AS amount FROM transport_freightshare GROUP BY 1) x ON x.freight_id = f.id
WHERE {_WHOSE.format("f")} AND f.amount <> coalesce(x.amount, 0) ORDER BY 1
""",
)
sql_check(
    "transport.docks",
    _("每个预约的结束时间在开始之后，月台属于收货仓库"),
    f"""
SELECT s.number, d.code, w.code FROM transport_booking b JOIN transport_dock d ON d.id = b.dock_id
JOIN purchasing_shipment s ON s.id = b.shipment_id JOIN catalog_warehouse w ON w.id = s.warehouse_id
WHERE {_WHOSE.format("b")} AND (d.warehouse_id <> s.warehouse_id OR d.company_id <> b.company_id
 OR s.company_id <> b.company_id OR b.ends_at <= b.starts_at) ORDER BY 1
""",
)
