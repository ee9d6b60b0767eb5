"""The quotation: what was offered to a customer, until when; orders come out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document
from gendan.sales.models.order import AMOUNT, MASTER, QUANTITY, ShipTo


class Quotation(ShipTo, Document):
    """An offer to a customer. Several orders may come out of one; it is won with the first."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SENT = "sent", _("已报价")
        WON = "won", _("已成交")
        LOST = "lost", _("未成交")
        CANCELLED = "cancelled", _("已取消")

    KIND = "quotation"
    PREFIX = "QU"
    PAGE = "sales:quotation_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"sent", "cancelled", "won"}),
        "sent": frozenset({"draft", "won", "lost", "cancelled"}),
        "lost": frozenset({"sent", "won"}),
        "won": frozenset({"won"}),
    }

    customer = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    salesperson = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    currency = models.CharField(_("币种"), max_length=3)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8, default=1)
    minor_units = models.SmallIntegerField(default=2)
    tax_included = models.BooleanField(_("价格含税"), default=True)
    quoted_on = models.DateField(_("报价日期"))
    valid_to = models.DateField(_("有效期至"), null=True)
    requested_on = models.DateField(_("客户要求日期"), null=True)
    payment_terms = models.CharField(_("付款条件"), max_length=200, blank=True, db_default="")
    customer_reference = models.CharField(_("客户询价单号"), max_length=80, blank=True, db_default="")
    note = models.TextField(_("备注"), blank=True, db_default="")
    net = models.DecimalField(db_default=0, **AMOUNT)
    tax = models.DecimalField(db_default=0, **AMOUNT)
    gross = models.DecimalField(db_default=0, **AMOUNT)
    decision_note = models.CharField(max_length=300, blank=True, db_default="")
    is_open = models.GeneratedField(
        expression=Q(state__in=("draft", "sent")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="quotation_by_company"),
            models.Index(fields=["company", "-id"], name="quotation_open", condition=Q(is_open=True)),
        )


class QuotationLine(models.Model):
    """An offered line."""

    quotation = models.ForeignKey(Quotation, models.CASCADE, related_name="lines")
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, **MASTER)
    description = models.CharField(max_length=300, blank=True, db_default="")
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, **MASTER)
    factor = models.DecimalField(default=1, **QUANTITY)
    quantity = models.DecimalField(_("数量"), **QUANTITY)
    unit_price = models.DecimalField(_("单价"), **QUANTITY)
    price_source = models.CharField(max_length=8, db_default="hand")
    discount = models.DecimalField(_("折扣 %"), max_digits=6, decimal_places=3, default=0)
    tax_rate = models.DecimalField(_("税率 %"), max_digits=7, decimal_places=4, default=0)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)
    gross = models.DecimalField(**AMOUNT)
    requested_on = models.DateField(_("客户要求日期"), null=True)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["quotation", "line_no"], name="quotation_line_no_once"),
            models.CheckConstraint(
                name="quotation_line_makes_sense",
                condition=Q(quantity__gt=0, unit_price__gte=0, discount__gte=0, discount__lte=100),
            ),
        )
