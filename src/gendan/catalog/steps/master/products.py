"""Products: units with factors, barcodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gendan.catalog.queries import VIEW_COST
from gendan.catalog.steps.master.spec import PRODUCTS_USED, Batch, Entry, Spec, Values
from gendan.kernel import db, tables
from gendan.kernel.bulk import Column
from gendan.kernel.errors import Invalid
from gendan.kernel.search import search_vector_text, sort_key
from gendan.kernel.values import BadValue, is_empty, to_code, to_number

DEFAULT_UNIT = "PCS"
COLUMNS = (
    Column("code", gettext_lazy("编码"), "code", True, max_length=64, example="P0001",
           aliases=("产品编码", "物料编码", "料号", "品号", "sku", "item", "item code", "product code", "product")),
    Column("name", gettext_lazy("名称"), required=True, example="内六角螺丝",
           aliases=("产品名称", "品名", "物料名称", "product name", "description")),
    Column("specification", gettext_lazy("规格"), max_length=300, example="M6-20 304",
           aliases=("规格型号", "型号", "spec", "model")),
    Column("category", gettext_lazy("类别"), "code", ref="categories", db="category_id", sql_type="bigint",
           aliases=("产品类别", "分类", "类别编码"), help=gettext_lazy("类别的编码或名称")),
    Column("unit", gettext_lazy("库存单位"), "code", ref="units", db="unit_id", sql_type="bigint", example="PCS",
           aliases=("单位", "计量单位", "基本单位", "uom", "stock unit"),
           help=gettext_lazy("单位的编码或名称，空为件")),
    Column("units", gettext_lazy("辅助单位"), "units", default=(), db=None, example="CTN=12;BOX=6",
           aliases=("换算", "单位换算"), help=gettext_lazy("单位=换算率，多个用分号隔开，如 CTN=12;BOX=6")),
    Column("purchase_unit", gettext_lazy("采购单位"), "code", ref="units", db=None),
    Column("sale_unit", gettext_lazy("销售单位"), "code", ref="units", db=None),
    Column("barcodes", gettext_lazy("条码"), "barcodes", default=(), db=None,
           example="6901234567892;CTN=16901234567899",
           aliases=("条形码", "ean", "gtin", "barcode", "upc"),
           help=gettext_lazy("多个用分号隔开；某单位的条码写成 单位=条码")),
    Column("lot_tracked", gettext_lazy("批次管理"), "flag", default=False, sql_type="bool", aliases=("批次", "lot")),
    Column("inspect", gettext_lazy("到货质检"), "flag", default=False, sql_type="bool", aliases=("质检", "inspection")),
    Column("safety_stock", gettext_lazy("安全库存"), "number", default=Decimal(0), sql_type="numeric", example="100"),
    Column("tax", gettext_lazy("税"), "code", ref="taxes", db="tax_id", sql_type="bigint", aliases=("税码",),
           help=gettext_lazy("税的编码或名称")),
    Column("over_tolerance", gettext_lazy("超收容差 %"), "number", default=None, decimals=2, sql_type="numeric"),
    Column("under_tolerance", gettext_lazy("短交容差 %"), "number", default=None, decimals=2, sql_type="numeric"),
    Column("floor_price", gettext_lazy("最低售价"), "number", default=None, sql_type="numeric", example="12.50",
           permission=VIEW_COST, help=gettext_lazy("每库存单位，本位币；低于它的订单要审核")),
    Column("standard_cost", gettext_lazy("标准成本"), "number", default=None, sql_type="numeric", example="8.00",
           permission=VIEW_COST, help=gettext_lazy("每库存单位，本位币；从未采购过的产品按它算毛利")),
    Column("external_key", gettext_lazy("外部编号"), default=None, aliases=("原系统编号", "external id")),
    Column("is_active", gettext_lazy("启用"), "flag", default=True, sql_type="bool", aliases=("状态", "active")),
)  # fmt: skip


def _pairs(value: Any, first: str, second: str) -> list[dict[str, Any]]:
    """A list of dictionaries from what a program sends, or from ``a=b;c=d``; ``first`` may be left out in text."""
    if isinstance(value, str):
        found = []
        for part in re.split(r"[;；\n]", value):
            left, equals, right = part.strip().rpartition("=")
            if part.strip():
                found.append({first: left.strip() if equals else "", second: right.strip()})
        return found
    if not isinstance(value, list | tuple):
        return [{first: "", second: value}]
    parts = [part if isinstance(part, dict) else {first: "", second: part} for part in value]
    for part in parts:
        if unknown := set(part) - {first, second, "name"}:
            raise BadValue(_("没有名为「%(name)s」的字段") % {"name": sorted(unknown)[0]})
    return parts


def _unit(batch: Batch, text: Any) -> str:
    found = batch.find("units", to_code(text))
    if found is None:
        raise BadValue(_("单位「%(value)s」不存在"), value=text)
    return found.code


def _units(batch: Batch, value: Any) -> list[dict[str, Any]]:
    units: dict[str, Any] = {}
    for part in _pairs(value, "unit", "factor"):
        if is_empty(part.get("unit")) or is_empty(part.get("factor")):
            raise BadValue(_("请写成 单位=换算率，如 CTN=12"))
        code, factor = _unit(batch, part["unit"]), to_number(part["factor"])
        if factor <= 0:
            raise BadValue(_("换算率必须大于 0"))
        if code in units:
            raise BadValue(_("单位 %(unit)s 出现了两次"), unit=code)
        units[code] = factor
    return [{"unit": code, "factor": units[code]} for code in sorted(units)]


def _barcodes(batch: Batch, value: Any) -> list[dict[str, Any]]:
    codes: dict[str, str] = {}
    for part in _pairs(value, "unit", "code"):
        code = to_code(part.get("code"), 80)
        if "=" in code or ";" in code:
            raise BadValue(_("条码不能含有 = 或 ;"))
        codes[code] = "" if is_empty(part.get("unit")) else _unit(batch, part["unit"])
    return [{"code": code, "unit": codes[code]} for code in sorted(codes)]


def _prepare(batch: Batch) -> None:
    for entry in batch.entries:
        for name, read in (("units", _units), ("barcodes", _barcodes)):
            if name in entry.given:
                try:
                    entry.given[name] = read(batch, entry.given[name])
                except BadValue as error:
                    entry.errors[name] = error.text


def _check(batch: Batch) -> None:
    for entry in batch.good():
        _check_one(batch, entry)
    _refuse_other_units(batch)
    _refuse_taken_barcodes(batch)


def _check_one(batch: Batch, entry: Entry) -> None:
    values = entry.values
    if not values["unit"]:
        values["unit"] = DEFAULT_UNIT if batch.find("units", DEFAULT_UNIT) else next(iter(_active_units(batch)), "")
        if not values["unit"]:
            entry.errors["unit"] = _("请先建立计量单位")
    values["units"] = [{"unit": u["unit"], "factor": u["factor"]} for u in values["units"]]
    values["barcodes"] = list(values["barcodes"])
    if entry.current is not None:
        entry.current["units"] = [{"unit": u["unit"], "factor": u["factor"]} for u in entry.current["units"]]
    others = {part["unit"] for part in values["units"]}
    if values["unit"] in others:
        entry.errors["units"] = _("辅助单位不能与库存单位相同")
    for name in ("purchase_unit", "sale_unit"):
        if values[name] == values["unit"]:
            values[name] = ""
        if values[name] and values[name] not in others:
            entry.errors[name] = _("单位 %(unit)s 没有换算率，请先加入辅助单位") % {"unit": values[name]}
    for part in values["barcodes"]:
        if part["unit"] == values["unit"]:
            part["unit"] = ""
        if part["unit"] and part["unit"] not in others:
            entry.errors["barcodes"] = _("单位 %(unit)s 没有换算率，请先加入辅助单位") % {"unit": part["unit"]}
    _check_ranges(entry)


def _check_ranges(entry: Entry) -> None:
    values = entry.values
    limits = (("safety_stock", None), ("floor_price", None), ("standard_cost", None))
    for name, high in (*limits, ("over_tolerance", 1000), ("under_tolerance", 100)):
        if values[name] is not None and (values[name] < 0 or (high is not None and values[name] > high)):
            entry.errors[name] = _("不能为负数") if values[name] < 0 else _("不能大于 %(high)s") % {"high": high}


def _active_units(batch: Batch) -> list[str]:
    return sorted({found.code for found in batch.lookups["units"].values() if found.active})


def _refuse_other_units(batch: Batch) -> None:
    """The stock unit of a product that has stock or documents stays."""
    moved = {e.id: e for e in batch.good() if e.id and e.current and e.has_changed("unit")}
    for used in PRODUCTS_USED if moved else ():
        for id_ in used(batch.company_id, [i for i in moved if i]):
            moved[id_].errors["unit"] = _("已有库存或单据，不能更换库存单位")


def _refuse_taken_barcodes(batch: Batch) -> None:
    """A barcode means one product."""
    wanted = [(part["code"], entry) for entry in batch.good() for part in entry.values["barcodes"]]
    if not wanted:
        return
    found = db.rows(
        "SELECT b.code, p.code, p.id FROM catalog_barcode b JOIN catalog_product p ON p.id = b.product_id"
        " WHERE b.company_id = %s AND b.code = ANY(%s::text[])",
        [batch.company_id, [code for code, _ in wanted]],
    )
    giving_up = {e.id for e in batch.good() if e.current is not None and e.has_changed("barcodes")}
    owner: dict[str, tuple[str, int | None]] = {code: (product, id_) for code, product, id_ in found}
    for code, entry in wanted:
        product, id_ = owner.get(code, ("", None))
        mine = product == entry.values["code"]
        if product and not mine and (id_ is None or id_ not in giving_up or _still_has(batch, id_, code)):
            entry.errors["barcodes"] = _("条码 %(code)s 已用于产品 %(product)s") % {"code": code, "product": product}
        else:
            owner[code] = (entry.values["code"], None)


def _still_has(batch: Batch, product_id: int, code: str) -> bool:
    return any(
        part["code"] == code for entry in batch.entries if entry.id == product_id for part in entry.values["barcodes"]
    )


def _derive(values: Values) -> Values:
    words = (
        values["code"], values["name"], values["specification"], values["external_key"],
        *(part["code"] for part in values["barcodes"]),
    )  # fmt: skip
    return {"sort_key": sort_key(values["name"]), "search": search_vector_text(*words)}


def _children(batch: Batch, changed: list[Entry]) -> None:
    unit_id = {code: batch.id_of("units", code) for code in {u.code for u in batch.lookups["units"].values()}}
    with_units = [e for e in changed if any(e.has_changed(n) for n in ("units", "purchase_unit", "sale_unit"))]
    with_codes = [e for e in changed if e.has_changed("barcodes")]
    for table, entries in (("catalog_productunit", with_units), ("catalog_barcode", with_codes)):
        if old := [entry.id for entry in entries if entry.current is not None]:
            db.execute(f"DELETE FROM {table} WHERE product_id = ANY(%s::bigint[])", [old])
    tables.insert(
        "catalog_productunit",
        {"product_id": "bigint", "unit_id": "bigint", "factor": "numeric", "for_purchase": "bool", "for_sale": "bool"},
        [
            {
                "product_id": entry.id,
                "unit_id": unit_id[part["unit"]],
                "factor": part["factor"],
                "for_purchase": part["unit"] == entry.values["purchase_unit"],
                "for_sale": part["unit"] == entry.values["sale_unit"],
            }
            for entry in with_units
            for part in entry.values["units"]
        ],
    )
    _write_barcodes(batch, with_codes, unit_id)


def _write_barcodes(batch: Batch, entries: list[Entry], unit_id: Mapping[str, int | None]) -> None:
    """Insert barcodes; one that somebody else took a moment ago refuses the whole batch."""
    wanted = [part["code"] for entry in entries for part in entry.values["barcodes"]]
    made = tables.insert(
        "catalog_barcode",
        {"company_id": "bigint", "product_id": "bigint", "unit_id": "bigint", "code": "text"},
        [
            {
                "company_id": batch.company_id,
                "product_id": entry.id,
                "unit_id": unit_id.get(part["unit"]),
                "code": part["code"],
            }
            for entry in entries
            for part in entry.values["barcodes"]
        ],
        conflict="ON CONFLICT (company_id, code) DO NOTHING",
        returning="code",
    )
    if taken := set(wanted) - {code for (code,) in made}:
        raise Invalid({"barcodes": _("条码 %(code)s 刚刚已被他人使用") % {"code": min(taken)}})


PRODUCTS = Spec(
    "products",
    "product",
    pgettext_lazy("list", "产品"),
    "catalog_product",
    COLUMNS,
    "catalog.save_product",
    prepare=_prepare,
    check=_check,
    derive=_derive,
    derived={"sort_key": "text", "search": "search"},
    children=_children,
)
