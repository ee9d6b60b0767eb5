"""Approval flows as data, the approvals that run by them, who stands in for whom, and when people work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.events import Subject

PERSON: Mapping[str, Any] = {"related_name": "+", "db_index": False}


class Flow(models.Model):
    """What has to be approved by whom for one transition of one kind of document; ``published`` is what counts now."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    transition = models.CharField(max_length=32, default="submit", db_default="submit")
    name = models.CharField(_("名称"), max_length=80)
    published = models.ForeignKey("flow.FlowVersion", models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.IntegerField(default=1, db_default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "kind", "transition"], name="one_flow_per_transition"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        return Subject("flow", self.pk, str(self.pk))


class FlowVersion(models.Model):
    """One state of a flow's definition. It is never changed once it was published; a draft becomes the next number."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    flow = models.ForeignKey(Flow, models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    definition = models.JSONField(default=dict)
    note = models.CharField(_("说明"), max_length=300, blank=True, default="", db_default="")
    version = models.IntegerField(default=1, db_default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    created_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["flow", "number"], name="flow_version_number_once"),
            models.UniqueConstraint(fields=["flow"], name="one_draft_per_flow", condition=Q(state="draft")),
        )


class Instance(models.Model):
    """An approval of one document, by the version that it began with; ``facts`` are what is judged.

    ``key`` is the node where it stands, since ``entered_at``; ``round`` grows each time a node is entered.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("审批中")
        APPROVED = "approved", _("已通过")
        REJECTED = "rejected", _("已驳回")
        SENT_BACK = "sent_back", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")
        VOIDED = "voided", _("已失效")
        ENDED = "ended", _("已终止")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(FlowVersion, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    transition = models.CharField(max_length=32, default="submit", db_default="submit")
    document_id = models.BigIntegerField()
    number = models.CharField(max_length=64)
    submitter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    key = models.CharField(max_length=40, blank=True, default="", db_default="")
    round = models.IntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(db_default=Now())
    entered_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "document_id", "transition"],
                name="one_running_approval_per_document",
                condition=Q(state="running"),
            ),
        )
        indexes = (
            models.Index(fields=["kind", "document_id", "-id"], name="approvals_of_document"),
            models.Index(fields=["company", "submitter", "-id"], name="approvals_of_submitter"),
        )

    def __str__(self) -> str:
        return self.number


class Task(models.Model):
    """What one person (or a deadline, or another system) has to do at a node; ``place`` is the turn in a sequence.

    ``parent`` and ``side`` are set for a signer whom somebody added before or after the own decision. ``stand_in`` may
    decide for the person; ``acted_by`` is who did it.
    """

    class Kind(models.TextChoices):
        APPROVE = "approve", _("审批")
        INFORM = "inform", _("抄送")
        WAIT = "wait", _("等待")
        WEBHOOK = "webhook", _("通知外部系统")

    class State(models.TextChoices):
        WAITING = "waiting", _("待处理")
        LATER = "later", _("未轮到")
        APPROVED = "approved", _("已同意")
        REJECTED = "rejected", _("已驳回")
        SENT_BACK = "sent_back", _("已退回")
        SKIPPED = "skipped", _("已跳过")
        PASSED = "passed", _("超时通过")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("无需处理")

    class Side(models.TextChoices):
        BEFORE = "before", _("前加签")
        AFTER = "after", _("后加签")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=40)
    round = models.IntegerField()
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.APPROVE)
    place = models.IntegerField(default=1, db_default=1)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    stand_in = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="+", db_index=False)
    side = models.CharField(max_length=8, choices=Side, blank=True, default="", db_default="")
    source = models.CharField(
        max_length=16, blank=True, default="", db_default=""
    )  # by which rule the person was found
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    urged_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    acted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="task_decided_when_not_open",
                condition=Q(state__in=["waiting", "later"]) | Q(decided_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=["company", "user", "-id"],
                name="waiting_tasks",
                condition=Q(state="waiting", kind="approve"),
            ),
            models.Index(fields=["company", "user", "-id"], name="copies", condition=Q(kind="inform")),
            models.Index(
                fields=["company", "acted_by", "-decided_at"],
                name="handled_tasks",
                condition=Q(kind="approve", acted_by__isnull=False),
            ),
            models.Index(
                fields=["company", "stand_in", "-id"],
                name="waiting_tasks_for_others",
                condition=Q(state="waiting", stand_in__isnull=False),
            ),
            models.Index(
                fields=["due_at"],
                name="due_tasks",
                condition=Q(state="waiting", due_at__isnull=False, reminded_at__isnull=True),
            ),
        )


class Delegate(models.Model):
    """Somebody who may decide for a person from one day to another, both included; ``kinds`` empty: everything."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **PERSON)
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **PERSON)
    first = models.DateField(_("开始日期"))
    last = models.DateField(_("结束日期"))
    kinds = ArrayField(models.TextField(), default=list)
    note = models.CharField(_("说明"), max_length=300, blank=True, default="", db_default="")
    is_active = models.BooleanField(_("启用"), default=True, db_default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **PERSON)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(name="delegate_days_in_order", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(name="delegate_is_somebody_else", condition=~Q(person=F("substitute"))),
        )
        indexes = (
            models.Index(fields=["company", "substitute", "last"], name="standing_in", condition=Q(is_active=True)),
        )


class WorkingDay(models.Model):
    """A day that differs in this company from what the law's calendar says."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("日期"))
    works = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=80, blank=True, default="", db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "day"], name="working_day_once"),)


class WorkingTime(models.Model):
    """When a company works on its working days, with a rest in between."""

    company = models.OneToOneField("accounts.Company", models.PROTECT, related_name="+")
    starts = models.TimeField(_("上班时间"), default="09:00")
    ends = models.TimeField(_("下班时间"), default="18:00")
    rest_from = models.TimeField(_("午休开始"), null=True, blank=True, default="12:00")
    rest_to = models.TimeField(_("午休结束"), null=True, blank=True, default="13:00")
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(name="working_time_in_order", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(
                name="working_time_rest_inside",
                condition=Q(rest_from__isnull=True, rest_to__isnull=True)
                | Q(rest_from__gte=F("starts"), rest_to__gt=F("rest_from"), rest_to__lte=F("ends")),
            ),
        )
