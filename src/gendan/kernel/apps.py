"""The context kernel as a Django application."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Kernel."""

    name = "gendan.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the commands and jobs that no other module of the kernel loads."""
        from gendan.kernel import attachments, exports, prints  # noqa: F401
        from gendan.kernel.audit import export, seals  # noqa: F401
        from gendan.kernel.walls import install

        install(self)
