"""The context sales as a Django application."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Sales."""

    name = "gendan.sales"
    label = "sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what sales offers and checks, and how its events are called."""
        from gendan.carriers.steps import LISTENERS
        from gendan.catalog.queries import PANELS
        from gendan.changes.doors import FORMS
        from gendan.changes.targets import TARGETS
        from gendan.inventory.queries.losses import LOSERS
        from gendan.inventory.steps import CLAIMANTS
        from gendan.purchasing.queries.impact import IMPACTS
        from gendan.purchasing.queries.waiting import WAITERS
        from gendan.purchasing.steps.pegs import HOLDERS
        from gendan.sales import (  # noqa: F401 - they register
            duties,
            exports,
            fields,
            flows,
            outward,
            permissions,
            prints,
            reaches,
            resources,
            verify,
        )
        from gendan.sales.change_orders import SalesOrders
        from gendan.sales.panels import panel
        from gendan.sales.queries.impact import impact
        from gendan.sales.queries.losses import losers
        from gendan.sales.queries.waiting import waiting
        from gendan.sales.steps.claims import Reservations
        from gendan.sales.steps.supply import Waiting
        from gendan.sales.steps.tracking import Deliveries
        from gendan.sales.views.change_form import change_form

        PANELS.append(panel)
        TARGETS["so"], FORMS["so"] = SalesOrders(), change_form
        LISTENERS["dn"] = Deliveries()
        HOLDERS.append(Waiting())
        CLAIMANTS.append(Reservations())
        IMPACTS.append(impact)
        LOSERS.append(losers)
        WAITERS.append(waiting)
        duties.register()
        flows.register_subjects()
        outward.register()
        self._speak()

    def _speak(self) -> None:
        """How timelines and notices call what happens in sales, and which of it not everybody sees."""
        from django.utils.translation import gettext_lazy as _

        from gendan.flow.queries.passed import label_passed
        from gendan.kernel import notices, subjects, timeline
        from gendan.kernel.timeline import guard_fields, label_events, label_fields, label_values
        from gendan.sales.labels import FIELDS, LABELS
        from gendan.sales.models import ReturnLine, SalesOrder

        timeline.leave_out("sales.goods_counted")
        label_events(LABELS)
        label_passed("sales.order_passed", "sales.return_passed")
        label_fields(FIELDS)
        label_values("back_order", dict(SalesOrder.BackOrder.choices))
        guard_fields("sales.view_price", "credit")
        subjects.register("rmal", ReturnLine, _("退货明细"), "sales.view")
        notices.NOTICE_LABELS["late"] = _("订单要晚发")
        notices.NOTICE_LABELS["return"] = _("收到退货申请")
        guard_fields("sales.view_price", "sales_price", "sales_discount")
