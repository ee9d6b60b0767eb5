"""The context portal as a Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Portal."""

    name = "gendan.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what others find by registry: commands, permissions, names of events, what an order's page shows."""
        from django.utils.translation import gettext_lazy as _

        from gendan.catalog.queries import PANELS as PARTNER_PANELS
        from gendan.kernel import notices, subjects
        from gendan.kernel.demonstration import PARTS, SIGN_INS
        from gendan.kernel.timeline import label_events
        from gendan.portal import commands, demo, permissions, verify  # noqa: F401 - they register themselves
        from gendan.portal.labels import LABELS
        from gendan.portal.queries.panel import panel
        from gendan.portal.queries.supplier_panel import supplier_panel
        from gendan.portal.views.supplier_accounts import partner_panel
        from gendan.purchasing.queries.panels import PANELS as SUPPLIER_PANELS
        from gendan.sales.queries.panels import PANELS

        label_events(LABELS)
        PARTS.append(demo.tell)
        SIGN_INS.append(demo.sign_in)
        notices.NOTICE_LABELS["question"] = _("客户提问")
        notices.NOTICE_LABELS["supplier_answer"] = _("供应商答复")
        subjects.LABELS["supplier_person"] = _("供应商账号")
        PARTNER_PANELS.append(partner_panel)
        PANELS.append(panel)
        SUPPLIER_PANELS.append(supplier_panel)
