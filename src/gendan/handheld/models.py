"""What is counted on a handheld device before it becomes a receipt, and how a company wants to count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
PLAIN: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class Tally(models.Model):
    """One delivery while it is counted by a person on a device: of one supplier, into one warehouse.

    ``work`` is the name that the device gave it before the server knew of it. ``round`` rises when its receipt is taken
    back: it is part of the key under which the receipt is booked, so that no round is booked twice.
    """

    class State(models.TextChoices):
        OPEN = "open", _("清点中")
        BOOKED = "booked", _("已入库")
        DROPPED = "dropped", _("已放弃")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **PLAIN)
    work = models.CharField(max_length=64)
    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, **PLAIN)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **PLAIN)
    orders = ArrayField(models.CharField(max_length=32))
    shipment = models.CharField(max_length=32, blank=True, db_default="")
    state = models.CharField(max_length=8, choices=State, db_default="open")
    blind = models.BooleanField(db_default=False)
    receipt = models.CharField(max_length=32, blank=True, db_default="")
    round = models.IntegerField(db_default=1)
    opened_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "user", "work"], name="tally_once_per_device"),)
        indexes = (models.Index(fields=["company", "user", "-id"], name="open_tally", condition=Q(state="open")),)


class TallyScan(models.Model):
    """What one scan added to a line of an order (order line's unit). ``key`` is the device's own name of the scan."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **PLAIN)
    tally = models.ForeignKey(Tally, models.CASCADE, related_name="scans", db_index=False)
    key = models.CharField(max_length=64)
    code = models.CharField(max_length=200)
    order_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, **PLAIN)
    quantity = models.DecimalField(**QUANTITY)
    lot = models.CharField(max_length=80, blank=True, db_default="")
    expires_on = models.DateField(null=True)
    over = models.BooleanField(db_default=False)
    undone = models.BooleanField(db_default=False)
    scanned_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tally", "key", "order_line", "lot"], name="scan_once_per_line"),
            models.CheckConstraint(name="scan_counts_something", condition=Q(quantity__gt=0)),
        )
        indexes = (models.Index(fields=["company", "code"], name="scan_by_code"),)


class Settings(models.Model):
    """How a company wants to count: ``blind`` hides what is expected from those who receive with a device."""

    company = models.OneToOneField("accounts.Company", models.CASCADE, related_name="+")
    blind = models.BooleanField(_("盲收：收货时不显示应收数量"), db_default=False)
