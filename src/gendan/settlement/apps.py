"""The context settlement as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Settlement: suppliers' invoices and payments."""

    name = "gendan.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry."""
        for part in ("commands", "exports", "fields", "permissions", "prints", "reaches", "resources", "verify"):
            import_module(f"gendan.settlement.{part}")
        from gendan.catalog.queries import PANELS
        from gendan.kernel.timeline import label_events, label_fields
        from gendan.purchasing.queries.panels import ENTRIES
        from gendan.purchasing.queries.panels import PANELS as OF_ORDERS
        from gendan.sales.queries.panels import PANELS as OF_SALES
        from gendan.settlement import duties, flows, panels
        from gendan.settlement.labels import FIELDS, LABELS

        PANELS.append(panels.partner_panel)
        OF_ORDERS.append(panels.order_panel)
        ENTRIES.append(panels.entries)
        OF_SALES.append(panels.sales_panel)
        duties.register()
        flows.register_subjects()
        label_events(LABELS)
        label_fields({f"bill.{name}": label for name, label in FIELDS.items()})
