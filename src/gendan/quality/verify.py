"""Inspections agree with their lines."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR q.company_id = %(company)s::bigint)"

sql_check(
    "quality.inspection_state",
    _("检验单状态由各行得出"),
    f"""
SELECT q.number, CASE WHEN bool_or(l.quantity > l.accepted + l.rejected) THEN 'open' WHEN bool_and(l.skipped)
  THEN 'skipped' ELSE 'done' END, q.state
FROM quality_inspection q JOIN quality_inspectionline l ON l.inspection_id = q.id
WHERE {_WHOSE} AND q.state <> 'cancelled' GROUP BY q.id
HAVING q.state <> CASE WHEN bool_or(l.quantity > l.accepted + l.rejected) THEN 'open' WHEN bool_and(l.skipped)
  THEN 'skipped' ELSE 'done' END ORDER BY 1
""",
)
sql_check(
    "quality.inspection_lines",
    _("检验单行与检验单头一致，不合格件数不超过样本量"),
    f"""
SELECT concat(q.number, ' #', l.line_no), concat_ws('/', q.company_id, q.supplier_id, true),
 concat_ws('/', l.company_id, l.supplier_id, coalesce(l.defective, 0) <= l.sample)
FROM quality_inspection q JOIN quality_inspectionline l ON l.inspection_id = q.id
WHERE {_WHOSE} AND ((q.company_id, q.supplier_id) <> (l.company_id, l.supplier_id)
 OR coalesce(l.defective, 0) > l.sample) ORDER BY 1
""",
)
