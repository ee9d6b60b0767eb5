"""The context transport as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class TransportConfig(AppConfig):
    """Transport: when shipments come, at which dock, what their freight costs."""

    name = "gendan.transport"
    label = "transport"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry."""
        for part in ("commands", "permissions", "verify"):
            import_module(f"gendan.transport.{part}")
        from gendan.kernel.timeline import label_events, label_fields
        from gendan.purchasing.queries.panels import OF_SHIPMENTS
        from gendan.transport.labels import FIELDS, LABELS
        from gendan.transport.panels import shipment_panel

        label_events(LABELS)
        OF_SHIPMENTS.append(shipment_panel)
        label_fields({f"dock.{name}": label for name, label in FIELDS.items()})
