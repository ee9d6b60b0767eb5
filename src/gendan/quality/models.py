"""Inspection plans, what was inspected by them, and what suppliers do about what was bad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document
from gendan.kernel.events import Subject

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class Method(models.TextChoices):
    ALL = "all", _("全检")
    AQL = "aql", _("抽检")
    NONE = "none", _("免检")


class Stage(models.TextChoices):
    NORMAL = "normal", _("正常检验")
    TIGHTENED = "tightened", _("加严检验")
    REDUCED = "reduced", _("放宽检验")
    STOPPED = "stopped", _("暂停抽样")


class Plan(models.Model):
    """How goods are inspected when they come in. The scope is a product or a category (else every product) and a
    supplier (else every one); of several plans that fit the most specific counts. After ``skip_after`` good lots in a
    row one of ``skip_every`` is looked at.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    code = models.CharField(_("编码"), max_length=64)
    name = models.CharField(_("名称"), max_length=200)
    product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, **MASTER)
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, **MASTER)
    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, null=True, **MASTER)
    method = models.CharField(_("检验方式"), max_length=4, choices=Method)
    level = models.CharField(_("检验水平"), max_length=4, default="II")
    aql = models.CharField(_("AQL"), max_length=6, blank=True, default="")
    allow_reduced = models.BooleanField(_("允许放宽"), default=False)
    skip_after = models.IntegerField(_("连续合格批数"), default=0)
    skip_every = models.IntegerField(_("此后每几批检一批"), default=0)
    needs_photo = models.BooleanField(_("要求照片"), default=False)
    note = models.CharField(_("说明"), max_length=1000, blank=True, default="")
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="plan_code_once_per_company"),
            models.UniqueConstraint(
                fields=["company", "product", "category", "supplier"],
                nulls_distinct=False,
                condition=Q(is_active=True),
                name="plan_scope_once_per_company",
            ),
            models.CheckConstraint(
                name="plan_makes_sense",
                condition=Q(skip_after__gte=0, skip_every__gte=0)
                & (Q(product__isnull=True) | Q(category__isnull=True))
                & (~Q(method="aql") | ~Q(aql="")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> Subject:
        return Subject("qplan", self.pk, self.code)


class PlanCheck(models.Model):
    """A characteristic that a plan looks at."""

    class Kind(models.TextChoices):
        MEASURE = "measure", _("测量值")
        YESNO = "yesno", _("合格与否")
        TEXT = "text", _("文字")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="checks")
    line_no = models.IntegerField()
    name = models.CharField(_("检验项目"), max_length=120)
    kind = models.CharField(_("类型"), max_length=8, choices=Kind)
    low = models.DecimalField(_("下限"), null=True, **QUANTITY)
    high = models.DecimalField(_("上限"), null=True, **QUANTITY)
    unit = models.CharField(_("单位"), max_length=20, blank=True, default="")
    required = models.BooleanField(_("必检"), default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "line_no"], name="plan_check_no_once"),)


class Inspection(Document):
    """The inspection of what came in with one document (``source``, a goods receipt)."""

    class State(models.TextChoices):
        OPEN = "open", _("待检")
        DONE = "done", _("已判定")
        SKIPPED = "skipped", _("免检放行")
        CANCELLED = "cancelled", _("已作废")

    KIND = "qi"
    PREFIX = "QI"
    PAGE = "quality:inspection_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "open": frozenset({"done", "cancelled"}),
        "done": frozenset({"open", "cancelled"}),
        "skipped": frozenset({"cancelled"}),
    }

    source_kind = models.CharField(max_length=8)
    source_id = models.BigIntegerField()
    source_number = models.CharField(max_length=32)
    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, **MASTER)
    came_on = models.DateField()
    decided_at = models.DateTimeField(null=True)
    wish_reason = models.CharField(max_length=300, blank=True, db_default="")
    wished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    is_open = models.GeneratedField(
        expression=Q(state="open"),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["company", "source_kind", "source_id"], name="inspection_of_source_once"),
        )
        indexes = (
            models.Index(fields=["company", "-id"], name="inspection_by_company"),
            models.Index(fields=["company", "-id"], condition=Q(is_open=True), name="inspection_open"),
        )


