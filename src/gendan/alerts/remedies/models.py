"""What was done about cases, and the links by which suppliers were asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

MASTER: Mapping[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class Urge(models.Model):
    """A supplier asked once about one case or many, by the link that the recipient there has for orders, too.

    ``answer_by``: without an answer until then it goes to the superiors of who answers for the cases.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等供应商答复")
        ANSWERED = "answered", _("供应商已答复")
        UNANSWERED = "unanswered", _("供应商没有答复")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey("catalog.Partner", models.PROTECT, **MASTER)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_default="waiting")
    link = models.ForeignKey("purchasing.SupplierLink", models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=120, blank=True, db_default="")
    email = models.EmailField(blank=True, db_default="")
    language = models.CharField(max_length=8, db_default="zh-hans")
    note = models.CharField(max_length=500, blank=True, db_default="")
    cases = models.IntegerField(db_default=1)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    expires_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True, db_default="")
    answers = models.SmallIntegerField(db_default=0)
    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        db_table = "alerts_urge"
        constraints = (models.CheckConstraint(name="urge_ends", condition=Q(expires_at__gt=F("created_at"))),)
        indexes = (
            models.Index(fields=["company", "answer_by"], name="urge_waiting", condition=Q(state="waiting")),
            models.Index(fields=["company", "partner", "-id"], name="urge_by_partner"),
        )


class RemedyDone(models.Model):
    """A remedy that was used on a case: what was asked for, and what came of it.

    ``effect`` is a code with its figures, put into words for each reader (words.py). ``documents`` are what it made or
    changed, as kind:number. ``answer`` is what the supplier said who was urged. ``key`` is that of the request: a
    repetition finds what was done.
    """

    class State(models.TextChoices):
        DONE = "done", _("已执行")
        WAITING = "waiting", _("等供应商答复")
        ANSWERED = "answered", _("供应商已答复")
        UNANSWERED = "unanswered", _("供应商没有答复")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("alerts.Case", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State, default=State.DONE, db_default="done")
    values = models.JSONField(default=dict, db_default={})
    effect = models.JSONField(default=dict, db_default={})
    documents = models.JSONField(default=list, db_default=[])
    urge = models.ForeignKey(Urge, models.PROTECT, null=True, related_name="+")
    answer = models.JSONField(null=True)
    key = models.CharField(max_length=64, null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)
    at = models.DateTimeField(db_default=Now())
    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        db_table = "alerts_remedy"
        constraints = (
            models.UniqueConstraint(
                fields=["company", "user", "key"], name="remedy_done_once_per_key", condition=Q(key__isnull=False)
            ),
            models.UniqueConstraint(fields=["case"], name="case_urged_once_at_a_time", condition=Q(state="waiting")),
        )
        indexes = (models.Index(fields=["case", "-id"], name="remedy_by_case"),)
