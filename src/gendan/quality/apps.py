"""The context quality as a Django application."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Quality."""

    name = "gendan.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, permissions, names of events, checks of verify."""
        from django.utils.translation import gettext_lazy as _

        from gendan.kernel import notices, subjects
        from gendan.kernel.timeline import label_events, label_fields
        from gendan.quality import commands, exports, permissions, reaches, resources, verify  # noqa: F401
        from gendan.quality.labels import FIELDS, LABELS
        from gendan.quality.models import Plan

        subjects.register("qplan", Plan, _("检验方案"), permissions.VIEW, key="code", page="quality:plan")
        notices.NOTICE_LABELS["action"] = _("纠正措施")
        label_events(LABELS)
        label_fields(FIELDS)
