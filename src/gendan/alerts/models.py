"""What a company decided about rules, the cases that rules found, and how far the looking has come."""

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
OPEN_STATES = ("open", "in_progress")


class Severity(models.TextChoices):
    LOW = "low", _("一般")
    MEDIUM = "medium", _("重要")
    HIGH = "high", _("紧急")


class RuleSetting(models.Model):
    """What a company changed of a built-in rule (empty: as the program has it), or a rule of its own (``is_own``).

    ``subject``, ``trigger``, ``condition`` and ``message`` are of own rules. ``owner`` is a list of [by, value], see
    steps.owners; ``reminding`` how people are told, see rules.reminding. ``rested_at``: since when a rule of its own,
    which took too long, does not look any more; until it is saved again.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    is_own = models.BooleanField(db_default=False)
    name = models.CharField(_("名称"), max_length=80, blank=True, db_default="")
    is_active = models.BooleanField(_("启用"), null=True)
    severity = models.CharField(max_length=8, choices=Severity, blank=True, db_default="")
    thresholds = models.JSONField(default=dict, db_default={})
    owner = models.JSONField(null=True)
    answer_hours = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    remedies = models.JSONField(null=True)
    subject = models.CharField(max_length=24, blank=True, db_default="")
    trigger = models.JSONField(default=dict, db_default={})
    condition = models.TextField(blank=True, db_default="")
    message = models.CharField(max_length=300, blank=True, db_default="")
    reminding = models.JSONField(default=dict, db_default={})
    rested_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "alerts_rule"
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="alert_rule_once_per_company"),)

    def __str__(self) -> str:
        return self.code


class Case(Document):
    """Something that a rule found, once for ever: found again it is updated, gone it closes, back it opens again.

    ``active``: the cause stands, by the last look. ``settled_days`` and ``settled_amount``: how bad it was when
    somebody closed it; it opens again when it gets worse by a step of its rule. ``times``: how often it opened.
    ``answer_by`` is when it goes to the owner's superior unless somebody took it up (``answered_at``). ``customers``
    wait for it; ``amount`` is in company currency. ``cause`` makes cases one group. ``was_wrong``: who dismissed it
    said that the rule was mistaken. ``reminders``: how often its owner was told again, last ``reminded_at``,
    next at ``tell_at``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        IN_PROGRESS = "in_progress", _("处理中")
        RESOLVED = "resolved", _("已解决")
        DISMISSED = "dismissed", _("已忽略")

    class Closed(models.TextChoices):
        GONE = "gone", _("原因已消除")
        HAND = "hand", _("人工处理")

    KIND = "case"
    PREFIX = "EX"
    PAGE = "alerts:case_detail"
    VIEW_PERMISSION = "alerts.view"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "open": frozenset({"in_progress", "resolved", "dismissed"}),
        "in_progress": frozenset({"open", "resolved", "dismissed"}),
        "resolved": frozenset({"open"}),
        "dismissed": frozenset({"open"}),
    }

    rule = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    active = models.BooleanField(db_default=True)
    severity = models.CharField(max_length=8, choices=Severity)
    cause = models.CharField(max_length=80, blank=True, db_default="")
    document_kind = models.CharField(max_length=16)
    document_id = models.BigIntegerField()
    document_number = models.CharField(max_length=64)
    line_id = models.BigIntegerField(null=True)
    line_no = models.IntegerField(null=True)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, null=True, **MASTER)
    product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, **MASTER)
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, null=True, **MASTER)
    due_on = models.DateField(null=True)
    days = models.IntegerField(db_default=0)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    customers = models.IntegerField(db_default=0)
    facts = models.JSONField(default=dict, db_default={})
    rank = models.IntegerField(db_default=0)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    opened_at = models.DateTimeField(db_default=Now())
    times = models.IntegerField(db_default=1)
    answer_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    escalations = models.SmallIntegerField(db_default=0)
    tell_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.SmallIntegerField(db_default=0)
    was_wrong = models.BooleanField(db_default=False)
    snoozed_until = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    closed_how = models.CharField(max_length=8, choices=Closed, blank=True, db_default="")
    reason = models.CharField(_("原因"), max_length=300, blank=True, db_default="")
    settled_days = models.IntegerField(null=True)
    settled_amount = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    is_open = models.GeneratedField(
        expression=Q(state__in=OPEN_STATES),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta(Document.Meta):
        abstract = False
        verbose_name = _("异常")
        constraints = (
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["company", "rule", "key"], name="one_case_per_rule_and_cause"),
            models.CheckConstraint(
                name="open_case_has_its_cause",
                condition=Q(state__in=OPEN_STATES, active=True, closed_at__isnull=True)
                | Q(state__in=("resolved", "dismissed"), closed_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["company", "-rank", "-id"], name="open_case_by_rank", condition=Q(is_open=True)),
            models.Index(
                fields=["company", "owner", "-rank", "-id"], name="open_case_by_owner", condition=Q(is_open=True)
            ),
            models.Index(fields=["company", "rule", "cause"], name="open_case_by_cause", condition=Q(is_open=True)),
            models.Index(fields=["company", "rule"], name="active_case_by_rule", condition=Q(active=True)),
            models.Index(fields=["company", "document_kind", "document_id"], name="case_by_document"),
            models.Index(fields=["company", "partner"], name="open_case_by_partner", condition=Q(is_open=True)),
            models.Index(fields=["company", "product"], name="open_case_by_product", condition=Q(is_open=True)),
            models.Index(
                fields=["company", "answer_by"],
                name="case_to_answer",
                condition=Q(is_open=True, answered_at__isnull=True, answer_by__isnull=False),
            ),
            models.Index(
                fields=["company", "tell_at"],
                name="case_to_tell",
                condition=Q(is_open=True, answered_at__isnull=True, tell_at__isnull=False),
            ),
            models.Index(fields=["company", "opened_at"], name="case_by_day"),
            models.Index(fields=["company", "-id"], name="case_by_company"),
        )


class Scan(models.Model):
    """The last full look of a rule: for which moment and day (``at``, ``day``), how many it found, how long it took.

    ``looked_at`` is when it was made.
    """

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    rule = models.CharField(max_length=40)
    at = models.DateTimeField()
    day = models.DateField()
    found = models.IntegerField(db_default=0)
    opened = models.IntegerField(db_default=0)
    closed = models.IntegerField(db_default=0)
    milliseconds = models.IntegerField(db_default=0)
    looked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "rule"], name="one_scan_per_rule"),)


