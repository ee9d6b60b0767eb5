"""The paper of exceptions: the report of a week."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.alerts.queries.report import reports_on_paper, sees
from gendan.kernel.pdf import Print, register

REPORT = "alerts.report"

register(Print(REPORT, _("异常周报"), "alerts/print/report.html", reports_on_paper, sees=sees))
