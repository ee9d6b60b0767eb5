"""Channels of a company, what its people chose, and what was sent where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.events import Subject


class Means(models.TextChoices):
    """How a channel sends."""

    EMAIL = "email", _("邮件")
    PUSH = "push", _("浏览器推送")
    SERVICE = "service", _("聊天与短信服务")


class Channel(models.Model):
    """A way out of the product. ``sealed`` holds the address with its keys; ``service`` is its first word (dingtalk …).

    ``shared``: its address leads to one place for all (a group chat); else it has a gap that is filled for each person,
    with ``needs_own`` by what they entered themselves.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(_("代码"), max_length=32)
    name = models.CharField(_("名称"), max_length=80)
    means = models.CharField(max_length=8, choices=Means)
    service = models.CharField(max_length=32, blank=True, default="")
    sealed = models.TextField(default="")
    shared = models.BooleanField(default=False)
    needs_own = models.BooleanField(default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "code"], name="channel_code_once_per_company"),
            models.CheckConstraint(name="channel_means_are_known", condition=Q(means__in=Means.values)),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        return Subject("channel", self.pk, self.code)


class MailServer(models.Model):
    """The server by which a company sends its mails, in place of the installation's. ``sealed`` holds the password."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS（多为 587 端口）")
        TLS = "tls", _("SSL/TLS（多为 465 端口）")
        NONE = "none", _("不加密")

    company = models.OneToOneField("accounts.Company", models.CASCADE, primary_key=True, related_name="+")
    host = models.CharField(_("服务器"), max_length=253)
    port = models.IntegerField(_("端口"))
    security = models.CharField(_("加密"), max_length=8, choices=Security)
    username = models.CharField(_("用户名"), max_length=200, blank=True, default="")
    sealed = models.TextField(default="")
    sender = models.CharField(_("发件地址"), max_length=254)
    sender_name = models.CharField(_("发件人名称"), max_length=80, blank=True, default="")
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(name="mail_server_port_exists", condition=Q(port__gte=1, port__lte=65535)),
            models.CheckConstraint(
                name="mail_server_security_is_known", condition=Q(security__in=["starttls", "tls", "none"])
            ),
        )


class Times(models.Model):
    """What is chosen: ``kinds`` is {kind: {channel: now or digest}}; between the quiet hours nothing but what is severe
    is sent; a digest goes out at ``digest_at``.
    """

    kinds = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    digest_at = models.TimeField(default="09:00", db_default="09:00")
    version = models.IntegerField(default=1)

    class Meta:
        abstract = True


class Policy(Times):
    """What holds for those of a company who chose nothing; the kind «*» is any that is not named."""

    company = models.OneToOneField("accounts.Company", models.CASCADE, primary_key=True, related_name="+")


class Preference(Times):
    """What one person chose: kinds that are not named, and the times unless ``own_times``, follow the company.

    ``addresses`` is {channel: text}, what fills the gap in the address of a channel for this person.
    """

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    own_times = models.BooleanField(default=False)
    addresses = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "user"], name="preference_once_per_person"),)


class Mute(models.Model):
    """What a person wants to hear nothing of: a kind of notice, or one document (``kind`` is "" then)."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, blank=True, default="")
    subject_kind = models.CharField(max_length=24, blank=True, default="")
    subject_number = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "user", "kind", "subject_kind", "subject_number"], name="muted_once"
            ),
            models.CheckConstraint(
                name="mute_is_of_a_kind_or_a_document",
                condition=(Q(kind="") & ~Q(subject_number="")) | (~Q(kind="") & Q(subject_number="")),
            ),
        )


class Template(models.Model):
    """A company's own words for a kind of notice in one language, in place of the built-in ones."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    body = models.TextField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["company", "kind", "language"], name="template_once_per_language"),
        )


class Outward(models.Model):
    """Whether a company's customers or suppliers are told on an occasion, through which channel, in which language."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    occasion = models.CharField(max_length=32)
    is_on = models.BooleanField(default=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=8, default="zh-hans")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "occasion"], name="outward_once_per_occasion"),)


class Cursor(models.Model):
    """Up to which transaction a company's notices were looked at (``xact``, an xid8, is added by SQL), and which of its
    events were visible when they were looked at for who is outside (``snapshot``).
    """

    company = models.OneToOneField("accounts.Company", models.CASCADE, primary_key=True, related_name="+")
    snapshot = models.TextField(default="", db_default="")
    looked_at = models.DateTimeField(null=True)


class Browser(models.Model):
    """A browser that a person lets be pushed to: where, and the keys that only it can read with."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    endpoint = models.CharField(max_length=800)
    key = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    name = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "user", "endpoint"], name="browser_once_per_person"),)


class Delivery(models.Model):
    """One message through one channel, and what became of it. ``key`` says what it tells: through one channel once.

    ``user`` is empty in a shared channel, ``people`` are the names of those it is for. ``within`` is the digest that
    told it. A message to a partner has its ``address`` and is worded when it is made (``title``, ``body``). ``due_at``
    is when it is to be sent, in «sending» when its sender must have been killed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        HELD = "held", _("暂存待汇总")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")
        BUNDLED = "bundled", _("已并入汇总")
        SKIPPED = "skipped", _("未发送")

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False)
    people = models.CharField(max_length=200, blank=True, default="", db_default="")
    notice_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=32)
    text = models.CharField(max_length=500)
    subject_kind = models.CharField(max_length=24, blank=True, default="", db_default="")
    subject_number = models.CharField(max_length=64, blank=True, default="", db_default="")
    severe = models.BooleanField(default=False, db_default=False)
    why = models.CharField(max_length=200, blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=State, db_default="waiting")
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.SmallIntegerField(db_default=0)
    problem = models.CharField(max_length=24, blank=True, db_default="")
    detail = models.CharField(max_length=300, blank=True, db_default="")
    within = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    count = models.IntegerField(db_default=1)
    partner_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=254, blank=True, db_default="")
    title = models.CharField(max_length=200, blank=True, db_default="")
    body = models.TextField(blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["channel", "key"], name="told_once_per_channel"),
            models.CheckConstraint(
                name="notice_delivery_state_is_known",
                condition=Q(state__in=["waiting", "held", "sending", "sent", "failed", "bundled", "skipped"]),
            ),
        )
        indexes = (
            models.Index(
                fields=["company", "state", "due_at"],
                name="notice_delivery_due",
                condition=Q(state__in=["waiting", "held", "sending"]),
            ),
            models.Index(fields=["company", "-id"], name="notice_delivery_log"),
            models.Index(fields=["company", "-id"], name="notice_delivery_failed", condition=Q(state="failed")),
            models.Index(fields=["within"], name="notice_delivery_within", condition=Q(within__isnull=False)),
            models.Index(fields=["notice_id"], name="notice_delivery_of_notice", condition=Q(notice_id__isnull=False)),
        )
