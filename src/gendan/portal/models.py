"""Links of customers to their orders, people of suppliers, and what was written through them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

USER: Mapping[str, Any] = {"related_name": "+", "db_index": False}


class CustomerLink(models.Model):
    """The right to see one sales order and to act on it for the customer, without an account.

    Kept are the hash of the token, by which it is found, and the sealed token, so that the link can be shown again to
    who may make links: a copy of the database alone opens nothing.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("sales.SalesOrder", models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    recipient = models.CharField(_("给谁"), max_length=120, blank=True, db_default="")
    language = models.CharField(_("语言"), max_length=8, blank=True, db_default="")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **USER)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **USER)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="customer_link_ends", condition=Q(expires_at__gt=models.F("created_at"))),
        )


class CustomerMessage(models.Model):
    """A question of a customer (``user`` is null) or an answer of ours, about one order; the customer sees both."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("sales.SalesOrder", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **USER)
    author = models.CharField(max_length=120, blank=True, db_default="")
    text = models.CharField(max_length=2000)
    at = models.DateTimeField(db_default=Now())


class SupplierPerson(models.Model):
    """Somebody at a supplier who signs in: sees what was sent to the supplier by this company, and acts as far as
    ``rights`` (answer, ship, money, statement, people) say. No user of the product: there is nothing else to sign in
    to. Who works for suppliers of several companies is one row in each, with a password of its own.

    An invitation (or a reset) is a token, kept as its hash until it is used; ``password`` is empty until then.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    email = models.CharField(_("邮箱"), max_length=254)
    name = models.CharField(_("姓名"), max_length=120)
    language = models.CharField(_("语言"), max_length=8, db_default="zh-hans")
    rights = models.JSONField(default=list, db_default=[])
    password = models.CharField(max_length=128, blank=True, db_default="")
    is_active = models.BooleanField(db_default=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    token_ends = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **USER)
    accepted_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    version = models.IntegerField(db_default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                models.F("company"), models.F("partner"), Lower("email"), name="supplier_person_once"
            ),
        )
        indexes = (models.Index(Lower("email"), name="supplier_person_by_email"),)


class SupplierSession(models.Model):
    """A browser in which a person of a supplier is signed in: one row for each of the people that the same sign-in
    opens, found by the hash of what the browser keeps. The one chosen last is who acts.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(SupplierPerson, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64)
    chosen_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(models.F("token_hash"), models.F("person"), name="supplier_session_once"),
        )


class SupplierKey(models.Model):
    """A key by which a program of a supplier's acts as one of its people; kept as its hash."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(SupplierPerson, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SupplierAnswer(models.Model):
    """What a supplier said about an order, as it was said; append-only. ``lines`` tell for each line what was said and
    what became of it (taken, countered, asked, outdated); ``change`` is the change order that came of it.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    order = models.ForeignKey("purchasing.PurchaseOrder", models.CASCADE, related_name="+")
    link = models.ForeignKey("purchasing.SupplierLink", models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(SupplierPerson, models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=500, blank=True, db_default="")
    lines = models.JSONField()
    change = models.CharField(max_length=32, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())


class Progress(models.Model):
    """How far the production of an order line is, as its supplier says; append-only, the last word counts."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("purchasing.PurchaseOrder", models.CASCADE, related_name="+")
    line = models.ForeignKey("purchasing.OrderLine", models.CASCADE, related_name="+", db_index=False)
    percent = models.SmallIntegerField(null=True)
    step = models.CharField(max_length=80, blank=True, db_default="")
    note = models.CharField(max_length=300, blank=True, db_default="")
    name = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="progress_makes_sense",
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
            ),
        )
