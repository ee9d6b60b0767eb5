"""The context insight as a Django application."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Insight."""

    name = "gendan.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
