"""The context inventory as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Inventory."""

    name = "gendan.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, permissions, lists to take away, checks of verify."""
        for part in ("commands", "exports", "permissions", "prints", "reaches", "verify"):
            import_module(f"gendan.inventory.{part}")
        from gendan.catalog.queries import FACTS, PANELS
        from gendan.inventory import flows, guards
        from gendan.inventory.labels import LABELS
        from gendan.inventory.panels import panel
        from gendan.inventory.queries.facts import facts
        from gendan.kernel.timeline import label_events

        FACTS.append(facts)
        PANELS.append(panel)
        label_events(LABELS)
        guards.register()
        flows.register_subjects()
