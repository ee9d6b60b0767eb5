"""The purchase order, its lines with their counters, and the ledger of promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
AMOUNT: Mapping[str, Any] = {"max_digits": 20, "decimal_places": 4}
OPEN_STATES = ("draft", "pending_approval", "approved", "confirmed", "partly_shipped", "shipped", "partly_received")
LIVE_STATES = frozenset({"approved", "confirmed", "partly_shipped", "shipped", "partly_received", "received"})
_LIVE: Mapping[str, frozenset[str]] = {state: LIVE_STATES | {"closed", "cancelled"} for state in LIVE_STATES}


class PurchaseOrder(Document):
    """An order to a supplier. Up to approval the state follows from commands, then from the lines' counters.

    ``external_key`` is the number under which an import or a caller knows the order; unique per company.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PENDING_APPROVAL = "pending_approval", _("待审批")
        APPROVED = "approved", _("待供应商确认")
        CONFIRMED = "confirmed", _("已确认")
        PARTLY_SHIPPED = "partly_shipped", _("部分发货")
        SHIPPED = "shipped", _("已发货")
        PARTLY_RECEIVED = "partly_received", _("部分入库")
        RECEIVED = "received", _("已入库")
        CLOSED = "closed", _("已完结")
        CANCELLED = "cancelled", _("已取消")

    KIND = "po"
    PREFIX = "PO"
    PAGE = "purchasing:order_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"pending_approval", "approved", "cancelled"}),
        "pending_approval": frozenset({"draft", "approved", "cancelled"}),
        **_LIVE,
        "closed": LIVE_STATES,
    }

    supplier = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    warehouse = models.ForeignKey(
        "catalog.Warehouse", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    currency = models.CharField(_("币种"), max_length=3)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8, default=1)
    minor_units = models.SmallIntegerField(default=2)
    tax_included = models.BooleanField(_("价格含税"), default=True)
    ordered_on = models.DateField(_("下单日期"))
    payment_terms = models.CharField(_("付款条件"), max_length=200, blank=True, db_default="")
    supplier_reference = models.CharField(_("供应商单号"), max_length=80, blank=True, db_default="")
    external_key = models.CharField(max_length=120, null=True, blank=True)
    note = models.TextField(_("备注"), blank=True, db_default="")
    net = models.DecimalField(db_default=0, **AMOUNT)
    tax = models.DecimalField(db_default=0, **AMOUNT)
    gross = models.DecimalField(db_default=0, **AMOUNT)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    decision_note = models.CharField(max_length=300, blank=True, db_default="")
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=300, blank=True, db_default="")
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
                name="order_external_key_once_per_company",
                condition=Q(external_key__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="order_by_company"),
            models.Index(fields=["company", "supplier", "-id"], name="order_by_supplier"),
            models.Index(
                fields=["company", "supplier", "-id"],
                name="open_order_by_supplier",
                condition=Q(is_open=True),
                include=["state"],
            ),
            models.Index(fields=["company", "state", "-id"], name="open_order_by_state", condition=Q(is_open=True)),
        )


