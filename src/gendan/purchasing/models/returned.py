"""Goods that go back to suppliers, and what became of rejected goods otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
AMOUNT: Mapping[str, Any] = {"max_digits": 20, "decimal_places": 4}
MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class PurchaseReturn(Document):
    """Goods that go back to one supplier out of one warehouse. What goes back never changes what was received: order
    lines count it apart, and what the supplier sends instead apart again.

    ``settlement`` is what is wanted of the supplier: a replacement, or a credit (``credit`` with its note's number).
    ``replace_on`` is the latest word on the day of the replacement, ``promised_on`` the supplier's first promise.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        APPROVED = "approved", _("待退出")
        POSTED = "posted", _("已退出")
        REPLACED = "replaced", _("已补货")
        CREDITED = "credited", _("已退款")
        CANCELLED = "cancelled", _("已取消")
        REVERSED = "reversed", _("已冲销")

    class Settlement(models.TextChoices):
        REPLACE = "replace", _("换货补发")
        CREDIT = "credit", _("退款冲账")

    KIND = "rtv"
    PREFIX = "RTV"
    PAGE = "purchasing:return_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"approved", "cancelled"}),
        "approved": frozenset({"draft", "posted", "cancelled"}),
        "posted": frozenset({"replaced", "credited", "reversed"}),
        "replaced": frozenset({"posted"}),
    }

    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    currency = models.CharField(max_length=3)
    minor_units = models.SmallIntegerField(default=2)
    settlement = models.CharField(_("处理方式"), max_length=8, choices=Settlement)
    credit = models.DecimalField(_("退款金额"), null=True, **AMOUNT)
    credit_note = models.CharField(_("贷项通知单号"), max_length=80, blank=True, db_default="")
    carrier = models.CharField(_("承运商"), max_length=80, blank=True, db_default="")
    tracking_number = models.CharField(_("运单号"), max_length=80, blank=True, db_default="")
    contact = models.CharField(_("供应商联系人"), max_length=120, blank=True, db_default="")
    note = models.CharField(_("备注"), max_length=1000, blank=True, db_default="")
    decision_note = models.CharField(max_length=300, blank=True, db_default="")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    posted_on = models.DateField(_("退出日期"), null=True)
    promised_on = models.DateField(_("承诺补货日期"), null=True)
    replace_on = models.DateField(_("预计补货日期"), null=True)
    is_open = models.GeneratedField(
        expression=Q(state__in=("draft", "approved", "posted")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="purchase_return_by_company"),
            models.Index(fields=["company", "-id"], name="purchase_return_open", condition=Q(is_open=True)),
            models.Index(fields=["company", "supplier", "-id"], name="purchase_return_by_supplier"),
            models.Index(
                fields=["company", "replace_on"],
                name="purchase_return_replacing",
                condition=Q(state="posted", settlement="replace"),
            ),
        )


class PurchaseReturnLine(models.Model):
    """A quantity (order line's unit) of a receipt's line that goes back: of what was ``rejected``, out of the rejected
    area, or of what was accepted, out of a bin. ``replaced`` is what came instead of it.
    """

    class Reason(models.TextChoices):
        QUALITY = "quality", _("质量不合格")
        DAMAGED = "damaged", _("破损")
        WRONG = "wrong", _("错发")
        SURPLUS = "surplus", _("多发")
        EXPIRED = "expired", _("临期或过期")
        OTHER = "other", _("其他")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    purchase_return = models.ForeignKey(PurchaseReturn, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    order_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, related_name="return_lines")
    receipt_line = models.ForeignKey("purchasing.ReceiptLine", models.PROTECT, related_name="return_lines")
    rejected = models.BooleanField()
    location = models.ForeignKey("catalog.Location", models.PROTECT, **MASTER)
    reason = models.CharField(_("原因"), max_length=8, choices=Reason)
    note = models.CharField(max_length=300, blank=True, db_default="")
    quantity = models.DecimalField(**QUANTITY)
    replaced = models.DecimalField(db_default=0, **QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["purchase_return", "line_no"], name="purchase_return_line_no_once"),
            models.CheckConstraint(
                name="purchase_return_line_makes_sense",
                condition=Q(quantity__gt=0, replaced__gte=0, replaced__lte=F("quantity")),
            ),
        )


class RejectAction(models.Model):
    """What became of rejected goods that do not go back: append-only. ``scrap``: thrown away; ``rework``: to be
    inspected again; ``reduce``: accepted at a lower price, the supplier's credit is ``amount``.
    """

    class Kind(models.TextChoices):
        SCRAP = "scrap", _("报废")
        REWORK = "rework", _("返工复检")
        REDUCE = "reduce", _("降价接收")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    receipt_line = models.ForeignKey("purchasing.ReceiptLine", models.PROTECT, related_name="reject_actions")
    kind = models.CharField(max_length=8, choices=Kind)
    quantity = models.DecimalField(**QUANTITY)
    amount = models.DecimalField(null=True, **AMOUNT)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    note = models.CharField(max_length=300, blank=True, db_default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="reject_action_makes_sense",
                condition=Q(quantity__gt=0) & (~Q(kind="reduce") | Q(amount__gte=0)),
            ),
        )
