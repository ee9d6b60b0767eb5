"""The sales order, its lines with their counters, and the ledger of promises to the customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
AMOUNT: Mapping[str, Any] = {"max_digits": 20, "decimal_places": 4}
MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}
OPEN_STATES = ("draft", "pending_review", "rejected", "to_ship", "partly_shipped", "shipped", "signed")
LIVE_STATES = frozenset({"to_ship", "partly_shipped", "shipped", "signed", "completed"})
_LIVE: Mapping[str, frozenset[str]] = {state: LIVE_STATES | {"cancelled"} for state in LIVE_STATES}
# A customer's numbers that differ only in case, blanks or full-width letters are one number.
REFERENCE_KEY = r"lower(regexp_replace(normalize({}, NFKC), '\s', '', 'g'))"


class ShipTo(models.Model):
    """Where goods go, as it stood when the document was written."""

    ship_to_code = models.CharField(_("地址编码"), max_length=64, blank=True, db_default="")
    ship_to_name = models.CharField(_("收货方"), max_length=120, blank=True, db_default="")
    ship_to_phone = models.CharField(_("电话"), max_length=40, blank=True, db_default="")
    ship_to_address = models.CharField(_("送货地址"), max_length=400, blank=True, db_default="")
    ship_to_country = models.CharField(_("国家/地区"), max_length=80, blank=True, db_default="")

    class Meta:
        abstract = True


class SalesOrder(ShipTo, Document):
    """An order of a customer. Up to the review the state follows from commands, then from the lines' counters.

    ``customer_reference`` is the customer's own number, which cannot be booked twice for one customer;
    ``external_key`` the number under which an import or a caller knows the order. ``findings`` is what the last review
    found. ``settled_at`` is set when everything is paid, by payments (``paid_amount``) or by command. ``credited`` is
    what returns of its goods were credited with: it is not owed any more.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PENDING_REVIEW = "pending_review", _("待审核")
        REJECTED = "rejected", _("已驳回")
        TO_SHIP = "to_ship", _("待发货")
        PARTLY_SHIPPED = "partly_shipped", _("部分发货")
        SHIPPED = "shipped", _("已发货")
        SIGNED = "signed", _("已签收")
        COMPLETED = "completed", _("已完成")
        CANCELLED = "cancelled", _("已取消")

    class BackOrder(models.TextChoices):
        PARTIAL = "partial", _("有多少发多少")
        COMPLETE = "complete", _("全部备齐再发")
        LINE = "line", _("按行备齐再发")

    KIND = "so"
    PREFIX = "SO"
    PAGE = "sales:order_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"pending_review", "to_ship", "cancelled"}),
        "pending_review": frozenset({"draft", "rejected", "to_ship", "cancelled"}),
        "rejected": frozenset({"draft", "pending_review", "to_ship", "cancelled"}),
        **_LIVE,
        "cancelled": frozenset(),
    }

    customer = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    salesperson = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    quotation = models.ForeignKey("sales.Quotation", models.PROTECT, null=True, related_name="orders")
    currency = models.CharField(_("币种"), max_length=3)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8, default=1)
    minor_units = models.SmallIntegerField(default=2)
    tax_included = models.BooleanField(_("价格含税"), default=True)
    ordered_on = models.DateField(_("下单日期"))
    requested_on = models.DateField(_("客户要求日期"), null=True)
    payment_terms = models.CharField(_("付款条件"), max_length=200, blank=True, db_default="")
    customer_reference = models.CharField(_("客户单号"), max_length=80, blank=True, db_default="")
    external_key = models.CharField(max_length=120, null=True, blank=True)
    back_order = models.CharField(_("缺货时"), max_length=8, choices=BackOrder, db_default="partial")
    note = models.TextField(_("备注"), blank=True, db_default="")
    net = models.DecimalField(db_default=0, **AMOUNT)
    tax = models.DecimalField(db_default=0, **AMOUNT)
    gross = models.DecimalField(db_default=0, **AMOUNT)
    credited = models.DecimalField(db_default=0, **AMOUNT)
    paid_amount = models.DecimalField(db_default=0, **AMOUNT)
    findings = models.JSONField(default=list, db_default=[])
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    decision_note = models.CharField(max_length=300, blank=True, db_default="")
    settled_at = models.DateTimeField(null=True)
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
                name="sales_order_external_key_once",
                condition=Q(external_key__isnull=False),
            ),
            models.UniqueConstraint(
                F("company"),
                F("customer"),
                Func(F("customer_reference"), template=REFERENCE_KEY.format("%(expressions)s")),
                name="sales_order_reference_once",
                condition=~Q(customer_reference="") & ~Q(state="cancelled"),
            ),
        )
        indexes = (
            models.Index(
                F("company"),
                Func(F("customer_reference"), template=REFERENCE_KEY.format("%(expressions)s")),
                name="sales_order_by_reference",
                condition=~Q(customer_reference=""),
            ),
            models.Index(fields=["company", "-id"], name="sales_order_by_company"),
            models.Index(fields=["company", "customer", "-id"], name="sales_order_by_customer"),
            models.Index(
                fields=["company", "customer", "-id"], name="open_sales_order_by_customer", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["company", "state", "-id"], name="open_sales_order_by_state", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["company", "customer", "ordered_on"], name="open_sales_order_by_age", condition=Q(is_open=True)
            ),
        )


