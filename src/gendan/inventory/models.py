"""The stock ledger, its balances, and the documents that move stock inside the company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.documents import Document

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}


class Lot(models.Model):
    """A batch of a product, by the code on its label."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(_("批次号"), max_length=80)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True)
    made_on = models.DateField(_("生产日期"), null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["product", "code"], name="lot_code_once_per_product"),)

    def __str__(self) -> str:
        return self.code


class StockMove(models.Model):
    """One leg of the ledger: a quantity (stock unit) of a product goes from one location to another.

    Append-only (a trigger refuses update, delete, truncate); a mistake is corrected by a move back with ``reverses``.
    ``occurred_at`` is when it happened, ``recorded_at`` when it was booked. ``source_kind``/``source_id`` name the
    document, ``source_line`` its line.
    """

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    from_location = models.ForeignKey(
        "catalog.Location", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    to_location = models.ForeignKey(
        "catalog.Location", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.DecimalField(**QUANTITY)
    occurred_at = models.DateTimeField(db_default=Now())
    recorded_at = models.DateTimeField(db_default=Now())
    source_kind = models.CharField(max_length=24)
    source_id = models.BigIntegerField()
    source_line = models.BigIntegerField(null=True)
    source_number = models.CharField(max_length=32)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = (
            models.CheckConstraint(name="move_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="move_between_two_places", condition=~Q(from_location=F("to_location"))),
        )
        indexes = (
            models.Index(fields=["company", "-occurred_at", "-id"], name="move_by_company_and_time"),
            models.Index(fields=["product", "-occurred_at", "-id"], name="move_by_product_and_time"),
            models.Index(fields=["source_kind", "source_id"], name="move_by_source"),
        )


class Balance(models.Model):
    """On hand and reserved of a product (lot) at a physical location; kept by the steps that write moves."""

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    location = models.ForeignKey("catalog.Location", models.PROTECT, related_name="+", db_constraint=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    on_hand = models.DecimalField(default=0, **QUANTITY)
    reserved = models.DecimalField(default=0, **QUANTITY)
    allow_negative = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["product", "location", "lot"], nulls_distinct=False, name="one_balance_per_place_and_lot"
            ),
            models.CheckConstraint(name="on_hand_not_negative", condition=Q(on_hand__gte=0) | Q(allow_negative=True)),
            models.CheckConstraint(
                name="reserved_within_on_hand",
                condition=Q(reserved__gte=0) & (Q(reserved__lte=F("on_hand")) | Q(allow_negative=True)),
            ),
        )
        indexes = (models.Index(fields=["company", "product"], name="balance_by_product"),)


class StockDocument(Document):
    """Base of documents that move stock by hand: draft until posted, then final."""

    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, related_name="+")
    reason = models.CharField(_("原因"), max_length=200, blank=True, default="")
    posted_at = models.DateTimeField(null=True)

    class Meta(Document.Meta):
        abstract = True


class Transfer(StockDocument):
    """Stock goes from a warehouse to another (by transit) or between bins of one (at once)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        IN_TRANSIT = "in_transit", _("在途")
        POSTED = "posted", _("已完成")
        CANCELLED = "cancelled", _("已取消")

    KIND = "transfer"
    PREFIX = "TR"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"in_transit", "posted", "cancelled"}),
        "in_transit": frozenset({"posted", "cancelled"}),
    }
    to_warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta(StockDocument.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="transfer_newest_first"),
            models.Index(fields=["company"], name="transfer_in_transit", condition=Q(state="in_transit")),
            models.Index(
                fields=["company", "-id"], name="transfer_open", condition=Q(state__in=["draft", "in_transit"])
            ),
        )


class TransferLine(models.Model):
    """A quantity of a product (lot) from a bin to a bin.

    ``received`` counts what has arrived, ``returned`` what went back from transit to where it came from.
    """

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+")
    from_location = models.ForeignKey("catalog.Location", models.PROTECT, related_name="+")
    to_location = models.ForeignKey("catalog.Location", models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    received = models.DecimalField(default=0, **QUANTITY)
    returned = models.DecimalField(default=0, **QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["transfer", "line_no"], name="transfer_line_no_once"),
            models.CheckConstraint(
                name="transfer_received_within_quantity",
                condition=Q(quantity__gt=0, received__gte=0, returned__gte=0)
                & Q(received__lte=F("quantity") - F("returned")),
            ),
        )


class Adjustment(StockDocument):
    """A correction of stock with a reason. ``kind`` says which way it goes and what stands on the other side."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("期初入账")
        FOUND = "found", _("盘盈发现")
        LOST = "lost", _("丢失")
        BROKEN = "broken", _("损坏")
        SCRAP = "scrap", _("报废")
        CORRECTION = "correction", _("更正")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        POSTED = "posted", _("已过账")
        CANCELLED = "cancelled", _("已取消")

    KIND = "adjustment"
    PREFIX = "AJ"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {"draft": frozenset({"posted", "cancelled"})}
    kind = models.CharField(_("类型"), max_length=12, choices=Kind, default=Kind.CORRECTION)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta(StockDocument.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="adjustment_newest_first"),
            models.Index(fields=["company", "-id"], name="adjustment_open", condition=Q(state="draft")),
        )
        constraints = (
            *StockDocument.Meta.constraints,
            models.UniqueConstraint(fields=["reverses"], name="adjustment_reversed_once"),
        )


