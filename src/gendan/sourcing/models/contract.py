"""Framework contracts: what a supplier and the company agreed for a period, and how that changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document
from gendan.sourcing.models.inquiry import COMPANY, MASTER, QUANTITY


class Contract(Document):
    """Prices and quantities for a period. What was called off is read from the lines of purchase orders that name the
    contract (``OrderLine.contract``); it is kept nowhere else.

    ``over``: what happens to an order beyond what was agreed. ``agreed_amount`` is in its currency, as orders count it.
    ``revision`` is the version that holds, 0 before the first.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        IN_FORCE = "in_force", _("执行中")
        ENDED = "ended", _("已到期")
        TERMINATED = "terminated", _("已终止")

    class Over(models.TextChoices):
        STOP = "stop", _("不能超")
        APPROVE = "approve", _("有权限的人才能超")
        WARN = "warn", _("可以超，记录提醒")

    KIND = "contract"
    PREFIX = "FC"
    PAGE = "sourcing:contract_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"in_force"}),
        "in_force": frozenset({"ended", "terminated"}),
    }

    partner = models.ForeignKey("catalog.Partner", models.PROTECT, related_name="+", db_constraint=False)
    reference = models.CharField(_("合同编号"), max_length=80, blank=True, db_default="")
    title = models.CharField(_("合同名称"), max_length=120, blank=True, db_default="")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    currency = models.CharField(_("币种"), max_length=3)
    valid_from = models.DateField(_("生效日"))
    valid_to = models.DateField(_("到期日"))
    agreed_amount = models.DecimalField(_("约定金额"), null=True, max_digits=20, decimal_places=4)
    over = models.CharField(_("超出约定"), max_length=8, choices=Over, db_default="stop")
    remind_days = models.SmallIntegerField(_("提前几天提醒"), db_default=30)
    remind_percent = models.SmallIntegerField(_("用到百分之几提醒"), db_default=80)
    note = models.TextField(_("备注"), blank=True, db_default="")
    revision = models.IntegerField(db_default=0)
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True, db_default="")
    is_open = models.GeneratedField(
        expression=Q(state__in=("draft", "in_force")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="contract_by_company"),
            models.Index(fields=["company", "-id"], name="contract_open", condition=Q(is_open=True)),
            models.Index(fields=["company", "valid_to"], name="contract_ending", condition=Q(state="in_force")),
        )
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(
                fields=["company", "reference"], name="contract_reference_once", condition=~Q(reference="")
            ),
            models.CheckConstraint(
                name="contract_makes_sense",
                condition=Q(valid_from__lte=F("valid_to")) & (Q(agreed_amount__isnull=True) | Q(agreed_amount__gt=0)),
            ),
        )


class ContractLine(models.Model):
    """A product at agreed prices; ``quantity`` empty is as much as is needed. A line that a later version leaves out is
    kept (``is_active`` false): orders name it.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+", db_constraint=False)
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, **MASTER)
    quantity = models.DecimalField(_("约定数量"), null=True, **QUANTITY)
    minimum = models.DecimalField(_("最小起订量"), db_default=0, **QUANTITY)
    lead_days = models.SmallIntegerField(_("交货周期（天）"), null=True)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    is_active = models.BooleanField(db_default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["contract", "product", "unit"], name="contract_product_once"),
            models.CheckConstraint(
                name="contract_line_makes_sense",
                condition=(Q(quantity__isnull=True) | Q(quantity__gt=0)) & Q(minimum__gte=0),
            ),
        )


class ContractPrice(models.Model):
    """The price of a line from a quantity on."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    line = models.ForeignKey(ContractLine, models.CASCADE, related_name="prices", db_index=False)
    from_quantity = models.DecimalField(db_default=0, **QUANTITY)
    price = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["line", "from_quantity"], name="contract_price_once_per_quantity"),
            models.CheckConstraint(
                name="contract_price_not_negative", condition=Q(price__gte=0) & Q(from_quantity__gte=0)
            ),
        )


class ContractVersion(models.Model):
    """What a contract said from a moment on: proposed until an approval lets it take effect. ``amount`` is what it
    comes to at the agreed quantities, in its currency.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        APPLIED = "applied", _("已生效")
        REFUSED = "refused", _("未通过")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="versions", db_index=False)
    revision = models.IntegerField()
    state = models.CharField(max_length=8, choices=State)
    content = models.JSONField()
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    reason = models.CharField(max_length=300, blank=True, db_default="")
    changes = models.JSONField(default=list)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["contract", "revision"], name="contract_revision_once"),
            models.UniqueConstraint(
                fields=["contract"], name="one_contract_version_is_judged", condition=Q(state="proposed")
            ),
        )


class ContractSignature(models.Model):
    """Who signed, when, and the signed document by its hash; nothing is taken back."""

    class Party(models.TextChoices):
        OURS = "ours", _("我方")
        SUPPLIER = "supplier", _("供应商")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="signatures")
    revision = models.IntegerField()
    party = models.CharField(max_length=8, choices=Party)
    signer = models.CharField(_("签署人"), max_length=80)
    signed_on = models.DateField(_("签署日期"))
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())
