"""The context flow as a Django application: its texts are translated."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Flow."""

    name = "gendan.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"
