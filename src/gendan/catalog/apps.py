"""The context catalog as a Django application."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Catalog."""

    name = "gendan.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
