"""The context purchasing as a Django application."""

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    """Purchasing."""

    name = "gendan.purchasing"
    label = "purchasing"
    default_auto_field = "django.db.models.BigAutoField"
