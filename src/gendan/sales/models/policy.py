"""What a company decides about reviewing orders and about who is served first: rows, edited in the product."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReviewRule(models.Model):
    """How a company answers when a rule of the review finds something. ``threshold`` is what the rule compares with
    (percent of margin, days overdue …); its meaning stands with the rule in ``rules/review.py``.
    """

    class Answer(models.TextChoices):
        OFF = "off", _("不检查")
        WARN = "warn", pgettext_lazy("review", "提醒")
        APPROVE = "approve", _("需审核")
        STOP = "stop", _("禁止")

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=32)
    answer = models.CharField(max_length=8, choices=Answer)
    threshold = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="review_rule_once_per_company"),)


class PriorityRule(models.Model):
    """One criterion of who is served first; they apply in the order of ``position``, ties go to the older order."""

    class Key(models.TextChoices):
        CUSTOMER_CLASS = "customer_class", _("客户等级")
        PROMISED_ON = "promised_on", _("承诺日期")
        ORDER_VALUE = "order_value", _("订单金额")
        ORDERED_ON = "ordered_on", _("下单日期")

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    position = models.SmallIntegerField()
    key = models.CharField(max_length=16, choices=Key)
    descending = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "position"], name="priority_position_once"),
            models.UniqueConstraint(fields=["company", "key"], name="priority_key_once"),
        )


class SalesSettings(models.Model):
    """What a company decides about selling. No row means the defaults."""

    company = models.OneToOneField("accounts.Company", models.CASCADE, related_name="+")
    reserve_on_review = models.BooleanField(_("审核通过后自动锁定库存"), default=True)
    peg_incoming = models.BooleanField(_("库存不足时锁定在途采购"), default=True)
    request_shortage = models.BooleanField(_("缺货自动生成采购申请"), default=False)
    request_safety_stock = models.BooleanField(_("低于安全库存自动生成采购申请"), default=False)
    handling_days = models.SmallIntegerField(_("到货后几天可发货"), default=0)
    back_order = models.CharField(_("缺货时"), max_length=8, default="partial")
    sign_by_carrier = models.BooleanField(_("承运商报告签收即为客户签收"), default=False, db_default=False)
    discount_limit = models.DecimalField(_("折扣上限 %"), max_digits=6, decimal_places=3, default=10)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="sales_settings_make_sense",
                condition=Q(handling_days__gte=0, handling_days__lte=365, discount_limit__gte=0)
                & Q(discount_limit__lte=100),
            ),
        )
