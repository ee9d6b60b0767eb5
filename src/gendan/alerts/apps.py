"""The context alerts as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AlertsConfig(AppConfig):
    """Exceptions."""

    name = "gendan.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: permissions, commands, scope, names of events."""
        from gendan.alerts import commands, permissions, prints, reaches, verify  # noqa: F401 - they register themselves
        from gendan.alerts.labels import FIELDS, LABELS, NOTICES, REPORT, RESTED
        from gendan.alerts.queries.cases import demand_case
        from gendan.alerts.queries.marks import of_one, of_rows
        from gendan.kernel.marks import OF_ONE, OF_ROWS
        from gendan.kernel.notices import NOTICE_LABELS, NOTICE_LINKS
        from gendan.kernel.subjects import GUARDS
        from gendan.kernel.timeline import label_events, label_fields

        GUARDS["case"] = demand_case
        OF_ROWS.append(of_rows)
        OF_ONE.append(of_one)
        label_events(LABELS)
        label_fields(FIELDS)
        NOTICE_LABELS.update(NOTICES)
        NOTICE_LINKS[REPORT] = ("alerts:report", gettext_lazy("查看周报"))
        NOTICE_LINKS[RESTED] = ("alerts:own_rule", gettext_lazy("修改规则"))
