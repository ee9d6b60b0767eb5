"""Suppliers' invoices, matched line by line with orders and receipts, and payments in both directions."""

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
OPEN_STATES = ("draft", "matched", "mismatch", "approved", "partly_paid")
POSTED_STATES = frozenset({"matched", "mismatch", "approved", "partly_paid", "paid"})
PAYABLE_STATES = frozenset({"approved", "partly_paid"})
# A supplier's numbers that differ only in case, blanks or full-width letters are one; SQL spells it like the index.
REFERENCE_KEY = r"lower(regexp_replace(normalize({}, NFKC), '\s', '', 'g'))"
# What a payment is called: one that takes another back says so, whatever its own state.
SHOWN_STATE = "CASE WHEN {0}.reverses_id IS NULL THEN {0}.state ELSE 'reversal' END"


class Bill(Document):
    """A supplier's invoice. ``reference`` is the supplier's own number, which cannot be booked twice for one supplier.

    From posting on its quantities count as invoiced; the state then follows from the match and from payments. A posted
    bill is voided, never edited. ``paid`` is the sum of its payments, ``approve_reason`` why a mismatch was let pass,
    ``matched_at`` when it was compared last.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        MATCHED = "matched", _("已匹配")
        MISMATCH = "mismatch", _("有差异")
        APPROVED = "approved", _("待付款")
        PARTLY_PAID = "partly_paid", _("部分付款")
        PAID = "paid", _("已付款")
        VOID = "void", _("已作废")

    KIND = "bill"
    PREFIX = "BILL"
    PAGE = "settlement:bill_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"matched", "mismatch"}),
        "matched": frozenset({"mismatch", "approved", "void"}),
        "mismatch": frozenset({"matched", "approved", "void"}),
        "approved": frozenset({"partly_paid", "paid", "void"}),
        "partly_paid": frozenset({"approved", "paid"}),
        "paid": frozenset({"approved", "partly_paid"}),
    }

    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    reference = models.CharField(_("发票号"), max_length=80)
    dated_on = models.DateField(_("开票日期"))
    due_on = models.DateField(_("付款到期日"))
    currency = models.CharField(_("币种"), max_length=3)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8, default=1)
    minor_units = models.SmallIntegerField(default=2)
    tax_included = models.BooleanField(_("价格含税"), default=True)
    note = models.TextField(_("备注"), blank=True, db_default="")
    net = models.DecimalField(db_default=0, **AMOUNT)
    tax = models.DecimalField(db_default=0, **AMOUNT)
    gross = models.DecimalField(db_default=0, **AMOUNT)
    paid = models.DecimalField(db_default=0, **AMOUNT)
    posted_at = models.DateTimeField(null=True)
    matched_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    approve_reason = models.CharField(max_length=300, blank=True, db_default="")
    void_reason = models.CharField(max_length=300, blank=True, db_default="")
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
                F("company"),
                F("supplier"),
                Func(F("reference"), template=REFERENCE_KEY.format("%(expressions)s")),
                name="bill_reference_once_per_supplier",
                condition=~Q(state="void"),
            ),
            models.CheckConstraint(name="bill_paid_within_gross", condition=Q(paid__gte=0, paid__lte=F("gross"))),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="bill_by_company"),
            models.Index(fields=["company", "supplier", "-id"], name="bill_by_supplier"),
            models.Index(fields=["company", "state", "-id"], name="open_bill_by_state", condition=Q(is_open=True)),
            models.Index(fields=["company", "due_on", "id"], name="open_bill_by_due", condition=Q(is_open=True)),
            models.Index(fields=["company", "supplier", "gross", "dated_on"], name="bill_by_amount"),
        )


class BillLine(models.Model):
    """A line as the supplier printed it; what it is for stands in its allocations, none for freight and the like.

    Price and amounts are the invoice's own. ``findings`` is what the last match found, with the evidence.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    bill = models.ForeignKey(Bill, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    description = models.CharField(_("说明"), max_length=300, blank=True, db_default="")
    quantity = models.DecimalField(_("数量"), **QUANTITY)
    unit_price = models.DecimalField(_("单价"), **QUANTITY)
    tax_rate = models.DecimalField(_("税率 %"), max_digits=7, decimal_places=4, default=0)
    net = models.DecimalField(**AMOUNT)
    tax = models.DecimalField(**AMOUNT)
    gross = models.DecimalField(**AMOUNT)
    findings = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bill", "line_no"], name="bill_line_no_once"),
            models.CheckConstraint(name="bill_line_makes_sense", condition=Q(quantity__gt=0, unit_price__gte=0)),
        )


