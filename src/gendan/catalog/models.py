"""Master data: products, partners, customer classes, prices, warehouses and bins, units, currencies, taxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from gendan.catalog.agreed import AgreedPrice as AgreedPrice

QUANTITY: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
PRICE: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 6}
AMOUNT: Mapping[str, Any] = {"max_digits": 18, "decimal_places": 2}


class Master(models.Model):
    """Base of master data: company, a code that is unique in it, active flag, version, search vector."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(_("编码"), max_length=64)
    name = models.CharField(_("名称"), max_length=200)
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["company", "code"], name="%(class)s_code_once_per_company"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Searchable(Master):
    """Master data found by code, name, pinyin and initials. ``sort_key`` is the pinyin of the name."""

    sort_key = models.CharField(max_length=400, default="")
    search = SearchVectorField(null=True)

    class Meta(Master.Meta):
        abstract = True


class Unit(Master):
    """A unit of measure, e.g. 件, 箱, kg; ``decimals`` is how finely it may be counted."""

    decimals = models.SmallIntegerField(_("小数位"), default=0)


class Currency(Master):
    """A currency by ISO code; ``rate`` is units of company currency per unit of this."""

    minor_units = models.SmallIntegerField(_("小数位"), default=2)
    rate = models.DecimalField(_("汇率"), max_digits=18, decimal_places=8, default=1)


class Tax(Master):
    """A tax rate in percent; ``included`` means that prices contain it."""

    rate = models.DecimalField(_("税率 %"), max_digits=7, decimal_places=4)
    included = models.BooleanField(_("价内税"), default=False)


class Category(Master):
    """A product category; a tree by ``parent``."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")


class Product(Searchable):
    """Something that is bought, kept or sold. Quantities are kept in ``unit`` (the stock unit).

    ``floor_price`` and ``standard_cost`` are in company currency per stock unit; the standard cost stands in for what
    was never bought.
    """

    specification = models.CharField(_("规格"), max_length=300, blank=True, default="")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lot_tracked = models.BooleanField(_("批次管理"), default=False)
    inspect = models.BooleanField(_("到货质检"), default=False)
    safety_stock = models.DecimalField(_("安全库存"), default=0, **QUANTITY)
    tax = models.ForeignKey(Tax, models.PROTECT, null=True, blank=True, related_name="+")
    over_tolerance = models.DecimalField(_("超收容差 %"), max_digits=6, decimal_places=2, null=True, blank=True)
    under_tolerance = models.DecimalField(_("短交容差 %"), max_digits=6, decimal_places=2, null=True, blank=True)
    floor_price = models.DecimalField(_("最低售价"), null=True, blank=True, **PRICE)
    standard_cost = models.DecimalField(_("标准成本"), null=True, blank=True, **PRICE)
    external_key = models.CharField(max_length=200, null=True, blank=True)

    class Meta(Searchable.Meta):
        abstract = False
        indexes = (
            GinIndex(fields=["search"], name="product_by_search"),
            models.Index(fields=["company", "sort_key", "id"], name="product_by_name"),
            models.Index(F("company"), Upper("code"), name="product_by_typed_code"),
        )
        constraints = (
            *Searchable.Meta.constraints,
            models.UniqueConstraint(
                fields=["company", "external_key"],
                name="product_external_key_once_per_company",
                condition=models.Q(external_key__isnull=False),
            ),
            models.CheckConstraint(name="product_safety_stock_not_negative", condition=Q(safety_stock__gte=0)),
            models.CheckConstraint(
                name="product_floor_and_cost_not_negative", condition=Q(floor_price__gte=0) & Q(standard_cost__gte=0)
            ),
        )


class ProductUnit(models.Model):
    """Another unit of a product: one ``unit`` is ``factor`` stock units, exactly."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    factor = models.DecimalField(_("换算率"), **QUANTITY)
    for_purchase = models.BooleanField(_("采购默认"), default=False)
    for_sale = models.BooleanField(_("销售默认"), default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["product", "unit"], name="unit_once_per_product"),
            models.CheckConstraint(name="unit_factor_positive", condition=Q(factor__gt=0)),
        )


