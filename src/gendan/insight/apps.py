"""The context insight as a Django application."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Insight."""

    name = "gendan.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make its permission known to roles, in the worker and on the command line, too; register its check."""
        from gendan.insight import permissions, verify  # noqa: F401
