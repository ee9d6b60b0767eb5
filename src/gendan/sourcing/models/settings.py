"""How a company compares and buys: late answers, weights of the score, what goods cost on the way."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gendan.sourcing.models.inquiry import COMPANY


class SourcingSettings(models.Model):
    """One row per company that changed something; the defaults stand in rules/policy.py."""

    class Late(models.TextChoices):
        REFUSE = "refuse", _("拒绝")
        MARK = "mark", _("收下并标记迟到")

    company = models.OneToOneField("accounts.Company", models.CASCADE, related_name="+")
    late_answers = models.CharField(max_length=8, choices=Late)
    weight_price = models.SmallIntegerField()
    weight_date = models.SmallIntegerField()
    weight_record = models.SmallIntegerField()
    feed_prices = models.BooleanField()
    version = models.IntegerField(default=1)


class LandedRate(models.Model):
    """What goods from a country cost on top: freight in percent of their value (where an answer names none), duty in
    percent of value and freight. An empty country is all others.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    country = models.CharField(_("国家/地区"), max_length=80, blank=True, db_default="")
    freight_percent = models.DecimalField(_("运费 %"), db_default=0, max_digits=7, decimal_places=4)
    duty_percent = models.DecimalField(_("关税 %"), db_default=0, max_digits=7, decimal_places=4)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "country"], name="landed_rate_once_per_country"),
            models.CheckConstraint(
                name="landed_rate_not_negative", condition=Q(freight_percent__gte=0) & Q(duty_percent__gte=0)
            ),
        )