class Barcode(models.Model):
    """A code that a scanner reads for a product in a unit (stock unit when empty)."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="barcodes")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(_("条码"), max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "code"], name="barcode_once_per_company"),)
        indexes = (models.Index(F("company"), Upper("code"), name="barcode_by_typed_code"),)


class CustomerClass(Master):
    """A class of customers: who goes first when goods are short, and what is taken off the list price."""

    priority = models.SmallIntegerField(_("优先级"), default=0)  # the higher goes first
    discount = models.DecimalField(_("默认折扣 %"), max_digits=7, decimal_places=4, default=0)

    class Meta(Master.Meta):
        abstract = False
        constraints = (
            *Master.Meta.constraints,
            models.CheckConstraint(
                name="class_discount_is_a_percentage", condition=Q(discount__gte=0) & Q(discount__lte=100)
            ),
        )


class Partner(Searchable):
    """A company or person one trades with: supplier, customer, or both.

    ``credit_limit`` is in company currency: empty is no limit, 0 is prepayment only.
    """

    is_supplier = models.BooleanField(_("供应商"), default=False)
    is_customer = models.BooleanField(_("客户"), default=False)
    short_name = models.CharField(_("简称"), max_length=80, blank=True, default="")
    tax_id = models.CharField(_("税号"), max_length=40, blank=True, default="")
    payment_terms = models.CharField(_("付款条件"), max_length=200, blank=True, default="")
    payment_days = models.SmallIntegerField(_("账期（天）"), default=30)
    currency = models.CharField(_("币种"), max_length=3, blank=True, default="")
    lead_time_days = models.SmallIntegerField(_("交货周期（天）"), null=True, blank=True)
    over_tolerance = models.DecimalField(_("超收容差 %"), max_digits=6, decimal_places=2, null=True, blank=True)
    under_tolerance = models.DecimalField(_("短交容差 %"), max_digits=6, decimal_places=2, null=True, blank=True)
    address = models.CharField(_("地址"), max_length=400, blank=True, default="")
    country = models.CharField(_("国家/地区"), max_length=80, blank=True, default="")
    note = models.TextField(_("备注"), blank=True, default="")
    customer_class = models.ForeignKey(CustomerClass, models.PROTECT, null=True, blank=True, related_name="+")
    supplier_group = models.CharField(_("供应商分组"), max_length=80, blank=True, default="", db_default="")
    credit_limit = models.DecimalField(_("信用额度"), null=True, blank=True, **AMOUNT)
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    external_key = models.CharField(max_length=200, null=True, blank=True)

    class Meta(Searchable.Meta):
        abstract = False
        indexes = (
            GinIndex(fields=["search"], name="partner_by_search"),
            models.Index(fields=["company", "sort_key", "id"], name="partner_by_name"),
        )
        constraints = (
            *Searchable.Meta.constraints,
            models.UniqueConstraint(
                fields=["company", "external_key"],
                name="partner_external_key_once_per_company",
                condition=models.Q(external_key__isnull=False),
            ),
            models.CheckConstraint(
                name="partner_is_supplier_or_customer", condition=Q(is_supplier=True) | Q(is_customer=True)
            ),
            models.CheckConstraint(name="partner_credit_limit_not_negative", condition=Q(credit_limit__gte=0)),
        )


class Contact(models.Model):
    """A person at a partner."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="contacts")
    name = models.CharField(_("联系人"), max_length=80)
    title = models.CharField(_("职务"), max_length=80, blank=True, default="")
    phone = models.CharField(_("电话"), max_length=40, blank=True, default="")
    email = models.EmailField(_("邮箱"), blank=True, default="")
    is_main = models.BooleanField(_("主要联系人"), default=False)


