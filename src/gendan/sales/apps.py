"""The context sales as a Django application."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Sales."""

    name = "gendan.sales"
    label = "sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what sales offers and checks, and how its events are called."""
        from gendan.kernel.timeline import guard_fields, label_events, label_fields
        from gendan.sales import exports, permissions, prints, verify  # noqa: F401 - they register themselves
        from gendan.sales.labels import FIELDS, LABELS

        label_events(LABELS)
        label_fields(FIELDS)
        guard_fields("sales.view_price", "sales_price", "sales_discount")
