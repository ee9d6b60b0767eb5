"""What several suppliers are asked for at once, whom, and what was awarded to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}
COMPANY: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class Inquiry(Document):
    """A question to several suppliers for the same goods.

    The state follows from what happened: sent, an answer came, everything was awarded, it was closed. Until
    ``closes_at`` nobody sees prices of one that is ``sealed``.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SENT = "sent", _("已发出")
        ANSWERED = "answered", _("已报价")
        AWARDED = "awarded", _("已定标")
        CLOSED = "closed", _("已关闭")

    KIND = "inquiry"
    PREFIX = "RFQ"
    PAGE = "sourcing:inquiry_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"sent", "closed"}),
        "sent": frozenset({"answered", "closed"}),
        "answered": frozenset({"awarded", "closed"}),
    }

    title = models.CharField(_("主题"), max_length=120, blank=True, db_default="")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    closes_at = models.DateTimeField(_("截止时间"), null=True)
    sealed = models.BooleanField(_("截止前密封"), db_default=False)
    note = models.TextField(_("给供应商的说明"), blank=True, db_default="")
    sent_at = models.DateTimeField(null=True)
    awarded_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=300, blank=True, db_default="")
    is_open = models.GeneratedField(
        expression=Q(state__in=("draft", "sent", "answered")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="inquiry_by_company"),
            models.Index(fields=["company", "-id"], name="inquiry_open", condition=Q(is_open=True)),
        )
        constraints = (
            *Document.Meta.constraints,
            models.CheckConstraint(
                name="sealed_inquiry_has_an_end", condition=Q(sealed=False) | Q(closes_at__isnull=False)
            ),
        )


class InquiryLine(models.Model):
    """A quantity of a product by a day. ``target_price`` is the budget, ``last_price`` what was last paid when it was
    sent: both without tax, in company currency, for ``unit``. ``awarded`` is the sum of the awards.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+", db_constraint=False)
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, **MASTER)
    factor = models.DecimalField(db_default=1, **QUANTITY)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    quantity = models.DecimalField(_("数量"), **QUANTITY)
    awarded = models.DecimalField(db_default=0, **QUANTITY)
    required_on = models.DateField(_("需求日"), null=True)
    target_price = models.DecimalField(_("预算单价"), null=True, **QUANTITY)
    last_price = models.DecimalField(null=True, **QUANTITY)
    note = models.CharField(_("要求"), max_length=300, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["inquiry", "line_no"], name="inquiry_line_no_once"),
            models.CheckConstraint(
                name="inquiry_awarded_within_asked",
                condition=Q(quantity__gt=0, awarded__gte=0, awarded__lte=F("quantity")),
            ),
        )


class InquirySource(models.Model):
    """How much of an inquiry's line (in its unit, which is the requisition line's) is asked for a requisition line;
    ``ordered`` is what orders out of it took.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    line = models.ForeignKey(InquiryLine, models.CASCADE, related_name="sources", db_index=False)
    requisition_line = models.ForeignKey("purchasing.RequisitionLine", models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    ordered = models.DecimalField(db_default=0, **QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["line", "requisition_line"], name="inquiry_source_once"),
            models.CheckConstraint(
                name="inquiry_source_positive", condition=Q(quantity__gt=0, ordered__gte=0, ordered__lte=F("quantity"))
            ),
        )


class Invitation(models.Model):
    """A supplier who is asked, by a link without an account once the inquiry was sent (kernel/tokens.py).

    ``answers`` counts the versions of the answer, ``declined`` says that the last one offers nothing.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="invitations", db_index=False)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, related_name="+", db_constraint=False)
    email = models.EmailField(blank=True, db_default="")
    recipient = models.CharField(max_length=120, blank=True, db_default="")
    language = models.CharField(max_length=8, db_default="zh-hans")
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    token_sealed = models.TextField(blank=True, db_default="")
    expires_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, db_default="")
    seen_at = models.DateTimeField(null=True)
    answers = models.SmallIntegerField(db_default=0)
    answered_at = models.DateTimeField(null=True)
    declined = models.BooleanField(db_default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["inquiry", "partner"], name="supplier_asked_once"),)


class Award(models.Model):
    """A quantity of a line that one supplier gets, at the answered price; it becomes an order line at once, or when a
    flow has approved it.

    ``net_price`` is without tax in company currency, what it is compared with beside it: the saving is measured by what
    was known then. ``order_line_id`` names purchasing's line.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **COMPANY)
    line = models.ForeignKey(InquiryLine, models.CASCADE, related_name="awards")
    answer_line = models.ForeignKey("sourcing.AnswerLine", models.PROTECT, related_name="+", db_index=False)
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    unit_price = models.DecimalField(**QUANTITY)
    net_price = models.DecimalField(**QUANTITY)
    landed_price = models.DecimalField(**QUANTITY)
    last_price = models.DecimalField(null=True, **QUANTITY)
    average_price = models.DecimalField(null=True, **QUANTITY)
    target_price = models.DecimalField(null=True, **QUANTITY)
    order_line_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True, db_index=True)
    awarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    awarded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(name="award_makes_sense", condition=Q(quantity__gt=0, unit_price__gte=0)),
        )
