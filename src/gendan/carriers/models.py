"""Carriers, the parcels that they bring, and what they said of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.events import Subject


class Status(models.TextChoices):
    UNKNOWN = "unknown", _("暂无信息")
    ANNOUNCED = "announced", _("待揽收")
    PICKED_UP = "picked_up", _("已揽收")
    IN_TRANSIT = "in_transit", _("运输中")
    OUT_FOR_DELIVERY = "out_for_delivery", _("派送中")
    EXCEPTION = "exception", _("运输异常")
    DELIVERED = "delivered", _("已签收")
    RETURNED = "returned", _("已退回")


class Carrier(models.Model):
    """Who brings parcels, and how it is asked: an adapter with its settings; ``sealed`` are the secret ones.

    ``names`` are code, name and aliases as documents may write them (rules.name_key).
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(_("代码"), max_length=32)
    name = models.CharField(_("名称"), max_length=80)
    aliases = ArrayField(models.TextField(), default=list)
    names = ArrayField(models.TextField(), default=list)
    adapter = models.CharField(_("接口"), max_length=24, blank=True, default="")
    settings = models.JSONField(default=dict)
    sealed = models.TextField(default="")
    tracking_url = models.CharField(_("官网查询地址"), max_length=300, blank=True, default="")
    silent_hours = models.IntegerField(_("停滞提醒（小时）"), default=48)
    is_active = models.BooleanField(_("启用"), default=True)
    push_token = models.CharField(max_length=64, unique=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="carrier_code_once_per_company"),
            models.CheckConstraint(name="carrier_silence_makes_sense", condition=Q(silent_hours__gt=0)),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        return Subject("carrier", self.pk, self.code)


class TrackedParcel(models.Model):
    """One number of one carrier, asked for once however many documents bear it."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+", db_index=False)
    tracking_number = models.CharField(_("运单号"), max_length=64)
    phone = models.CharField(max_length=20, blank=True, db_default="")
    status = models.CharField(max_length=20, choices=Status, db_default="unknown")
    since = models.DateTimeField(db_default=Now())
    last_event_at = models.DateTimeField(null=True)
    last_checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    quiet_checks = models.IntegerField(db_default=0)
    failures = models.IntegerField(db_default=0)
    problem = models.CharField(max_length=24, blank=True, db_default="")
    subscribed_at = models.DateTimeField(null=True)
    expected_on = models.DateField(null=True)
    delivered_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=80, blank=True, db_default="")
    silent_since = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["carrier", "tracking_number"], name="tracking_number_once_per_carrier"),
            models.CheckConstraint(name="parcel_status_is_known", condition=Q(status__in=Status.values)),
        )
        indexes = (
            models.Index(fields=["next_check_at"], name="parcel_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["company", "-id"], name="parcel_by_company"),
            models.Index(
                fields=["company", "silent_since"], name="parcel_silent", condition=Q(silent_since__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.tracking_number


class ParcelDocument(models.Model):
    """A document that a parcel belongs to; ``told``: it knows what the parcel's status is."""

    parcel = models.ForeignKey(TrackedParcel, models.CASCADE, related_name="documents", db_index=False)
    kind = models.CharField(max_length=24)
    document_id = models.BigIntegerField()
    number = models.CharField(max_length=64)
    told = models.BooleanField(db_default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["parcel", "kind", "document_id"], name="parcel_document_once"),)
        indexes = (models.Index(fields=["kind", "document_id"], name="parcel_by_document"),)


class TrackingEvent(models.Model):
    """What happened to a parcel, as it was told. Append-only; ``key`` makes what is told twice one row."""

    parcel = models.ForeignKey(TrackedParcel, models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    status = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=500)
    source = models.CharField(max_length=8)
    code = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["parcel", "key"], name="tracking_event_once"),)
        indexes = (models.Index(fields=["parcel", "-at"], name="tracking_event_by_parcel"),)
