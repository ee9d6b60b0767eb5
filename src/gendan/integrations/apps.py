"""The context integrations as a Django application."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Integrations."""

    name = "gendan.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
