"""What ties a sales line to its supply: stock, an open purchase line, or a requisition line."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gendan.sales.models.order import MASTER, QUANTITY, SalesLine


class Peg(models.Model):
    """A quantity (stock units) of one supply set aside for a sales line; exactly one of ``balance``,
    ``purchase_line`` and ``requisition_line`` names the supply.

    ``hard`` is the part that stands on a delivery; only stock can be hard. ``moved_by_hand`` marks what somebody tied
    by hand, which reallocation leaves alone.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    line = models.ForeignKey(SalesLine, models.PROTECT, related_name="pegs", db_index=False)
    balance = models.ForeignKey(
        "inventory.Balance", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    purchase_line = models.ForeignKey(
        "purchasing.OrderLine", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    requisition_line = models.ForeignKey(
        "purchasing.RequisitionLine", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.DecimalField(**QUANTITY)
    hard = models.DecimalField(db_default=0, **QUANTITY)
    moved_by_hand = models.BooleanField(db_default=False)
    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, **MASTER)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="peg_quantity_makes_sense",
                condition=Q(quantity__gt=0, hard__gte=0, hard__lte=F("quantity"))
                & (Q(hard=0) | Q(balance__isnull=False)),
            ),
            models.CheckConstraint(
                name="peg_names_one_supply",
                condition=Q(balance__isnull=False, purchase_line__isnull=True, requisition_line__isnull=True)
                | Q(balance__isnull=True, purchase_line__isnull=False, requisition_line__isnull=True)
                | Q(balance__isnull=True, purchase_line__isnull=True, requisition_line__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["line", "balance"], name="one_peg_per_balance", condition=Q(balance__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["line", "purchase_line"],
                name="one_peg_per_purchase_line",
                condition=Q(purchase_line__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["line", "requisition_line"],
                name="one_peg_per_requisition_line",
                condition=Q(requisition_line__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["balance"], name="peg_by_balance", condition=Q(balance__isnull=False)),
            models.Index(
                fields=["purchase_line"], name="peg_by_purchase_line", condition=Q(purchase_line__isnull=False)
            ),
            models.Index(
                fields=["requisition_line"], name="peg_by_requisition", condition=Q(requisition_line__isnull=False)
            ),
        )
