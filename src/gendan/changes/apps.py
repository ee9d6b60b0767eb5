"""The context changes as a Django application."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """Change orders."""

    name = "gendan.changes"
    label = "changes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say how events and fields are called."""
        from gendan.changes import duties, flows, reaches, verify  # noqa: F401 - reaches, verify: they register
        from gendan.changes.labels import FIELDS, LABELS, NOTICES, ORIGINS
        from gendan.flow.queries.passed import label_passed
        from gendan.kernel.notices import NOTICE_LABELS
        from gendan.kernel.timeline import label_events, label_fields, label_values, tells_of

        flows.register_subjects()
        duties.register()
        label_events(LABELS)
        label_passed("changes.change_passed")
        tells_of("co", "po", "so")
        label_fields(FIELDS)
        label_values("origin", ORIGINS)
        NOTICE_LABELS.update(NOTICES)
