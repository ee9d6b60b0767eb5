"""The shell: base page, navigation, my day, search, design system."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Django application of the shell; it has no models."""

    name = "gendan.web"
    label = "web"
    verbose_name = "页面"
