"""The context inventory as a Django application."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Inventory."""

    name = "gendan.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
