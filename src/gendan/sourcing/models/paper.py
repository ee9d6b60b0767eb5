"""Documents of a supplier that end some day: licences, certificates, contracts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.sourcing.models.inquiry import COMPANY, MASTER


class SupplierPaper(models.Model):
    """A document of a supplier with its file. ``reminded_for`` is the end of which people were told; a removed one is
    kept.
    """

    class Kind(models.TextChoices):
        LICENCE = "licence", _("营业执照")
        CERTIFICATE = "certificate", _("资质证书")
        CONTRACT = "contract", _("合同")
        OTHER = "other", _("其他资料")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(_("名称"), max_length=120)
    reference = models.CharField(_("证号"), max_length=80, blank=True, db_default="")
    valid_from = models.DateField(_("生效日"), null=True)
    expires_on = models.DateField(_("到期日"), null=True)
    remind_days = models.SmallIntegerField(_("提前几天提醒"), db_default=30)
    reminded_for = models.DateField(null=True)
    note = models.CharField(_("备注"), max_length=300, blank=True, db_default="")
    file_name = models.CharField(max_length=200, blank=True, db_default="")
    media_type = models.CharField(max_length=120, blank=True, db_default="")
    sha256 = models.CharField(max_length=64, blank=True, db_default="")
    version = models.IntegerField(default=1, db_default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="paper_period_in_order",
                condition=Q(valid_from__isnull=True) | Q(expires_on__isnull=True) | Q(valid_from__lte=F("expires_on")),
            ),
            models.CheckConstraint(name="paper_reminds_before", condition=Q(remind_days__gte=0)),
        )
        indexes = (
            models.Index(
                fields=["company", "expires_on"],
                name="paper_by_end",
                condition=Q(removed_at__isnull=True, expires_on__isnull=False),
            ),
        )
