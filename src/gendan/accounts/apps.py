"""The context accounts as a Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "gendan.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
