"""What suppliers answer: every version is kept, the last one counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.sourcing.models.inquiry import COMPANY, MASTER, QUANTITY, InquiryLine, Invitation


class Answer(models.Model):
    """A version of a supplier's answer. ``freight`` is for all of it, in its currency; ``rate`` the company's then."""

    class Source(models.TextChoices):
        LINK = "link", _("供应商在线填写")
        ENTERED = "entered", _("代填")
        FILE = "file", _("Excel 导入")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="versions", db_index=False)
    version = models.SmallIntegerField()
    current = models.BooleanField(db_default=True)
    source = models.CharField(max_length=8, choices=Source)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    minor_units = models.SmallIntegerField(db_default=2)
    tax_included = models.BooleanField(db_default=True)
    freight = models.DecimalField(db_default=0, max_digits=18, decimal_places=4)
    valid_to = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True, db_default="")
    late = models.BooleanField(db_default=False)
    answered_by = models.CharField(max_length=120, blank=True, db_default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["invitation", "version"], name="answer_version_once"),
            models.UniqueConstraint(fields=["invitation"], name="one_answer_counts", condition=Q(current=True)),
            models.CheckConstraint(name="answer_freight_not_negative", condition=Q(freight__gte=0, rate__gt=0)),
        )


class AnswerLine(models.Model):
    """What is offered for a line, or why nothing is (``quoted`` false: ``note`` is the reason)."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="lines", db_index=False)
    line = models.ForeignKey(InquiryLine, models.CASCADE, related_name="+")
    quoted = models.BooleanField(db_default=True)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, db_default=0)
    delivery_days = models.SmallIntegerField(null=True)
    minimum = models.DecimalField(db_default=0, **QUANTITY)
    pack = models.DecimalField(db_default=0, **QUANTITY)
    substitute = models.CharField(max_length=200, blank=True, db_default="")
    note = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["answer", "line"], name="answer_line_once"),)


class AnswerPrice(models.Model):
    """The price of an offered line from a quantity on."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    answer_line = models.ForeignKey(AnswerLine, models.CASCADE, related_name="prices", db_index=False)
    from_quantity = models.DecimalField(db_default=0, **QUANTITY)
    price = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["answer_line", "from_quantity"], name="answer_price_once_per_quantity"),
            models.CheckConstraint(
                name="answer_price_not_negative", condition=Q(price__gte=0) & Q(from_quantity__gte=0)
            ),
        )


class AnswerFile(models.Model):
    """A file that came with an answer; its content is kept by its hash (kernel/files.py)."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
