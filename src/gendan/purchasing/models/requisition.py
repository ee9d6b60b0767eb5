"""What somebody in the company needs, and how much of it was ordered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}


class Requisition(Document):
    """A request to buy. partly_ordered and ordered follow from the allocations to order lines."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PENDING_APPROVAL = "pending_approval", _("待审批")
        APPROVED = "approved", _("已批准")
        PARTLY_ORDERED = "partly_ordered", _("部分下单")
        ORDERED = "ordered", _("已下单")
        REJECTED = "rejected", _("已驳回")
        CANCELLED = "cancelled", _("已取消")

    KIND = "requisition"
    PREFIX = "PR"
    PAGE = "purchasing:requisition_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"pending_approval", "approved", "cancelled"}),
        "pending_approval": frozenset({"draft", "approved", "rejected", "cancelled"}),
        "rejected": frozenset({"draft", "pending_approval", "approved", "cancelled"}),
        "approved": frozenset({"partly_ordered", "ordered", "cancelled"}),
        "partly_ordered": frozenset({"approved", "ordered", "cancelled"}),
        "ordered": frozenset({"approved", "partly_ordered", "cancelled"}),
    }

    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, related_name="+")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    required_on = models.DateField(_("需求日"), null=True)
    reason = models.CharField(_("用途"), max_length=300, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_note = models.CharField(max_length=300, blank=True, default="")

    class Meta(Document.Meta):
        abstract = False
        indexes = (models.Index(fields=["company", "-id"], name="requisition_by_company"),)


class RequisitionLine(models.Model):
    """A quantity (in ``unit``) of a product by a date; ``ordered`` is the sum of its allocations."""

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="lines")
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, related_name="+")
    factor = models.DecimalField(default=1, **QUANTITY)
    quantity = models.DecimalField(_("数量"), **QUANTITY)
    ordered = models.DecimalField(default=0, **QUANTITY)
    cancelled = models.DecimalField(default=0, **QUANTITY)
    required_on = models.DateField(_("需求日"), null=True)
    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("备注"), max_length=300, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["requisition", "line_no"], name="requisition_line_no_once"),
            models.CheckConstraint(
                name="requisition_ordered_within_asked",
                condition=Q(
                    quantity__gt=0, ordered__gte=0, cancelled__gte=0, ordered__lte=F("quantity") - F("cancelled")
                ),
            ),
        )


class RequisitionAllocation(models.Model):
    """How much of an order line (in the requisition line's unit) serves a requisition line: many to many, by quantity.

    ``released`` is what a cancelled or shortened order gave back; the row stays, so that the history can be followed.
    """

    requisition_line = models.ForeignKey(RequisitionLine, models.PROTECT, related_name="allocations")
    order_line = models.ForeignKey("purchasing.OrderLine", models.CASCADE, related_name="allocations")
    quantity = models.DecimalField(**QUANTITY)
    released = models.DecimalField(db_default=0, **QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["requisition_line", "order_line"], name="one_allocation_per_pair"),
            models.CheckConstraint(name="allocation_not_negative", condition=Q(quantity__gte=0, released__gte=0)),
        )
