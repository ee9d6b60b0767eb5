"""Links of customers to their orders, and what was written through them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
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
