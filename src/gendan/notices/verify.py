"""Deliveries agree with their digests and companies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR d.company_id = %(company)s::bigint)"

sql_check(
    "notices.digests",
    _("汇总里的提醒数与记录一致"),
    f"""
SELECT d.id::text, d.count::text, count(i.id)::text FROM notices_delivery d
LEFT JOIN notices_delivery i ON i.within_id = d.id
WHERE d.kind = 'digest' AND {_WHOSE} GROUP BY d.id HAVING count(i.id) <> d.count ORDER BY d.id
""",
)
sql_check(
    "notices.one_company",
    _("提醒只经本公司的渠道发送"),
    f"""
SELECT d.id::text, d.company_id::text, c.company_id::text FROM notices_delivery d
JOIN notices_channel c ON c.id = d.channel_id WHERE c.company_id <> d.company_id AND {_WHOSE} ORDER BY d.id
""",
)