class BillMatch(models.Model):
    """A quantity (order line's unit) of an invoice line that is for an order line, and for the receipt that brought it:
    the allocation rows between invoice, order and receipt. Without a receipt line it was not found among receipts.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    bill_line = models.ForeignKey(BillLine, models.CASCADE, related_name="matches")
    order_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, related_name="+")
    receipt_line = models.ForeignKey("purchasing.ReceiptLine", models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (models.CheckConstraint(name="bill_match_positive", condition=Q(quantity__gt=0)),)


class Payment(Document):
    """Money that went to a supplier or came from a customer. What is not allocated is an advance.

    A mistake is reversed by a payment with ``reverses`` and opposite amounts. What a supplier credits for goods that
    went back is a payment out without money (``credit``), for that ``purchase_return``.
    """

    class State(models.TextChoices):
        POSTED = "posted", _("已登记")
        REVERSED = "reversed", _("已冲销")
        REVERSAL = "reversal", _("冲销单")  # never stored: see SHOWN_STATE

    class Direction(models.TextChoices):
        OUT = "out", _("付款")
        IN = "in", _("收款")

    class Method(models.TextChoices):
        BANK = "bank", _("银行转账")
        ACCEPTANCE = "acceptance", _("承兑汇票")
        CASH = "cash", _("现金")
        CREDIT = "credit", _("贷项冲抵")
        OTHER = "other", _("其他")

    KIND = "pay"
    PREFIX = "PAY"
    PAGE = "settlement:payment_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {"posted": frozenset({"reversed"})}

    direction = models.CharField(max_length=3, choices=Direction)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    paid_on = models.DateField(_("日期"))
    currency = models.CharField(_("币种"), max_length=3)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8, default=1)
    minor_units = models.SmallIntegerField(default=2)
    amount = models.DecimalField(_("金额"), **AMOUNT)
    allocated = models.DecimalField(db_default=0, **AMOUNT)
    method = models.CharField(_("方式"), max_length=12, choices=Method, db_default="bank")
    reference = models.CharField(_("流水号"), max_length=80, blank=True, db_default="")
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    purchase_return = models.ForeignKey("purchasing.PurchaseReturn", models.PROTECT, null=True, **MASTER)

    class Meta(Document.Meta):
        abstract = False
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(
                fields=["reverses"], name="payment_reversed_once", condition=Q(reverses__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["purchase_return"],
                name="return_credited_once",
                condition=Q(purchase_return__isnull=False, state="posted", reverses__isnull=True),
            ),
            models.CheckConstraint(
                name="payment_allocated_within_amount",
                condition=Q(amount__gt=0, allocated__gte=0, allocated__lte=F("amount"))
                | Q(amount__lt=0, allocated__lte=0, allocated__gte=F("amount")),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="payment_by_company"),
            models.Index(fields=["company", "partner", "-id"], name="payment_by_partner"),
        )


class PaymentPart(models.Model):
    """An amount (payment's currency) of a payment that is for a bill or a sales order; a reversal has it negative."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="parts")
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="+")
    sales_order = models.ForeignKey("sales.SalesOrder", models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(**AMOUNT)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="payment_part_is_for_one_thing",
                condition=~Q(amount=0) & (Q(bill__isnull=False) ^ Q(sales_order__isnull=False)),
            ),
        )


class SettlementSettings(models.Model):
    """What a company tolerates in the three-way match. No row means the defaults."""

    company = models.OneToOneField("accounts.Company", models.CASCADE, related_name="+")
    price_percent = models.DecimalField(_("单价容差 %"), max_digits=6, decimal_places=2, default=1)
    amount = models.DecimalField(_("金额容差"), max_digits=18, decimal_places=2, default=1)
    quantity_percent = models.DecimalField(_("数量容差 %"), max_digits=6, decimal_places=2, default=0)
    extra_amount = models.DecimalField(_("订单外费用上限"), max_digits=18, decimal_places=2, default=0)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="settlement_settings_make_sense",
                condition=Q(price_percent__gte=0, price_percent__lte=100, quantity_percent__gte=0)
                & Q(quantity_percent__lte=100, amount__gte=0, extra_amount__gte=0),
            ),
        )


class BankAccount(models.Model):
    """Where money goes: an account of a ``partner``, or of a colleague (``user``), so that one is not the other's.

    The number is kept sealed; ``key`` is a keyed digest of it, by which the same number is found again, ``tail`` what
    is shown to who may not see it. A removed one is kept.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, null=True, **MASTER)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    holder = models.CharField(_("户名"), max_length=120)
    bank = models.CharField(_("开户银行"), max_length=120, blank=True, db_default="")
    sealed = models.TextField()
    key = models.CharField(max_length=64)
    tail = models.CharField(max_length=4)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    version = models.IntegerField(default=1, db_default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="bank_account_is_somebodys", condition=Q(partner__isnull=False) ^ Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["partner", "key"], name="bank_account_of_partner_once", condition=Q(removed_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["company", "user", "key"],
                name="bank_account_of_user_once",
                condition=Q(removed_at__isnull=True, user__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company", "key"], name="bank_account_by_key", condition=Q(removed_at__isnull=True)),
        )
