"""The context flow as a Django application."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Flow."""

    name = "gendan.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, names of events."""
        from django.utils.translation import gettext_lazy as _

        from gendan.flow import commands, reaches, verify  # noqa: F401 - they register themselves
        from gendan.flow.labels import FIELDS, LABELS, REMARKED
        from gendan.flow.models import Flow
        from gendan.flow.permissions import DESIGN
        from gendan.flow.subjects import name_of
        from gendan.kernel import subjects
        from gendan.kernel.timeline import REMARKS, label_events, label_fields, leave_out

        subjects.register("flow", Flow, _("审批流程"), DESIGN, key="kind", page="flow:designer")
        subjects.NAMES["flow"] = name_of
        label_events(LABELS)
        label_fields(FIELDS)
        REMARKS.update(REMARKED)
        leave_out("flow.draft_saved")  # a drawing keeps itself after every change
