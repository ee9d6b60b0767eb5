"""The context notices as a Django application."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices."""

    name = "gendan.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, permissions, names of events, checks of verify."""
        from django.utils.translation import gettext_lazy as _

        from gendan.accounts.steps import COMPANY_CREATED
        from gendan.kernel import notices, subjects
        from gendan.kernel.timeline import label_events, label_fields
        from gendan.notices import (  # noqa: F401 - they register themselves
            browsers,
            commands,
            mail_server,
            permissions,
            spread,
            verify,
        )
        from gendan.notices.labels import FIELDS, LABELS
        from gendan.notices.models import Channel
        from gendan.notices.steps import create_defaults

        COMPANY_CREATED.append(create_defaults)
        subjects.register("channel", Channel, _("提醒渠道"), permissions.VIEW, key="code", page="notices:channel")
        label_events(LABELS)
        label_fields(FIELDS)
        notices.SILENCED.append(spread.MUTED)