class Cursor(models.Model):
    """How far the event log was read for a company; see steps.cursor."""

    company = models.OneToOneField("accounts.Company", models.CASCADE, related_name="+")
    floor = models.BigIntegerField(db_default=0)
    highest = models.BigIntegerField(db_default=0)
    mark_id = models.BigIntegerField(db_default=0)
    mark_xact = models.BigIntegerField(null=True)
    snapshot = models.TextField(blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())


class RuleVersion(models.Model):
    """A rule of a company's own as it was saved once: what it says can be read and put back."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    version = models.IntegerField()
    definition = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code", "version"], name="rule_version_once"),)


class Proposal(models.Model):
    """A change of a rule that the system proposed and somebody applied; ``before`` is what undoing puts back."""

    class State(models.TextChoices):
        APPLIED = "applied", _("已采纳")
        UNDONE = "undone", _("已撤销")

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    rule = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)
    before = models.JSONField()
    after = models.JSONField()
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, db_default="applied")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["company", "-id"], name="proposal_by_company"),)


class Report(models.Model):
    """That the report of a week was told: once."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    week = models.DateField()
    told = models.IntegerField(db_default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "week"], name="one_report_a_week"),)


from gendan.alerts.remedies.models import RemedyDone as RemedyDone  # noqa: E402 - Django finds models by this module
from gendan.alerts.remedies.models import Urge as Urge  # noqa: E402
