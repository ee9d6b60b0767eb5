"""Deliveries: what is picked, packed, sent and signed for; waves pick several at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document
from gendan.sales.models.order import MASTER, QUANTITY, REFERENCE_KEY, SalesLine, ShipTo

OPEN_STATES = ("to_pick", "picking", "packed")


class Wave(Document):
    """Several deliveries of a warehouse that are picked together, bin by bin."""

    class State(models.TextChoices):
        PICKING = "picking", _("拣货中")
        DONE = "done", _("已完成")
        CANCELLED = "cancelled", _("已取消")

    KIND = "wave"
    PREFIX = "WV"
    PAGE = "sales:wave_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {"picking": frozenset({"done", "cancelled"})}

    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    picker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="wave_by_company"),
            models.Index(fields=["company", "-id"], name="wave_open", condition=Q(state="picking")),
        )


class Delivery(ShipTo, Document):
    """Goods for one customer and address out of one warehouse; its lines may serve several orders.

    packed means ready to leave (everything picked that shall go). Signing may be per line: what is refused or short
    stands on the line; ``refused`` is the state when nothing was accepted. ``recorded_on`` is the day on which somebody
    wrote down what was signed on ``signed_on``.
    """

    class State(models.TextChoices):
        TO_PICK = "to_pick", _("待拣货")
        PICKING = "picking", _("拣货中")
        PACKED = "packed", _("已打包")
        SHIPPED = "shipped", _("已出库")
        SIGNED = "signed", _("已签收")
        REFUSED = "refused", _("拒收")
        CANCELLED = "cancelled", _("已取消")

    class SignedVia(models.TextChoices):
        KEEPER = "keeper", _("员工代录")
        LINK = "link", _("客户链接")
        CARRIER = "carrier", _("承运商")
        IMPORT = "import", _("导入")

    KIND = "dn"
    PREFIX = "DN"
    PAGE = "sales:delivery_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "to_pick": frozenset({"picking", "packed", "shipped", "cancelled"}),
        "picking": frozenset({"to_pick", "packed", "shipped", "cancelled"}),
        "packed": frozenset({"picking", "shipped", "cancelled"}),
        "shipped": frozenset({"signed", "refused", "cancelled"}),
    }

    customer = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, related_name="deliveries")
    carrier = models.CharField(_("承运商"), max_length=80, blank=True, db_default="")
    tracking_number = models.CharField(_("运单号"), max_length=80, blank=True, db_default="")
    planned_on = models.DateField(_("计划发货"), null=True)
    shipped_on = models.DateField(_("出库日期"), null=True)
    expected_on = models.DateField(_("预计送达"), null=True)
    signed_on = models.DateField(_("签收日期"), null=True)
    signed_by = models.CharField(_("签收人"), max_length=120, blank=True, db_default="")
    signed_via = models.CharField(max_length=8, choices=SignedVia, blank=True, db_default="")
    recorded_on = models.DateField(_("签收登记日期"), null=True)
    sign_note = models.CharField(_("签收说明"), max_length=300, blank=True, db_default="")
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    external_key = models.CharField(max_length=120, null=True, blank=True)
    is_open = models.GeneratedField(
        expression=Q(state__in=OPEN_STATES),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(
                fields=["company", "external_key"],
                name="delivery_external_key_once",
                condition=Q(external_key__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="delivery_by_company"),
            models.Index(fields=["company", "state", "-id"], name="open_delivery_by_state", condition=Q(is_open=True)),
            models.Index(fields=["company", "-id"], name="delivery_to_be_signed", condition=Q(state="shipped")),
            models.Index(fields=["company", "customer", "-id"], name="delivery_by_customer"),
            models.Index(
                F("company"),
                Func(F("tracking_number"), template=REFERENCE_KEY.format("%(expressions)s")),
                name="delivery_by_tracking_key",
                condition=~Q(tracking_number=""),
            ),
        )


class DeliveryLine(models.Model):
    """A quantity of a sales line (in its unit) on a delivery, and what of it was signed for, refused or never came
    (``short``; it counts as not delivered, the order's line is open again).
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    order_line = models.ForeignKey(SalesLine, models.PROTECT, related_name="delivery_lines")
    quantity = models.DecimalField(**QUANTITY)
    signed = models.DecimalField(db_default=0, **QUANTITY)
    refused = models.DecimalField(db_default=0, **QUANTITY)
    short = models.DecimalField(db_default=0, **QUANTITY)
    refuse_reason = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery", "line_no"], name="delivery_line_no_once"),
            models.CheckConstraint(
                name="delivery_line_makes_sense",
                condition=Q(quantity__gt=0, signed__gte=0, refused__gte=0, short__gte=0)
                & Q(quantity__gte=F("signed") + F("refused") + F("short")),
            ),
        )


class Pick(models.Model):
    """A quantity (stock units) that a delivery line takes from a balance; ``picked`` is what was scanned or taken."""

    delivery_line = models.ForeignKey(DeliveryLine, models.CASCADE, related_name="picks")
    balance = models.ForeignKey("inventory.Balance", models.PROTECT, related_name="+", db_constraint=False)
    quantity = models.DecimalField(**QUANTITY)
    picked = models.DecimalField(db_default=0, **QUANTITY)
    picked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    picked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery_line", "balance"], name="one_pick_per_balance"),
            models.CheckConstraint(
                name="pick_makes_sense", condition=Q(quantity__gt=0, picked__gte=0, picked__lte=F("quantity"))
            ),
        )


class Parcel(models.Model):
    """A box or pallet of a delivery, with its SSCC; ``closed`` when nothing more goes in."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="parcels")
    parcel_no = models.IntegerField()
    sscc = models.CharField(max_length=18, blank=True, db_default="")
    weight = models.DecimalField(_("重量 kg"), max_digits=14, decimal_places=3, null=True)
    carrier = models.CharField(_("承运商"), max_length=80, blank=True, db_default="")
    tracking_number = models.CharField(_("运单号"), max_length=80, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["delivery", "parcel_no"], name="parcel_no_once"),
            # Internal numbers (companies without a GS1 prefix, kernel.codes.INTERNAL) are each company's own.
            models.UniqueConstraint(
                fields=["sscc"], name="parcel_sscc_once", condition=~Q(sscc="") & ~Q(sscc__regex=r"^.0000000")
            ),
        )


class ParcelLine(models.Model):
    """A quantity (the sales line's unit) of a delivery line in a parcel."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines")
    delivery_line = models.ForeignKey(DeliveryLine, models.CASCADE, related_name="+")
    quantity = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["parcel", "delivery_line"], name="parcel_line_once"),
            models.CheckConstraint(name="parcel_quantity_positive", condition=Q(quantity__gt=0)),
        )
