"""What open order lines still bring in, as sums that triggers keep in the transaction that changes a line."""

from __future__ import annotations

from django.db import models


class Incoming(models.Model):
    """A part of what is to come of a product to a warehouse, in stock units; what is to come is the sum of its rows.

    A writer adds to any row that no other writer has locked at this moment, else makes one more: nobody waits, and
    there are never more rows than there were writers at once. Written by triggers on order lines (migration 0014) only.
    """

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    warehouse = models.ForeignKey(
        "catalog.Warehouse", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.DecimalField(max_digits=36, decimal_places=12)

    class Meta:
        indexes = (models.Index(fields=["company", "product", "warehouse"], name="incoming_by_product"),)
