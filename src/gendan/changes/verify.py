"""An applied change has its version, versions are without gaps, and an order is what its last version says."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"

sql_check(
    "changes.versions",
    _("每张已生效的变更单都留下了订单的一个版本"),
    f"""
SELECT c.number, c.revision, v.revision FROM changes_changeorder c
LEFT JOIN changes_orderversion v ON v.change_id = c.id
WHERE {_WHOSE.format("c")} AND (c.state = 'applied') IS DISTINCT FROM (v.id IS NOT NULL AND v.revision = c.revision)
ORDER BY 1
""",
)
sql_check(
    "changes.revisions",
    _("订单的版本从 1 起连续编号"),
    f"""
SELECT v.order_number, count(*), max(v.revision) FROM changes_orderversion v
WHERE {_WHOSE.format("v")} GROUP BY v.order_kind, v.order_id, v.order_number
HAVING count(*) <> max(v.revision) ORDER BY 1
""",
)
sql_check(
    "changes.proposals",
    _("变更单现行的方案是它的最后一个方案"),
    f"""
SELECT c.number, c.proposals, p.round FROM changes_changeorder c
LEFT JOIN LATERAL (SELECT round, content FROM changes_proposal p WHERE p.change_id = c.id ORDER BY round DESC LIMIT 1) p
 ON true
WHERE {_WHOSE.format("c")} AND (p.round IS DISTINCT FROM c.proposals OR p.content <> c.content) ORDER BY 1
""",
)
