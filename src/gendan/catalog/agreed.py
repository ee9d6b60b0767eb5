"""Prices that a framework contract in force gives: they go before the supplier's price list."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AgreedPrice(models.Model):
    """What a contract says of a product from a quantity on, while it is in force.

    The context of contracts writes the rows when one comes into force and takes them away when it ends; they are
    nobody's to edit. ``contract`` is its number.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey("catalog.Partner", models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey("catalog.Unit", models.PROTECT, related_name="+", db_index=False)
    contract = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    from_quantity = models.DecimalField(default=0, max_digits=18, decimal_places=6)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    lead_time_days = models.SmallIntegerField(null=True)
    minimum_quantity = models.DecimalField(default=0, max_digits=18, decimal_places=6)
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "contract", "product", "unit", "from_quantity"], name="agreed_price_once_per_break"
            ),
            models.CheckConstraint(
                name="agreed_price_not_negative", condition=Q(price__gte=0) & Q(from_quantity__gte=0)
            ),
        )
        indexes = (
            models.Index(fields=["partner", "product"], name="agreed_price_by_partner"),
            models.Index(fields=["company", "product", "partner"], name="agreed_price_by_product"),
        )