class InspectionLine(models.Model):
    """A lot: what came in on one line of the source, how it is looked at and why (``why``), what was found, and what
    became of it (quantities in the source line's unit, mirrored from there in the same transaction). ``conceded`` is
    the part of ``accepted`` that was accepted although it is not as it should be; ``wished`` waits for being so.
    ``checks`` are the characteristics as the plan had them that day.
    """

    class Verdict(models.TextChoices):
        WAITING = "", _("待判定")
        ACCEPTED = "accepted", _("接收")
        PARTLY = "partly", _("部分接收")
        REJECTED = "rejected", _("拒收")
        CONCEDED = "conceded", _("让步接收")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="lines", db_index=False)
    line_no = models.IntegerField()
    source_line = models.BigIntegerField()
    source_line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, **MASTER)
    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    lot = models.CharField(max_length=80, blank=True, db_default="")
    factor = models.DecimalField(default=1, **QUANTITY)
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, **MASTER)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, **MASTER)
    method = models.CharField(max_length=4, choices=Method)
    stage = models.CharField(max_length=10, choices=Stage, db_default="normal")
    letter = models.CharField(max_length=1, blank=True, db_default="")
    items = models.IntegerField()
    sample = models.IntegerField()
    accept = models.IntegerField(null=True)
    reject = models.IntegerField(null=True)
    skipped = models.BooleanField(db_default=False)
    why = models.JSONField(default=dict)
    checks = models.JSONField(default=list)
    quantity = models.DecimalField(**QUANTITY)
    accepted = models.DecimalField(db_default=0, **QUANTITY)
    rejected = models.DecimalField(db_default=0, **QUANTITY)
    conceded = models.DecimalField(db_default=0, **QUANTITY)
    wished = models.DecimalField(db_default=0, **QUANTITY)
    wish_bin = models.CharField(max_length=64, blank=True, db_default="")
    defective = models.IntegerField(null=True)
    passed = models.BooleanField(null=True)
    sorted = models.BooleanField(db_default=False)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, db_default="")
    note = models.CharField(max_length=300, blank=True, db_default="")
    inspected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    inspected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["inspection", "line_no"], name="inspection_line_no_once"),
            models.CheckConstraint(
                name="inspection_line_makes_sense",
                condition=Q(quantity__gt=0, accepted__gte=0, rejected__gte=0, conceded__gte=0, wished__gte=0)
                & Q(quantity__gte=F("accepted") + F("rejected"), accepted__gte=F("conceded")),
            ),
        )
        indexes = (
            models.Index(fields=["company", "product", "supplier", "plan", "-id"], name="inspection_history"),
            models.Index(fields=["company", "supplier", "-inspected_at"], name="inspection_of_supplier"),
            models.Index(fields=["source_line"], name="inspection_by_source_line"),
        )


class Result(models.Model):
    """What was found of one characteristic of a line."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    line = models.ForeignKey(InspectionLine, models.CASCADE, related_name="results", db_index=False)
    check_no = models.IntegerField()
    values = ArrayField(models.DecimalField(**QUANTITY), default=list)
    failed = models.IntegerField()
    text = models.CharField(max_length=1000, blank=True, db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["line", "check_no"], name="result_of_check_once"),)


class Defect(models.Model):
    """Items of a line with one defect."""

    class Grade(models.TextChoices):
        CRITICAL = "critical", _("致命")
        MAJOR = "major", _("严重")
        MINOR = "minor", _("轻微")

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    line = models.ForeignKey(InspectionLine, models.CASCADE, related_name="defects")
    text = models.CharField(_("缺陷"), max_length=200)
    grade = models.CharField(_("等级"), max_length=8, choices=Grade)
    count = models.IntegerField(_("件数"))

    class Meta:
        constraints = (models.CheckConstraint(name="defect_counts_something", condition=Q(count__gt=0)),)


class CorrectiveAction(Document):
    """What a supplier shall do so that it does not happen again: cause, action, who, until when; then whether it
    helped.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待供应商答复")
        ANSWERED = "answered", _("已答复，待验证")
        VERIFIED = "verified", _("已验证")
        CLOSED = "closed", _("已关闭")

    KIND = "car"
    PREFIX = "CAR"
    PAGE = "quality:action_detail"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "open": frozenset({"answered", "closed"}),
        "answered": frozenset({"open", "verified", "closed"}),
        "verified": frozenset({"closed"}),
    }

    supplier = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, **MASTER)
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, related_name="actions")
    problem = models.CharField(_("问题"), max_length=1000)
    due_on = models.DateField(_("答复期限"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    contact = models.CharField(_("供应商负责人"), max_length=120, blank=True, db_default="")
    cause = models.CharField(_("原因"), max_length=2000, blank=True, db_default="")
    measure = models.CharField(_("纠正措施"), max_length=2000, blank=True, db_default="")
    done_by = models.DateField(_("完成日期"), null=True)
    answered_by = models.CharField(max_length=120, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True)
    verdict_note = models.CharField(_("验证说明"), max_length=1000, blank=True, db_default="")
    verified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)
    is_open = models.GeneratedField(
        expression=Q(state__in=("open", "answered")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="action_by_company"),
            models.Index(fields=["company", "due_on", "id"], condition=Q(state="open"), name="action_due"),
            models.Index(fields=["company", "supplier", "-id"], name="action_by_supplier"),
        )
