"""The context carriers as a Django application."""

from django.apps import AppConfig


class CarriersConfig(AppConfig):
    """Carriers."""

    name = "gendan.carriers"
    label = "carriers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, permissions, names of events, checks of verify."""
        from django.utils.translation import gettext_lazy as _

        from gendan.carriers import commands, permissions, verify  # noqa: F401
        from gendan.carriers.labels import FIELDS, LABELS
        from gendan.carriers.models import Carrier
        from gendan.kernel import subjects
        from gendan.kernel.timeline import label_events, label_fields, leave_out

        subjects.register("carrier", Carrier, _("承运商"), permissions.VIEW, key="code", page="carriers:carrier")
        label_events(LABELS)
        label_fields(FIELDS)
        leave_out("carriers.parcel_scanned")
