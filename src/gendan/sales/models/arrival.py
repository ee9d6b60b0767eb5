"""What came into stock for a sales line: the peg moves on, this stays, so that «where from» is answered for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gendan.sales.models.order import MASTER, QUANTITY, SalesLine


class Arrival(models.Model):
    """A quantity (stock units) of a purchase line that came in while a sales line waited for it."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, **MASTER)
    line = models.ForeignKey(SalesLine, models.PROTECT, related_name="arrivals")
    purchase_line = models.ForeignKey("purchasing.OrderLine", models.PROTECT, related_name="+", db_constraint=False)
    quantity = models.DecimalField(**QUANTITY)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.CheckConstraint(name="arrival_quantity_positive", condition=Q(quantity__gt=0)),)