class OrderLine(models.Model):
    """A line with its counters, all in ``unit``; one unit is ``factor`` stock units.

    Each counter is the sum of the document lines that moved it and is written in their transaction; ``gendan
    verify`` proves it.
    ``live`` is set from approval to close or cancel. ``promised_on`` is the supplier's first promise, or the last day
    that we asked for by change order, ``expected_on`` the latest word, ``due_on`` the next date on which something
    still missing was so promised (else required); lateness counts from it.
    ``promise_revision`` is the newest revision in the ledger, ``promise_parts`` the number of dates in the first one.
    ``completed_on`` is the date of the receipt that completed the line. ``closed_short`` is the part of
    ``cancelled`` that closing
    the order wrote off, and that reopening gives back. ``contract``: the number of the framework contract whose price
    the line has, and from which it is called off. ``pegged`` (stock units) is what is set aside for sales lines,
    see steps.pegs.
    """

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    order = models.ForeignKey(PurchaseOrder, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    supplier = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    warehouse = models.ForeignKey(
        "catalog.Warehouse", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    description = models.CharField(max_length=300, blank=True, db_default="")
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    factor = models.DecimalField(default=1, **QUANTITY)
    quantity = models.DecimalField(_("数量"), **QUANTITY)
    unit_price = models.DecimalField(_("单价"), **QUANTITY)
    discount = models.DecimalField(_("折扣 %"), max_digits=6, decimal_places=3, default=0)
    tax_rate = models.DecimalField(_("税率 %"), max_digits=7, decimal_places=4, default=0)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)
    gross = models.DecimalField(**AMOUNT)
    required_on = models.DateField(_("需求日"), null=True)
    promised_on = models.DateField(_("承诺交期"), null=True)
    expected_on = models.DateField(_("预计到货"), null=True)
    due_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)
    over_tolerance = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    under_tolerance = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    confirmed = models.DecimalField(db_default=0, **QUANTITY)
    refused = models.DecimalField(db_default=0, **QUANTITY)
    shipped = models.DecimalField(db_default=0, **QUANTITY)
    received = models.DecimalField(db_default=0, **QUANTITY)
    accepted = models.DecimalField(db_default=0, **QUANTITY)
    rejected = models.DecimalField(db_default=0, **QUANTITY)
    returned = models.DecimalField(db_default=0, **QUANTITY)
    replaced = models.DecimalField(db_default=0, **QUANTITY)
    invoiced = models.DecimalField(db_default=0, **QUANTITY)
    paid = models.DecimalField(db_default=0, **QUANTITY)
    cancelled = models.DecimalField(db_default=0, **QUANTITY)
    closed_short = models.DecimalField(db_default=0, **QUANTITY)
    pegged = models.DecimalField(db_default=0, **QUANTITY)
    promise_revision = models.IntegerField(db_default=0)
    promise_parts = models.SmallIntegerField(db_default=0)
    live = models.BooleanField(db_default=False)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    contract = models.CharField(max_length=32, blank=True, db_default="")
    external_key = models.CharField(max_length=120, null=True, blank=True)
    is_open = models.GeneratedField(
        expression=Q(  # type: ignore[arg-type]
            live=True, quantity__gt=(F("received") + F("cancelled")) * 100 / (100 - F("under_tolerance"))
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # What has not arrived, in stock units; triggers keep its sums (models.incoming).
    incoming = models.GeneratedField(
        expression=(F("quantity") - F("cancelled") - F("received")) * F("factor"),
        output_field=models.DecimalField(max_digits=36, decimal_places=12),
        db_persist=True,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "line_no"], name="order_line_no_once"),
            models.CheckConstraint(
                name="order_line_amounts_make_sense",
                condition=Q(quantity__gt=0, unit_price__gte=0, discount__gte=0, discount__lte=100, factor__gt=0),
            ),
            models.CheckConstraint(
                name="order_line_counters_make_sense",
                condition=Q(confirmed__gte=0, refused__gte=0, shipped__gte=0, received__gte=0, accepted__gte=0)
                & Q(rejected__gte=0, returned__gte=0, cancelled__gte=0, cancelled__lte=F("quantity"), pegged__gte=0)
                & Q(replaced__gte=0, replaced__lte=F("returned"))
                & Q(received__gte=F("accepted") + F("rejected") - F("replaced")),
            ),
            models.CheckConstraint(name="under_tolerance_below_100", condition=Q(under_tolerance__lt=100)),
        )
        indexes = (
            models.Index(fields=["company", "due_on", "id"], name="open_line_by_due", condition=Q(is_open=True)),
            models.Index(
                F("company"),
                F("product"),
                F("warehouse"),
                Coalesce("expected_on", "due_on"),
                name="open_line_by_product",
                condition=Q(is_open=True),
                include=["incoming", "expected_on", "due_on"],
            ),
            models.Index(fields=["product", "-id"], name="order_line_by_product"),
            models.Index(
                fields=["company", "supplier", "due_on", "id"], name="open_line_by_supplier", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["company", "-completed_on", "-id"],
                name="completed_line_by_day",
                condition=Q(completed_on__isnull=False),
            ),
            models.Index(
                fields=["company", "supplier", "-completed_on", "-id"],
                name="completed_line_of_supplier",
                condition=Q(completed_on__isnull=False),
            ),
            models.Index(fields=["company", "contract", "product"], name="line_of_contract", condition=~Q(contract="")),
        )


class Promise(models.Model):
    """One entry of the promise ledger of a line: append-only, nothing is overwritten.

    A ``revision`` is one word of a ``source``, possibly split over several rows (quantity by date). ``kind``
     promise is what the
    supplier committed to; expected is a later estimate (carrier, buyer); refused is a quantity that will not be
    delivered. What the supplier agreed to because we asked for another day (``source`` agreed, by change order)
    takes the place of the first promise as the measure of lateness.
    """

    class Kind(models.TextChoices):
        PROMISE = "promise", _("承诺")
        EXPECTED = "expected", _("预计")
        REFUSED = "refused", _("拒绝")

    class Source(models.TextChoices):
        SUPPLIER = "supplier", _("供应商")
        BUYER = "buyer", _("采购员代录")
        CARRIER = "carrier", _("承运商")
        IMPORT = "import", _("导入")
        SYSTEM = "system", _("系统")
        AGREED = "agreed", _("按我方变更约定")
        LINK = "link", _("供应商链接")

    order_line = models.ForeignKey(OrderLine, models.CASCADE, related_name="promises", db_index=False)
    revision = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    source = models.CharField(max_length=8, choices=Source)
    quantity = models.DecimalField(**QUANTITY)
    promised_on = models.DateField(null=True)
    note = models.CharField(max_length=300, blank=True, db_default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.CheckConstraint(name="promise_quantity_positive", condition=Q(quantity__gt=0)),)
        indexes = (models.Index(fields=["order_line", "revision", "id"], name="promise_by_line"),)
