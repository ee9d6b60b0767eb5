"""The context purchasing as a Django application."""

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    """Purchasing."""

    name = "gendan.purchasing"
    label = "purchasing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floors below what purchasing knows: incoming goods, what was paid, names of events."""
        from gendan.carriers.steps import LISTENERS
        from gendan.catalog.queries import PANELS
        from gendan.changes.doors import FORMS
        from gendan.changes.targets import TARGETS
        from gendan.flow.queries.passed import label_passed
        from gendan.inventory.queries import INCOMING, WORTH
        from gendan.kernel.timeline import guard_fields, label_events, label_fields, label_values
        from gendan.purchasing import (  # noqa: F401 - register what they offer
            duties,
            exports,
            fields,
            flows,
            flows_returned,
            guards,
            outward,
            prints,
            reaches,
            resources,
            verify,
            verify_returned,
        )
        from gendan.purchasing.change_orders import PurchaseOrders
        from gendan.purchasing.labels import FIELDS, LABELS
        from gendan.purchasing.models import PurchaseReturn, PurchaseReturnLine
        from gendan.purchasing.panels import panel
        from gendan.purchasing.queries.incoming import open_orders
        from gendan.purchasing.queries.worth import last_paid
        from gendan.purchasing.steps.tracking import Shipments
        from gendan.purchasing.views.change_form import change_form

        INCOMING.append(open_orders)
        TARGETS["po"], FORMS["po"] = PurchaseOrders(), change_form
        WORTH.append(last_paid)
        PANELS.append(panel)
        LISTENERS["asn"] = Shipments()
        label_events(LABELS)
        label_passed("purchasing.order_passed", "purchasing.requisition_passed")
        label_fields(FIELDS)
        label_values("wanted", dict(PurchaseReturn.Settlement.choices))
        label_values("cause", dict(PurchaseReturnLine.Reason.choices))
        guard_fields("purchasing.view_price", "unit_price", "discount", "price")
        guards.register()
        duties.register()
        flows.register_subjects()
        flows_returned.register_subjects()
        outward.register()
