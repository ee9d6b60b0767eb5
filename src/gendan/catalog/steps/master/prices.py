"""Supplier prices: one row per break and period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.catalog.steps.master.spec import Batch, Spec
from gendan.kernel import db
from gendan.kernel.bulk import Column

PRICE = "purchasing.view_price"
COLUMNS = (
    Column("supplier", gettext_lazy("供应商"), "code", True, ref="partners", db="partner_id", sql_type="bigint",
           example="S001", aliases=("供应商编码", "vendor", "supplier code"), help=gettext_lazy("供应商的编码或名称")),
    Column("product", gettext_lazy("产品"), "code", True, ref="products", db="product_id", sql_type="bigint",
           example="P0001", aliases=("产品编码", "物料编码", "料号", "sku", "item")),
    Column("unit", gettext_lazy("单位"), "code", ref="units", db="unit_id", sql_type="bigint",
           aliases=("采购单位", "uom"),
           help=gettext_lazy("空为产品的采购单位")),
    Column("currency", gettext_lazy("币种"), "code", ref="currencies", example="CNY",
           help=gettext_lazy("空为供应商的币种，再空为本位币")),
    Column("from_quantity", gettext_lazy("起订数量"), "number", default=Decimal(0), sql_type="numeric", example="100",
           aliases=("阶梯数量", "数量从", "break")),
    Column("price", gettext_lazy("单价"), "number", True, sql_type="numeric", example="9.90", permission=PRICE,
           aliases=("价格", "unit price")),
    Column("supplier_code", gettext_lazy("供应商料号"), max_length=80, aliases=("供方料号", "supplier item")),
    Column("lead_time_days", gettext_lazy("交货周期（天）"), "integer", default=None, sql_type="smallint",
           aliases=("交货周期", "交期", "lead time")),
    Column("minimum_quantity", gettext_lazy("最小起订量"), "number", default=Decimal(0), sql_type="numeric",
           aliases=("moq",)),
    Column("pack_quantity", gettext_lazy("包装量"), "number", default=Decimal(0), sql_type="numeric",
           aliases=("mpq", "整包数量")),
    Column("valid_from", gettext_lazy("生效日"), "date", default=None, sql_type="date", example="2026-01-01"),
    Column("valid_to", gettext_lazy("失效日"), "date", default=None, sql_type="date"),
)  # fmt: skip


def _prepare(batch: Batch) -> None:
    """Fill in the unit and currency that a price has when none is named, since they belong to its key."""
    own: str | None = None
    for entry in batch.entries:
        product = batch.lookups["products"].get(str(entry.given.get("product")))
        if product is not None and not entry.given.get("unit"):
            entry.given["unit"] = product.more["more"]
        if not entry.given.get("currency"):
            partner = batch.find("partners", str(entry.given.get("supplier")))
            if own is None:
                own = own_currency(batch.company_id)
            entry.given["currency"] = (partner.more["more"] if partner else "") or own


def own_currency(company_id: int) -> str:
    """The currency of the company."""
    found = db.row("SELECT currency FROM accounts_company WHERE id = %s", [company_id])
    return str(found[0]) if found else ""


def _where(batch: Batch) -> tuple[list[str], dict[str, Any]]:
    values = [entry.values for entry in batch.keyed()]
    return ["s.code = ANY(%(suppliers)s::text[])", "p.code = ANY(%(products)s::text[])"], {
        "suppliers": sorted({value["supplier"] for value in values}),
        "products": sorted({value["product"] for value in values}),
    }


def _check(batch: Batch) -> None:
    units = units_of_products(batch)
    for entry in batch.good():
        values = entry.values
        for name in ("price", "from_quantity", "minimum_quantity", "pack_quantity"):
            if values[name] < 0:
                entry.errors[name] = _("不能为负数")
        if values["valid_from"] and values["valid_to"] and values["valid_from"] > values["valid_to"]:
            entry.errors["valid_to"] = _("失效日不能早于生效日")
        if entry.current is None and (values["product"], values["unit"]) not in units:
            text = _("产品 %(product)s 没有单位 %(unit)s，请先在产品中加入换算率")
            entry.errors["unit"] = text % {"product": values["product"], "unit": values["unit"]}


def units_of_products(batch: Batch) -> set[tuple[str, str]]:
    """(product, unit) of every unit that the products of the rows have."""
    ids = sorted({batch.id_of("products", e.values["product"]) or 0 for e in batch.good()})
    found = db.rows(
        "SELECT p.code, u.code FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id"
        " WHERE p.id = ANY(%s::bigint[])"
        " UNION SELECT p.code, u.code FROM catalog_productunit pu JOIN catalog_product p ON p.id = pu.product_id"
        " JOIN catalog_unit u ON u.id = pu.unit_id WHERE p.id = ANY(%s::bigint[])",
        [ids, ids],
    )
    return {(product, unit) for product, unit in found}


PRICES = Spec(
    "prices",
    "price",
    gettext_lazy("供应商价格"),
    "catalog_supplierprice",
    COLUMNS,
    "catalog.save_price",
    key=("supplier", "product", "unit", "currency", "from_quantity", "valid_from"),
    where=_where,
    prepare=_prepare,
    check=_check,
)
