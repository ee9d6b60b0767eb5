"""Sales prices: one row per customer, class or the list, per break and period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.catalog.queries import VIEW_SALES_PRICE
from gendan.catalog.steps.master.prices import own_currency, units_of_products
from gendan.catalog.steps.master.spec import Batch, Spec
from gendan.kernel import db
from gendan.kernel.bulk import Column

COLUMNS = (
    Column("customer", gettext_lazy("客户"), "code", ref="partners", db="customer_id", sql_type="bigint",
           example="C001", aliases=("客户编码", "customer code"),
           help=gettext_lazy("客户的编码或名称；与客户等级最多填一个，都不填为标准价")),
    Column("customer_class", gettext_lazy("客户等级"), "code", ref="customer-classes", db="customer_class_id",
           sql_type="bigint", aliases=("等级", "class"), help=gettext_lazy("客户等级的编码或名称")),
    Column("product", gettext_lazy("产品"), "code", True, ref="products", db="product_id", sql_type="bigint",
           example="P0001", aliases=("产品编码", "物料编码", "料号", "sku", "item")),
    Column("unit", gettext_lazy("单位"), "code", ref="units", db="unit_id", sql_type="bigint",
           aliases=("销售单位", "uom"), help=gettext_lazy("空为产品的销售单位")),
    Column("currency", gettext_lazy("币种"), "code", ref="currencies", example="CNY",
           help=gettext_lazy("空为客户的币种，再空为本位币")),
    Column("from_quantity", gettext_lazy("起订数量"), "number", default=Decimal(0), sql_type="numeric", example="100",
           aliases=("阶梯数量", "数量从", "break")),
    Column("price", gettext_lazy("单价"), "number", True, sql_type="numeric", example="19.90",
           aliases=("价格", "售价", "unit price"), permission=VIEW_SALES_PRICE),
    Column("valid_from", gettext_lazy("生效日"), "date", default=None, sql_type="date", example="2026-01-01"),
    Column("valid_to", gettext_lazy("失效日"), "date", default=None, sql_type="date"),
)  # fmt: skip


def _prepare(batch: Batch) -> None:
    """Fill in the unit and currency that a price has when none is named, since they belong to its key."""
    units = _sale_units(batch)
    own: str | None = None
    for entry in batch.entries:
        product = batch.lookups["products"].get(str(entry.given.get("product")))
        if product is not None and not entry.given.get("unit"):
            entry.given["unit"] = units[product.code]
        if not entry.given.get("currency"):
            if own is None:
                own = own_currency(batch.company_id)
            customer = batch.find("partners", str(entry.given.get("customer") or ""))
            entry.given["currency"] = (customer.more["more"] if customer else "") or own


def _sale_units(batch: Batch) -> dict[str, str]:
    """Product → the unit that it is sold in."""
    ids = [found.id for found in batch.lookups["products"].values()]
    return dict(
        db.rows(
            "SELECT p.code, coalesce((SELECT xu.code FROM catalog_productunit x JOIN catalog_unit xu"
            "  ON xu.id = x.unit_id WHERE x.product_id = p.id AND x.for_sale LIMIT 1), u.code)"
            " FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id WHERE p.id = ANY(%s::bigint[])",
            [ids],
        )
    )


def _where(batch: Batch) -> tuple[list[str], dict[str, Any]]:
    values = [entry.values for entry in batch.keyed()]
    where = [
        "p.code = ANY(%(products)s::text[])",
        "coalesce(s.code, '') = ANY(%(customers)s::text[])",
        "coalesce(cc.code, '') = ANY(%(classes)s::text[])",
    ]
    names = {"products": "product", "customers": "customer", "classes": "customer_class"}
    return where, {name: sorted({value[field] for value in values}) for name, field in names.items()}


def _check(batch: Batch) -> None:
    units = units_of_products(batch)
    suppliers = _no_customers(batch)
    for entry in batch.good():
        values = entry.values
        for name in ("price", "from_quantity"):
            if values[name] < 0:
                entry.errors[name] = _("不能为负数")
        if values["customer"] and values["customer_class"]:
            entry.errors["customer_class"] = _("客户和客户等级只能填一个")
        if entry.current is None and values["customer"] in suppliers:
            entry.errors["customer"] = _("%(code)s 不是客户") % {"code": values["customer"]}
        if values["valid_from"] and values["valid_to"] and values["valid_from"] > values["valid_to"]:
            entry.errors["valid_to"] = _("失效日不能早于生效日")
        if entry.current is None and (values["product"], values["unit"]) not in units:
            text = _("产品 %(product)s 没有单位 %(unit)s，请先在产品中加入换算率")
            entry.errors["unit"] = text % {"product": values["product"], "unit": values["unit"]}


def _no_customers(batch: Batch) -> set[str]:
    codes = sorted({entry.values["customer"] for entry in batch.good() if entry.values["customer"]})
    found = db.rows(
        "SELECT code FROM catalog_partner WHERE company_id = %s AND code = ANY(%s::text[]) AND NOT is_customer",
        [batch.company_id, codes],
    )
    return {code for (code,) in found}


SALES_PRICES = Spec(
    "sales-prices",
    "sales_price",
    gettext_lazy("销售价格"),
    "catalog_salesprice",
    COLUMNS,
    "catalog.save_sales_price",
    key=("customer", "customer_class", "product", "unit", "currency", "from_quantity", "valid_from"),
    where=_where,
    prepare=_prepare,
    check=_check,
)
