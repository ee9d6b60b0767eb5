"""The context sourcing as a Django application."""

from django.apps import AppConfig


class SourcingConfig(AppConfig):
    """Sourcing."""

    name = "gendan.sourcing"
    label = "sourcing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, permissions, names of events, flows, scopes, messages."""
        from django.utils.translation import gettext_lazy as _

        from gendan.catalog.queries import PANELS
        from gendan.kernel import notices
        from gendan.kernel.timeline import guard_fields, label_events, label_fields
        from gendan.purchasing.steps.contracts import CALLS
        from gendan.sourcing import (  # noqa: F401
            commands,
            exports,
            flows,
            outward,
            permissions,
            prints,
            reaches,
            resources,
            verify,
        )
        from gendan.sourcing.labels import FIELDS, LABELS
        from gendan.sourcing.panels import panel
        from gendan.sourcing.steps.contracts import check_calls

        label_events(LABELS)
        label_fields(FIELDS)
        guard_fields("purchasing.view_price", "target_price", "agreed_amount")
        notices.NOTICE_LABELS["inquiry"] = _("收到报价")
        notices.NOTICE_LABELS["paper"] = _("供应商资料到期")
        PANELS.append(panel)
        CALLS.append(check_calls)
        flows.register_subjects()
        outward.register()