class PartnerAddress(models.Model):
    """Where a partner's goods go: ``name`` receives them. One active address of a partner may be its default."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="addresses", db_index=False)
    code = models.CharField(_("地址编码"), max_length=64)
    name = models.CharField(_("收货人"), max_length=200)
    phone = models.CharField(_("电话"), max_length=40, blank=True, default="")
    address = models.CharField(_("地址"), max_length=400)
    country = models.CharField(_("国家/地区"), max_length=80, blank=True, default="")
    postal_code = models.CharField(_("邮政编码"), max_length=20, blank=True, default="")
    is_default = models.BooleanField(_("默认地址"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["partner", "code"], name="address_code_once_per_partner"),
            models.UniqueConstraint(
                fields=["partner"], name="one_default_address_per_partner", condition=Q(is_default=True)
            ),
            models.CheckConstraint(name="default_address_is_active", condition=Q(is_default=False) | Q(is_active=True)),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SupplierPrice(models.Model):
    """What a supplier asks for a product from a quantity on, in a unit and currency, during a period."""

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, models.CASCADE, related_name="prices")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    currency = models.CharField(_("币种"), max_length=3)
    from_quantity = models.DecimalField(_("起订数量"), default=0, **QUANTITY)
    price = models.DecimalField(_("单价"), **PRICE)
    supplier_code = models.CharField(_("供应商料号"), max_length=80, blank=True, default="")
    lead_time_days = models.SmallIntegerField(_("交货周期（天）"), null=True, blank=True)
    minimum_quantity = models.DecimalField(_("最小起订量"), default=0, **QUANTITY)
    pack_quantity = models.DecimalField(_("包装量"), default=0, **QUANTITY)
    valid_from = models.DateField(_("生效日"), null=True, blank=True)
    valid_to = models.DateField(_("失效日"), null=True, blank=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "product", "unit", "currency", "from_quantity", "valid_from"],
                nulls_distinct=False,
                name="price_once_per_break_and_period",
            ),
            models.CheckConstraint(name="supplier_price_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="supplier_price_period_in_order",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
            ),
        )
        indexes = (models.Index(fields=["company", "product", "partner"], name="price_by_product"),)


class SalesPrice(models.Model):
    """What a product is sold for from a quantity on: to one customer, to a class of them, or (both empty) by the list.

    Like what a supplier asks it is a price as documents name it: with tax where their prices contain tax.
    """

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="sales_prices")
    customer_class = models.ForeignKey(CustomerClass, models.CASCADE, null=True, blank=True, related_name="prices")
    product = models.ForeignKey(Product, models.CASCADE, related_name="sales_prices")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    currency = models.CharField(_("币种"), max_length=3)
    from_quantity = models.DecimalField(_("起订数量"), default=0, **QUANTITY)
    price = models.DecimalField(_("单价"), **PRICE)
    valid_from = models.DateField(_("生效日"), null=True, blank=True)
    valid_to = models.DateField(_("失效日"), null=True, blank=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            # In the order in which a price is looked for.
            models.UniqueConstraint(
                fields=[
                    "company",
                    "product",
                    "customer",
                    "customer_class",
                    "currency",
                    "unit",
                    "from_quantity",
                    "valid_from",
                ],
                nulls_distinct=False,
                name="sales_price_once_per_break_and_period",
            ),
            models.CheckConstraint(
                name="sales_price_for_customer_or_class",
                condition=Q(customer__isnull=True) | Q(customer_class__isnull=True),
            ),
            models.CheckConstraint(
                name="sales_price_not_negative", condition=Q(price__gte=0) & Q(from_quantity__gte=0)
            ),
            models.CheckConstraint(
                name="sales_price_period_in_order",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
            ),
        )


class Warehouse(Master):
    """A place with stock. ``default_location`` takes what nobody assigned to a bin."""

    address = models.CharField(_("地址"), max_length=400, blank=True, default="")
    default_location = models.ForeignKey("Location", models.PROTECT, null=True, related_name="+")


class Location(models.Model):
    """A place that stock moves from or to: bins of a warehouse, and the outside (suppliers, transit, scrap …)."""

    class Kind(models.TextChoices):
        BIN = "bin", _("库位")
        INSPECTION = "inspection", _("待检区")
        REJECTED = "rejected", _("不良品区")
        TRANSIT = "transit", _("在途")
        SUPPLIER = "supplier", _("供应商")
        CUSTOMER = "customer", _("客户")
        SCRAP = "scrap", _("报废")
        DIFFERENCE = "difference", _("盘点差异")
        ADJUSTMENT = "adjustment", _("库存调整")

    PHYSICAL: ClassVar[frozenset[str]] = frozenset({"bin", "inspection", "rejected", "transit"})

    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, null=True, blank=True, related_name="locations")
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    code = models.CharField(_("库位编码"), max_length=64)
    name = models.CharField(_("名称"), max_length=200, blank=True, default="")
    is_active = models.BooleanField(_("启用"), default=True)
    allow_negative = models.BooleanField(_("允许负库存"), default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "warehouse", "code"], nulls_distinct=False, name="bin_code_once_per_warehouse"
            ),
            models.CheckConstraint(
                name="bin_belongs_to_a_warehouse",
                condition=Q(warehouse__isnull=False) | ~Q(kind__in=["bin", "inspection", "rejected"]),
            ),
        )

    def __str__(self) -> str:
        return self.code
