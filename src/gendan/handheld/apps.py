"""The context handheld as a Django application."""

from django.apps import AppConfig


class HandheldConfig(AppConfig):
    """Handheld devices: receiving, putting away, picking and counting by scan."""

    name = "gendan.handheld"
    label = "handheld"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, names of events, what must be right."""
        from gendan.handheld import commands, verify  # noqa: F401 - they register themselves
        from gendan.handheld.labels import LABELS
        from gendan.handheld.panels import entries
        from gendan.kernel.timeline import label_events
        from gendan.purchasing.queries.panels import ENTRIES

        label_events(LABELS)
        ENTRIES.append(entries)
