"""The context sales as a Django application."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Sales."""

    name = "gendan.sales"
    label = "sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what sales offers and checks, and how its events are called."""
        from gendan.kernel.timeline import label_events
        from gendan.sales import exports, permissions, prints, verify  # noqa: F401 - they register themselves
        from gendan.sales.labels import LABELS

        label_events(LABELS)
