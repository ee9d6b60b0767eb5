"""Orders that were sent to suppliers: by which link, when, what became of it; and what is taken of answers at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PERSON: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class SupplierLink(models.Model):
    """The right to see what was sent to one recipient at one supplier, and to answer for the supplier, without an
    account. It opens the orders of its sendings and nothing else.

    Kept are the hash of the token, by which it is found, and the sealed token, so that the link can be shown again.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    token_hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    recipient = models.CharField(_("给谁"), max_length=120, blank=True, db_default="")
    email = models.CharField(_("邮箱"), max_length=254, blank=True, db_default="")
    language = models.CharField(_("语言"), max_length=8, db_default="zh-hans")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    seen_at = models.DateTimeField(null=True)
    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        constraints = (models.CheckConstraint(name="supplier_link_ends", condition=Q(expires_at__gt=F("created_at"))),)
        indexes = (models.Index(fields=["company", "partner", "-id"], name="link_by_supplier"),)


class Sending(models.Model):
    """An order that was sent by a link: first and last when, how often, when it was first opened, who answered last.

    ``proposed``: the last answer offers something that no change order can say (another product in words).
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("purchasing.PurchaseOrder", models.CASCADE, related_name="+", db_index=False)
    link = models.ForeignKey(SupplierLink, models.CASCADE, related_name="+")
    first_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(db_default=Now())
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    times = models.SmallIntegerField(db_default=1)
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True, db_default="")
    proposed = models.BooleanField(db_default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["order", "link"], name="order_sent_once_by_link"),)


class AnswerPolicy(models.Model):
    """How far a supplier's answer may be from the order and still be taken at once; of a company, or (``partner``) of
    one supplier. ``silence_hours``: after how long without an answer an order counts as silent. ``sends``: orders go to
    suppliers by themselves when they are approved.
    """

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    partner = models.ForeignKey(
        "catalog.Partner", models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    days = models.SmallIntegerField(_("可以晚几天"), db_default=0)
    percent = models.DecimalField(_("可以少百分之几"), max_digits=5, decimal_places=2, db_default=0)
    silence_hours = models.SmallIntegerField(_("几小时没有答复算无回音"), db_default=48)
    sends = models.BooleanField(_("批准后自动发给供应商"), db_default=False)
    sends_since = models.DateTimeField(null=True)
    version = models.IntegerField(db_default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company"], name="answer_policy_once", condition=Q(partner__isnull=True)),
            models.UniqueConstraint(
                fields=["company", "partner"],
                name="answer_policy_once_per_supplier",
                condition=Q(partner__isnull=False),
            ),
            models.CheckConstraint(
                name="answer_policy_makes_sense",
                condition=Q(days__gte=0, percent__gte=0, percent__lte=100, silence_hours__gte=1),
            ),
        )


class ShipmentParcel(models.Model):
    """A parcel or pallet of an announced shipment with its number (SSCC); ``parent``: the pallet that it stands on."""

    class Kind(models.TextChoices):
        PARCEL = "parcel", _("箱")
        PALLET = "pallet", _("托盘")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    shipment = models.ForeignKey("purchasing.Shipment", models.CASCADE, related_name="+")
    number = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind, db_default="parcel")
    sscc = models.CharField("SSCC", max_length=18)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "sscc"], name="sscc_announced_once"),
            models.UniqueConstraint(fields=["shipment", "number"], name="parcel_number_once"),
        )


class ParcelContent(models.Model):
    """What of a shipment's line is in a parcel."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    parcel = models.ForeignKey(ShipmentParcel, models.CASCADE, related_name="+")
    line = models.ForeignKey("purchasing.ShipmentLine", models.CASCADE, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = (
            models.CheckConstraint(name="parcel_content_makes_sense", condition=Q(quantity__gt=0)),
            models.UniqueConstraint(fields=["parcel", "line"], name="line_once_in_parcel"),
        )
