"""Tables that every context shares: events, idempotency keys, jobs, comments, attachments."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Who did what to which objects, when, with what change. Append-only: a trigger refuses any change.

    ``refs`` names every object concerned as ``kind:number``; live pages and webhooks read it. ``address`` is where the
    request came from. ``xact`` is the writing transaction (xid8, added by SQL), by which the log can be tailed in
    commit order.
    """

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    via = models.CharField(max_length=8)
    address = models.GenericIPAddressField(null=True)
    type = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    subject_number = models.CharField(max_length=64)
    refs = ArrayField(models.TextField(), default=list)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "kernel_event"
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_by_subject"),
            # what the audit asks by, newest first
            models.Index(fields=["company", "at", "id"], name="event_by_company"),
            models.Index(fields=["company", "user", "at", "id"], name="event_by_user"),
            models.Index(fields=["company", "type", "at", "id"], name="event_by_type"),
            models.Index(fields=["company", "subject_number", "at", "id"], name="event_by_number"),
        )


class Seal(models.Model):
    """A batch of events that can change no more, chained by its hash to the batch before it.

    It covers the ids above ``after_id`` up to ``last_id``. ``ids`` and ``prints`` (four bytes of each row's hash) serve
    to name what was changed. Append-only as the log.
    """

    number = models.BigIntegerField(primary_key=True)
    after_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.IntegerField()
    ids = ArrayField(models.BigIntegerField())
    prints = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "kernel_seal"


class Idempotency(models.Model):
    """The stored answer of a request that carried an idempotency key."""

    pk = models.CompositePrimaryKey("company_id", "user_id", "key")
    company_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    key = models.CharField(max_length=128)
    command = models.CharField(max_length=64)
    fingerprint = models.BinaryField()
    result = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "kernel_idempotency"
        indexes = (models.Index(fields=["at"], name="idempotency_by_age"),)


class Job(models.Model):
    """A long piece of work with progress, cancel and a result page."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=48)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(null=True)
    message = models.CharField(max_length=500, default="", blank=True)
    args = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_job"
        indexes = (models.Index(fields=["company", "-id"], name="job_by_company"),)


class Comment(models.Model):
    """A remark on any document, with the users it mentions."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    mentions = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "kernel_comment"
        indexes = (models.Index(fields=["subject_kind", "subject_id", "id"], name="comment_by_subject"),)


class Attachment(models.Model):
    """A file on any document; the content lies under GENDAN_HOME by its hash.

    ``author`` is who brought it where that is no user: a customer behind a link.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    author = models.CharField(max_length=120, blank=True, db_default="")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_attachment"
        indexes = (models.Index(fields=["subject_kind", "subject_id", "id"], name="attachment_by_subject"),)


class Notice(models.Model):
    """Something a person is told in the product. ``severe``: it breaks through quiet hours. ``why`` it came to this
    person, where that is not the same for all of its kind.

    ``xact`` is the writing transaction (xid8, added by SQL): the audit says by it which event the person was told of.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    text = models.CharField(max_length=500)
    subject_kind = models.CharField(max_length=24)
    subject_number = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    severe = models.BooleanField(default=False, db_default=False)
    why = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        db_table = "kernel_notice"
        indexes = (
            models.Index(fields=["user", "company", "-id"], name="notice_by_user"),
            models.Index(
                fields=["company", "subject_number"], condition=models.Q(read_at=None), name="unread_notice_by_subject"
            ),
        )


class Sequence(models.Model):
    """Registers the PostgreSQL sequence that numbers one kind of document in one company."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=8)

    class Meta:
        db_table = "kernel_sequence"
        constraints = (models.UniqueConstraint(fields=["company", "prefix"], name="one_sequence_per_prefix"),)
