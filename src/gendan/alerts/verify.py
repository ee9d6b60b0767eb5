"""A case is one, its state goes with its cause, and what was found by the last look is what the cases say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

_WHOSE = "(%(company)s::bigint IS NULL OR {}.company_id = %(company)s::bigint)"

sql_check(
    "alerts.states",
    _("未关闭的异常都有仍然存在的原因"),
    f"""
SELECT c.number, c.is_open, c.active FROM alerts_case c
WHERE {_WHOSE.format("c")} AND c.is_open AND (NOT c.active OR c.closed_at IS NOT NULL) ORDER BY 1
""",
)
