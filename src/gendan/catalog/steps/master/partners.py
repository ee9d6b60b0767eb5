"""Partners: suppliers and customers with their contacts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.catalog.queries import VIEW_SALES_PRICE
from gendan.catalog.steps.master.spec import Batch, Entry, Spec, Values
from gendan.kernel import db, tables
from gendan.kernel.bulk import Column
from gendan.kernel.search import search_vector_text, sort_key
from gendan.kernel.values import BadValue, is_empty, to_flag, to_text

SAVE_CREDIT = "catalog.save_credit"
COLUMNS = (
    Column("code", gettext_lazy("编码"), "code", True, max_length=64, example="S001",
           aliases=("供应商编码", "客户编码", "往来单位编码", "supplier code", "vendor code", "partner")),
    Column("name", gettext_lazy("名称"), required=True, example="华东五金有限公司",
           aliases=("供应商名称", "客户名称", "单位名称", "公司名称", "supplier name", "vendor name", "vendor")),
    Column("short_name", gettext_lazy("简称"), max_length=80),
    Column("is_supplier", gettext_lazy("是供应商"), "flag", default=False, sql_type="bool",
           aliases=("供应商", "is supplier")),
    Column("is_customer", gettext_lazy("是客户"), "flag", default=False, sql_type="bool",
           aliases=("客户", "is customer")),
    Column("tax_id", gettext_lazy("税号"), max_length=40, example="91310000MA1FL0AB12",
           aliases=("纳税人识别号", "统一社会信用代码", "vat id")),
    Column("payment_terms", gettext_lazy("付款条件"), aliases=("付款方式", "terms")),
    Column("payment_days", gettext_lazy("账期（天）"), "integer", default=30, sql_type="smallint", aliases=("账期",)),
    Column("currency", gettext_lazy("币种"), "code", ref="currencies", example="CNY", aliases=("货币",)),
    Column("lead_time_days", gettext_lazy("交货周期（天）"), "integer", default=None, sql_type="smallint",
           aliases=("交货周期", "交期", "lead time")),
    Column("over_tolerance", gettext_lazy("超收容差 %"), "number", default=None, decimals=2, sql_type="numeric"),
    Column("under_tolerance", gettext_lazy("短交容差 %"), "number", default=None, decimals=2, sql_type="numeric"),
    Column("country", gettext_lazy("国家/地区"), max_length=80, aliases=("国家", "地区")),
    Column("address", gettext_lazy("地址"), max_length=400),
    Column("contact", gettext_lazy("联系人"), max_length=80, db=None, example="王芳",
           aliases=("主要联系人", "contact name")),
    Column("contact_title", gettext_lazy("联系人职务"), max_length=80, db=None, aliases=("职务",)),
    Column("contact_phone", gettext_lazy("联系人电话"), max_length=40, db=None,
           aliases=("电话", "手机", "phone", "mobile")),
    Column("contact_email", gettext_lazy("联系人邮箱"), max_length=254, db=None, aliases=("邮箱", "email", "e-mail")),
    Column("contacts", gettext_lazy("联系人"), "contacts", default=(), db=None, in_file=False),
    Column("customer_class", gettext_lazy("客户等级"), "code", ref="customer-classes", db="customer_class_id",
           sql_type="bigint", aliases=("等级", "customer class"), help=gettext_lazy("客户等级的编码或名称")),
    Column("supplier_group", gettext_lazy("供应商分组"), max_length=80, example="五金件",
           aliases=("供应商类别", "supplier group", "vendor group")),
    Column("salesperson", gettext_lazy("销售员"), ref="people", db="salesperson_id", sql_type="bigint",
           aliases=("业务员", "跟单员", "sales rep"), help=gettext_lazy("用户名或姓名")),
    Column("credit_limit", gettext_lazy("信用额度"), "number", default=None, decimals=2, sql_type="numeric",
           aliases=("授信额度",), permission=VIEW_SALES_PRICE, save_permission=SAVE_CREDIT,
           help=gettext_lazy("本位币金额；空为不限，0 为先款后货")),
    Column("note", gettext_lazy("备注"), max_length=10_000, aliases=("说明", "remark", "remarks")),
    Column("external_key", gettext_lazy("外部编号"), default=None, aliases=("原系统编号", "external id")),
    Column("is_active", gettext_lazy("启用"), "flag", default=True, sql_type="bool", aliases=("状态", "active")),
)  # fmt: skip
_PARTS = {"title": 80, "phone": 40, "email": 254}


def _contacts(value: Any) -> list[dict[str, Any]]:
    """Contacts as they are kept: the main one first, and exactly one is."""
    if not isinstance(value, list | tuple):
        raise BadValue(_("应为列表"))
    found = []
    for part in value:
        if not isinstance(part, dict) or set(part) - {"name", "is_main", *_PARTS}:
            raise BadValue(_("联系人的字段为 name title phone email is_main"))
        if is_empty(part.get("name")):
            raise BadValue(_("联系人姓名必填"))
        contact: Values = {name: to_text(part.get(name) or "", length) for name, length in _PARTS.items()}
        main = part.get("is_main")
        found.append({"name": to_text(part["name"], 80), **contact, "is_main": to_flag(main) if main else False})
    main_at = next((n for n, contact in enumerate(found) if contact["is_main"]), 0)
    for n, contact in enumerate(found):
        contact["is_main"] = n == main_at
    return sorted(found, key=lambda contact: not contact["is_main"])


def _prepare(batch: Batch) -> None:
    for entry in batch.entries:
        if "contacts" in entry.given:
            try:
                entry.given["contacts"] = _contacts(entry.given["contacts"])
            except BadValue as error:
                entry.errors["contacts"] = error.text


def _check(batch: Batch) -> None:
    for entry in batch.good():
        values = entry.values
        if entry.current is None and "is_supplier" not in entry.given:
            values["is_supplier"] = not values["is_customer"]
        if not values["is_supplier"] and not values["is_customer"]:
            entry.errors["is_supplier"] = _("请选择：是供应商、是客户，或两者都是")
        for name, high in (("over_tolerance", 1000), ("under_tolerance", 100)):
            if values[name] is not None and not 0 <= values[name] <= high:
                entry.errors[name] = _("应在 %(low)s 到 %(high)s 之间") % {"low": 0, "high": high}
        if values["credit_limit"] is not None and values["credit_limit"] < 0:
            entry.errors["credit_limit"] = _("不能为负数")
        _settle_contacts(entry)


def _settle_contacts(entry: Entry) -> None:
    """Bring the list of contacts and the fields of the main one together; what was given wins."""
    values = entry.values
    contacts = [dict(contact) for contact in values["contacts"]]
    if "contacts" not in entry.given and any(
        name in entry.given for name in ("contact", *(f"contact_{part}" for part in _PARTS))
    ):
        main: Values = {"name": values["contact"], **{p: values[f"contact_{p}"] for p in _PARTS}, "is_main": True}
        others = [contact for contact in contacts if not contact["is_main"]]
        if not main["name"] and any(main[part] for part in _PARTS):
            entry.errors["contact"] = _("有电话或邮箱时，联系人必填")
        contacts = [main, *others] if main["name"] else others
    values["contacts"] = contacts
    shown: Values = next((contact for contact in contacts if contact["is_main"]), {})
    values["contact"] = shown.get("name", "")
    for part in _PARTS:
        values[f"contact_{part}"] = shown.get(part, "")
    for contact in contacts:
        if contact["email"]:
            try:
                validate_email(contact["email"])
            except ValidationError:
                entry.errors["contact_email"] = _("「%(value)s」不是邮箱地址") % {"value": contact["email"][:80]}


def _derive(values: Values) -> Values:
    words = (
        values["code"], values["name"], values["short_name"], values["tax_id"], values["external_key"],
        *(contact[name] for contact in values["contacts"] for name in ("name", "phone")),
    )  # fmt: skip
    return {"sort_key": sort_key(values["name"]), "search": search_vector_text(*words)}


def _children(batch: Batch, changed: list[Entry]) -> None:
    entries = [entry for entry in changed if entry.has_changed("contacts")]
    if old := [entry.id for entry in entries if entry.current is not None]:
        db.execute("DELETE FROM catalog_contact WHERE partner_id = ANY(%s::bigint[])", [old])
    tables.insert(
        "catalog_contact",
        {"partner_id": "bigint", "is_main": "bool", **dict.fromkeys(("name", *_PARTS), "text")},
        [{"partner_id": entry.id, **contact} for entry in entries for contact in entry.values["contacts"]],
    )


PARTNERS = Spec(
    "partners",
    "partner",
    gettext_lazy("往来单位"),
    "catalog_partner",
    COLUMNS,
    "catalog.save_partner",
    prepare=_prepare,
    check=_check,
    derive=_derive,
    derived={"sort_key": "text", "search": "search"},
    children=_children,
)