class AdjustmentLine(models.Model):
    """A change (plus or minus, stock unit) of a product (lot) at a bin."""

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="lines")
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+")
    location = models.ForeignKey("catalog.Location", models.PROTECT, related_name="+")
    change = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["adjustment", "line_no"], name="adjustment_line_no_once"),
            models.CheckConstraint(name="adjustment_changes_something", condition=~Q(change=0)),
        )


class StockCount(StockDocument):
    """A stock-take: a count list is counted (blind or with the expected quantity), reviewed, then posted.

    ``scope`` says what the list was made from: bins, categories, products (codes; empty is all).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        COUNTING = "counting", _("盘点中")
        REVIEW = "review", _("待复核")
        POSTED = "posted", _("已过账")
        CANCELLED = "cancelled", _("已取消")

    KIND = "count"
    PREFIX = "SC"
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {
        "draft": frozenset({"counting", "cancelled"}),
        "counting": frozenset({"review", "cancelled"}),
        "review": frozenset({"counting", "posted", "cancelled"}),
    }
    blind = models.BooleanField(_("盲盘"), default=True)
    scope = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(StockDocument.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["company", "-id"], name="count_newest_first"),
            models.Index(
                fields=["company", "-id"], name="count_open", condition=Q(state__in=["draft", "counting", "review"])
            ),
        )


class StockCountLine(models.Model):
    """One place to count.

    ``expected`` is the balance when the list was started, and from the first entry on the balance when it was counted;
    ``counted`` is empty until counted. ``is_open`` while the count runs: no place is in two running counts. ``added``:
    the list did not know it. ``previous`` is what was counted before a recount. ``moved_since`` is what the balance
    changed between counting and posting, beside the difference. ``unit_value`` is what a stock unit was worth when it
    was posted, in the company's currency.
    """

    count = models.ForeignKey(StockCount, models.CASCADE, related_name="lines")
    line_no = models.IntegerField()
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+")
    location = models.ForeignKey("catalog.Location", models.PROTECT, related_name="+")
    expected = models.DecimalField(**QUANTITY)
    counted = models.DecimalField(null=True, **QUANTITY)
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True)
    moved_since = models.DecimalField(default=0, **QUANTITY)
    round = models.SmallIntegerField(default=1)
    previous = models.DecimalField(null=True, **QUANTITY)
    added = models.BooleanField(default=False)
    is_open = models.BooleanField(default=False)
    unit_value = models.DecimalField(max_digits=24, decimal_places=8, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["count", "line_no"], name="count_line_no_once"),
            models.UniqueConstraint(
                fields=["count", "product", "location", "lot"], nulls_distinct=False, name="place_counted_once"
            ),
            models.UniqueConstraint(
                fields=["product", "location", "lot"],
                nulls_distinct=False,
                condition=Q(is_open=True),
                name="place_in_one_running_count",
            ),
            models.CheckConstraint(name="counted_not_negative", condition=Q(counted__isnull=True) | Q(counted__gte=0)),
        )


class StockCountEntry(models.Model):
    """One scan or typed figure: ``is_total`` replaces what was counted, otherwise it adds. Undone ones do not count."""

    line = models.ForeignKey(StockCountLine, models.CASCADE, related_name="entries")
    round = models.SmallIntegerField()
    quantity = models.DecimalField(**QUANTITY)
    is_total = models.BooleanField()
    undone = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
