"""Docks where shipments are unloaded, when each comes, and what its freight costs, shared over its lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}
AMOUNT: Mapping[str, Any] = {"max_digits": 20, "decimal_places": 4}


class Dock(models.Model):
    """A place of a warehouse where ``capacity`` vehicles are unloaded at a time, each for ``slot_minutes``, on
    ``weekdays`` (1 is Monday) between ``opens`` and ``closes``.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    code = models.CharField(_("编码"), max_length=32)
    name = models.CharField(_("名称"), max_length=80)
    capacity = models.IntegerField(_("同时卸货车数"), default=1)
    opens = models.TimeField(_("开始时间"), default=time(8))
    closes = models.TimeField(_("结束时间"), default=time(18))
    slot_minutes = models.IntegerField(_("每次分钟数"), default=60)
    weekdays = models.CharField(_("开放的日子"), max_length=7, default="12345")
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="dock_code_once_per_company"),
            models.CheckConstraint(
                name="dock_makes_sense",
                condition=Q(capacity__gt=0, slot_minutes__gt=0, opens__lt=F("closes")) & ~Q(weekdays=""),
            ),
        )

    def __str__(self) -> str:
        return self.code


class Booking(models.Model):
    """When a shipment comes to a dock; moved to another time it stays one. ``by_supplier``: it booked itself."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    dock = models.ForeignKey(Dock, models.PROTECT, related_name="bookings", db_index=False)
    shipment = models.ForeignKey("purchasing.Shipment", models.PROTECT, **MASTER)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(_("备注"), max_length=200, blank=True, db_default="")
    by_supplier = models.BooleanField(db_default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    booked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "shipment"], name="one_booking_per_shipment"),
            models.CheckConstraint(name="booking_ends_later", condition=Q(ends_at__gt=F("starts_at"))),
        )
        indexes = (models.Index(fields=["dock", "starts_at"], name="booking_by_dock"),)


class Freight(models.Model):
    """One bill of what a shipment's transport costs, in its currency; ``rate`` makes it the company's."""

    class Basis(models.TextChoices):
        VALUE = "value", _("按金额")
        WEIGHT = "weight", _("按重量")
        QUANTITY = "quantity", _("按数量")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    shipment = models.ForeignKey("purchasing.Shipment", models.PROTECT, **MASTER)
    no = models.IntegerField()
    carrier = models.CharField(_("承运商"), max_length=80, blank=True, db_default="")
    bill_number = models.CharField(_("账单号"), max_length=80, blank=True, db_default="")
    amount = models.DecimalField(_("运费"), **AMOUNT)
    currency = models.CharField(_("币种"), max_length=3)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8)
    basis = models.CharField(_("分摊方式"), max_length=8, choices=Basis)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "shipment", "no"], name="freight_no_once_per_shipment"),
            models.UniqueConstraint(
                F("company"),
                Upper("carrier"),
                Upper("bill_number"),
                name="freight_bill_once",
                condition=~Q(bill_number=""),
            ),
            models.CheckConstraint(name="freight_positive", condition=Q(amount__gt=0, rate__gt=0)),
        )


class FreightShare(models.Model):
    """What of a freight falls to a line of the shipment. ``weight``: in kg, where it was shared by weight."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    freight = models.ForeignKey(Freight, models.CASCADE, related_name="shares", db_index=False)
    line_no = models.IntegerField()
    order_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, **MASTER)
    weight = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    amount = models.DecimalField(**AMOUNT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["freight", "line_no"], name="freight_shared_once_per_line"),
            models.CheckConstraint(name="freight_share_not_negative", condition=Q(amount__gte=0)),
        )
        indexes = (models.Index(fields=["order_line"], name="freight_of_order_line"),)
