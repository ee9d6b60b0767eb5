"""The context integrations as a Django application."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Integrations."""

    name = "gendan.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer every resource that can be exported as an Excel file."""
        from gendan.integrations import exports  # noqa: F401
