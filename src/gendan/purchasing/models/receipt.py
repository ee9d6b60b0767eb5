"""The goods receipt: what came in, against which order line and shipment line, into which bin and lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
# Notes that differ only in case, blanks or full-width letters are one note; SQL must spell it like the index does.
NOTE_KEY = r"lower(regexp_replace(normalize({}, NFKC), '\s', '', 'g'))"
# What a receipt is called: one that takes another back says so, whatever its own state.
SHOWN_STATE = "CASE WHEN {0}.reverses_id IS NULL THEN {0}.state ELSE 'reversal' END"


class GoodsReceipt(Document):
    """A delivery booked in. A supplier's delivery note is booked once; a mistake is reversed by a receipt with
    ``reverses``.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        TO_INSPECT = "to_inspect", _("待检")
        POSTED = "posted", _("已入库")
        REVERSED = "reversed", _("已冲销")
        REVERSAL = "reversal", _("冲销单")  # never stored: see SHOWN_STATE

    KIND = "gr"
    PREFIX = "GR"
    PAGE = "purchasing:receipt_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"to_inspect", "posted"}),
        "to_inspect": frozenset({"posted", "reversed"}),
        "posted": frozenset({"reversed"}),
    }

    supplier = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    warehouse = models.ForeignKey(
        "catalog.Warehouse", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    shipment = models.ForeignKey("purchasing.Shipment", models.PROTECT, null=True, related_name="+", db_index=False)
    delivery_note = models.CharField(_("送货单号"), max_length=80, blank=True, db_default="")
    received_on = models.DateField(_("入库日期"))
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals", db_index=False)
    reverse_reason = models.CharField(max_length=300, blank=True, db_default="")
    external_key = models.CharField(max_length=120, null=True, blank=True)

    class Meta(Document.Meta):
        abstract = False
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(
                F("company"),
                F("supplier"),
                Func(F("delivery_note"), template=NOTE_KEY.format("%(expressions)s")),
                name="delivery_note_booked_once",
                condition=~Q(delivery_note="") & ~Q(state="reversed") & Q(reverses__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["company", "external_key"],
                name="receipt_external_key_once",
                condition=Q(external_key__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="receipt_by_company"),
            models.Index(fields=["company", "-id"], condition=Q(state="to_inspect"), name="receipt_to_inspect"),
            models.Index(fields=["shipment"], condition=Q(shipment__isnull=False), name="receipt_of_shipment"),
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="receipt_reversing"),
        )


class ReceiptLine(models.Model):
    """A quantity (order line's unit) booked in: the allocation row between order line, shipment line and stock.

    In a reversal the same rows appear with a negative quantity, so that a counter is the plain sum of its rows.
    """

    receipt = models.ForeignKey(GoodsReceipt, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    order_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, related_name="receipt_lines")
    shipment_line = models.ForeignKey(
        "purchasing.ShipmentLine", models.PROTECT, null=True, related_name="receipt_lines", db_index=False
    )
    lot = models.ForeignKey(
        "inventory.Lot", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    location = models.ForeignKey(
        "catalog.Location", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.DecimalField(**QUANTITY)
    accepted = models.DecimalField(db_default=0, **QUANTITY)
    rejected = models.DecimalField(db_default=0, **QUANTITY)
    scrapped = models.DecimalField(db_default=0, **QUANTITY)
    accepted_returned = models.DecimalField(db_default=0, **QUANTITY)
    rejected_returned = models.DecimalField(db_default=0, **QUANTITY)
    return_line = models.ForeignKey(
        "purchasing.PurchaseReturnLine", models.PROTECT, null=True, related_name="replacements", db_index=False
    )

    class Meta:
        indexes = (
            models.Index(
                fields=["shipment_line"], condition=Q(shipment_line__isnull=False), name="receipt_line_of_shipment"
            ),
            models.Index(fields=["return_line"], condition=Q(return_line__isnull=False), name="receipt_line_replaces"),
            models.Index(
                fields=["receipt"],
                condition=Q(rejected__gt=F("scrapped") + F("rejected_returned")),
                name="receipt_line_with_rejects",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["receipt", "line_no"], name="receipt_line_no_once"),
            models.CheckConstraint(name="receipt_line_moves_something", condition=~Q(quantity=0)),
            models.CheckConstraint(
                name="receipt_line_gives_back_what_it_has",
                condition=Q(scrapped=0, accepted_returned=0, rejected_returned=0)
                | Q(scrapped__gte=0, accepted_returned__gte=0, rejected_returned__gte=0)
                & Q(accepted_returned__lte=F("accepted"))
                & Q(rejected__gte=F("scrapped") + F("rejected_returned")),
            ),
        )
