"""Units, categories, currencies, taxes."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gendan.catalog.rules import in_a_circle
from gendan.catalog.steps.master.places import ACTIVE
from gendan.catalog.steps.master.spec import Batch, Entry, Spec
from gendan.kernel import db
from gendan.kernel.bulk import Column

_NAME = Column("name", gettext_lazy("名称"), required=True)


def _code(label: str, example: str) -> Column:
    return Column("code", gettext_lazy("编码"), "code", True, max_length=64, example=example, aliases=(label,))


def _units_in_use(company_id: int, ids: list[int]) -> dict[int, str]:
    found = db.rows(
        "SELECT v.id, min(p.code) FROM unnest(%s::bigint[]) AS v(id) JOIN catalog_product p ON p.company_id = %s"
        " AND p.is_active AND (p.unit_id = v.id OR EXISTS (SELECT 1 FROM catalog_productunit x"
        " WHERE x.product_id = p.id AND x.unit_id = v.id)) GROUP BY v.id",
        [ids, company_id],
    )
    return {id_: _("产品 %(code)s 正在使用") % {"code": code} for id_, code in found}


UNITS = Spec(
    "units",
    "unit",
    pgettext_lazy("list", "计量单位"),
    "catalog_unit",
    (
        _code("单位编码", "PCS"),
        _NAME,
        Column("decimals", gettext_lazy("小数位"), "integer", default=0, high=6, sql_type="smallint"),
        ACTIVE,
    ),
    "catalog.save_unit",
    in_use=_units_in_use,
)


def _refuse_circles(batch: Batch) -> None:
    found = db.rows(
        "SELECT c.code, coalesce(p.code, '') FROM catalog_category c LEFT JOIN catalog_category p ON p.id = c.parent_id"
        " WHERE c.company_id = %s",
        [batch.company_id],
    )
    parents: dict[str, str] = dict(found)
    parents.update({entry.values["code"]: entry.values["parent"] for entry in batch.good()})
    caught = in_a_circle(parents)
    good = {entry.values["code"] for entry in batch.good()}
    for entry in batch.good():
        if entry.values["code"] in caught:
            entry.errors["parent"] = _("上级类别形成了循环")
        elif (parent := entry.values["parent"]) and batch.id_of("categories", parent) is None and parent not in good:
            entry.errors["parent"] = _("上级类别「%(value)s」没有导入") % {"value": parent}


def _set_parents(batch: Batch, changed: list[Entry]) -> None:
    """Parents that came in the same batch have an id only now."""
    new = {entry.values["code"]: entry.id for entry in changed if entry.current is None}
    late = [entry for entry in changed if entry.values["parent"] in new]
    if late:
        db.execute(
            "UPDATE catalog_category c SET parent_id = v.parent"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, parent) WHERE c.id = v.id",
            [[entry.id for entry in late], [new[entry.values["parent"]] for entry in late]],
        )


def _categories_in_use(company_id: int, ids: list[int]) -> dict[int, str]:
    found = db.rows(
        "SELECT v.id, coalesce(min(p.code), min(c.code)) FROM unnest(%s::bigint[]) AS v(id)"
        " LEFT JOIN catalog_product p ON p.category_id = v.id AND p.is_active AND p.company_id = %s"
        " LEFT JOIN catalog_category c ON c.parent_id = v.id AND c.is_active"
        " WHERE p.id IS NOT NULL OR c.id IS NOT NULL GROUP BY v.id",
        [ids, company_id],
    )
    return {id_: _("%(code)s 正在使用") % {"code": code} for id_, code in found}


CATEGORIES = Spec(
    "categories",
    "category",
    pgettext_lazy("list", "产品类别"),
    "catalog_category",
    (
        _code("类别编码", "FASTENER"),
        _NAME,
        Column("parent", gettext_lazy("上级类别"), "code", ref="categories", db="parent_id", sql_type="bigint"),
        ACTIVE,
    ),
    "catalog.save_category",
    check=_refuse_circles,
    children=_set_parents,
    in_use=_categories_in_use,
)


def _upper_codes(batch: Batch) -> None:
    for entry in batch.entries:
        if "code" in entry.given:
            entry.given["code"] = entry.given["code"].upper()


def _check_currencies(batch: Batch) -> None:
    for entry in batch.good():
        if not re.fullmatch(r"[A-Z]{3}", entry.values["code"]):
            entry.errors["code"] = _("应为三个字母的币种代码，如 CNY")
        if entry.values["rate"] <= 0:
            entry.errors["rate"] = _("必须大于 0")


def _currencies_in_use(company_id: int, ids: list[int]) -> dict[int, str]:
    found = db.rows(
        "SELECT k.id, CASE WHEN c.currency = k.code THEN '' ELSE min(p.code) END FROM catalog_currency k"
        " JOIN accounts_company c ON c.id = k.company_id LEFT JOIN catalog_partner p ON p.company_id = k.company_id"
        " AND p.is_active AND p.currency = k.code WHERE k.company_id = %s AND k.id = ANY(%s::bigint[])"
        " AND (c.currency = k.code OR p.id IS NOT NULL) GROUP BY k.id, c.currency",
        [company_id, ids],
    )
    return {id_: _("%(code)s 正在使用") % {"code": code} if code else _("它是本位币") for id_, code in found}


CURRENCIES = Spec(
    "currencies",
    "currency",
    pgettext_lazy("list", "币种"),
    "catalog_currency",
    (
        _code("币种代码", "CNY"),
        _NAME,
        Column("minor_units", gettext_lazy("小数位"), "integer", default=2, high=6, sql_type="smallint"),
        Column("rate", gettext_lazy("汇率"), "number", default=Decimal(1), decimals=8, sql_type="numeric"),
        ACTIVE,
    ),
    "catalog.save_currency",
    prepare=_upper_codes,
    check=_check_currencies,
    in_use=_currencies_in_use,
)


def _check_taxes(batch: Batch) -> None:
    for entry in batch.good():
        if not 0 <= entry.values["rate"] <= 100:
            entry.errors["rate"] = _("应在 %(low)s 到 %(high)s 之间") % {"low": 0, "high": 100}


def _taxes_in_use(company_id: int, ids: list[int]) -> dict[int, str]:
    found = db.rows(
        "SELECT tax_id, min(code) FROM catalog_product WHERE company_id = %s AND is_active"
        " AND tax_id = ANY(%s::bigint[]) GROUP BY tax_id",
        [company_id, ids],
    )
    return {id_: _("产品 %(code)s 正在使用") % {"code": code} for id_, code in found}


TAXES = Spec(
    "taxes",
    "tax",
    pgettext_lazy("list", "税"),
    "catalog_tax",
    (
        _code("税码", "VAT13"),
        _NAME,
        Column("rate", gettext_lazy("税率 %"), "number", True, decimals=4, sql_type="numeric", aliases=("税率",)),
        Column("included", gettext_lazy("价内税"), "flag", default=False, sql_type="bool", aliases=("含税",)),
        ACTIVE,
    ),
    "catalog.save_tax",
    check=_check_taxes,
    in_use=_taxes_in_use,
)
