"""The context flow as a Django application."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Flow."""

    name = "gendan.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, names of events."""
        from gendan.flow import commands, verify  # noqa: F401 - they register themselves
        from gendan.flow.labels import FIELDS, LABELS, REMARKED
        from gendan.kernel.timeline import REMARKS, label_events, label_fields, leave_out

        label_events(LABELS)
        label_fields(FIELDS)
        REMARKS.update(REMARKED)
        leave_out("flow.draft_saved")  # a drawing keeps itself after every change
