"""How many completed lines a supplier or customer had per month: what was summed up, and what came since; and how a
company scores its suppliers.

A trigger on the order lines writes a change whenever a line completes, stops being completed or is measured by another
day; nobody else writes changes, and writing one never waits for another. A task folds them into the sums now and then
(``fold``); the figures are always sums plus changes, so folding changes none.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Figures(models.Model):
    """Lines that could be measured, those on time, those without a day to measure by, and the days that were late."""

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField()
    lines = models.BigIntegerField()
    on_time = models.BigIntegerField()
    unmeasured = models.BigIntegerField()
    late_days = models.BigIntegerField()

    class Meta:
        abstract = True


class OfSupplier(Figures):
    """Figures of purchase order lines."""

    supplier = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta(Figures.Meta):
        abstract = True


class OfCustomer(Figures):
    """Figures of sales order lines."""

    customer = models.ForeignKey(
        "catalog.Partner", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta(Figures.Meta):
        abstract = True


class SupplierMonth(OfSupplier):
    """The sums."""

    class Meta(OfSupplier.Meta):
        abstract = False
        constraints = (
            models.UniqueConstraint(fields=["company", "supplier", "month"], name="one_sum_per_supplier_and_month"),
        )


class SupplierChange(OfSupplier):
    """One line that completed (plus) or is not completed any more (minus), not folded yet."""

    class Meta(OfSupplier.Meta):
        abstract = False


class CustomerMonth(OfCustomer):
    """The sums of what left for customers."""

    class Meta(OfCustomer.Meta):
        abstract = False
        constraints = (
            models.UniqueConstraint(fields=["company", "customer", "month"], name="one_sum_per_customer_and_month"),
        )


class CustomerChange(OfCustomer):
    """One sales line that completed (plus) or is not completed any more (minus), not folded yet."""

    class Meta(OfCustomer.Meta):
        abstract = False


class ScorecardTerms(models.Model):
    """How a company scores its suppliers, as it was set once; the newest counts, none is ever changed."""

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    version = models.IntegerField()
    definition = models.JSONField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "version"], name="scorecard_terms_once"),)
