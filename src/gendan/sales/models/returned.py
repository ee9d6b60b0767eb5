"""After-sales: what customers want to give back, what came back, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document
from gendan.sales.models.delivery import DeliveryLine
from gendan.sales.models.order import MASTER, QUANTITY, SalesLine


class SalesReturn(Document):
    """A request to return goods of one customer; returned quantities never change what was delivered.

    ``settlement`` is what the customer gets: a replacement (a new order), a credit, or nothing.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("已申请")
        APPROVED = "approved", _("已批准")
        RECEIVED = "received", _("已收货")
        SETTLED = "settled", _("已处理")
        REJECTED = "rejected", _("已驳回")
        CANCELLED = "cancelled", _("已取消")

    class Settlement(models.TextChoices):
        NONE = "none", _("待定")
        REPLACE = "replace", _("换货")
        CREDIT = "credit", _("退款")

    KIND = "rma"
    PREFIX = "RMA"
    PAGE = "sales:return_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "requested": frozenset({"approved", "rejected", "cancelled"}),
        "approved": frozenset({"received", "settled", "cancelled"}),
        "received": frozenset({"settled"}),
        "rejected": frozenset({"approved"}),
    }

    customer = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    via = models.CharField(max_length=8, db_default="page")
    settlement = models.CharField(_("处理方式"), max_length=8, choices=Settlement, db_default="none")
    replacement = models.ForeignKey("sales.SalesOrder", models.PROTECT, null=True, related_name="+")
    credit = models.DecimalField(_("退款金额"), max_digits=20, decimal_places=4, null=True)
    contact = models.CharField(_("联系人"), max_length=120, blank=True, db_default="")
    note = models.CharField(_("备注"), max_length=1000, blank=True, db_default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    decision_note = models.CharField(max_length=300, blank=True, db_default="")
    received_on = models.DateField(null=True)
    is_open = models.GeneratedField(
        expression=Q(state__in=("requested", "approved", "received")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="return_by_company"),
            models.Index(fields=["company", "-id"], name="return_open", condition=Q(is_open=True)),
        )


class ReturnLine(models.Model):
    """A quantity (sales line's unit) to come back. ``received`` came into inspection; of it ``restocked``, ``scrapped``
    and ``to_supplier`` (goods for the supplier wait in the rejected area) were decided. It has a number of its own
    (RMA-000001-2), since files are put on it.
    """

    class Reason(models.TextChoices):
        DAMAGED = "damaged", _("破损")
        WRONG = "wrong", _("发错货")
        QUALITY = "quality", _("质量问题")
        SURPLUS = "surplus", _("多发")
        REFUSED = "refused", _("拒收")
        UNWANTED = "unwanted", _("不需要了")
        OTHER = "other", _("其他")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    sales_return = models.ForeignKey(SalesReturn, models.CASCADE, related_name="lines")
    number = models.CharField(max_length=40)
    line_no = models.IntegerField()
    order_line = models.ForeignKey(SalesLine, models.PROTECT, related_name="return_lines")
    delivery_line = models.ForeignKey(DeliveryLine, models.PROTECT, null=True, related_name="return_lines")
    reason = models.CharField(_("原因"), max_length=8, choices=Reason)
    note = models.CharField(max_length=300, blank=True, db_default="")
    quantity = models.DecimalField(**QUANTITY)
    received = models.DecimalField(db_default=0, **QUANTITY)
    restocked = models.DecimalField(db_default=0, **QUANTITY)
    scrapped = models.DecimalField(db_default=0, **QUANTITY)
    to_supplier = models.DecimalField(db_default=0, **QUANTITY)
    lot = models.ForeignKey("inventory.Lot", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sales_return", "line_no"], name="return_line_no_once"),
            models.UniqueConstraint(fields=["company", "number"], name="return_line_number_once"),
            models.CheckConstraint(
                name="return_line_makes_sense",
                condition=Q(quantity__gt=0, received__gte=0, restocked__gte=0, scrapped__gte=0, to_supplier__gte=0)
                & Q(received__lte=F("quantity"))
                & Q(received__gte=F("restocked") + F("scrapped") + F("to_supplier")),
            ),
        )
