"""Change orders with their proposals, and the versions of the orders that they changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}
OPEN_STATES = ("draft", "pending_approval", "approved", "awaiting_partner")
AMOUNT: Mapping[str, Any] = {"max_digits": 20, "decimal_places": 4}


class ChangeOrder(Document):
    """What is to become of an approved order (``order_kind``, ``order_id``), against what it was (``base``).

    ``content`` is the proposal that counts (rules.Content); every proposal is kept (Proposal). ``agreed``: the partner
    agreed to it, or it is the partner's own. ``revision`` is the version of the order that it made. ``blocked`` says
    why it could not be applied when everybody had agreed, without figures that not everybody may know; those are in
    ``findings``. Amounts are in company currency.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PENDING_APPROVAL = "pending_approval", _("待审批")
        APPROVED = "approved", _("已批准")
        AWAITING_PARTNER = "awaiting_partner", _("待对方确认")
        APPLIED = "applied", _("已生效")
        REJECTED = "rejected", _("已驳回")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Origin(models.TextChoices):
        OWN = "own", _("我方")
        PARTNER = "partner", _("对方")

    KIND = "co"
    PREFIX = "CO"
    PAGE = "changes:change_detail"
    VIEW_PERMISSION = "changes.view"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"pending_approval", "approved", "awaiting_partner", "applied", "withdrawn"}),
        "pending_approval": frozenset({"draft", "approved", "awaiting_partner", "applied", "rejected", "withdrawn"}),
        "approved": frozenset({"draft", "pending_approval", "awaiting_partner", "applied", "withdrawn", "rejected"}),
        "awaiting_partner": frozenset({"pending_approval", "approved", "applied", "rejected", "withdrawn"}),
    }

    order_kind = models.CharField(max_length=16)
    order_id = models.BigIntegerField()
    order_number = models.CharField(max_length=32)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    origin = models.CharField(_("提出方"), max_length=8, choices=Origin, default="own")
    reason = models.CharField(_("原因"), max_length=300, blank=True, db_default="")
    base_version = models.IntegerField()
    base = models.JSONField()
    content = models.JSONField()
    proposals = models.SmallIntegerField(db_default=1)
    must_agree = models.BooleanField(db_default=False)
    agreed = models.BooleanField(db_default=False)
    amount_before = models.DecimalField(db_default=0, **AMOUNT)
    amount = models.DecimalField(db_default=0, **AMOUNT)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True, db_default="")
    blocked = models.CharField(max_length=500, blank=True, db_default="")
    findings = models.JSONField(default=list, db_default=[])
    doubts = models.JSONField(default=list, db_default=[])
    revision = models.IntegerField(null=True)
    is_open = models.GeneratedField(
        expression=Q(state__in=OPEN_STATES),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        verbose_name = _("变更单")
        constraints = (*Document.Meta.constraints,)
        indexes = (
            models.Index(fields=["company", "-id"], name="change_by_company"),
            models.Index(fields=["order_kind", "order_id", "-id"], name="change_by_order"),
            models.Index(fields=["company", "state", "-id"], name="open_change_by_state", condition=Q(is_open=True)),
            models.Index(
                fields=["company", "partner", "-id"], name="answered_change", condition=Q(answered_at__isnull=False)
            ),
        )


class Proposal(models.Model):
    """One proposal of a change order, ours or the partner's: append-only."""

    change = models.ForeignKey(ChangeOrder, models.CASCADE, related_name="+", db_index=False)
    round = models.SmallIntegerField()
    origin = models.CharField(max_length=8, choices=ChangeOrder.Origin)
    content = models.JSONField()
    note = models.CharField(max_length=300, blank=True, db_default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["change", "round"], name="proposal_once"),)


class OrderVersion(models.Model):
    """An order as it was approved (``revision`` 1) or as a change left it: append-only. ``paper`` is printed."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    order_kind = models.CharField(max_length=16)
    order_id = models.BigIntegerField()
    order_number = models.CharField(max_length=32)
    revision = models.IntegerField()
    change = models.ForeignKey(ChangeOrder, models.PROTECT, null=True, related_name="+", db_index=False)
    content = models.JSONField()
    paper = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order_kind", "order_id", "revision"], name="order_revision_once"),
        )
