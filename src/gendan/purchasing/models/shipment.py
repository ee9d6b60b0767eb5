"""The supplier's shipment (ASN): lines of several orders on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document
from gendan.purchasing.models.receipt import NOTE_KEY

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}


class Shipment(Document):
    """Goods on the way from a supplier to a warehouse. A line counts as shipped from in_transit on."""

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("已预告")
        IN_TRANSIT = "in_transit", _("在途")
        ARRIVED = "arrived", _("已到货")
        RECEIVED = "received", _("已收货")
        CANCELLED = "cancelled", _("已取消")

    KIND = "asn"
    PREFIX = "ASN"
    PAGE = "purchasing:shipment_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "announced": frozenset({"in_transit", "arrived", "received", "cancelled"}),
        "in_transit": frozenset({"arrived", "received", "cancelled"}),
        "arrived": frozenset({"in_transit", "received", "cancelled"}),
        "received": frozenset({"in_transit", "arrived"}),
    }

    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, related_name="+")
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, related_name="+")
    carrier = models.CharField(_("承运商"), max_length=80, blank=True, db_default="")
    tracking_number = models.CharField(_("运单号"), max_length=80, blank=True, db_default="")
    mode = models.CharField(_("运输方式"), max_length=40, blank=True, db_default="")
    packages = models.IntegerField(_("件数"), null=True)
    weight = models.DecimalField(_("重量 kg"), max_digits=14, decimal_places=3, null=True)
    supplier_reference = models.CharField(_("供应商发货单号"), max_length=80, blank=True, db_default="")
    shipped_on = models.DateField(_("发货日期"), null=True)
    expected_on = models.DateField(_("预计到货"), null=True)
    arrived_on = models.DateField(_("到货日期"), null=True)
    external_key = models.CharField(max_length=120, null=True, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    is_open = models.GeneratedField(
        expression=Q(state__in=("announced", "in_transit", "arrived")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(
                fields=["company", "external_key"],
                name="shipment_external_key_once",
                condition=Q(external_key__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="shipment_by_company"),
            models.Index(
                fields=["company", "expected_on", "id"], name="open_shipment_by_date", condition=Q(is_open=True)
            ),
            models.Index(
                F("company"),
                Func(F("tracking_number"), template=NOTE_KEY.format("%(expressions)s")),
                name="shipment_by_tracking_key",
                condition=~Q(tracking_number=""),
            ),
        )


class ShipmentLine(models.Model):
    """A quantity (order line's unit) of an order line in a shipment; ``received`` counts what was booked in."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    order_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, related_name="shipment_lines")
    quantity = models.DecimalField(**QUANTITY)
    received = models.DecimalField(db_default=0, **QUANTITY)
    lot_code = models.CharField(_("批次号"), max_length=80, blank=True, db_default="")
    expires_on = models.DateField(_("有效期至"), null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shipment", "line_no"], name="shipment_line_no_once"),
            models.CheckConstraint(name="shipment_line_makes_sense", condition=Q(quantity__gt=0, received__gte=0)),
        )
