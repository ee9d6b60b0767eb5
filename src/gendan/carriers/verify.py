"""Parcels agree with what was told of them, and are asked for as long as they are under way only."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from gendan.carriers.rules import state_of
from gendan.kernel import db
from gendan.kernel.verify import Difference, check, sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR p.company_id = %(company)s::bigint)"
_TOLD = f"""
SELECT c.code || ' ' || p.tracking_number, p.status, p.last_event_at, p.delivered_at,
 coalesce(array_agg(e.at ORDER BY e.id) FILTER (WHERE e.id IS NOT NULL), '{{}}'),
 coalesce(array_agg(e.status::text ORDER BY e.id) FILTER (WHERE e.id IS NOT NULL), '{{}}')
FROM carriers_trackedparcel p JOIN carriers_carrier c ON c.id = p.carrier_id
LEFT JOIN carriers_trackingevent e ON e.parcel_id = p.id WHERE {_WHOSE} GROUP BY c.id, p.id ORDER BY p.id
"""


@check("carriers.parcels", _("运单状态由其轨迹得出"))
def parcels(company_id: int | None) -> Iterator[Difference]:
    for what, status, last, delivered, moments, statuses in db.rows(_TOLD, {"company": company_id}):
        state = state_of(list(zip(moments, statuses, strict=True)))
        expected, found = (state.status, state.last_event_at, state.delivered_at), (status, last, delivered)
        if expected != found:
            yield Difference(what, expected, found)


sql_check(
    "carriers.queue",
    _("只查询在途的运单，停滞只标在途的运单"),
    f"""
SELECT p.tracking_number, 'not asked for', p.status FROM carriers_trackedparcel p
WHERE {_WHOSE} AND (p.next_check_at IS NOT NULL OR p.silent_since IS NOT NULL)
 AND NOT EXISTS (SELECT 1 FROM carriers_parceldocument d WHERE d.parcel_id = p.id)
UNION ALL
SELECT p.tracking_number, 'not silent', p.status FROM carriers_trackedparcel p
WHERE {_WHOSE} AND p.silent_since IS NOT NULL AND p.status IN ('delivered', 'returned')
UNION ALL
SELECT p.tracking_number, 'one company', c.code FROM carriers_trackedparcel p
JOIN carriers_carrier c ON c.id = p.carrier_id WHERE {_WHOSE} AND c.company_id <> p.company_id ORDER BY 1
""",
)