class SalesLine(models.Model):
    """A line with its counters. Those of documents are in ``unit`` (one is ``factor`` stock units); ``reserved``,
    ``pegged`` and ``requested``, the sums of its pegs on stock, on purchase lines and on requisition lines, are in
    stock units.

    ``delivering`` is on deliveries that have not left yet. ``live`` is set from review to cancel. ``promised_on`` is
    the first promise to the customer, ``expected_on`` the latest word, ``due_on`` what lateness counts from (promised,
    else requested). ``unit_cost`` is what a stock unit was worth at the review, in the company's currency.
    ``price_source`` is where the price came from (customer, class, list, hand). ``closed_short`` is the part of
    ``cancelled`` that closing wrote off.
    """

    class Source(models.TextChoices):
        CUSTOMER = "customer", _("客户价")
        CLASS = "class", _("等级价")
        LIST = "list", _("标准价")
        HAND = "hand", _("手工")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    order = models.ForeignKey(SalesOrder, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    customer = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    product = models.ForeignKey("catalog.Product", models.PROTECT, **MASTER)
    description = models.CharField(max_length=300, blank=True, db_default="")
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, **MASTER)
    factor = models.DecimalField(default=1, **QUANTITY)
    quantity = models.DecimalField(_("数量"), **QUANTITY)
    unit_price = models.DecimalField(_("单价"), **QUANTITY)
    price_source = models.CharField(max_length=8, choices=Source, db_default="hand")
    discount = models.DecimalField(_("折扣 %"), max_digits=6, decimal_places=3, default=0)
    tax_rate = models.DecimalField(_("税率 %"), max_digits=7, decimal_places=4, default=0)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)
    gross = models.DecimalField(**AMOUNT)
    unit_cost = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    requested_on = models.DateField(_("客户要求日期"), null=True)
    promised_on = models.DateField(_("承诺交期"), null=True)
    expected_on = models.DateField(_("预计发货"), null=True)
    due_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)
    promise_revision = models.IntegerField(db_default=0)
    reserved = models.DecimalField(db_default=0, **QUANTITY)
    pegged = models.DecimalField(db_default=0, **QUANTITY)
    requested = models.DecimalField(db_default=0, **QUANTITY)
    delivering = models.DecimalField(db_default=0, **QUANTITY)
    shipped = models.DecimalField(db_default=0, **QUANTITY)
    signed = models.DecimalField(db_default=0, **QUANTITY)
    refused = models.DecimalField(db_default=0, **QUANTITY)
    returned = models.DecimalField(db_default=0, **QUANTITY)
    invoiced = models.DecimalField(db_default=0, **QUANTITY)
    paid = models.DecimalField(db_default=0, **QUANTITY)
    cancelled = models.DecimalField(db_default=0, **QUANTITY)
    closed_short = models.DecimalField(db_default=0, **QUANTITY)
    live = models.BooleanField(db_default=False)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    external_key = models.CharField(max_length=120, null=True, blank=True)
    quotation_line = models.ForeignKey("sales.QuotationLine", models.PROTECT, null=True, **MASTER)
    is_open = models.GeneratedField(
        expression=Q(live=True, quantity__gt=F("shipped") + F("cancelled")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "line_no"], name="sales_line_no_once"),
            models.CheckConstraint(
                name="sales_line_amounts_make_sense",
                condition=Q(quantity__gt=0, unit_price__gte=0, discount__gte=0, discount__lte=100, factor__gt=0),
            ),
            models.CheckConstraint(
                name="sales_line_counters_make_sense",
                condition=Q(reserved__gte=0, pegged__gte=0, requested__gte=0, delivering__gte=0, shipped__gte=0)
                & Q(signed__gte=0, refused__gte=0, returned__gte=0, cancelled__gte=0)
                & Q(shipped__lte=F("quantity") - F("cancelled") - F("delivering"))
                & Q(shipped__gte=F("signed") + F("refused")),
            ),
            models.CheckConstraint(
                name="sales_line_not_covered_twice",
                condition=Q(
                    reserved__lte=(F("quantity") - F("cancelled") - F("shipped")) * F("factor")
                    - F("pegged")
                    - F("requested")
                ),
            ),
        )
        indexes = (
            models.Index(fields=["company", "due_on", "id"], name="open_sales_line_by_due", condition=Q(is_open=True)),
            models.Index(
                fields=["company", "product", "due_on"], name="open_sales_line_by_product", condition=Q(is_open=True)
            ),
            models.Index(fields=["product", "-id"], name="sales_line_by_product"),
            models.Index(fields=["customer"], name="cancelled_line_by_customer", condition=Q(cancelled__gt=0)),
            models.Index(
                fields=["company", "customer", "due_on", "id"],
                name="open_sales_line_by_customer",
                condition=Q(is_open=True),
            ),
        )


class SalesPromise(models.Model):
    """One word to the customer about a line's date: append-only. ``revision`` 1 is the promise that lateness counts
    from; a later one says why it moved.
    """

    class Source(models.TextChoices):
        ATP = "atp", _("按可承诺量")
        HAND = "hand", _("销售员")
        SUPPLY = "supply", _("供应变化")
        IMPORT = "import", _("导入")

    line = models.ForeignKey(SalesLine, models.CASCADE, related_name="promises", db_index=False)
    revision = models.IntegerField()
    source = models.CharField(max_length=8, choices=Source)
    promised_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True, db_default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["line", "revision"], name="sales_promise_once"),)
