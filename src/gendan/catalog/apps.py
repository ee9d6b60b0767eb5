"""The context catalog as a Django application."""

from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Catalog."""

    name = "gendan.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the resources to import, export and the bulk API."""
        import_module("gendan.catalog.resources")
